/* SPDX-License-Identifier: Apache-2.0 */
/* Sub-commands that stand in files of their own; rows of the table in cmds.c. */
#ifndef COMPLIANCE_SERVER_CMDS_H
#define COMPLIANCE_SERVER_CMDS_H

#include <stdio.h>

#include "common/app/app.h"
#include "compliance-server/check.h"

struct check_in {
	struct strs files, format, tools, pin;
	bool discover, live, all, no_store, with_times, fix, dry_run;
	enum severity fail_on; /* above the last one: never */
	enum check_type type;
	const char *host, *output, *root, *suppressions, *baseline, *write_baseline;
};
extern const struct field check_fields[];
bool check_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
	       struct err *e);

/* --fix: shows what can be repaired and, without --dry-run, does it. */
bool fix_before_check(struct ctx *c, const struct check_in *in,
		      const struct check_report *r, FILE *to, struct err *e);

struct verify_audit_in {
	bool json;
};
extern const struct field verify_audit_fields[];
bool verify_audit_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		      struct err *e);

struct pin_in {
	const char *server;
};
extern const struct field pin_fields[];
/* Approved sets of tools: what is approved, what a server shows now, a person's yes. */
bool pin_list_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		  struct err *e);
bool pin_show_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		  struct err *e);
bool pin_diff_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		  struct err *e);
bool pin_approve_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		     struct err *e);
bool pin_revoke_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		    struct err *e);

struct trust_in {
	struct strs files;
	const char *server, *host;
	bool revoke;
};
extern const struct field trust_fields[];
/* Consent to start the servers of files. */
bool trust_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
	       struct err *e);

struct suppress_in {
	struct strs words;
	const char *reason, *expires, *finding, *by, *file;
};
extern const struct field suppress_fields[];
bool suppress_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		  struct err *e);

#endif
