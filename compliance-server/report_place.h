/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of a report relative to the root of the repository. Private to report_*.c. */
#ifndef COMPLIANCE_REPORT_PLACE_H
#define COMPLIANCE_REPORT_PLACE_H

#include "compliance-server/check.h"

/* Where relative paths begin: links resolved, no slash at the end. given may be NULL: the
 * git work tree around the current folder, or that folder. */
const char *report_root(struct arena *a, const char *given);
/* A relative reference for the file, percent-encoded; NULL when it lies outside. */
const char *report_uri(struct arena *a, const char *root, const struct config_file *f);

#endif
