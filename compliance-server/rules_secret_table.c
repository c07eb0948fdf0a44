/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the SEC rules. */
#include "compliance-server/rules_checks.h"

const struct rule rules_secret[] = {
	{ .id = "SEC-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Known credential format in the environment",
	  .detect = "The value contains a match of one of the anchored token "
		    "patterns, is not a placeholder, and is not a publishable key "
		    "('pk_live_', 'sb_publishable_', 'phc_').",
	  .guard = "Stop words such as example, test or dummy next to the match; "
		   "entropy of the random part below 3.0 bits per character.",
	  .why = "Everybody who can read this file can use the credential, and "
		 "files like this are copied, shared and committed.",
	  .fix = "Move the value to the environment or a secret store, refer to "
		 "it, and rotate the token.",
	  .ref = "MCP01; CWE-798",
	  .check = check_sec_001,
	  .check_project = check_sec_001,
	  .forms = 1u << FORM_DOTENV },
	{ .id = "SEC-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_ENTRY,
	  .title = "Literal secret in the environment",
	  .detect = "'secret_key(k)' and 'looks_secret(v)' hold and SEC-001 did "
		    "not match.",
	  .guard = "A connection string without user-info; values that contain "
		   "test, demo, example or fake; names ending in '_ID' or "
		   "'_NAME'. A URL with user-info belongs to SEC-007/008.",
	  .why = "Everybody who can read this file can use the secret, and "
		 "files like this are copied, shared and committed.",
	  .fix = "Replace the value by a reference to an environment variable "
		 "or secret store.",
	  .ref = "MCP01; CWE-798",
	  .check = check_sec_002,
	  .check_project = check_sec_002,
	  .forms = 1u << FORM_DOTENV },
	{ .id = "SEC-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Secret on the command line",
	  .detect = "A token pattern in any argument; or '--<secret_key>=v', "
		    "'--<secret_key>' followed by v, 'KEY=v' (also 'docker run -e "
		    "KEY=v') where v looks like a secret. The 'command' and "
		    "'entrypoint' of a compose service count as arguments; there a "
		    "default or placeholder is reported too, at medium, because the "
		    "container takes it for the real password.",
	  .guard = "The next element begins with '-'; '-e KEY' without a value; "
		   "in 'args' of a server entry a placeholder is SEC-004.",
	  .why = "Arguments are visible to every user of the computer in the "
		 "process table.",
	  .fix = "Hand the value over by environment variable or file; "
		 "arguments are visible in the process table and in 'docker "
		 "inspect'.",
	  .ref = "MCP01; CWE-214",
	  .check = check_sec_003,
	  .check_project = check_sec_003,
	  .forms = 1u << FORM_COMPOSE },
	{ .id = "SEC-004",
	  .category = CAT_SECURITY,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Placeholder secret still in place",
	  .detect = "'secret_key(k)' for an environment name (of '.env' and compose "
		    "files as well), argument or credential header, and "
		    "'is_place(v)'.",
	  .guard = "Files named '*.example', '*.sample', '*template*', '*.dist' "
		   "give no finding. Signing secrets are ENV-001; the password of "
		   "a compose service is DC-007.",
	  .why = "The server starts with a value that cannot work, or with one "
		 "that everybody knows.",
	  .fix = "Put a reference to the real secret here.",
	  .ref = "MCP01",
	  .check = check_sec_004,
	  .check_project = check_sec_004,
	  .forms = FORMS_ENV },
	{ .id = "SEC-005",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Trivial or default password",
	  .detect = "'secret_key(k)' and the lower-case value is one of: password, "
		    "pass, admin, root, secret, postgres, mysql, test, 123456, "
		    "12345678, qwerty, letmein, default, changeme, minioadmin, "
		    "guest. Tested before SEC-004.",
	  .why = "The password is among the first that anybody tries.",
	  .fix = "Generate a random password and refer to it.",
	  .ref = "CWE-521; CWE-1392",
	  .check = check_sec_005,
	  .check_project = check_sec_005,
	  .forms = FORMS_ENV },
	{ .id = "SEC-006",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Credential in a header",
	  .detect = "The header name contains auth, key, token, secret or cookie "
		    "and the value (after 'Bearer', 'Basic' or 'token') matches a "
		    "token pattern or 'looks_secret'.",
	  .guard = "References; publishable keys.",
	  .why = "Everybody who can read this file can use the credential in "
		 "the header.",
	  .fix = "Write 'Bearer ${env:NAME}' or use OAuth.",
	  .ref = "MCP01; MCP07; CWE-522",
	  .check = check_sec_006 },
	{ .id = "SEC-007",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Password inside a URL",
	  .detect =
		  "'scheme://user:pass@host' in env, args, url or headers, in a "
		  "'.env' file or the environment of a compose service, where pass is not a reference, not a placeholder, not "
		  "a value of the SEC-005 list, and contains neither '{' nor '$'.",
	  .guard = "'user:@'; '$PASS'; default passwords are SEC-008.",
	  .why = "Addresses end up in logs and error messages, and the password "
		 "with them.",
	  .fix = "Keep the password in a variable of its own and let the "
		 "program join the parts.",
	  .ref = "CWE-522; RFC 3986 section 3.2.1",
	  .check = check_sec_007,
	  .check_project = check_sec_007,
	  .forms = FORMS_ENV },
	{ .id = "SEC-008",
	  .category = CAT_SECURITY,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Default or placeholder password in a URL",
	  .detect = "The same pattern with a pass from the SEC-005 list or one "
		    "that is a placeholder. An empty user name does not matter.",
	  .why = "A default password in an address is one that everybody knows, "
		 "or one that nobody replaced yet.",
	  .fix = "Replace the password by a reference before the file is used.",
	  .ref = "CWE-1392",
	  .check = check_sec_008,
	  .check_project = check_sec_008,
	  .forms = FORMS_ENV },
	{ .id = "SEC-009",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Credential in a URL query",
	  .detect = "A query parameter named api_key, apikey, key, token, "
		    "access_token, auth, secret, password or ending in ApiKey, "
		    "whose value is neither reference nor placeholder and has at "
		    "least eight characters.",
	  .guard = "'key=' with a shorter value; 'token=${…}'.",
	  .why = "Addresses are written to the logs of every proxy and server "
		 "on the way.",
	  .fix = "Send it in a header; URLs end up in logs.",
	  .ref = "CWE-598; MCP01",
	  .check = check_sec_009,
	  .check_project = check_sec_009,
	  .forms = 1u << FORM_DOTENV },
	{ .id = "SEC-010",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "TLS verification switched off",
	  .detect = "'NODE_TLS_REJECT_UNAUTHORIZED=0', 'PYTHONHTTPSVERIFY=0', "
		    "'VERIFY_SSL', 'SSL_VERIFY' or 'TLS_VERIFY' set to false, 0 or "
		    "no, 'GIT_SSL_NO_VERIFY=1'; or arguments '--insecure', "
		    "'--no-check-certificate', '--trusted-host', '-k' of curl.",
	  .why = "Without verification anybody on the way can read and change "
		 "what is sent.",
	  .fix = "Install the missing certificate authority "
		 "('NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE') and remove the "
		 "switch.",
	  .ref = "CWE-295; MCP07",
	  .check = check_sec_010,
	  .check_project = check_sec_010,
	  .forms = 1u << FORM_DOTENV },
	{ .id = "SEC-011",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Private key material in the configuration",
	  .detect = "A PEM header of a private key (any algorithm word), or a JSON "
		    "text in a string that has a 'private_key' member, as in a "
		    "service-account file.",
	  .guard = "Public keys and certificates.",
	  .why = "Whoever reads the file owns the key.",
	  .fix = "Keep the key in a file with mode 0600 and pass its path.",
	  .ref = "CWE-321; CWE-312; MCP01",
	  .check = check_sec_011,
	  .check_project = check_sec_011,
	  .forms = FORMS_ENV },
	{ .id = "SEC-012",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_FILE,
	  .title = "File with secrets is readable by others",
	  .detect =
		  "The file has a SEC-001, 002, 003, 006, 007 or 011 finding of "
		  "severity high or critical, or is a '.env' file that sets a variable "
		  "of a secret's name, and its mode has a group or world read bit (on Windows: read access for "
		  "Everyone or Users). Low, as long as a file such as '.env.test' holds "
		  "defaults and placeholders only.",
	  .guard = "A directory above it is 0700.",
	  .why = "Every user of the computer can read the secrets in this file.",
	  .fix = "'chmod 600' the file and check its owner.",
	  .ref = "CWE-732; MCP01",
	  .check = check_sec_012,
	  .forms = 1u << FORM_SERVERS | FORMS_ENV },
	{ .id = "SEC-013",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_FILE,
	  .title = "File with secrets is tracked by git",
	  .detect = "The file has a SEC-001, 002, 003, 006, 007 or 011 finding of "
		    "severity high or critical and lies in a work tree. High if "
		    "the path is in '.git/index' (index versions 2 to 4 are read "
		    "directly), medium if it is not and no '.gitignore' line "
		    "matches.",
	  .guard = "'*.example' and similar names; no work tree: not applicable.",
	  .why = "What was committed once stays in the history and in every "
		 "clone.",
	  .fix = "Remove it from the index, add it to '.gitignore', rotate what "
		 "it held.",
	  .ref = "MCP01; CWE-540",
	  .check = check_sec_013,
	  .forms = 1u << FORM_SERVERS | FORMS_ENV },
	{ .id = NULL },
};
