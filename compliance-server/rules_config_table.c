/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about configuration files, secrets and the environment: what each looks for, why,
 * and how to repair it. */
#include "compliance-server/rules_checks.h"

const struct rule rules_config[] = {
	{ .id = "CFG-001",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_FILE,
	  .title = "The file cannot be parsed",
	  .detect = "Remove a byte-order mark, comments ('//', '/* */') that stand "
		    "outside strings, and commas before a closing bracket. If the "
		    "remainder is not JSON, the file fails, with line, column and the "
		    "byte that was not expected.",
	  .guard =
		  "TOML, YAML and .env files are not read yet: the result is "
		  "unknown, not a finding. An empty or blank file is an empty configuration and is only "
		  "noted as info. Comment removal must know strings: a '/*' "
		  "inside a string is data.",
	  .why = "A host that cannot parse the file starts none of its servers.",
	  .fix = "Correct the syntax at the reported position.",
	  .ref = "RFC 8259; TOML 1.0; CWE-20",
	  .check = check_cfg_001 },
	{ .id = "CFG-002",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_FILE,
	  .title = "Comment or trailing comma in a file that its host reads as "
		   "strict JSON",
	  .detect = "The strict parse fails, the tolerant parse succeeds, and the "
		    "host is one of kilocode-legacy, roo, claude-desktop, "
		    "claude-code ('.mcp.json'), copilot-cli, amazon-q.",
	  .guard = "VS Code, Cursor, Zed, opencode and 'kilo.jsonc' accept "
		   "comments: no finding there.",
	  .why = "The host parses this file as strict JSON, so a comment or a "
		 "trailing comma makes it reject the whole file.",
	  .fix = "Remove the comments and the trailing commas.",
	  .ref = "kilocode-legacy 'McpHub.ts' ('JSON.parse'); "
		 "github/copilot-cli#4323; aws/amazon-q-developer-cli#2082",
	  .check = check_cfg_002 },
	{ .id = "CFG-003",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_FILE,
	  .title = "The same key twice in one object",
	  .detect = "The parser meets a key for the second time in one object, on "
		    "the path to the server map, in the map itself, or in a server "
		    "entry.",
	  .guard = "Only there; repeated keys elsewhere in a settings file are "
		   "not ours to judge.",
	  .why = "Most parsers keep the last of two equal keys without a word, "
		 "so one of the two definitions is silently lost.",
	  .fix = "Rename or delete one; most parsers keep the last one without "
		 "a word.",
	  .ref = "RFC 8259 section 4; CWE-694",
	  .check = check_cfg_003 },
	{ .id = "CFG-004",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_FILE,
	  .title = "No server map under the key this host reads",
	  .detect = "The path identifies a host, that host's key is missing, and "
		    "another host's key is present and holds at least one server "
		    "object.",
	  .guard = "Neither key present: no finding. The flat plugin form of "
		   "'.mcp.json' is valid.",
	  .why = "The host looks for its servers under another key and will "
		 "find none in this file.",
	  .fix = "Rename the key to the one this host reads, for example "
		 "'servers' to 'mcpServers'.",
	  .ref = "how the hosts read their files",
	  .check = check_cfg_004 },
	{ .id = "CFG-005",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Server entry with neither command nor url",
	  .detect = "After normalisation both the command and the url are absent "
		    "or empty.",
	  .guard = "Only inside a recognised server map whose other entries look "
		   "like servers; schema and locale files are skipped. An empty "
		   "'url' is usually a template, hence the lower severity.",
	  .why = "A host can neither start nor reach a server without a command "
		 "or a url; some reject the whole file for it.",
	  .fix = "Add a command or a url, or delete the entry.",
	  .ref = "kilocode-legacy 'missingFieldsErrorMessage'; CWE-1287",
	  .check = check_cfg_005 },
	{ .id = "CFG-006",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Server entry with both command and url",
	  .detect = "Command and url are both non-empty.",
	  .guard = "A URL inside 'env' or 'args' does not count.",
	  .why = "A host cannot tell whether to start this server or to connect "
		 "to it; some reject the whole file for it.",
	  .fix = "Split the entry into two servers.",
	  .ref = "kilocode-legacy 'mixedFieldsErrorMessage'; CWE-1287",
	  .check = check_cfg_006 },
	{ .id = "CFG-007",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "'args' is not an array of strings",
	  .detect = "'args' is a string or an object, or one of its elements is "
		    "not a string.",
	  .guard = "'null' counts as an empty array.",
	  .why = "Hosts hand the arguments to the program one by one; anything "
		 "but a list of strings is refused or split wrongly.",
	  .fix = "Write one array element per argument: '[\"-y\",\"pkg\"]'.",
	  .ref = "kilocode-legacy 'McpHub.ts' (array of strings); CWE-1287",
	  .check = check_cfg_007 },
	{ .id = "CFG-008",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "An environment value is not a string",
	  .detect = "A value in 'env' (or 'environment') is a number, boolean, "
		    "null, array or object.",
	  .why = "An environment holds strings only; hosts that check their "
		 "file refuse anything else.",
	  .fix = "Put the value in quotes; join a list into one string with the "
		 "separator the server documents.",
	  .ref = "kilocode-legacy 'McpHub.ts' (record of strings, one wrong "
		 "value rejects the whole file); CWE-1287",
	  .check = check_cfg_008 },
	{ .id = "CFG-009",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Blank or control character around the command",
	  .detect = "The command differs from its trimmed form, or the command or "
		    "an argument holds a byte below 0x20.",
	  .guard = "A tab inside an argument that contains other text is allowed.",
	  .why = "The operating system looks for exactly this name, blank or "
		 "control character included, and does not find it.",
	  .fix = "Delete the stray characters.",
	  .ref = "POSIX 'execvp' looks for exactly that name; CWE-20",
	  .check = check_cfg_009 },
	{ .id = "CFG-010",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Arguments written inside 'command'",
	  .detect = "The trimmed command is a string with a blank in it, does not "
		    "begin with '/', './', '../', '~/', a drive letter or '${', "
		    "and no file of exactly that name exists.",
	  .guard = "Paths with blanks and array commands are fine.",
	  .why = "Servers are started without a shell, so the whole text is "
		 "taken for the name of one program that does not exist.",
	  .fix = "Keep the program in 'command' and move the rest to 'args'.",
	  .ref = "snyk/agent-scan#9; a start without a shell ends in ENOENT",
	  .check = check_cfg_010 },
	{ .id = "CFG-011",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Unknown transport type",
	  .detect = "'type', 'transport' or 'transportType', in lower case, is "
		    "none of stdio, sse, http, streamable-http, streamablehttp, "
		    "streamable_http, ws, local, remote.",
	  .why = "A host that does not know the transport cannot reach the "
		 "server.",
	  .fix = "Use a transport the host supports.",
	  .ref = "MCP 2025-11-25, basic/transports; how the hosts read their "
		 "files",
	  .check = check_cfg_011 },
	{ .id = "CFG-012",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Transport type that this host rejects",
	  .detect = "Host kilocode-legacy or roo and the type is not stdio, sse or "
		    "streamable-http; host kilo-new or opencode and the type is "
		    "not local or remote.",
	  .why = "This host accepts a short list of transport names and rejects "
		 "the entry for any other.",
	  .fix = "For Kilo and Roo write 'streamable-http' instead of 'http'; "
		 "for the new Kilo 'local' or 'remote'.",
	  .ref = "kilocode-legacy 'McpHub.ts' 'typeErrorMessage'",
	  .check = check_cfg_012 },
	{ .id = "CFG-013",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Deprecated HTTP+SSE transport",
	  .detect = "Type 'sse', or the URL path ends in '/sse', or the arguments "
		    "hold '--transport sse' or '--transport=sse'.",
	  .why = "The HTTP+SSE transport is deprecated and hosts are dropping "
		 "it.",
	  .fix = "Move to Streamable HTTP.",
	  .ref = "MCP 2026-07-28 list of deprecated features; MCP 2025-11-25 "
		 "basic/transports",
	  .check = check_cfg_013 },
	{ .id = "CFG-014",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Remote server without 'type' on a host that demands one",
	  .detect = "Host kilocode-legacy or roo, 'url' set, 'type' absent.",
	  .why = "This host does not guess the transport of a url and rejects "
		 "the entry.",
	  .fix = "Add '\"type\":\"streamable-http\"' (or 'sse' for an old server).",
	  .ref = "kilocode-legacy 'McpHub.ts', explicit-type check",
	  .check = check_cfg_014 },
	{ .id = "CFG-015",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Timeout outside what the host accepts",
	  .detect = "The timeout is not a number; or the host is kilocode-legacy "
		    "or roo and it is not between 1 and 3600.",
	  .why = "The host checks the range of the timeout and rejects the "
		 "entry.",
	  .fix = "Give seconds between 1 and 3600.",
	  .ref = "kilocode-legacy 'McpHub.ts' (minimum 1, maximum 3600)",
	  .check = check_cfg_015 },
	{ .id = "CFG-016",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Timeout far too small for a host that counts milliseconds",
	  .detect = "Host kilo-new or opencode and the timeout is above 0 and "
		    "below 1000.",
	  .why = "This host counts milliseconds; a value meant as seconds ends "
		 "every call before the server can answer.",
	  .fix = "Give milliseconds, for example 15000.",
	  .ref = "how the hosts read their files",
	  .check = check_cfg_016 },
	{ .id = "CFG-017",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Variable syntax that this host does not expand",
	  .detect = "In command, args, env, url or headers: '${X}' on "
		    "kilocode-legacy or roo where X is not 'env:NAME' or "
		    "'workspaceFolder'; '${…}' on kilo-new or opencode, which "
		    "expect '{env:X}'; '{env:X}' on any other host; '%X%' on a "
		    "POSIX target.",
	  .guard = "'${CLAUDE_PLUGIN_ROOT}' and '${input:…}' in their own hosts; "
		   "arguments of a shell wrapper ('-c'), which the shell expands.",
	  .why = "The host passes the text on unchanged, so the server gets the "
		 "name of the variable instead of its value.",
	  .fix = "Use this host's own form, for example '${env:NAME}'.",
	  .ref = "kilocode-legacy 'src/utils/config.ts'; "
		 "anthropics/claude-code#38381",
	  .check = check_cfg_017 },
	{ .id = "CFG-018",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "URL is not valid",
	  .detect = "The url is not 'http', 'https', 'ws' or 'wss' followed by "
		    "'://', a non-empty host and an optional port up to 65535, or "
		    "it contains a blank.",
	  .guard = "A value that begins with a reference is judged only after "
		   "expansion.",
	  .why = "A host cannot connect to an address without a scheme and a "
		 "host name.",
	  .fix = "Write the full address including the scheme.",
	  .ref = "RFC 3986; WHATWG URL; CWE-20",
	  .check = check_cfg_018 },
	{ .id = "CFG-019",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_ENTRY,
	  .title = "Unknown key, probably a typing error",
	  .detect = "A key of a server entry is not in this host's key set, does "
		    "not begin with '_', '$', '//' or 'x-', and has "
		    "Damerau-Levenshtein distance 2 or less (1 or less for fewer "
		    "than six letters) to a known key.",
	  .guard = "One message per key name and file. Nothing if more than three "
		   "unknown keys occur in most entries: the file follows its own "
		   "schema.",
	  .why = "Hosts ignore keys that they do not know, so the setting has "
		 "no effect.",
	  .fix = "Use the suggested key.",
	  .ref = "the keys each host knows; CWE-1287",
	  .check = check_cfg_019 },
	{ .id = "CFG-020",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Machine-specific absolute path in a shared file",
	  .detect = "A project-scope file whose command or path argument begins "
		    "with '/home/<name>/', '/Users/<name>/' or a drive letter.",
	  .guard = "User-scope files may hold such paths; a path that contains a "
		   "reference is fine.",
	  .why = "The path exists on one computer only; for everybody else who "
		 "shares the file the server does not start.",
	  .fix = "Use '${workspaceFolder}' or a program name found through PATH.",
	  .ref = "how the hosts read their files (variables row)",
	  .check = check_cfg_020 },
	{ .id = "CFG-021",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Referenced variable is not set",
	  .detect = "Only with '--resolve-env': '${env:X}' or '${X}' without a "
		    "default, and X is missing in the environment this host passes "
		    "on.",
	  .why = "The server gets the literal text or an empty value instead of "
		 "what the variable should hold.",
	  .fix = "Set the variable, or give a default ('${X:-value}') where the "
		 "host knows that form.",
	  .ref = "anthropics/claude-code#60513; "
		 "langchain-ai/langchain-mcp-adapters#437",
	  .check = check_cfg_021 },
	{ .id = "CFG-022",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Same server name, different definition in two scopes",
	  .detect = "The name occurs in user and in project scope and the "
		    "canonical definition hashes differ. Say which one wins on "
		    "this host.",
	  .guard = "Identical definitions are info only.",
	  .why = "Which of the two definitions runs depends on the host; a "
		 "project can replace a server you trust by another one.",
	  .fix = "Rename one entry or make both equal.",
	  .ref = "how the hosts read their files; MCP09; CWE-694",
	  .check = check_cfg_022 },
	{ .id = "CFG-023",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Server name collides or becomes unusable",
	  .detect = "The name is empty; or two names become equal after every "
		    "character outside 'A-Za-z0-9_.-' is replaced by '_'; or "
		    "'mcp__<name>__<longest tool>' is longer than 64 characters "
		    "(this part needs the live tool list).",
	  .why = "Tools of servers whose names fall together cannot be told "
		 "apart.",
	  .fix = "Choose short names that stay different after the replacement.",
	  .ref = "Kilo 'sanitizeMcpName'; model interfaces limit tool names to "
		 "64 characters; CWE-694",
	  .check = check_cfg_023 },
	{ .id = "CFG-024",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "'cwd', 'envFile' or local script does not exist",
	  .detect = "After expansion, an absolute path or a path relative to the "
		    "project of the file that is not there: 'cwd', 'envFile', the "
		    "script after 'node', 'python', 'deno run' or 'bun'.",
	  .guard = "Unresolved references and paths of another operating system "
		   "are skipped.",
	  .why = "The server cannot start without this file or folder.",
	  .fix = "Correct the path, or build the script first.",
	  .ref = "a start ends in ENOENT or \"module not found\"; CWE-426",
	  .check = check_cfg_024 },
	{ .id = "CFG-025",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_FILE,
	  .title = "Encoding problem",
	  .detect = "UTF-16 or UTF-32 mark, a UTF-8 mark on a strict host, invalid "
		    "UTF-8, a NUL byte, or CR LF inside a value.",
	  .why = "Hosts expect UTF-8; another encoding is misread or refused.",
	  .fix = "Save the file as UTF-8 without a mark.",
	  .ref = "RFC 8259 section 8.1; CWE-116",
	  .check = check_cfg_025 },
	{ .id = NULL },
};

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
	  .check = check_sec_001 },
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
	  .check = check_sec_002 },
	{ .id = "SEC-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Secret on the command line",
	  .detect = "A token pattern in any argument; or '--<secret_key>=v', "
		    "'--<secret_key>' followed by v, 'KEY=v' (also 'docker run -e "
		    "KEY=v') where v looks like a secret.",
	  .guard = "The next element begins with '-'; '-e KEY' without a value; "
		   "in 'args' of a server entry a placeholder is SEC-004.",
	  .why = "Arguments are visible to every user of the computer in the "
		 "process table.",
	  .fix = "Hand the value over by environment variable or file; "
		 "arguments are visible in the process table and in 'docker "
		 "inspect'.",
	  .ref = "MCP01; CWE-214",
	  .check = check_sec_003 },
	{ .id = "SEC-004",
	  .category = CAT_SECURITY,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Placeholder secret still in place",
	  .detect = "'secret_key(k)' for an environment name, argument or "
		    "credential header, and 'is_place(v)'.",
	  .guard = "Files named '*.example', '*.sample', '*template*' give no "
		   "finding. Signing secrets are ENV-001.",
	  .why = "The server starts with a value that cannot work, or with one "
		 "that everybody knows.",
	  .fix = "Put a reference to the real secret here.",
	  .ref = "MCP01",
	  .check = check_sec_004 },
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
	  .check = check_sec_005 },
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
	  .detect = "'scheme://user:pass@host' in env, args, url or headers "
		    "where pass is not a reference, not a placeholder, not "
		    "a value of the SEC-005 list, and contains neither '{' nor '$'.",
	  .guard = "'user:@'; '$PASS'; default passwords are SEC-008.",
	  .why = "Addresses end up in logs and error messages, and the password "
		 "with them.",
	  .fix = "Keep the password in a variable of its own and let the "
		 "program join the parts.",
	  .ref = "CWE-522; RFC 3986 section 3.2.1",
	  .check = check_sec_007 },
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
	  .check = check_sec_008 },
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
	  .check = check_sec_009 },
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
	  .check = check_sec_010 },
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
	  .check = check_sec_011 },
	{ .id = "SEC-012",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_FILE,
	  .title = "File with secrets is readable by others",
	  .detect = "The file has a SEC-001, 002, 003, 006, 007 or 011 finding of "
		    "severity high or critical, or is a '.env' file, and its mode "
		    "has a group or world read bit (on Windows: read access for "
		    "Everyone or Users).",
	  .guard = "A directory above it is 0700.",
	  .why = "Every user of the computer can read the secrets in this file.",
	  .fix = "'chmod 600' the file and check its owner.",
	  .ref = "CWE-732; MCP01",
	  .check = check_sec_012 },
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
	  .check = check_sec_013 },
	{ .id = NULL },
};

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
		   "names match.",
	  .why = "Whoever knows or guesses the signing secret can make valid "
		 "tokens for any user.",
	  .fix = "Generate 32 random bytes and load them from a secret store.",
	  .ref = "CWE-326; CWE-521; RFC 7518 section 3.2; MCP07",
	  .check = check_env_001 },
	{ .id = NULL },
};
