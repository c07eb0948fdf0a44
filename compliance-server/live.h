/* SPDX-License-Identifier: Apache-2.0 */
/* Live checks: starts a server, speaks both eras to it, never calls a tool, and keeps
 * what it showed. Rules of the family LIV look at struct live; it is never changed once
 * built. */
#ifndef COMPLIANCE_LIVE_H
#define COMPLIANCE_LIVE_H

#include "common/base/ctx.h"
#include "common/field/jsonr.h"
#include "compliance-server/facts.h"
#include "compliance-server/score.h"

#define LIVE_AT_ONCE   4 /* servers running at the same time */
#define LIVE_PAGES     100
#define LIVE_ITEMS     5000
#define LIVE_LISTINGS  3
#define LIVE_BUDGET_MS 60000
#define LIVE_STARTS    5   /* warm ones */
#define LIVE_TIMED     50  /* list calls */
#define LIVE_MORE      500 /* for growth */

enum live_state {
	LIVE_OK = 1,	      /* the handshake was completed */
	LIVE_FAILED,	      /* it was not */
	LIVE_NEEDS_CREDENTIAL /* nor, for want of a key or token that the entry lacks */
};

/* What came back on one probe. */
struct live_answer {
	bool asked; /* false: the budget or the process ended before */
	bool died;  /* the process ended on it */
	bool silent;
	const struct node *result, *error; /* at most one; both NULL when silent */
	int64_t code;			   /* of error */
	int64_t us;
	size_t bytes; /* of the line */
};

enum live_pages {
	PAGES_COMPLETE = 1,
	PAGES_REPEATED, /* a cursor came again */
	PAGES_EMPTY,	/* a page with a cursor that added nothing */
	PAGES_ENDLESS,	/* more than LIVE_PAGES or LIVE_ITEMS */
	PAGES_CUT	/* no answer to a later page */
};

struct live_list {
	const char *capability; /* "tools" */
	bool declared;
	struct live_answer first; /* the first page */
	enum live_pages end;	  /* 0: no first page */
	int pages;
	const struct node **items;
	size_t n;
	size_t bytes; /* of all pages */
};

/* A negative value was not measured. */
struct live_metrics {
	double load; /* average of the machine, and its processors */
	int processors;
	bool busy;   /* more load than processors: no time says anything */
	bool needed; /* the check is about performance: busy leaves it open */
	int64_t cold_ms;
	int64_t warm_ms[LIVE_STARTS]; /* sorted */
	int starts;
	int64_t warm_median_ms, warm_p95_ms;
	int timed; /* list calls; of tools, else of what the server lists */
	int64_t list_p50_us, list_p95_us, list_bytes;
	int64_t peak_kib;	     /* largest resident size up to then */
	int64_t timed_kib, more_kib; /* resident after LIVE_TIMED and LIVE_MORE */
	int64_t idle;		     /* 1/100 percent of a processor */
};

/* It was run, and what was measured is not used: its performance is not assessed. */
bool live_unmeasured(const struct live *l);

/* Of earlier live checks on a machine like this one: live_metric_rows. */
#define LIVE_METRIC_ROWS 7
struct live_baseline {
	size_t n; /* checks */
	double median[LIVE_METRIC_ROWS], deviation[LIVE_METRIC_ROWS];
};

enum live_capability { LIVE_TOOLS, LIVE_PROMPTS, LIVE_RESOURCES, LIVE_LISTS };

/* One kind of malformed input, and whether the server went on. */
struct live_malformed {
	const char *what;
	struct live_answer after; /* to the ordinary request that followed it */
};
#define LIVE_MALFORMED 6

struct live_id {
	const char *sent; /* JSON text */
	struct live_answer answer;
	const char *got; /* JSON text of an id nobody asked for, or NULL */
};
#define LIVE_IDS 4

/* Whom a server under test believes to talk to: hosts people use, so that one which
 * treats a scanner in another way is not warned. */
#define LIVE_CLIENT	  "Kilo Code"
#define LIVE_OTHER_CLIENT "claude-ai"

struct texts;
struct names;
struct live_texts {
	struct texts *texts; /* NULL: no rule has looked yet */
	struct names *own;
};

struct live {
	struct stamp at;
	bool listed; /* nothing was run: lists that a file kept, with OK as its state */
	enum live_state state;
	const char *phase; /* of a failed start: "spawn" "exit" "silence" "refused" */
	const char *error; /* and the reason, masked, one line */
	const char *words; /* end of its stderr, masked, printable; "" when silent */
	bool budget_over;
	bool too_big; /* ended by us for its memory */
	bool died;    /* ended by itself before it was asked to; error says how */

