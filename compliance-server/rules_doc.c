/* SPDX-License-Identifier: Apache-2.0 */
/* docs/rules.md, printed from the rule tables. */
#include "compliance-server/rules_doc.h"

#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/doc.h"
#include "compliance-server/rules.h"

static void part(struct buf *b, const char *name, const char *text)
{
	if (!text)
		return;
	buf_addf(b, "- **%s**: ", name);
	doc_cell(b, text);
	buf_addc(b, '\n');
}

void rule_print(struct buf *b, const struct rule *r, int level)
{
	buf_addf(b, "%.*s %s ", level, "######", r->id);
	doc_cell(b, r->title);
	buf_addf(b, "\n\n%s, %s, confidence %s%s%s\n\n", severity_text(r->severity),
		 names_text(categories, (int)r->category),
		 names_text(confidences, (int)r->confidence),
		 rule_is_preview(r) ? ", preview: shown, without weight" : "",
		 r->scope == RULE_LIVE ? ", live checks only" : "");
	part(b, "Detects", r->detect);
	part(b, "Lets pass", r->guard);
	part(b, "Why", r->why);
	part(b, "Fix", r->fix);
	part(b, "See", r->ref);
}

void rules_print_doc(struct buf *b)
{
	buf_addf(
		b,
		"# Rules\n\nPrinted by `make docs` from the rule tables: %zu rules, version "
		"%s. `compliance-server explain ID`\nshows one in a terminal.\n",
		rules_count(), rules_version());
	for (size_t f = 0; f < n_rule_families; f++) {
		buf_addf(b, "\n## %s: %s\n", rule_families[f].prefix,
			 rule_families[f].title);
		for (const struct rule *r = rule_families[f].rules; r->id; r++) {
			buf_addc(b, '\n');
			rule_print(b, r, 3);
		}
	}
}
