/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about what is started, fetched and reached: what each looks for, why, and how to
 * repair it. */
#include "compliance-server/rules_checks.h"
#include "compliance-server/rules_live.h"

const struct rule rules_command[] = {
	{ .id = "CMD-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Server started through a shell string",
	  .detect = "The program is sh, bash, zsh, dash, ksh, fish, powershell or "
		    "pwsh with an option group ending in 'c', '-Command' or "
		    "'-EncodedCommand'.",
	  .guard = "'cmd /c X' on Windows is what hosts require: unwrap it and "
		   "judge X.",
	  .why = "A shell interprets the text: any value that reaches it can "
		 "become a command.",
	  .fix = "Start the program directly with an argument list.",
	  .ref = "MCP05; CWE-78",
	  .check = check_cmd_001 },
	{ .id = "CMD-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Downloads code and feeds it to an interpreter",
	  .detect = "curl, wget, iwr, irm or Invoke-WebRequest piped into sh, "
		    "bash, zsh, python, node, perl, ruby or iex (with or without "
		    "sudo); 'bash <(curl …)'; 'iex (irm …)'; 'python -c' with both "
		    "a URL open and an exec.",
	  .guard = "A download whose checksum is verified before use is not a "
		   "pipe into an interpreter.",
	  .why = "Whoever controls the address, or the way to it, runs any "
		 "program on this computer at each start.",
	  .fix = "Install a pinned version once and start the installed program.",
	  .ref = "MCP04; CWE-494",
	  .check = check_cmd_002 },
	{ .id = "CMD-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Runs with raised privileges",
	  .detect = "The program is sudo, doas, pkexec, runas or su, or a shell "
		    "string contains ' sudo '.",
	  .guard = "The name must match as a whole word.",
	  .why = "A fault or a trick in the server then acts with all rights on "
		 "the computer.",
	  .fix = "Run the server as an ordinary user; give the one right it "
		 "needs by other means.",
	  .ref = "MCP02; CWE-250",
	  .check = check_cmd_003 },
	{ .id = "CMD-004",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Relative executable path",
	  .detect = "The command begins with './', '../' or '.\\', or contains a "
		    "separator and is neither absolute nor begins with '~' or '$'.",
	  .guard = "An absolute 'cwd' is set.",
	  .why = "Which program runs depends on the folder the host happens to "
		 "start in.",
	  .fix = "Use an absolute path or '${workspaceFolder}'.",
	  .ref = "CWE-426",
	  .check = check_cmd_004 },
	{ .id = "CMD-005",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Program or script in a world-writable temporary folder",
	  .detect = "The resolved command or the first script argument lies under "
		    "'/tmp', '/var/tmp', '/dev/shm', '%TEMP%' or 'C:\\Windows\\Temp'.",
	  .guard = "Other arguments, such as a cache folder there, are fine. Low, "
		   "where the path goes through a folder directly below it that "
		   "only its owner, this user or root, can write.",
	  .why = "Any user of the computer can put a program of that name there.",
	  .fix = "Install it in a folder only its owner can write.",
	  .ref = "CWE-379; CWE-426",
	  .check = check_cmd_005 },
	{ .id = "CMD-006",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Privileged container",
	  .detect = "'docker run' (or podman) with '--privileged' before the "
		    "image. High for '--cap-add' ALL or SYS_ADMIN and for "
		    "'--security-opt' with 'unconfined'.",
	  .why = "A privileged container can do everything that root can do on "
		 "the host.",
	  .fix = "Drop the flag; add the single capability that is needed.",
	  .ref = "MCP02; CWE-250",
	  .check = check_cmd_006 },
	{ .id = "CMD-007",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Container shares a host namespace",
	  .detect = "'--net', '--network', '--pid', '--ipc', '--userns' or '--uts' "
		    "with the value 'host'.",
	  .why = "Sharing a namespace takes away the isolation that the "
		 "container was used for.",
	  .fix = "Use a bridge network and the default namespaces.",
	  .ref = "CWE-653",
	  .check = check_cmd_007 },
	{ .id = "CMD-008",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Container runtime socket mounted",
	  .detect = "A mount source that ends in 'docker.sock', 'containerd.sock' "
		    "or 'podman.sock'.",
	  .why = "Whoever talks to this socket can start containers, and with "
		 "them become root on the host.",
	  .fix = "Remove the mount; if control of containers is really needed, "
		 "put a filtering proxy in between.",
	  .ref = "MCP02; CWE-250",
	  .check = check_cmd_008 },
	{ .id = "CMD-009",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Broad host folder mounted",
	  .detect = "The source of '-v', '--volume' or '--mount' is '/', '/etc', "
		    "'/root', '/home', '/Users', '~', '$HOME', one home folder, or "
		    "a drive root.",
	  .guard = "':ro' lowers the severity by one step.",
	  .why = "The container can read, and perhaps change, far more than one "
		 "project.",
	  .fix = "Mount only the project folder, read-only where possible.",
	  .ref = "MCP02; CWE-552",
	  .check = check_cmd_009 },
	{ .id = "CMD-010",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Filesystem server with a root that is too wide",
	  .detect = "The package or command name contains server-filesystem, "
		    "mcp-server-filesystem or filesystem-mcp (or the live list has "
		    "read_file and write_file), and an argument is '/', '~', "
		    "'$HOME', a drive root, '/home', '/Users', '/etc', '/var', or "
		    "a folder exactly one level below '/home' or '/Users'.",
	  .why = "The model can read and change far more files than one project.",
	  .fix = "Give it the project folder only.",
	  .ref = "MCP02; CWE-552",
	  .check = check_cmd_010 },
	{ .id = "CMD-011",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Protection switched off by a flag",
	  .detect = "'--allow-all', '--no-sandbox', '--disable-web-security', "
		    "'--disable-security', '--dangerously-*', '--yolo', "
		    "'--trust-all', '--skip-ssl-verify', '--unsafe*'.",
	  .guard = "'--no-sandbox' inside a container image is low.",
	  .why = "The flag removes a protection that the program has for a "
		 "reason.",
	  .fix = "Remove the flag or limit the server in another way.",
	  .ref = "MCP02; CWE-693",
	  .check = check_cmd_011 },
	{ .id = "CMD-012",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Code-loading variable in the environment",
	  .detect = "LD_PRELOAD, LD_AUDIT, DYLD_INSERT_LIBRARIES, BASH_ENV, ENV, "
		    "PYTHONSTARTUP, PERL5OPT, RUBYOPT, GIT_SSH_COMMAND, "
		    "JAVA_TOOL_OPTIONS with '-javaagent', NODE_OPTIONS with "
		    "'--require', '-r', '--import' or '--loader'.",
	  .why = "The variable makes the program load code that it did not come "
		 "with.",
	  .fix = "Remove the variable; put the code into the server itself.",
	  .ref = "CWE-427; MCP04",
	  .check = check_cmd_012 },
	{ .id = "CMD-013",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Executable not found",
	  .detect = "Resolve the command with the PATH the host hands on: the "
		    "login PATH and the reduced PATH. Neither finds it.",
	  .guard = "An unresolved reference, a pattern to fill in or a path of "
		   "another operating system is info. In a file that is not of this "
		   "user, the system or the registry it is low: such a file is for "
		   "other computers too.",
	  .why = "The host cannot start the server.",
	  .fix = "Install the program or give its full path.",
	  .ref = "RooCodeInc/Roo-Code#3921; POSIX 'execvp'",
	  .check = check_cmd_013 },
	{ .id = "CMD-014",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Executable or a folder above it is writable by others",
	  .detect = "For the real path and each parent folder: world-writable "
		    "without the sticky bit, group-writable for a group that is "
		    "not the user's own, or an owner who is neither root nor the "
		    "user.",
	  .why = "Somebody else on the computer can replace the program that "
		 "runs with your rights.",
	  .fix = "Correct owner and mode; install in a protected folder.",
	  .ref = "CWE-732; CWE-427",
	  .check = check_cmd_014 },
	{ .id = "CMD-015",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_FILE,
	  .title = "Configuration file or its folder is writable by others",
	  .detect = "The test of CMD-014 on the configuration file. Whoever can "
		    "edit it decides what runs.",
	  .why = "Whoever can edit the file decides which programs run with "
		 "your rights.",
	  .fix = "Mode 0644 or stricter, owned by the user.",
	  .ref = "MCP09; CWE-732; the class of CVE-2025-54136",
	  .check = check_cmd_015 },
	{ .id = "CMD-016",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_ENTRY,
	  .title = "Shell characters in arguments of a program that is not a shell",
	  .detect = "An argument contains '$(', a pair of back quotes, '&&', '||', "
		    "';' followed by a word, or '| sh'.",
	  .guard = "URLs with '&', regular expressions, JSON and SQL (the "
		   "argument begins with '{', '[' or SELECT).",
	  .why = "The characters reach the program unchanged; a wrapper that "
		 "parses them again would run them as commands.",
	  .fix = "Pass plain values; the characters reach the program "
		 "unchanged, and a wrapper that parses them again would run "
		 "them.",
	  .ref = "MCP05; CWE-88",
	  .check = check_cmd_016 },
	{ .id = "CMD-017",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Server process runs as root",
	  .detect = "Live: the real or effective user id of the server, or of a process "
		    "it started, is 0.",
	  .guard = "The check itself runs as root of a container in which 0 is another "
		   "user outside: info.",
	  .why = "Whatever the server is talked into doing, it does with every right "
		 "there is.",
	  .fix = "Run the host and the server as an ordinary user.",
	  .ref = "MCP02; CWE-250",
	  .check = check_cmd_017 },
	{ .id = NULL },
};

