/* SPDX-License-Identifier: Apache-2.0 */
/* Rules: one const row each, tables by family, and the walker that runs them over facts.
 */
#ifndef COMPLIANCE_RULES_H
#define COMPLIANCE_RULES_H

#include "common/base/arena.h"
#include "common/base/defs.h"
#include "common/base/err.h"
#include "compliance-server/facts.h"

/* Names are the data model's; SEV_INFO is shown, never scored and never stored. */
enum severity { SEV_INFO, SEV_LOW, SEV_MEDIUM, SEV_HIGH, SEV_CRITICAL };
extern const char *const severities[];	    /* low medium high critical */
const char *severity_text(enum severity s); /* also "info" */

enum category {
	CAT_SECURITY = 1,
	CAT_CONFIGURATION,
	CAT_OPERATIONAL,
	CAT_PERFORMANCE,
	CAT_MAX
};
extern const char *const categories[];

enum confidence { CONF_LOW = 1, CONF_MEDIUM, CONF_HIGH, CONF_VERY_HIGH };
extern const char *const confidences[]; /* low medium high very-high */

/* What a rule is asked about, once for each. */
enum rule_scope {
	RULE_FILE = 1, /* a file: check sees r->file */
	RULE_ENTRY,    /* a server entry: r->entry and r->file */
	RULE_LIVE,     /* a server that was run: the same, and r->live */
	RULE_PROJECT,  /* a project with files of the rule's forms: r->project */
	RULE_HOST,     /* the enabled servers of a host: r->host */
	RULE_LATE,     /* a target when all else is judged: r->gaps */
};

/* Files that set variables of a program. */
#define FORMS_ENV (1u << FORM_DOTENV | 1u << FORM_COMPOSE)

enum rule_flag {
	RULE_UNSCORED = 1 << 0, /* counts as pass or fail, has no weight in a score */
	/* RULE_LIVE: a list of tools is enough, whether a server or a file gave it */
	RULE_FROM_LIST = 1 << 1,
	RULE_FIRST = 1 << 2,	 /* runs in live checks of type performance as well */
	RULE_ONLY_LIVE = 1 << 3, /* RULE_HOST: only where servers were run */
};

struct rule_run;

struct rule {
	const char *id; /* "CFG-008" */
	enum category category;
	enum severity severity;	    /* default; a finding may carry another */
	enum confidence confidence; /* medium and low: preview, no weight, no issue */
	enum rule_scope scope;
	unsigned flags;
	const char *title;
	const char *detect; /* what it looks for, for `explain` */
	const char *guard;  /* what it deliberately lets pass, or NULL */
	const char *why;    /* why it matters: first part of an issue's description */
	const char *fix;    /* the recommendation */
	const char *ref;
	void (*check)(struct rule_run *r);
	/* For a rule of another scope that judges .env, compose and Kubernetes files as
	 * well: called like a RULE_PROJECT. */
	void (*check_project)(struct rule_run *r);
	/* Files it is asked about, 1u << enum file_form each (FORMS_ENV): of a RULE_FILE
	 * (0: server files), a RULE_PROJECT and of check_project. */
	unsigned forms;
};

enum outcome {
	OUTCOME_PASS = 1,
	OUTCOME_FAIL,
	OUTCOME_NOT_APPLICABLE,
	OUTCOME_UNKNOWN,    /* should have been judged and could not be: never a pass */
	OUTCOME_SUPPRESSED, /* failed, and a suppression covers every finding */
};
extern const char *const outcomes[];

struct suppression; /* suppress.h */

struct finding {
	const struct rule *rule;
	enum severity severity;
	enum category category;		/* the rule's, unless the finding moves it */
	const struct config_file *file; /* NULL: none */
	const struct entry *entry;	/* NULL: the file as a whole */
	int line, col;
	int end_line, end_col; /* just behind it; 0: not known */
	const char
		*pointer; /* JSON pointer, or "tool:<name>" for what a live server said */
	const char
		*stable; /* the pointer with list elements by their text; may be NULL */
	const char *evidence;	   /* masked; one line */
	const char *evidence_kind; /* stable word for the fingerprint, "" when one is
				      enough */
	const char *message;	   /* one sentence: what is wrong here */
	const char *fix;	   /* the rule's fix, with the concrete name filled in */
	const char *component;	   /* path#pointer, tool:<name> */
	char fingerprint[17];	   /* 16 hex digits, the same when lines move */
	const struct suppression *suppression; /* NULL: it counts */
	bool known; /* stands in the baseline: no effect on the exit status */
};

struct findings {
	struct finding *v;
	size_t n;
};

