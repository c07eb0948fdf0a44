/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the ENV rules. */
#include "compliance-server/rules_checks.h"

const struct rule rules_env[] = {
	{ .id = "ENV-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Weak or placeholder signing secret",
	  .detect = "The name is JWT_SECRET or ends in '_JWT_SECRET', or is "
		    "SESSION_SECRET, SECRET_KEY, NEXTAUTH_SECRET, COOKIE_SECRET or "
		    "ENCRYPTION_KEY, and the value is a placeholder, is in the "
		    "SEC-005 list, is shorter than 32 characters, or has less than "
		    "128 bits (entropy per character times length).",
	  .guard = "References; base64 of 32 or more bytes. 'STRIPE_SECRET_KEY' "
		   "and the like are vendor keys, not signing secrets: only whole "
		   "names match. Low in '.env.test' and the like.",
	  .why = "Whoever knows or guesses the signing secret can make valid "
		 "tokens for any user.",
	  .fix = "Generate 32 random bytes and load them from a secret store.",
	  .ref = "CWE-326; CWE-521; RFC 7518 section 3.2; MCP07",
	  .check = check_env_001,
	  .check_project = check_env_001,
	  .forms = FORMS_ENV },
	{ .id = "ENV-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Default database or admin password",
	  .detect = "A name with POSTGRES, PG, MYSQL, MARIADB, MONGO, REDIS, "
		    "RABBITMQ, ADMIN, MINIO, GRAFANA or KEYCLOAK that ends in "
		    "PASS or PASSWORD, or one ending in ROOT_PASSWORD, whose "
		    "value is in the SEC-005 list or equals the user name next to"
		    " it.",
	  .guard = "Placeholders of other forms are SEC-004; the environment of "
		   "a compose service is DC-007.",
	  .why = "Default passwords are the first that anybody tries, and this"
		 " one opens the data.",
	  .fix = "Set a random password.",
	  .ref = "CWE-1392; CWE-521",
	  .check = check_env_002 },
	{ .id = "ENV-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Transport encryption off",
	  .detect = "'sslmode' of disable, allow or prefer in a connection "
		    "string; a name ending in '_SSL', '_TLS', '_USE_SSL' or "
		    "'_USE_TLS' with 0, false, off, no or disable; 'redis://' to "
		    "a host that is not loop-back. Medium for loop-back, private "
		    "and one-label hosts, and where no host is named.",
	  .guard = "A switch beside another one that turns TLS on, or beside "
		   "port 587; values with references.",
	  .why = "Passwords and data cross the network in the clear.",
	  .fix = "Write sslmode=verify-full, rediss:// or switch the product's"
		 " TLS on.",
	  .ref = "CWE-319; MCP07",
	  .check = check_env_003 },
	{ .id = "ENV-004",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Debug output in production",
	  .detect = "NODE_ENV, APP_ENV, ENV, ENVIRONMENT, RAILS_ENV or FLASK_ENV "
		    "is prod or production, and DEBUG, APP_DEBUG or FLASK_DEBUG "
		    "is true, 1 or '*', or LOG_LEVEL is debug, trace or silly.",
	  .why = "Debug output tells visitors and logs what they should not "
		 "know.",
	  .fix = "Switch the debug setting off in this environment.",
	  .ref = "CWE-489",
	  .check = check_env_004 },
	{ .id = "ENV-005",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Logging or audit disabled",
	  .detect = "LOG, LOGGING, AUDIT or AUDIT_LOG, with or without "
		    "'_ENABLED', is false, 0 or off; or LOG_LEVEL is off, silent,"
		    " none or fatal.",
	  .why = "Without a log nobody can tell afterwards what happened.",
	  .fix = "Log at info and keep the audit log on.",
	  .ref = "MCP08; CWE-778",
	  .check = check_env_005 },
	{ .id = "ENV-006",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Backup disabled or without retention",
	  .detect = "The file has BACKUP names and one of: the backup is switched"
		    " off; it is on and nothing says how long it is kept; it is "
		    "kept 0 days or less; nothing says where it goes.",
	  .guard = "Files without any BACKUP name.",
	  .why = "A backup that is off, has no place or is thrown away at once"
		 " cannot be restored.",
	  .fix = "Enable the backup, give it a place and a number of days.",
	  .ref = "NIST SP 800-53 CP-9",
	  .check = check_env_006 },
	{ .id = "ENV-007",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Key set twice",
	  .detect = "The same name occurs twice with different values.",
	  .why = "Most loaders take the last value and some the first, so two "
		 "programs may read two values.",
	  .fix = "Delete one; the last wins in most loaders, the first in "
		 "some.",
	  .ref = "CWE-694",
	  .check = check_env_007 },
	{ .id = "ENV-008",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Ambiguous syntax",
	  .detect = "An unquoted value with a blank, '#' directly behind text, "
		    "blanks beside '=', a quote that is not closed, or a carriage"
		    " return at the end of a line.",
	  .why = "Shells, Compose and the loaders of the languages read such a"
		 " line in different ways.",
	  .fix = "Put the value in double quotes and remove the stray "
		 "characters.",
	  .ref = "Compose documentation, \"Use an environment file\"; CWE-20",
	  .check = check_env_008 },
	{ .id = "ENV-009",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Key of the example file is missing",
	  .detect = "A '.env' file beside an example file that names a key "
		    "without a value, and neither it nor another '.env' file of "
		    "the folder sets the key; or a compose file beside it refers "
		    "to one ('${NAME}' without a default); or a file of MCP "
		    "servers beside it does, when the '.env' file sets another "
		    "one of its references.",
	  .guard = "Names that the system or Compose sets, such as HOME.",
	  .why = "The program starts without a value it was written to have.",
	  .fix = "Add the key.",
	  .ref = "The Twelve-Factor App, III (configuration)",
	  .check = check_env_009 },
	{ .id = "ENV-010",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Wildcard for origins or hosts",
	  .detect = "CORS_ORIGIN, CORS_ORIGINS, ALLOWED_ORIGINS or ALLOWED_HOSTS "
		    "equals '*'.",
	  .why = "Any web page can then call the server with the rights of its"
		 " visitor.",
	  .fix = "List the origins.",
	  .ref = "CWE-942; MCP 2025-11-25 basic/transports (Origin must be "
		 "validated)",
	  .check = check_env_010 },
	{ .id = "ENV-011",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Rate limit disabled",
	  .detect = "A name beginning with RATE_LIMIT has the value false or 0.",
	  .why = "One caller can then use up what all share.",
	  .fix = "Enable it with a limit that fits the load.",
	  .ref = "CWE-770",
	  .check = check_env_011 },
	{ .id = "ENV-012",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "Token lives too long",
	  .detect = "A JWT, TOKEN or SESSION name ending in EXPIRES, EXPIRES_IN, "
		    "EXPIRY, TTL or MAX_AGE whose value is more than 30 days, or "
		    "is 0, never or none.",
	  .guard = "A bare number is read as seconds, of a MAX_AGE and from "
		   "40,000,000 on as milliseconds.",
	  .why = "A stolen token works until it expires.",
	  .fix = "Minutes for access tokens, days for refresh tokens.",
	  .ref = "MCP01; MCP07; CWE-613",
	  .check = check_env_012 },
	{ .id = "ENV-013",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_PROJECT,
	  .forms = 1u << FORM_DOTENV,
	  .title = "One secret used for several purposes",
	  .detect = "Two different secret names share one value of eight "
		    "characters or more that is no placeholder.",
	  .guard = "Default passwords, which are rules of their own; tokens of a"
		   " vendor; names of one thing, such as DB_PASSWORD and "
		   "POSTGRES_PASSWORD, or one that ends with the other.",
	  .why = "Who learns the secret in one place has all the others, and "
		 "it cannot be replaced in one place alone.",
	  .fix = "Generate a value for each purpose.",
	  .ref = "CWE-1391; MCP01",
	  .check = check_env_013 },
	{ .id = NULL },
};
