/* SPDX-License-Identifier: Apache-2.0 */
/* Classes of words that the phrase rules are made of. */
#include "compliance-server/text_words.h"

/* Base forms and -ing forms are orders or parts of them; "sends" tells what a tool does
 * and stands only where that is just as bad. */
const char *const word_classes[W_MAX] = {
	[W_NEG] = "don't dont never avoid refrain mustn't shouldn't needn't",
	[W_NOT] = "not never don't dont doesn't cannot can't won't isn't aren't mustn't "
		  "shouldn't no nor except exclude* block* deny denies denied skip* "
		  "forbid* reject* protect* prevent* sanitize* redact* ignore* avoid",
	[W_WITHOUT] = "without",
	[W_TELL] = "tell telling mention mentioning inform informing notify notifying "
		   "reveal revealing disclose disclosing alert alerting acknowledge",
	[W_SHOW] = "show showing display displaying expose exposing",
	[W_ASK] =
		"ask asking asked prompt prompting consult consulting said wants requested",
	[W_USER] = "user user's users human human's humans person anyone anybody",
	[W_HIDE] = "hide hiding conceal concealing withhold withholding",
	[W_KEEP] = "keep keeping",
	[W_SECRET] = "secret hidden private confidential invisible unseen quiet",
	[W_FROM] = "from",
	[W_THIS] = "this it that these them",
	[W_KNOW] = "know see notice learn realize realise suspect",
	[W_KNOWLEDGE] = "knowledge awareness noticing knowing aware realizing informed "
			"notified told alerted",
	[W_CONSENT] = "consent permission approval confirmation permissions confirm "
		      "confirming approve",
	[W_NEED] = "need needs necessary",
	[W_MUST] = "must should shall required require mandatory important ensure",
	[W_HURRY] = "before first otherwise critical please now always sure",
	[W_IGNORE] = "ignore disregard forget override bypass neglect discard",
	[W_PREVIOUS] = "previous prior above earlier preceding former foregoing",
	[W_YOUR] = "your",
	[W_SYSTEM] = "system",
	[W_SAFETY] = "safety",
	[W_ALL] = "all any every",
	[W_INSTRUCTION] =
		"instruction instructions prompt prompts guideline guidelines "
		"directive directives guardrails safeguards guardrail safeguard",
	[W_RULE] = "rule rules context constraint constraints policy policies "
		   "restriction restrictions",
	[W_OBEY] = "obey follow trust prioritize prioritise heed",
	[W_OVER] = "over above rather",
	[W_YOU] = "you assistant ai model agent llm",
	[W_NOW] = "now",
	[W_WILD] =
		"developer admin administrator god dan jailbreak jailbroken unrestricted "
		"unfiltered uncensored sudo maintenance",
	[W_OVERRIDE] =
		"override overrides supersede supersedes replace replaces precedence "
		"priority overriding",
	[W_REFUSE] = "refuse refuses object objects decline declines disagree disagrees "
		     "protest protests",
	[W_IF] = "if unless when whenever until",
	[W_REGARDLESS] = "regardless irrespective",
	[W_COVERT] = "secretly covertly surreptitiously stealthily clandestinely "
		     "discreetly",
	[W_QUIET] = "silently quietly",
	[W_SEND] =
		"send sends sending upload uploads uploading forward forwards forwarding "
		"exfiltrate exfiltrates transmit transmits transmitting post posts email "
		"leak leaks",
	[W_COPY] =
		"copy copies copying store stores storing save saves record records log "
		"logs collect collects",
	[W_BACKGROUND] = "background",
	[W_ALWAYS] = "always every each automatically",
	[W_BCC] = "bcc cc blind-copy blind-carbon-copy",
	[W_PASS] = "pass send include append attach submit supply provide put insert add "
		   "passing including",
	[W_FULL] = "full entire all complete whole",
	[W_TALK] = "conversation conversations chat dialogue",
	[W_HISTORY] = "history transcript log so messages context",
	[W_CALL] = "call use run invoke execute calling using running invoking executing "
		   "consult",
	[W_TOOL] = "tool tools function functions action actions tool's",
	[W_FIRST] = "first",
	[W_BEFORE] = "before",
	[W_OTHER] = "other any all every each another else anything everything",
	[W_SERVER] = "server servers server's mcp mcps integration integrations",
	[W_WHEN] = "when whenever if once after",
	[W_CALLED] = "called used invoked run executed",
	[W_CHANGE] =
		"change replace redirect set modify alter substitute rewrite swap add",
	[W_SUPERSEDE] =
		"supersedes supersede overrides override replaces replace shadows "
		"deprecates obsoletes",
	[W_INSTEAD] = "instead",
	[W_READ] = "read cat open load fetch get print dump access retrieve",
	[W_AS] = "as in into via through with",
	[W_PARAM] =
		"parameter parameters param argument arguments arg field input sidenote "
		"context note notes debug metadata payload body header query",
	[W_TECHNICAL] =
		"id ids identifier identifiers uuid uuids raw json html xml markdown "
		"url urls link links cursor schema internal technical code syntax "
		"query sql coordinates placeholder image images table tables",
	[W_MAYBE] =
		"whether option optional optionally flag boolean true allows used how "
		"ability able possible setting toggle want wants lets wish",
	[W_EXAMPLE] = "e.g example examples such like eg default format",
	[W_SHARE] = "reveal print repeat output quote recite paste share leak copy",
};
