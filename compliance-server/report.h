/* SPDX-License-Identifier: Apache-2.0 */
/* A report in its formats: text for a person, the rest for programs. */
#ifndef COMPLIANCE_REPORT_H
#define COMPLIANCE_REPORT_H

#include "common/base/buf.h"
#include "compliance-server/check.h"

struct report_options {
	int width;   /* columns; 0: 80 */
	bool colour; /* ANSI colours */
	bool all;    /* lows, info, preview and unknown one by one */
	enum severity fail_on;
	/* Public ids of the stored checks, by target; NULL: none, as are single ids. */
	const char *const *check_ids;
	bool not_stored; /* the result should have been kept and was not */
	/* Folder that paths are relative to in SARIF; NULL: the git work tree around the
	 * current folder, or that folder. */
	const char *root;
	bool with_times; /* times and ids of checks, which differ from run to run */
	struct stamp began, ended;
};

/* A format; the table ends with a row without a name. */
struct report_format {
	const char *name, *media_type;
	void (*write)(const struct check_report *r, const struct report_options *opt,
		      struct buf *out);
};
extern const struct report_format report_formats[];
const struct report_format *report_format_find(const char *name); /* NULL: unknown */
const char *report_format_names(struct arena *a);		  /* "text, json, …" */

/* What the report says and the program exits with: check_exit_status, and 3 when the
 * result was not kept. */
int report_exit_status(const struct check_report *r, const struct report_options *opt);

/* Columns and colour for a descriptor: NO_COLOR, TERM, COLUMNS and the terminal itself.
 */
void report_options_for(int fd, struct report_options *ret);
void report_text(const struct check_report *r, const struct report_options *opt,
		 struct buf *out);
/* The canonical form: same input, same bytes, unless with_times. docs/report.schema.json
 * describes it. */
void report_json(const struct check_report *r, const struct report_options *opt,
		 struct buf *out);
void report_print_schema(struct buf *b);
/* SARIF 2.1.0 for code scanning. */
void report_sarif(const struct check_report *r, const struct report_options *opt,
		  struct buf *out);
/* A suite for each target, a case for each rule. */
void report_junit(const struct check_report *r, const struct report_options *opt,
		  struct buf *out);
/* For a pull request. */
void report_markdown(const struct check_report *r, const struct report_options *opt,
		     struct buf *out);
/* One self-contained page without script. */
void report_html(const struct check_report *r, const struct report_options *opt,
		 struct buf *out);
/* One rule in full: what it looks for, lets pass, why, how to repair, where to read on.
 */
void report_rule(const struct rule *rule, const struct report_options *opt,
		 struct buf *out);

#endif
