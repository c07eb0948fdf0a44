/* SPDX-License-Identifier: Apache-2.0 */
/* Live rules about the texts of a server: characters that hide or deceive. */
#include <string.h>

#include "common/base/buf.h"
#include "common/base/str.h"
#include "compliance-server/rules_live.h"
#include "compliance-server/text_scan.h"

#define PAD_LINES  15
#define PAD_BLANKS 80

/* True when it reported something: one finding for each item is enough. */
typedef bool (*look_fn)(struct rule_run *r, const char *pointer, const char *text);

struct looking {
	struct rule_run *r;
	const char *pointer;
	look_fn look;
};

static bool look_on(void *arg, const char *field, const char *text)
{
	struct looking *x = arg;

	(void)field;
	return !x->look(x->r, x->pointer, text);
}

bool live_texts_read(struct rule_run *r)
{
	bool cut = false;

	if (!live_spoken(r))
		return false;
	for (int i = 0; i < LIVE_LISTS; i++) {
		const struct live_list *l = &r->live->lists[i];

		cut |= !l->first.asked || l->first.died || l->end == PAGES_CUT;
	}
	if (cut)
		live_unasked(r);
	return true;
}

static void each_text(struct rule_run *r, look_fn look)
{
	static const char *const kinds[] = { "tool", "prompt", "resource" };
	const struct live *live = r->live;

	if (!live_texts_read(r))
		return;
	if (live->instructions)
		(void)look(r, "instructions", live->instructions);
	for (int i = 0; i < LIVE_LISTS; i++) {
		const struct live_list *l = &live->lists[i];

		for (size_t k = 0; k < l->n; k++) {
			const char *name = node_str(node_get(l->items[k], "name"));
			struct looking x = { r, NULL, look };

			x.pointer = arena_printf(
				r->arena, "%s:%s", kinds[i],
				str_printable(r->arena, name ? name : "", 80));
			(void)text_walk(l->items[k], look_on, &x);
		}
	}
}

static bool is_tag(uint32_t cp)
{
	return (cp >= 0xE0000 && cp <= 0xE007F) || (cp >= 0xE0100 && cp <= 0xE01EF);
}

static bool look_041(struct rule_run *r, const char *pointer, const char *text)
{
	size_t hidden = 0;
	bool flag = false;
	struct buf shown;

	buf_init(&shown, 512);
	while (*text) {
		uint32_t cp = utf8_next(&text);

		if (cp == 0x1F3F4)
			flag = true;
		else if (!is_tag(cp))
			flag = false;
		if (!is_tag(cp) || flag)
			continue;
		hidden++;
		if (cp >= 0xE0020 && cp < 0xE007F)
			buf_addc(&shown, (char)(cp - 0xE0000));
	}
	if (hidden) {
		rule_fail_live(r, SEV_CRITICAL, pointer,
			       "the text holds %zu invisible tag character%s", hidden,
			       hidden == 1 ? "" : "s");
		rule_evidence(r, "tags", "they read: %s", buf_text(&shown));
	}
	buf_release(&shown);
	return hidden > 0;
}

void check_liv_041(struct rule_run *r)
{
	each_text(r, look_041);
}

static bool is_rtl(uint32_t cp)
{
	return (cp >= 0x590 && cp <= 0x8FF) || (cp >= 0xFB1D && cp <= 0xFDFF) ||
	       (cp >= 0xFE70 && cp <= 0xFEFC);
}

static bool look_042(struct rule_run *r, const char *pointer, const char *text)
{
	bool overrides = false, isolates = false, rtl = false, broken = false;
	uint32_t first = 0;
	int depth = 0;

	while (*text) {
		uint32_t cp = utf8_next(&text);
		bool is_override = cp >= 0x202A && cp <= 0x202E;
		bool is_isolate = cp >= 0x2066 && cp <= 0x2069;

		rtl |= is_rtl(cp);
		overrides |= is_override;
		isolates |= is_isolate;
		if (is_isolate)
			depth += cp == 0x2069 ? -1 : 1;
		broken |= depth < 0;
		if (!first && (is_override || is_isolate))
			first = cp;
	}
	if (!overrides && !isolates)
		return false;
	rule_fail_live(r, !overrides && rtl && depth == 0 && !broken ? SEV_LOW : SEV_HIGH,
		       pointer, "the text holds the direction control U+%04X",
		       (unsigned)first);
	return true;
}

void check_liv_042(struct rule_run *r)
{
	each_text(r, look_042);
}

static bool is_letter(uint32_t cp)
{
	return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
}

static bool is_invisible(uint32_t cp, bool at_start)
{
	return cp == 0x200B || (cp >= 0x2060 && cp <= 0x2064) || cp == 0xAD ||
	       cp == 0x180E || cp == 0x115F || cp == 0x1160 || cp == 0x3164 ||
	       cp == 0xFFA0 || (cp == 0xFEFF && !at_start);
}

static bool look_043(struct rule_run *r, const char *pointer, const char *text)
{
	const char *start = text;
	uint32_t before = 0, first = 0;
	size_t n = 0;

	while (*text) {
		bool at_start = text == start;
		uint32_t cp = utf8_next(&text);
		const char *peek = text;
		uint32_t after = *peek ? utf8_next(&peek) : 0;

		if (is_invisible(cp, at_start) ||
		    ((cp == 0x200C || cp == 0x200D) && is_letter(before) &&
		     is_letter(after))) {
			first = first ? first : cp;
			n++;
		}
		before = cp;
	}
	if (n)
		rule_fail_live(r, n > 2 ? SEV_HIGH : SEV_MEDIUM, pointer,
			       "the text holds %zu invisible character%s, U+%04X first",
			       n, n == 1 ? "" : "s", (unsigned)first);
	return n > 0;
}

void check_liv_043(struct rule_run *r)
{
	each_text(r, look_043);
}

static bool look_044(struct rule_run *r, const char *pointer, const char *text)
{
	while (*text) {
		uint32_t cp = utf8_next(&text);

		if ((cp >= 0x20 && cp < 0x80) || cp > 0x9F || cp == '\t' || cp == '\n' ||
		    cp == '\r')
			continue;
		rule_fail_live(r, SEV_HIGH, pointer,
			       "the text holds the control character U+%04X",
			       (unsigned)cp);
		return true;
	}
	return false;
}

void check_liv_044(struct rule_run *r)
{
	each_text(r, look_044);
}

static bool look_057(struct rule_run *r, const char *pointer, const char *text)
{
	size_t lines = 0, blanks = 0;

	for (; *text; text++) {
		lines = *text == '\n' ? lines + 1 : *text == '\r' ? lines : 0;
		blanks = *text == ' ' ? blanks + 1 : 0;
		if (lines < PAD_LINES && blanks < PAD_BLANKS)
			continue;
		rule_fail_live(r, SEV_MEDIUM, pointer, "the text is padded with %s",
			       blanks ? "blanks" : "empty lines");
		return true;
	}
	return false;
}

void check_liv_057(struct rule_run *r)
{
	each_text(r, look_057);
}
