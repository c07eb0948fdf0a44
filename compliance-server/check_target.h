/* SPDX-License-Identifier: Apache-2.0 */
/* What a report judges: servers, projects, hosts. Private to check.c. */
#ifndef COMPLIANCE_CHECK_TARGET_H
#define COMPLIANCE_CHECK_TARGET_H

#include "compliance-server/check.h"

/* Sets targets, n_targets and n_servers; only: the entries of this name alone, or NULL.
 */
void targets_build(struct check_report *r, struct arena *a, const char *only);

/* The number of the target, by index of what it is about; n_targets for what `only` left
 * out. */
struct targets_of {
	size_t *entry, *project, *host, *file;
};

struct targets_of targets_by_index(const struct check_report *r, struct arena *a);

/* What a reader of a live check must know: where the judgement of it comes from; or NULL.
 */
const char *target_note(const struct entry *e);

#endif
