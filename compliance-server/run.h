/* SPDX-License-Identifier: Apache-2.0 */
/* A run: which files and servers, consent, the check itself, and its rows. */
#ifndef COMPLIANCE_SERVER_RUN_H
#define COMPLIANCE_SERVER_RUN_H

#include "compliance-server/check.h"
#include "compliance-server/issue.h"
#include "compliance-server/run_hold.h"
#include "compliance-server/target.h"

struct keep;

struct run_request {
	struct strs paths;  /* configuration files … */
	const char *config; /* … or the text of one … */
	struct strs names; /* … or registered servers; none of the three: all of them */
	const char *host;  /* read the files as this host does; NULL: by their path */
	enum check_type type;
	bool live;
	bool consent;	 /* a person asked for this live check, so no record is needed */
	bool unattended; /* inline servers whose text is gone are left out, no error */
	const char *state_dir;	   /* where the records of consent are */
	const char *suppressions;  /* a file of them; NULL: those of the projects */
	struct baseline *baseline; /* may be NULL */
	/* Lists of tools for servers that need a credential: FILE, or NAME=FILE. */
	struct strs tools;
	struct keep *keep; /* inline configurations; may be NULL */
};

/* One target of the run with its rows. */
struct run_target {
	const struct check_target *t;
	bool wanted;
	struct server server;
	struct compliance_check check;
	struct compliance_issue *issues; /* rows as stored; worst first */
	size_t n_issues;
	size_t n_all_issues; /* behind them those that a suppression covers … */
	const struct suppression **suppressed_by; /* … all in the same order */
	struct stamp
		oldest_input_at; /* what its overall score rests on; may be not set */
	struct settled settled;
};

struct run {
	const struct run_request *q;
	struct facts *facts;
	struct check_report *report;
	struct run_target *targets; /* as in the report */
	size_t n_targets, n_servers;
	struct stamp began;
	bool stored; /* rows are there: run_begin succeeded */
	struct run_hold hold;
	struct record *record; /* from run_begin on */
};

/* Reads the files and names the targets; starts nothing, writes nothing. A live check of
 * a server that nobody consented to is ERR_DENIED and says what to run. */
bool run_prepare(struct ctx *c, const struct run_request *q, struct run *ret,
		 struct err *e);
/* Registers the targets and writes a running check for each. */
bool run_begin(struct ctx *c, struct run *r, struct err *e);
/* Starts the servers of a live check and judges what they showed. */
bool run_examine(struct ctx *c, struct run *r, struct err *e);
/* Results, issues, health and the final state of every check. */
bool run_finish(struct ctx *c, struct run *r, struct err *e);
/* After a failure: what is still running becomes failed. Works for a cancelled call. */
void run_fail(struct ctx *c, struct run *r, const struct err *why);
/* All of it for a tool. */
bool run_all(struct ctx *c, const struct run_request *q, struct run *ret, struct err *e);

/* For people and for live_command: stdio entries that a live check would start. */
bool run_starts(const struct run *r, size_t target);

#endif