/* Something that was not examined, and why. */
struct gap {
	const char *reason;
	const struct config_file *file; /* may be NULL */
};

/* What a check function gets. It adds findings, or says why it cannot judge; without
 * either the outcome is pass. */
struct rule_run {
	struct arena *arena;
	const struct rule *rule;
	const struct facts *facts;
	/* In a project or host check: set it to the file of the finding, before. */
	const struct config_file *file;
	const struct entry *entry;
	const struct live *live;       /* RULE_LIVE only, else NULL */
	const struct project *project; /* RULE_PROJECT and check_project only */
	const struct host_set *host;   /* RULE_HOST only */
	const struct findings *so_far; /* findings of the rules before */
	const struct gap *gaps;	       /* RULE_LATE only */
	size_t n_gaps;
	struct path_cache *paths; /* what path_look.h looked up already */
	struct rule_sink *sink;	  /* private to rules.c */
};

/* A finding at a value; message is one sentence without a full stop at the end. */
void rule_fail(struct rule_run *r, enum severity s, const struct value *at,
	       const char *message, ...) PRINTF_LIKE(4, 5);
/* A finding at the entry's name: where something is missing. */
void rule_fail_entry(struct rule_run *r, enum severity s, const char *message, ...)
	PRINTF_LIKE(3, 4);
/* A finding at any place: fill line, col, pointer, message; what is left empty (rule,
 * category, file, entry, fix, component, fingerprint) is filled in. severity is as given.
 */
void rule_fail_at(struct rule_run *r, const struct finding *given);
/* A finding about what a live server said: pointer "tool:<name>" or "server". */
void rule_fail_live(struct rule_run *r, enum severity s, const char *pointer,
		    const char *message, ...) PRINTF_LIKE(4, 5);
/* Sets the evidence of the finding added last: already masked text. */
void rule_evidence(struct rule_run *r, const char *kind, const char *text, ...)
	PRINTF_LIKE(3, 4);
/* Replaces the fix of the finding added last. */
void rule_fix(struct rule_run *r, const char *text, ...) PRINTF_LIKE(2, 3);
void rule_unknown(struct rule_run *r, const char *reason, ...) PRINTF_LIKE(2, 3);
void rule_skip(struct rule_run *r, const char *reason, ...)
	PRINTF_LIKE(2, 3); /* not applicable */

/* One rule on one target. */
struct judgement {
	const struct rule *rule;
	const struct entry *entry; /* NULL: not about one */
	const struct config_file *file;
	const struct project *project;
	const struct host_set *host;
	enum outcome outcome;
	const char *reason; /* for unknown and not-applicable, may be NULL */
	size_t first, n;    /* its findings: run.findings.v[first .. first + n - 1] */
};

struct rules_result {
	struct findings findings;
	struct judgement *judgements;
	size_t n_judgements;
	size_t n_rules; /* rules of the plan */
};

/* Which rules a check runs. */
struct rules_plan {
	unsigned categories; /* 1u << enum category; 0: all */
	bool live;	     /* rules with scope RULE_LIVE as well */
};

/* Families, in byte order of their ids; each has rules in byte order. */
struct rule_family {
	const char *prefix;	  /* "CFG" */
	const char *title;	  /* "configuration files" */
	const struct rule *rules; /* closed by a row without id */
};
extern const struct rule_family rule_families[];
extern const size_t n_rule_families;

size_t rules_count(void);
const struct rule *rule_at(size_t i);	      /* i < rules_count(), byte order of id */
const struct rule *rule_find(const char *id); /* case ignored; NULL when unknown */
/* The same; ERR_NOT_FOUND with the nearest id. */
const struct rule *rule_get(struct arena *a, const char *id, struct err *e);
bool rule_is_preview(const struct rule *r);
const char *rules_version(void);
void rules_sha256(char out[65]); /* over the tables: id, severity, confidence, texts */

/* Runs the plan over the facts; the result lives in the facts' arena. */
struct rules_result *rules_run(const struct facts *f, const struct rules_plan *plan);
/* The rules of scope RULE_LATE on one target: where says which (entry, project or host,
 * and file). They run whatever the categories of the plan. How many rules they are. */
size_t rules_run_late(const struct facts *f, struct rules_result *result,
		      const struct judgement *where, const struct gap *gaps,
		      size_t n_gaps);

/* The tables, one per family, each closed by a row without id. */
extern const struct rule rules_k8s[], rules_config[], rules_secret[], rules_command[],
	rules_supply[], rules_net[], rules_compose[], rules_env[], rules_live[],
	rules_ops[], rules_pin[], rules_prf[], rules_prv[], rules_text[], rules_tox[];

#endif
