/* SPDX-License-Identifier: Apache-2.0 */
/* Which rule has a repair, and what it is. Private to fix*.c. */
#ifndef COMPLIANCE_FIX_RULES_H
#define COMPLIANCE_FIX_RULES_H

#include "compliance-server/fix_edit.h"

/* One file on its way: edits collect here, and count only when the step was taken. */
struct fix_work {
	struct arena *a;
	const struct facts *facts;
	const struct fix_options *opt;
	struct config_file *file;
	struct edits edits;
	unsigned mode;
};

/* What one finding got: a sentence about the change, or why there is none. */
struct fix_answer {
	const char *what, *why_not;
	enum fix_risk risk;
};

/* Fills ret; edits and mode of w change only with ret->what. */
void fix_finding(struct fix_work *w, const struct finding *f, struct fix_answer *ret);
/* One edit of an answer; the reason is set when another is in its way. */
void fix_change(struct fix_work *w, struct fix_answer *ret, size_t from, size_t to,
		const char *text, enum fix_risk risk, const char *what);
void fix_comments(struct fix_work *w, const struct finding *f, struct fix_answer *ret);
/* Version of an npm package that is installed here, or NULL. */
const char *fix_installed(struct fix_work *w, const struct entry *e, const char *package);

#endif
