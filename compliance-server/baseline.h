/* SPDX-License-Identifier: Apache-2.0 */
/* An earlier JSON report: what stands in it has no effect on the exit status. */
#ifndef COMPLIANCE_BASELINE_H
#define COMPLIANCE_BASELINE_H

#include "compliance-server/rules.h"

struct baseline_finding {
	const char *fingerprint, *rule, *message;
	const char *path; /* may be NULL */
	enum severity severity;
	int line;
	bool seen; /* found again */
};

struct baseline {
	struct baseline_finding *v; /* by fingerprint, then the least severe first */
	size_t n;
};

/* ERR_NO_INPUT when it cannot be read or is no report of this program. */
bool baseline_read(struct arena *a, const char *path, struct baseline *ret,
		   struct err *e) MUST_CHECK;
/* For a new check against the same baseline. */
void baseline_rewind(struct baseline *b);
/* True once for each time the finding stands in the baseline, as severe or worse. */
bool baseline_take(struct baseline *b, const struct finding *f);

#endif