	bool modern, respawned;
	const char *version, *server_name, *server_version, *instructions;
	const struct node *capabilities; /* never NULL after a handshake */
	int64_t start_ms;
	int64_t ms;	  /* the whole examination */
	bool root;	  /* one of its processes runs as root */
	bool root_mapped; /* which is another user outside of this container */
	struct live_metrics metrics;

	struct live_list lists[LIVE_LISTS];
	int listings;	   /* complete tool lists compared, up to LIVE_LISTINGS */
	bool lists_differ; /* in order or content */
	int list_changed;  /* notifications that explain it */
	struct live_list last_tools;  /* the last of them */
	struct live_list other_tools; /* of a process that was told LIVE_OTHER_CLIENT */

	size_t noise;		/* lines on stdout that are no messages */
	bool noise_first_only;	/* the only one, and before the first message */
	const char *noise_text; /* the first, masked */
	bool unended;		/* the last line had no end */
	size_t asked_us;	/* requests of the server, ping aside */
	const char *asked_method;
	int answered_notes; /* replies without an id where only notifications were sent */
	const char *leak;   /* name of the variable whose secret it printed, or NULL */
	const char *leak_where; /* "stdout" "stderr" */

	struct live_answer unknown_method;
	struct live_answer unknown_tool; /* tools/call of a name that no tool has */
	struct live_answer early_list;	 /* tools/list before any handshake: a fact */
	struct live_id ids[LIVE_IDS];
	struct live_answer version_probe; /* an unknown version was asked for */
	struct live_malformed malformed[LIVE_MALFORMED];
	struct live_answer parse_error; /* what a truncated line was answered with */

	bool end_seen; /* its stdin was closed and it was watched from then on */
	int64_t end_ms;
	bool needed_term, needed_kill;
	int left_behind;

	struct live_texts *texts; /* kept by the text rules from one to the next */
};

struct live_options {
	int64_t budget_ms;    /* for each server; 0: LIVE_BUDGET_MS */
	int64_t start_ms;     /* for its handshake; 0: 30 s */
	int64_t silence_ms;   /* for one answer; 0: 5 s */
	int64_t exit_ms;      /* after end of input; 0: 5 s */
	int64_t linger_ms;    /* after its end, before what it left is counted; 0: 1 s */
	int64_t idle_ms;      /* watched without a request; 0: 2 s */
	bool more;	      /* LIVE_MORE list calls as well */
	bool measure;	      /* the check is about performance */
	double load;	      /* in place of the machine's; 0: ask the machine */
	int64_t max_resident; /* bytes of a server with its children; 0: 4 GiB, or half of
				 the machine's */
	int64_t max_data, max_tasks; /* set by live_run: of one process, of its user */
	int64_t max_memory; /* address space; 0: 256 GiB, which runtimes that reserve a
			       lot still live with; -1: no limit */
	bool lists_only;    /* handshake, lists and end: no probes, one process */
	char *const *environ_in; /* what PATH, HOME … and references are taken from */
};

/* Examines the servers of the entries (all stdio, all consented to), at most LIVE_AT_ONCE
 * at once, and sets entry->live. Each takes its budget and 2 s at most, and leaves no
 * process. Results live as long as the facts. False only when c was cancelled or its time
 * was over; servers that were not finished have no live then. */
bool live_run(struct ctx *c, const struct facts *f, struct entry *const *entries,
	      size_t n, const struct live_options *o, struct err *e) MUST_CHECK;

/* What was measured, for score_category; SCORE_FULL where nothing was, or l is NULL. */
int64_t live_score(const struct live *l);
/* What a check keeps in performance_metrics, in the unit that stands in the name; false:
 * not measured. row is 0 to LIVE_METRIC_ROWS - 1. */
bool live_metric(const struct live *l, int row, double *ret);
extern const char *const live_metric_rows[LIVE_METRIC_ROWS];

/* What would be started: for consent and for messages. References are replaced as the
 * host does it; false when one cannot be known (an input the host asks its user for). */
struct live_command {
	const char **argv, **envp; /* NULL-terminated */
	const char *cwd;
};
bool live_command(struct arena *a, const struct entry *entry, char *const *environ_in,
		  struct live_command *ret, struct err *e) MUST_CHECK;

#endif
