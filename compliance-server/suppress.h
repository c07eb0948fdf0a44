/* SPDX-License-Identifier: Apache-2.0 */
/* Findings that somebody accepts for a while: mcp-compliance.suppressions.json, a list of
 * rule, target, reason and expiry. A bad entry disables only itself. */
#ifndef COMPLIANCE_SUPPRESS_H
#define COMPLIANCE_SUPPRESS_H

#include "compliance-server/rules.h"

#define SUPPRESSIONS_FILE "mcp-compliance.suppressions.json"
/* How it is read: comments and trailing commas are allowed. */
#define SUPPRESSIONS_JSON \
	(JSONR_COMMENTS | JSONR_TRAILING_COMMAS | JSONR_BOM | JSONR_DUPLICATES)

struct suppression {
	const char *rule, *target;
	const char *finding; /* fingerprint; NULL: all findings of the rule there */
	const char *reason;
	const char *expires; /* YYYY-MM-DD, the last day it is in force */
	const char *by;	     /* may be NULL */
	const struct config_file *file;
	const char *pointer;
	const struct node *node;
	const char *problem; /* why it is not in force, one sentence; NULL: it is */
	size_t n_covered;    /* findings of this check */
};

struct suppression_file {
	const struct config_file *file; /* not one of facts.files */
	/* Of the project it stands in and is in force for; NULL: given by name, in force
	 * for everything. */
	const char *root;
	const char *error; /* not readable as a list; NULL: it is */
	struct pos error_at;
	struct suppression *v;
	size_t n;
};

struct suppressions {
	struct suppression_file *v;
	size_t n;
};

/* Sets f->suppressions: the given file, or without one those of the projects. A file that
 * is given and cannot be read is an error; anything else that is wrong is a fact. */
bool suppressions_read(struct facts *f, const char *given, struct err *e);
/* Why an entry is not in force, as one sentence without a full stop; NULL: it is. */
const char *suppression_problem(struct arena *a, const struct node *n);
/* Those in force for a target of this name in the project at root (NULL: in none). */
struct suppression **suppressions_for(const struct facts *f, const char *target,
				      const char *root, size_t *ret_n);
/* The one that covers the finding, or NULL. */
struct suppression *suppression_of(struct suppression **v, size_t n,
				   const struct finding *f);

#endif
