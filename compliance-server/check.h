/* SPDX-License-Identifier: Apache-2.0 */
/* A check: files in, report out. Pure: no database, no MCP; starts nothing by itself. */
#ifndef COMPLIANCE_CHECK_H
#define COMPLIANCE_CHECK_H

#include "common/field/field.h"
#include "compliance-server/baseline.h"
#include "compliance-server/facts.h"
#include "compliance-server/rules.h"
#include "compliance-server/score.h"
#include "compliance-server/suppress.h"

enum check_type {
	CHECK_FULL = 1,
	CHECK_SECURITY,
	CHECK_PERFORMANCE,
	CHECK_CONFIGURATION
};
extern const char *const check_types[]; /* full security performance configuration */

/* What a server showed when it was run, or NULL with *ret_why saying why it was not.
 * Called once for each enabled stdio entry, from the thread that runs the check. */
typedef const struct live *check_live_fn(void *arg, struct arena *a,
					 const struct entry *e, const char **ret_why);

struct check_options {
	enum check_type type;	   /* 0: full */
	struct facts_options read; /* host, home, PATH */
	check_live_fn *live;	   /* NULL: static check */
	void *live_arg;
	struct baseline *baseline; /* findings of an earlier report; may be NULL */
	bool require_live; /* a server that was not run makes the check incomplete */
	const char *only;  /* check only the entry of this name; NULL: all */
};

/* All findings of one rule on one target: one row of compliance_issues. */
struct check_issue {
	const struct rule *rule;
	char issue_id[32]; /* "SUP-001-0123456789abcdef", from rule, category and target
			    */
	enum severity severity; /* the worst of its findings */
	enum category category;
	const char *title;
	const char *description; /* why it matters, then a line for each finding */
	const char *recommendation;
	struct strs affected_components; /* sorted, each once, at most 200 */
	const struct finding **findings;
	size_t n_findings;
	/* Of every finding: nothing of it counts. NULL: findings holds what counts, and
	 * what a suppression takes out of it stands in suppressed. */
	const struct suppression *suppression;
	const struct finding **suppressed;
	size_t n_suppressed;
	int points;   /* hundredths its rule costs in its category */
	bool preview; /* shown, not stored, no weight */
};

struct check_unknown {
	const struct rule *rule; /* NULL: the target as a whole */
	const char *reason;
};

/* A rule whose removal alone raises the overall score of its target. */
struct check_repair {
	const struct check_target *target;
	const struct check_issue *issue;
	int gain; /* hundredths; 0 where there is no score, or another fault holds it */
	int64_t weight; /* what it costs in its categories, by their weights */
};
#define REPAIRS 3

/* What a score belongs to: an entry, the files of a project, or what one host runs. */
struct check_target {
	const char *name;	   /* unique in the report */
	const char *type;	   /* "mcp", "workspace", "host": servers.type */
	const char *state;	   /* "checked", "disabled", "not-run", "incomplete" */
	const struct entry *entry; /* of type mcp only */
	const struct project *project;	/* of type workspace only */
	const struct host_set *host;	/* of type host only */
	const struct config_file *file; /* of the entry, or the first one concerned */
	unsigned categories;	   /* of the plan, 1u << enum category each; 0: all */
	int64_t performance_start; /* what was measured, for score_category */
	struct category_score cats[CAT_MAX];
	int overall; /* hundredths, or SCORE_NONE */
	char grade;
	bool complete;
	struct check_issue *issues; /* worst first, then by rule id */
	size_t n_issues;
	struct check_repair fix_first[REPAIRS]; /* the best first */
	size_t n_fix_first;
	/* enum outcome by place of the rule in the tables; 0: not in this check */
	unsigned char *outcomes;
	struct check_unknown *unknown;
	size_t n_unknown;
	/* Of its own files: servers that stand in them, files of other forms that were
	 * read, and files that could not be understood. */
	size_t n_files_servers, n_files_other, n_unread;
	const char *note; /* for information; may be NULL */
};

struct check_report {
	const struct facts *facts;
	struct rules_result *rules;
	enum check_type type;
	bool live;		      /* mode: live, else static */
	bool complete;		      /* false: something could not be examined */
	struct check_target *targets; /* entries in order of the files, then files */
	size_t n_targets;
	size_t n_servers; /* targets that are entries */
	/* Over all enabled entries: the lowest of each category, and the registry score.
	 */
	int category_lowest[CAT_MAX];
	int overall;
	char grade;
	/* Findings that count, by severity; n[SEV_INFO] are shown and do not count. */
	size_t n[SEV_CRITICAL + 1];
	size_t n_preview;
	/* Of those: in the baseline, so without effect on the exit status. */
	size_t n_known[SEV_CRITICAL + 1];
	size_t n_suppressed; /* findings that a suppression covers */
	const struct baseline *baseline;
	struct check_repair fix_first[REPAIRS]; /* over all targets */
	size_t n_fix_first;
};

/* Everything lives in the arena. False only for wrong options. */
bool check_files(struct arena *a, const char *const *paths, size_t n,
		 const struct check_options *opt, struct check_report **ret,
		 struct err *e) MUST_CHECK;
/* The same for facts that stand already; facts->arena holds the result. */
bool check_facts(struct facts *f, const struct check_options *opt,
		 struct check_report **ret, struct err *e) MUST_CHECK;
const struct check_target *check_target_find(const struct check_report *r,
					     const char *name);
/* 0 nothing at the threshold, 1 worst is medium (or low), 2 high or critical, 3
 * incomplete. */
int check_exit_status(const struct check_report *r, enum severity fail_on);

#endif
