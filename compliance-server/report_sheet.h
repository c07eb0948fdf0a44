/* SPDX-License-Identifier: Apache-2.0 */
/* A page of text for a terminal: width, colours, wrapped lines. Private to report_*.c. */
#ifndef COMPLIANCE_REPORT_SHEET_H
#define COMPLIANCE_REPORT_SHEET_H

#include "compliance-server/report.h"

enum paint { PLAIN, BOLD, DIM, RED, YELLOW, BLUE, GREEN, ALARM };

struct sheet {
	struct buf *out;
	struct arena *arena;
	size_t width;
	bool colour, all;
};

/* The page's arena is freed by sheet_close. */
struct sheet sheet_open(const struct report_options *opt, struct buf *out);
void sheet_close(struct sheet *p);
void sheet_put(struct sheet *p, enum paint paint, const char *text);
void sheet_spaces(struct sheet *p, size_t n);
/* Words from column `at`, later lines from column `indent`; ends the line. */
void sheet_wrapped(struct sheet *p, enum paint paint, size_t at, size_t indent,
		   const char *text);
enum paint sheet_severity(enum severity s);
enum paint sheet_grade(char g);

#endif