const struct rule rules_supply[] = {
	{ .id = "SUP-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "npx, bunx or pnpm dlx package not pinned",
	  .detect = "The first package operand (after '-p', '--package', '--' and "
		    "options that take a value) has no exact '@x.y.z'. '@latest', "
		    "ranges and tags count as not pinned. One finding per server.",
	  .guard = "Local paths, 'file:', workspace programs; look through an "
		   "'npm:' alias.",
	  .why = "Each start may fetch other code than the one that was looked "
		 "at.",
	  .fix = "Name the exact version, and where possible start from an "
		 "installed copy with a lock file.",
	  .ref = "MCP04; CWE-1357; CWE-494",
	  .check = check_sup_001 },
	{ .id = "SUP-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "uvx, pipx or uv tool run package not pinned",
	  .detect = "The operand, or the value of '--from', has neither '==x.y' "
		    "nor '@x.y'.",
	  .guard = "Local paths; git and URL sources are SUP-003.",
	  .why = "Each start may fetch other code than the one that was looked "
		 "at.",
	  .fix = "Add '==' and the exact version.",
	  .ref = "MCP04; CWE-1357",
	  .check = check_sup_002 },
	{ .id = "SUP-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Git or URL source not pinned to a commit",
	  .detect = "'git+…', 'github:owner/repo', or the address of an archive, "
		    "without a 40-digit commit or an integrity hash.",
	  .why = "A branch or an archive can change at any time without its "
		 "address changing.",
	  .fix = "Append '@' and the full commit.",
	  .ref = "MCP04; CWE-494",
	  .check = check_sup_003 },
	{ .id = "SUP-004",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Container image without a fixed tag",
	  .detect = "The image has no digest and either no tag or a tag without "
		    "any digit, such as latest, stable, main, edge or nightly.",
	  .guard = "Values that contain a reference.",
	  .why = "Each pull may fetch another image than the one that was "
		 "looked at.",
	  .fix = "Name a version tag, better a digest.",
	  .ref = "MCP04; hadolint DL3007; CWE-1357",
	  .check = check_sup_004 },
	{ .id = "SUP-005",
	  .category = CAT_SECURITY,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Container image not pinned by digest",
	  .detect = "The image has a fixed tag and no '@sha256:'.",
	  .guard = "Reported only where SUP-004 is not.",
	  .why = "A tag can be moved to another image; a digest cannot.",
	  .fix = "Append the digest of the tested image.",
	  .ref = "MCP04; CWE-494",
	  .check = check_sup_005 },
	{ .id = "SUP-006",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Known bad package",
	  .detect =
		  "The package and version stand in a compiled-in table of malicious and "
		  "vulnerable ones.",
	  .guard = "An unpinned package that was vulnerable only in old versions "
		   "gives no finding (SUP-001 covers it). The table carries a "
		   "date; older than 180 days is reported by OPS-003.",
	  .why = "This version is known to be malicious or to have a serious "
		 "hole.",
	  .fix = "Remove the package, or move to a fixed version.",
	  .ref = "MCP04; CWE-1104; CWE-506",
	  .check = check_sup_006 },
	{ .id = "SUP-007",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_ENTRY,
	  .title = "Name looks like a well-known package",
	  .detect = "Against about 150 known names: equal skeleton (homoglyph map, "
		    "NFKC, lower case) with different bytes; or distance 1 at "
		    "eight letters or more; or the same words under a look-alike "
		    "scope.",
	  .guard = "Exact known names, on PyPI with any of - _ . and in any case; a "
		   "difference of one letter in shorter names. The bare name that "
		   "equals the last part of an official scoped package is only "
		   "low.",
	  .why = "Attackers publish packages under names that differ from a "
		 "known one by a letter.",
	  .fix = "Check the publisher; use the exact official name.",
	  .ref = "MCP04; CWE-1357; CWE-1007",
	  .check = check_sup_007 },
	{ .id = "SUP-008",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Package index overridden in an unsafe way",
	  .detect = "'--registry', '--index-url', 'npm_config_registry', "
		    "'UV_INDEX_URL' or 'PIP_INDEX_URL' with 'http://' and a host "
		    "that is not loop-back: high. '--extra-index-url' present: "
		    "medium, because of dependency confusion.",
	  .why = "Whoever answers for the package index decides which code runs.",
	  .fix = "Use one index over https.",
	  .ref = "CWE-829; CWE-319; MCP04",
	  .check = check_sup_008 },
	{ .id = "SUP-009",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Archived or deprecated server",
	  .detect = "Compiled-in list of archived reference servers: "
		    "'@modelcontextprotocol/server-' with github, gitlab, slack, "
		    "brave-search, postgres, puppeteer, google-maps, gdrive, "
		    "sentry, sqlite, everart, redis, aws-kb-retrieval.",
	  .why = "Nobody repairs faults in an archived server any more.",
	  .fix = "Move to the vendor's successor; the archived one gets no "
		 "fixes.",
	  .ref = "modelcontextprotocol/servers-archived; CWE-1104",
	  .check = check_sup_009 },
	{ .id = NULL },
};

