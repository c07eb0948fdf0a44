/* SPDX-License-Identifier: Apache-2.0 */
/* How far a run is, on one scale: its files, the servers of a live check, its rows. */
#ifndef COMPLIANCE_SERVER_RUN_PROGRESS_H
#define COMPLIANCE_SERVER_RUN_PROGRESS_H

#include "compliance-server/run.h"

/* A context whose progress is a part of the run's; lives as long as both. */
struct run_part {
	struct ctx c; /* first: progress gets it back as the part */
	struct ctx *whole;
	double before, total;
};

void run_told_read(struct ctx *c, const struct run *r);
struct ctx *run_part_live(struct run_part *p, struct ctx *c, const struct run *r);
void run_told_stored(struct ctx *c, const struct run *r, size_t n); /* n targets */

#endif
