/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the texts of a server: what each looks for, why, and how to repair it. */
#include "compliance-server/rules_live.h"

const struct rule rules_text[] = {
	{ .id = "LIV-041",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Unicode tag characters",
	  .detect = "U+E0000 to E007F or U+E0100 to E01EF. Decode them and show the "
		    "text.",
	  .guard = "A tag sequence directly after U+1F3F4 is a flag.",
	  .why = "Tag characters are invisible to people and read by models: the "
		 "usual carrier of hidden instructions.",
	  .fix = "Treat the server as hostile until its author explains the "
		 "hidden text.",
	  .ref = "snyk/agent-scan W021; MCP03; CWE-1007",
	  .check = check_liv_041 },
	{ .id = "LIV-042",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Bidirectional control characters",
	  .detect = "U+202A to 202E, U+2066 to 2069.",
	  .guard = "Balanced isolates in a text with right-to-left letters are "
		   "low.",
	  .why = "Direction controls make a text look different from what a "
		 "model reads.",
	  .fix = "Remove them.",
	  .ref = "CVE-2021-42574 (Trojan Source); CWE-1007",
	  .check = check_liv_042 },
	{ .id = "LIV-043",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Invisible characters",
	  .detect = "U+200B, 2060 to 2064, 00AD, 180E, 115F, 1160, 3164, FFA0, FEFF "
		    "not in first place; U+200C and 200D only between ASCII "
		    "letters.",
	  .guard = "Joiners in emoji; non-joiners in Persian and Indic text.",
	  .why = "Characters nobody sees split or join words, so that a reviewer "
		 "and a model read different texts.",
	  .fix = "Remove them.",
	  .ref = "CWE-1007; CWE-176",
	  .check = check_liv_043 },
	{ .id = "LIV-044",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_VERY_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Control or escape characters",
	  .detect = "C0 other than tab, LF and CR; C1; ESC.",
	  .why = "Escape sequences rewrite what a terminal shows of a log or of "
		 "an approval.",
	  .fix = "Remove them; they can rewrite what a terminal shows.",
	  .ref = "CWE-150",
	  .check = check_liv_044 },
	{ .id = "LIV-045",
	  .category = CAT_SECURITY,
	  .severity = SEV_CRITICAL,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Encoded instructions",
	  .detect = "Text decoded from base64, from hexadecimal digits or from "
		    "tag characters matches one of LIV-046 to LIV-056. Runs of 40 "
		    "characters and more are decoded, twice at most, and looked "
		    "into when 95 percent of their bytes are printable.",
	  .guard = "Encoded text that says nothing of the kind, such as a sample "
		   "image.",
	  .why = "Nobody encodes a description for its reader: the encoding "
		 "hides an order from people and from simple filters.",
	  .fix = "Treat the server as hostile until its author explains the "
		 "hidden text.",
	  .ref = "MCP03; snyk/agent-scan#17; CWE-506",
	  .check = check_liv_phrases },
	{ .id = "LIV-046",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Concealment from the user",
	  .detect = "do not, never, without and the like, then within three words "
		    "tell, mention, inform, notify, reveal, disclose, show or "
		    "ask, then within four words user or human; hide, conceal or "
		    "keep something from the user; never mention this or it.",
	  .guard = "What is only not displayed, such as an identifier or raw "
		   "JSON, is low; so is advice not to ask the user for a value. "
		   "Telling a model to act without asking is medium.",
	  .why = "A tool has nothing to hide from the person it works for: "
		 "such a sentence covers what another one orders.",
	  .fix = "Remove the sentence; a tool has nothing to hide from the "
		 "person.",
	  .ref = "MCP03; CWE-1427",
	  .check = check_liv_phrases },
	{ .id = "LIV-047",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Instruction override",
	  .detect = "ignore, disregard, forget, override or bypass, within two "
		    "words previous, prior, above, your, system or safety, within "
		    "two words instructions, prompt, rules, guidelines or "
		    "context; orders to obey the tool rather than the user; a "
		    "switch into another mode.",
	  .guard = "Instructions that are found in content and should not be "
		   "followed; a parameter that replaces a default prompt.",
	  .why = "It tells the model to drop the rules of the host and the "
		 "wishes of the user.",
	  .fix = "Remove the sentence.",
	  .ref = "MCP03; MCP06; CWE-1427",
	  .check = check_liv_phrases },
	{ .id = "LIV-048",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Chat-template or role marker",
	  .detect = "[INST], <|im_start|>, <<SYS>>, \"role\":\"system\" and their "
		    "relatives, or a line that begins with SYSTEM:.",
	  .guard = "Low where the marker stands in back quotes, or where the "
		   "tool itself takes messages for a model.",
	  .why = "Such markers make a description look like a turn of the "
		 "conversation, with the rights of another role.",
	  .fix = "Remove the marker.",
	  .ref = "MCP03; CWE-1427",
	  .check = check_liv_phrases },
	{ .id = "LIV-049",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Instruction tag with an order",
	  .detect = "A block in a tag named important, instructions, secret, "
		    "system, hidden, critical, admin or override that gives an "
		    "order within 600 bytes.",
	  .guard = "A tag in an XML sample without such a verb. A block under "
		   "important, instructions, critical or note that only explains "
		   "how to call the tool is low.",
	  .why = "Blocks like this are written for the model alone; people "
		 "read past them in an approval.",
	  .fix = "Remove the block.",
	  .ref = "MCP03; CWE-1427",
	  .check = check_liv_phrases },
	{ .id = "LIV-050",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "HTML comment with an order",
	  .detect = "A comment with an order: system, instruction, you, must, "
		    "always or never together with ignore, send, forward, read, "
		    "call, execute or run.",
	  .guard = "Comments without an order, such as marks for a formatter; "
		   "one of the two words alone is low.",
	  .why = "A comment is not shown where descriptions are rendered, but "
		 "the model reads it.",
	  .fix = "Remove the comment.",
	  .ref = "MCP03; CWE-1427",
	  .check = check_liv_phrases },
	{ .id = "LIV-051",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Asks the model for a sensitive file",
	  .detect = "A path such as .ssh, .aws, .gnupg, .kube, .netrc, id_rsa, "
		    "/etc/passwd, .env, mcp.json or claude_desktop_config.json "
		    "within 80 bytes after read, cat, open, include, pass, send, "
		    "upload or call. High when the content is to be passed on as "
		    "well.",
	  .guard = "A negation before it (never, not, block, deny, exclude, "
		   "except); what the tool says that it does itself; public "
		   "keys; examples.",
	  .why = "The file is none of the tool's business: a model that "
		 "follows hands keys to the server as a parameter.",
	  .fix = "Remove the request.",
	  .ref = "MCP03; MCP10; CWE-200",
	  .check = check_liv_phrases },
	{ .id = "LIV-052",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Claims precedence over all tools",
	  .detect = "\"always call this tool first before any other\", \"before "
		    "using any other tool\", \"takes precedence over all tools\" and "
		    "close forms.",
	  .guard = "An order among the server's own tools, such as calling one "
		   "to resolve an id for another.",
	  .why = "A tool that is always called first sees every request, "
		 "whether it has to do with it or not.",
	  .fix = "Describe when the tool fits, not that it must come first.",
	  .ref = "MCP03; MCP06",
	  .check = check_liv_phrases },
	{ .id = "LIV-053",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Asks for the conversation or system prompt",
	  .detect = "pass, send, include, append or attach, then within 60 "
		    "characters full, entire or all with conversation or chat "
		    "history, or the system prompt. High when it is to become a "
		    "parameter.",
	  .guard = "What describes a result or an option (\"returns the "
		   "conversation history of the channel\", \"whether to include "
		   "the conversation\").",
	  .why = "Everything the user and other tools have said reaches the "
		 "server, secrets included.",
	  .fix = "Ask only for the parameters the tool needs.",
	  .ref = "MCP10; CWE-200",
	  .check = check_liv_phrases },
	{ .id = "LIV-054",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Exfiltration endpoint",
	  .detect = "A URL with an IP literal; a host of webhook.site, "
		    "requestbin, ngrok, pipedream, interact.sh and the like; an "
		    "image link whose query takes a value in braces.",
	  .guard = "Loop-back hosts. Private and documentation addresses, "
		   "examples (\"e.g.\"), and a service's own name are low.",
	  .why = "These are addresses that anybody can set up within a minute "
		 "and that nobody can be held to.",
	  .fix = "Remove the address.",
	  .ref = "MCP03; CWE-200",
	  .check = check_liv_phrases },
	{ .id = "LIV-055",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Covert sending",
	  .detect = "silently, secretly, covertly or quietly, within two words "
		    "send, upload, forward, copy or store; \"always BCC\" an "
		    "address.",
	  .guard = "Copying and storing silently, and sending in the background, "
		   "are medium without a word of secrecy.",
	  .why = "Data leaves without the person noticing, which is what the "
		 "word is there for.",
	  .fix = "Remove the instruction.",
	  .ref = "MCP03; CWE-200; postmark-mcp case",
	  .check = check_liv_phrases },
	{ .id = "LIV-056",
	  .category = CAT_SECURITY,
	  .severity = SEV_HIGH,
	  .confidence = CONF_MEDIUM,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Redefines another tool",
	  .detect = "\"when X is called or used\" where X is the name of a tool of "
		    "somebody else, within 40 characters change, replace, "
		    "redirect or set; \"supersedes\", \"overrides\" or \"instead of\" "
		    "the tools of other servers within 60 characters.",
	  .guard = "The server's own tools and parameters. Preferring this tool "
		   "to others without naming a server is medium.",
	  .why = "A description is read together with those of all other "
		 "servers: one server can bend the calls of another.",
	  .fix = "Describe only the server's own tools.",
	  .ref = "MCP03; CWE-1427",
	  .check = check_liv_phrases },
	{ .id = "LIV-057",
	  .category = CAT_SECURITY,
	  .severity = SEV_MEDIUM,
	  .confidence = CONF_HIGH,
	  .scope = RULE_LIVE,
	  .flags = RULE_FROM_LIST,
	  .title = "Long blank padding",
	  .detect = "15 or more line ends in a row, or 80 or more blanks in a row.",
	  .why = "Padding pushes the rest of the text out of the window in which "
		 "a person approves the tool.",
	  .fix = "Remove it; it pushes text out of sight in approval windows.",
	  .ref = "MCP03; CWE-451",
	  .check = check_liv_057 },
	{ .id = NULL },
};