const struct rule rules_net[] = {
	{ .id = "NET-001",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Plain-text remote URL",
	  .detect = "'http://' or 'ws://' in 'url' or in an argument of mcp-remote "
		    "with a host that is not loop-back.",
	  .guard = "Never for loop-back hosts; most plain URLs in real files are "
		   "of that kind.",
	  .why = "Everything sent, credentials included, can be read and "
		 "changed on the way.",
	  .fix = "Use https.",
	  .ref = "MCP07; CWE-319",
	  .check = check_net_001 },
	{ .id = "NET-002",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Server listens on all interfaces",
	  .detect = "'--host', '--bind', '--address' or '-H' with 0.0.0.0, '::' or "
		    "'*'; HOST, BIND, MCP_HOST or UVICORN_HOST equal to 0.0.0.0 in "
		    "'env' or in a .env file; 'docker run -p 8080:8080' without a host "
		    "address; a compose service whose name, image, build folder or "
		    "command has the word 'mcp' and that publishes a port without a "
		    "host address.",
	  .guard = "Inside a compose service only the published port counts, also for "
		   "a .env file that it loads through 'env_file'. Data stores are "
		   "DC-005.",
	  .why = "Everybody in the same network can reach the server, not only "
		 "this computer.",
	  .fix = "Bind or publish on 127.0.0.1 and let the reverse proxy face "
		 "the network.",
	  .ref = "MCP 2025-11-25 basic/transports, security warning 2; CWE-1327",
	  .check = check_net_002,
	  .check_project = check_net_002_project,
	  .forms = FORMS_ENV },
	{ .id = "NET-003",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Metadata or link-local address",
	  .detect = "The host is 169.254.169.254, fd00:ec2::254, "
		    "metadata.google.internal or 100.100.100.200, also written as "
		    "decimal, octal or hexadecimal IPv4, in url, args or env.",
	  .why = "The metadata service hands out the credentials of the machine.",
	  .fix = "Remove the address; a tool server has no business with "
		 "instance credentials.",
	  .ref = "CWE-918; MCP01",
	  .check = check_net_003 },
	{ .id = "NET-004",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_ENTRY,
	  .title = "Suspicious form of host",
	  .detect = "An IP literal that is neither loop-back nor private; a "
		    "punycode label; user-info before the host; a tunnel or "
		    "collector (ngrok, trycloudflare, webhook.site, requestbin, "
		    "pipedream, interact.sh); a URL shortener.",
	  .why = "A bare address, a tunnel or a shortener hides who is at the "
		 "other end.",
	  .fix = "Use the vendor's documented host name.",
	  .ref = "MCP09; CWE-1007",
	  .check = check_net_004 },
	{ .id = NULL },
};
