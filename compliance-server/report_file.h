/* SPDX-License-Identifier: Apache-2.0 */
/* A report into a file. */
#ifndef COMPLIANCE_REPORT_FILE_H
#define COMPLIANCE_REPORT_FILE_H

#include "compliance-server/report.h"

/* A regular file is replaced at once and whole; a device or pipe is written to. */
bool report_to_file(const struct check_report *r, const struct report_format *format,
		    const struct report_options *opt, const char *path,
		    struct err *e) MUST_CHECK;

#endif
