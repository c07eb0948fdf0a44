/* SPDX-License-Identifier: Apache-2.0 */
/* Repairs of configuration files: the exact change for a finding, shown as a patch, and
 * written only when a person asks for it. Comments and layout stay. */
#ifndef COMPLIANCE_FIX_H
#define COMPLIANCE_FIX_H

#include "common/base/buf.h"
#include "compliance-server/check.h"

enum fix_risk {
	FIX_LOW = 1, /* what the file says stays the same */
	FIX_MEDIUM,  /* somebody has to do something besides, or a guess is in it */
};
extern const char *const fix_risks[]; /* low medium */

struct fix_step {
	const struct finding *finding;
	enum fix_risk risk;
	const char *what; /* one sentence */
};

/* A finding without a repair of ours. */
struct fix_left {
	const struct finding *finding;
	const char *why;
};

struct fix_file {
	const struct config_file *file;
	const char *after; /* the whole new text */
	size_t n_after;
	const char *patch; /* unified diff; "" when only the mode changes */
	bool masked; /* the patch hides secrets, so it is to be read, not to be applied */
	unsigned mode; /* permission bits afterwards */
};

struct fix_plan {
	struct fix_step *steps;
	size_t n_steps;
	struct fix_left *left;
	size_t n_left;
	struct fix_file *files; /* that change */
	size_t n_files;
	enum fix_risk risk; /* the highest of the steps */
	char digest[65];    /* over files, their bytes before and after, and modes */
};

struct fix_options {
	struct strs pins;	/* "package=1.2.3", for packages nobody has installed */
	const char *only_issue; /* repair the findings of this issue id; NULL: of all */
};

/* Reads installed packages' versions, writes nothing. Lives in the report's arena. */
void fix_make(const struct check_report *r, const struct fix_options *opt,
	      struct fix_plan *ret);
/* For people: the steps, the patch, what is left. */
void fix_show(const struct fix_plan *p, struct buf *out);
/* Keeps the old bytes in a folder below state_dir (0600), then replaces each file as a
 * whole. ERR_CONFLICT, with nothing of that file changed, when it is not what was read.
 * *ret_backups: one path a file. */
bool fix_apply(const struct fix_plan *p, struct arena *a, const char *state_dir,
	       struct strs *ret_backups, struct err *e) MUST_CHECK;

#endif
