/* SPDX-License-Identifier: Apache-2.0 */
/* The live rules: what each looks for in a running server, why, and how to repair it. */
#include "compliance-server/rules_live.h"

const struct rule rules_live[] = {
	{ .id = "LIV-001",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FIRST,
	  .title = "Server does not complete the handshake",
	  .detect = "Neither a discovery result nor an initialize result within the "
		    "budget. Record the phase (spawn, silence, exit code, JSON-RPC "
		    "error) and the last 200 bytes of stderr, masked.",
	  .guard =
		  "Exit and stderr of the form \"missing\", \"required\", \"not set\" or "
		  "\"please set\" within 40 characters of a name with KEY, TOKEN, SECRET, "
		  "PASSWORD or CREDENTIAL: state "
		  "'needs-credential', medium. A start that failed after the "
		  "'server/discover' probe is repeated once without the probe "
		  "before the rule fails.",
	  .why = "A host that cannot complete the handshake shows no tools of "
		 "this server at all.",
	  .fix = "Read the recorded error; start the same command by hand in the "
		 "reduced environment.",
	  .ref = "MCP 2025-11-25 basic/lifecycle; MCP 2026-07-28 "
		 "server/discover; ramparts#139",
	  .check = check_liv_001 },
	{ .id = "LIV-002",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Something else than MCP messages on stdout",
	  .detect = "A non-empty line that is not a JSON object with 'jsonrpc: "
		    "\"2.0\"', or a last message without a line end when the stream "
		    "ends.",
	  .guard = "One line before the first message may come from an npx or uv "
		   "installer: still a finding, and the text names the wrapper. "
		   "Popular servers: none.",
	  .why = "Everything on stdout is read as a message; other text breaks "
		 "the connection of strict hosts.",
	  .fix = "Write logs to stderr.",
	  .ref = "MCP 2025-11-25 basic/transports, stdio (MUST NOT)",
	  .check = check_liv_002 },
	{ .id = "LIV-003",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Unknown method not answered with -32601",
	  .detect = "A request for a method that does not exist gets a result, "
		    "silence or another code.",
	  .guard = "Popular servers: 13 of 13 correct.",
	  .why = "A client that asks for something newer must learn that it is "
		 "not there, or it waits for nothing.",
	  .fix = "Answer every unknown request with -32601.",
	  .ref = "JSON-RPC 2.0 section 5.1",
	  .check = check_liv_003 },
	{ .id = "LIV-004",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Server dies or blocks after malformed input",
	  .detect = "After truncated JSON, '[]', '42', invalid UTF-8, 'jsonrpc: "
		    "\"1.0\"' and a line of 1 MiB, the next 'ping' (legacy) or "
		    "'server/discover' is not answered within 3 s, or the process "
		    "is gone.",
	  .guard = "Popular servers: 13 of 13 survive.",
	  .why = "One damaged line, from any client, takes the server away from "
		 "everybody who uses it.",
	  .fix = "Catch parse errors and go on reading.",
	  .ref = "CWE-755; JSON-RPC 2.0 section 5.1",
	  .check = check_liv_004 },
	{ .id = "LIV-005",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_UNSCORED,
	  .title = "Malformed JSON not answered with -32700",
	  .detect = "No error with id null after a truncated line.",
	  .guard = "None of the popular servers answers, because the common SDK "
		   "swallows the line; therefore low and without weight in the "
		   "overall score.",
	  .why = "Without an error the sender of a damaged line waits until its "
		 "own time limit.",
	  .fix = "Send one error with code -32700 and id null.",
	  .ref = "JSON-RPC 2.0 section 5.1",
	  .check = check_liv_005 },
	{ .id = "LIV-006",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Response id not echoed exactly",
	  .detect = "The ids '\"abc-é\"', '0', '2147483648' and '-1' must come back "
		    "with the same type and value.",
	  .why = "A client finds the request of an answer by its id; with "
		 "another id every call runs into its time limit.",
	  .fix = "Keep the id as the raw JSON token.",
	  .ref = "JSON-RPC 2.0 section 5",
	  .check = check_liv_006 },
	{ .id = "LIV-007",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Version negotiation is wrong",
	  .detect = "Legacy: for the unknown version '1999-01-01' the answer must "
		    "be an error or a result with a version the server supports; "
		    "echoing the unknown one fails. Modern: an unknown version must "
		    "give -32022 with 'data.supported' and 'data.requested'.",
	  .guard = "Popular servers: 13 of 13 answer with their own newest "
		   "version.",
	  .why = "A server that agrees to a version it does not know makes the "
		 "client rely on rules that do not hold.",
	  .fix = "Answer an unknown version with the newest supported one.",
	  .ref = "MCP 2025-11-25 basic/lifecycle; MCP 2026-07-28 schema, "
		 "UnsupportedProtocolVersionError",
	  .check = check_liv_007 },
	{ .id = "LIV-008",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_LOW,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Speaks only the legacy protocol",
	  .detect = "No 'server/discover'. Medium for everybody from 2027-07-28 on.",
	  .guard = "One popular server of 13 answers discovery today, hence low.",
	  .why = "Clients of the current revision ask for server/discover first "
		 "and need an extra round, or a second process, for this server.",
	  .fix = "Add 'server/discover' and per-request metadata next to "
		 "'initialize'.",
	  .ref = "MCP 2026-07-28 server/discover",
	  .check = check_liv_008 },
	{ .id = "LIV-009",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Tool schema is invalid",
	  .detect = "'inputSchema' missing or not an object, 'type' other than "
		    "object (legacy), 'properties' not an object, 'required' not an "
		    "array of strings or naming unknown properties, a local '$ref' "
		    "that does not resolve, an external '$ref', nesting deeper than "
		    "32; the same for 'outputSchema'.",
	  .guard = "Boolean and 'anyOf' roots are legal from 2026-07-28 on.",
	  .why = "Clients refuse a tool with an invalid schema, several of them "
		 "the whole list.",
	  .fix = "Correct the schema; test it against a validator.",
	  .ref = "MCP 2025-11-25 server/tools; MCP 2026-07-28 changelog ('$ref' "
		 "rules)",
	  .check = check_liv_009 },
	{ .id = "LIV-010",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Tool name outside the rules",
	  .detect = "Not 1 to 128 characters of 'A-Za-z0-9_.-'. Letters of another "
		    "script mixed with Latin ones: high, category security.",
	  .why = "Model interfaces accept a narrow set of characters; other "
		 "names fail there, or pass for another tool.",
	  .fix = "Rename the tool.",
	  .ref = "MCP 2025-11-25 server/tools, Tool Names; CWE-1007",
	  .check = check_liv_010 },
	{ .id = "LIV-011",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Duplicate tool name in one server",
	  .detect = "Two entries of the complete list have the same name.",
	  .why = "A host can call only one of two tools with the same name, and "
		 "nobody knows which.",
	  .fix = "Give each tool its own name.",
	  .ref = "MCP 2025-11-25 server/tools, Tool Names; CWE-694",
	  .check = check_liv_011 },
	{ .id = "LIV-012",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Tool without a description",
	  .detect = "Empty, shorter than ten characters, or equal to the name.",
	  .why = "The description is all a model has to decide when to use the "
		 "tool.",
	  .fix = "Write one sentence on what it does and when to use it.",
	  .ref = "MCP 2025-11-25 server/tools, 'description'",
	  .check = check_liv_012 },
	{ .id = "LIV-013",
	  .category = CAT_PERFORMANCE,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Very long description",
	  .detect = "More than 1024 bytes. Every byte is sent to the model with "
		    "every request.",
	  .why = "Every byte is sent to the model with every request and is paid "
		 "for.",
	  .fix = "Move the details to a resource or prompt.",
	  .ref = "token cost of about one per four bytes; CWE-400",
	  .check = check_liv_013 },
	{ .id = "LIV-014",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Parameters without description or type",
	  .detect = "More than half of the server's parameters lack one. One "
		    "finding per server with the share.",
	  .why = "A model guesses the values of parameters that are not "
		 "described.",
	  .fix = "Describe each parameter and give its type.",
	  .ref = "MCP 2025-11-25 server/tools, 'inputSchema'",
	  .check = check_liv_014 },
	{ .id = "LIV-015",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Annotations missing or contradictory",
	  .detect = "Contradictory: 'readOnlyHint: true' together with "
		    "'destructiveHint: true', or with a name that holds delete, "
		    "remove, drop, write, send or exec.",
	  .guard = "Annotations are self-reported and never make a tool safe.",
	  .why = "Hosts ask the user before a call by these hints; wrong ones "
		 "make them ask too little or too often.",
	  .fix = "Set the hints to what the tool really does.",
	  .ref = "MCP 2025-11-25 server/tools, annotations are untrusted",
	  .check = check_liv_015 },
	{ .id = "LIV-016",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Unknown tool reported as success",
	  .detect = "'tools/call' of '__no_such_tool__' gives a result without "
		    "'isError: true'.",
	  .guard = "A server without tools is not asked. Popular servers: 1 of 13 "
		   "fails.",
	  .why = "A model that misspells a tool is told that it worked, and goes on "
		 "as if it had.",
	  .fix = "Answer -32602, or a result with 'isError: true'.",
	  .ref = "MCP 2025-11-25 server/tools, Error Handling",
	  .check = check_liv_016 },
	{ .id = "LIV-017",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Declared capability and methods do not agree",
	  .detect = "'capabilities.tools' is declared and 'tools/list' gives "
		    "-32601; prompts and resources likewise. A list request that "
		    "ends the server, or stays without an answer, counts as well.",
	  .why = "Clients ask for what is declared and show an error to the user "
		 "when it is not there.",
	  .fix = "Declare exactly what is implemented.",
	  .ref = "MCP 2025-11-25 basic/lifecycle, Capability Negotiation",
	  .check = check_liv_017 },
	{ .id = "LIV-018",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Does not exit when stdin closes",
	  .detect = "The process is alive 5 s after end of input.",
	  .guard = "Popular servers: all exit within 340 ms.",
	  .why = "Each closed session leaves a process behind that uses memory "
		 "until somebody ends it.",
	  .fix = "End the main loop at end of input.",
	  .ref = "MCP 2025-11-25 basic/lifecycle, Shutdown (stdio)",
	  .check = check_liv_018 },
	{ .id = "LIV-019",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Leaves child processes behind",
	  .detect = "One second after the exit, processes of our session or group "
		    "are still there (Linux: scan of '/proc').",
	  .why = "Processes that nobody watches go on using memory, ports and "
		 "files.",
	  .fix = "End the children before exiting.",
	  .ref = "CWE-404",
	  .check = check_liv_019 },
	{ .id = "LIV-020",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Answers a notification",
	  .detect = "Any message with an id, or an error, in reply to "
		    "'notifications/initialized' or an unknown notification.",
	  .why = "A reply that nobody waits for confuses clients that count "
		 "their requests.",
	  .fix = "Never reply to a message without an id.",
	  .ref = "JSON-RPC 2.0 section 4.1",
	  .check = check_liv_020 },
	{ .id = "LIV-021",
	  .category = CAT_CONFIGURATION,
	  .severity = SEV_LOW,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .title = "List is not deterministic",
	  .detect = "Three tool lists differ in order or content without a "
		    "list-changed notification.",
	  .why = "A list that changes by itself defeats caches and the review of "
		 "tools.",
	  .fix = "Sort the list or keep one order.",
	  .ref = "MCP 2026-07-28 changelog, minor changes",
	  .check = check_liv_021 },
	{ .id = "LIV-022",
	  .category = CAT_OPERATIONAL,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Pagination does not end",
	  .detect = "More than 100 pages, a cursor that repeats, or a page that "
		    "adds nothing.",
	  .why = "A client that reads the whole list never finishes.",
	  .fix = "Omit 'nextCursor' on the last page.",
	  .ref = "MCP 2025-11-25 server/utilities/pagination; CWE-835",
	  .check = check_liv_022 },
	{ .id = "LIV-023",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Secret in stderr, instructions or tool texts",
	  .detect = "A token pattern, or a value of the environment we passed "
		    "(eight or more characters), occurs in any output of the "
		    "server.",
	  .guard = "Values that are no secrets (PATH, HOME) are left out of the "
		   "comparison.",
	  .why = "Output of a server is kept in logs and sent to models; a "
		 "secret in it is known to both.",
	  .fix = "Mask secrets before logging.",
	  .ref = "MCP01; CWE-532",
	  .check = check_liv_023 },
	{ .id = "LIV-024",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .title = "Request from the server that we did not invite",
	  .detect = "A sampling, elicitation or roots request although no such "
		    "capability was declared.",
	  .why = "The server wants something of the host that the host did not "
		 "offer, a model call or an answer of the user.",
	  .fix = "Check the client's capabilities first.",
	  .ref = "MCP 2025-11-25 basic/lifecycle, Capability Negotiation; MCP10",
	  .check = check_liv_024 },
	{ .id = "LIV-025",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Free-form command or URL parameter",
	  .detect = "A text parameter named command, cmd, shell, script, code, sql, "
		    "url, uri, path or file without enum, const, pattern, format or "
		    "maxLength, in a tool that is not marked read-only. One finding "
		    "per server with the list of tools.",
	  .guard = "Tools whose purpose this is (a browser, a shell) are expected to "
		   "have one; other names, such as location, do not count.",
	  .why = "Whatever text reaches the model can end up in such a parameter, "
		 "and the server runs, opens or fetches it.",
	  .fix = "Limit the values by enum, pattern or length, and check them in the "
		 "server.",
	  .ref = "MCP05; CWE-78; CWE-918; CWE-22",
	  .check = check_liv_025 },
	{ .id = NULL },
};
