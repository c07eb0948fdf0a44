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
	  .detect = "A byte-order mark, comments ('//', '/* */') outside strings and "
		    "commas before a closing bracket are left out. If the remainder "
		    "is not JSON, the file fails, with line, column and the byte "
		    "that was not expected. A '.toml' file must be TOML, a compose "
		    "file and a Kubernetes manifest YAML.",
	  .guard = "An empty or blank file is an empty configuration and is only "
		   "noted as info. Every text is a '.env' file; what is odd about "
		   "its lines is ENV-008.",
	  .why = "A host that cannot parse the file starts none of its servers, and "
		 "a program that cannot parse it starts nothing.",
	  .fix = "Correct the syntax at the reported position.",
	  .ref = "RFC 8259; TOML 1.0; YAML 1.2; CWE-20",
	  .check = check_cfg_001,
	  .forms = 1u << FORM_SERVERS | 1u << FORM_DOTENV | 1u << FORM_COMPOSE |
		   1u << FORM_KUBERNETES },
	{ .id = "CFG-002",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_FILE,
	  .title = "Comment or trailing comma in a file that its host reads as "
		   "strict JSON",
	  .detect = "The strict parse fails, the tolerant parse succeeds, and the "
		    "host is one of kilocode-legacy, roo, cline, claude-desktop, "
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
		   "expansion. Medium where blanks stand in braces only: a choice "
		   "that somebody has to make.",
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
	  .guard = "Unresolved references, patterns to fill in such as "
		   "'/path/to/server.js' and paths of another operating system are "
		   "skipped. Low for '.env', which everybody makes for himself.",
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
	  .check = check_cfg_025,
	  .forms = 1u << FORM_SERVERS | 1u << FORM_DOTENV | 1u << FORM_COMPOSE |
		   1u << FORM_KUBERNETES },
	{ .id = NULL },
};
