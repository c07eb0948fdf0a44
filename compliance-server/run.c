/* SPDX-License-Identifier: Apache-2.0 */
/* A run: which files and servers, consent, the check itself, and its rows. */
#define _GNU_SOURCE /* environ */
#include "compliance-server/run.h"

#include <poll.h>
#include <unistd.h>

#include "common/base/id.h"
#include "common/base/log.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/check_store.h"
#include "compliance-server/gone.h"
#include "compliance-server/keep.h"
#include "compliance-server/live.h"
#include "compliance-server/note.h"
#include "compliance-server/registry.h"
#include "compliance-server/run_progress.h"
#include "compliance-server/run_combine.h"
#include "compliance-server/run_live.h"
#include "compliance-server/run_record.h"
#include "compliance-server/run_save.h"
#include "compliance-server/trust.h"

#define ROWS_MAX 1000
#define BATCH	 16 /* targets of one transaction */
#define TRIES	 6
#define WAIT_MS	 20

static struct facts_options facts_options(const struct run_request *q)
{
	return (struct facts_options){ .host = q->host, .suppressions = q->suppressions };
}

static bool add_path(struct arena *a, struct strs *s, const char *path)
{
	const char **more;

	for (size_t i = 0; i < s->n; i++) {
		if (str_eq(s->v[i], path))
			return false;
	}
	more = arena_array(a, s->n + 1, sizeof(*more));
	if (s->n > 0)
		memcpy(more, s->v, s->n * sizeof(*more));
	more[s->n++] = path;
	s->v = more;
	return true;
}

/* Registered servers and where they stand. */
struct wanted {
	struct server *rows;
	struct target_source *sources;
	size_t n;
};

static bool load_rows(struct ctx *c, const struct run_request *q, struct wanted *w,
		      struct err *e)
{
	const struct server_filter all = { .limit = ROWS_MAX };
	struct rows rows;

	if (q->names.n > 0) {
		w->rows = arena_array(c->arena, q->names.n, sizeof(*w->rows));
		for (size_t i = 0; i < q->names.n; i++) {
			if (!server_by_name(c, q->names.v[i], &w->rows[w->n++], e))
				return false;
		}
	} else {
		if (!server_list(c, &all, &rows, e))
			return false;
		w->rows = rows.at;
		w->n = MIN(rows.n, (size_t)ROWS_MAX);
	}
	w->sources = arena_array(c->arena, w->n + 1, sizeof(*w->sources));
	for (size_t i = 0; i < w->n; i++)
		target_source(c->arena, &w->rows[i], &w->sources[i]);
	return w->n > 0 ||
	       err_set(e, ERR_ARG,
		       "no server is registered yet\n"
		       "hint: give path (an mcp.json), or call register_servers first");
}

static bool add_inline(struct ctx *c, struct run *r, const struct server *row,
		       const struct target_source *s, struct strs *texts, struct err *e)
{
	struct facts_options opt = { .host = s->host };
	const char *text, *host;

	if (!keep_get(r->q->keep, c->arena, row->name, &text, &host))
		return r->q->names.n == 0 ||
		       err_set(e, ERR_NOT_FOUND,
			       "server \"%s\" was registered from inline JSON, which is not kept"
			       " because it may hold secrets\n"
			       "hint: give it again as config, or register the file by path",
			       row->name);
	if (!add_path(c->arena, texts, text))
		return true;
	return facts_add_text(r->facts, "inline.json", text, strlen(text), &opt, e);
}

/* The files of the wanted rows are read, each once, then the inline texts. */
static bool read_wanted(struct ctx *c, struct run *r, const struct wanted *w,
			struct err *e)
{
	struct facts_options opt = facts_options(r->q);
	struct strs paths = { NULL, 0 }, texts = { NULL, 0 };

	for (size_t i = 0; i < w->n; i++) {
		const struct target_source *s = &w->sources[i];

		for (size_t k = 0; k < s->files.n; k++)
			add_path(c->arena, &paths, s->files.v[k]);
		if (s->path && s->pointer && !s->inline_text)
			add_path(c->arena, &paths, s->path);
	}
	if (!facts_read(c->arena, paths.v, paths.n, &opt, &r->facts, e))
		return false;
	for (size_t i = 0; i < w->n; i++) {
		if (w->sources[i].inline_text && w->sources[i].pointer &&
		    !add_inline(c, r, &w->rows[i], &w->sources[i], &texts, e))
			return false;
	}
	return true;
}

static bool read_given(struct ctx *c, struct run *r, struct err *e)
{
	const struct run_request *q = r->q;
	struct facts_options opt = facts_options(q);

	if (!facts_read(c->arena, q->paths.v, q->paths.n, &opt, &r->facts, e))
		return false;
	return !q->config || facts_add_text(r->facts, "inline.json", q->config,
					    strlen(q->config), &opt, e);
}

static void bind_targets(struct ctx *c, struct run *r)
{
	const struct check_report *report = r->report;

	if (!r->targets)
		r->targets =
			arena_array(c->arena, report->n_targets + 1, sizeof(*r->targets));
	r->n_targets = report->n_targets;
	r->n_servers = report->n_servers;
	for (size_t i = 0; i < r->n_targets; i++)
		r->targets[i].t = &report->targets[i];
}

static bool judge(struct ctx *c, struct run *r, struct err *e)
{
	const struct check_options opt = { .type = r->q->type,
					   .baseline = r->q->baseline };

	if (!check_facts(r->facts, &opt, &r->report, e))
		return false;
	bind_targets(c, r);
	return true;
}

/* Rows that the files no longer hold are an error when they were asked for by name. */
static bool choose(struct ctx *c, struct run *r, const struct wanted *w, struct err *e)
{
	for (size_t i = 0; i < w->n; i++) {
		bool found = false;

		for (size_t k = 0; k < r->n_targets; k++) {
			struct target t;

			target_of(r->report, k, &t);
			if (r->targets[k].wanted ||
			    !target_is(&t, w->rows[i].type, &w->sources[i]))
				continue;
			r->targets[k].wanted = found = true;
			r->targets[k].server = w->rows[i];
			break;
		}
		if (!found && r->q->names.n > 0)
			return err_set(e, ERR_NOT_FOUND,
				       "server \"%s\" is no longer defined in %s\n"
				       "hint: register_servers with the file it moved to",
				       w->rows[i].name,
				       w->sources[i].path ? w->sources[i].path
							  : "any file that is known");
	}
	(void)c;
	return true;
}

bool run_starts(const struct run *r, size_t target)
{
	const struct run_target *rt = &r->targets[target];

	return rt->wanted && rt->t->entry && rt->t->entry->enabled &&
	       rt->t->entry->transport == TRANSPORT_STDIO;
}

static bool has_consent(struct ctx *c, const struct run *r, struct err *e)
{
	struct program_cache cache = { NULL };
	const char *changed;

	for (size_t i = 0; i < r->n_targets; i++) {
		const struct entry *entry = r->targets[i].t->entry;
		struct program p;

		if (!run_starts(r, i))
			continue;
		program_look(c->arena, entry, environ, &cache, &p);
		if (trust_has(c->arena, r->q->state_dir, entry, &p, &changed))
			continue;
		if (changed)
			return err_set(
				e, ERR_DENIED,
				"%.120s of \"%.60s\" has changed since a person allowed"
				" to start it\nhint: look at it, then in a terminal:"
				" compliance-server trust %.180s",
				str_printable(c->arena, changed, 120), entry->name,
				entry->file->real);
		if (!entry->file->on_disk)
			return err_set(
				e, ERR_DENIED,
				"a live check of \"%.60s\" would start a program from inline"
				" JSON, to which nobody can consent\n"
				"hint: write it to a file and register that by path",
				entry->name);
		return err_set(
			e, ERR_DENIED,
			"a live check of \"%.60s\" would start `%.120s`; a person must allow"
			" that once\nhint: in a terminal: compliance-server trust %.180s",
			entry->name, trust_command_text(c->arena, entry),
			entry->file->real);
	}
	return true;
}

/* A file that could not be read leaves nothing to keep rows of. */
static bool was_read(const struct run_target *rt)
{
	return rt->t->file->state != FILE_UNREADABLE;
}

bool run_prepare(struct ctx *c, const struct run_request *q, struct run *ret,
		 struct err *e)
{
	bool given = q->paths.n > 0 || q->config;
	struct wanted w = { NULL, NULL, 0 };

	*ret = (struct run){ .q = q, .began = clock_now() };
	if (given) {
		if (!read_given(c, ret, e) || !judge(c, ret, e))
			return false;
		for (size_t i = 0; i < ret->n_targets; i++)
			ret->targets[i].wanted = was_read(&ret->targets[i]);
	} else if (!load_rows(c, q, &w, e) || !read_wanted(c, ret, &w, e) ||
		   !judge(c, ret, e) || !choose(c, ret, &w, e)) {
		return false;
	}
	return !q->live || q->consent || has_consent(c, ret, e);
}

static bool record_start(struct ctx *c, const struct run *r, const struct run_target *rt,
			 struct err *e)
{
	struct note n;

	note_open(c, &n, "check.start", "compliance_check", rt->check.check_id, NULL);
	jsonw_str(&n.w, "server", rt->server.name);
	jsonw_str(&n.w, "type", names_text(check_types, (int)rt->check.check_type));
	jsonw_str(&n.w, "mode", r->q->live ? "live" : "static");
	note_ruleset(&n);
	return note_store(c, &n, e);
}

static bool begin_one(struct ctx *c, struct run *r, struct run_target *rt,
		      struct strs *taken, struct err *e)
{
	struct target t;
	char id[UUID_LEN], check_id[ID_LEN];
	bool is_new;

	target_of(r->report, (size_t)(rt - r->targets), &t);
	if (!target_register(c, &t, taken, &rt->server, &is_new, e))
		return false;
	run_record_row(r->record, &rt->server);
	if (rt->t->entry)
		registry_fill(c->arena, r->facts->entries[rt->t->entry->index],
			      &rt->server);
	taken->v[taken->n++] = rt->server.name;
	id_uuid(id);
	id_public("chk", check_id);
	rt->check = (struct compliance_check){
		.id = arena_strdup(c->arena, id),
		.check_id = arena_strdup(c->arena, check_id),
		.server_name = rt->server.name,
		.check_type = r->report->type,
		.status = STATUS_RUNNING,
		.started_at = r->began,
		.details.text = r->hold.details,
		.created_at = r->began,
		.updated_at = r->began,
	};
	return check_insert(c, &rt->check, e) && record_start(c, r, rt, e);
}

static bool begin_all(struct ctx *c, void *arg, struct err *e)
{
	struct run *r = arg;
	struct strs taken = { arena_array(c->arena, r->n_targets + 1, sizeof(*taken.v)),
			      0 };

	r->record->stalest.ms = 0; /* it may be the second try */
	if (!server_any_registered(c, &r->facts->registry, e) ||
	    !run_record_ruleset(c, e))
		return false;
	for (size_t i = 0; i < r->n_targets; i++) {
		if (r->targets[i].wanted && !begin_one(c, r, &r->targets[i], &taken, e))
			return false;
	}
	return true;
}

/* Checks of the same servers at the same time, by other processes too, take turns. */
static bool patient_tx(struct ctx *c, bool (*fn)(struct ctx *, void *, struct err *),
		       void *arg, struct err *e)
{
	for (int i = 1; !db_tx(c, fn, arg, e); i++) {
		if (e->code != ERR_CONFLICT || i == TRIES)
			return false;
		poll(NULL, 0, WAIT_MS * i);
	}
	return true;
}

bool run_begin(struct ctx *c, struct run *r, struct err *e)
{
	if (!run_reap(c, r->q->state_dir, e))
		return false;
	run_hold(c, r->q->state_dir, &r->hold);
	r->record = run_record(c, r->report->type == CHECK_FULL);
	if (r->report->type == CHECK_FULL)
		r->facts->record = r->record;
	r->stored = patient_tx(c, begin_all, r, e);
	if (!r->stored) {
		r->facts->record = NULL;
		run_let_go(&r->hold);
	}
	return r->stored;
}

struct live_source {
	const struct run *r;
};

static const struct live *live_of(void *arg, struct arena *a, const struct entry *entry,
				  const char **ret_why)
{
	const struct live_source *s = arg;

	(void)a;
	for (size_t i = 0; i < s->r->n_targets; i++) {
		if (s->r->targets[i].t->entry == entry && !s->r->targets[i].wanted)
			*ret_why = "it was not asked for";
	}
	return entry->live;
}

bool run_examine(struct ctx *c, struct run *r, struct err *e)
{
	struct live_source source = { r };
	struct check_options opt = { .type = r->q->type,
				     .baseline = r->q->baseline,
				     .live = live_of,
				     .live_arg = &source,
				     .require_live = true };

	run_told_read(c, r);
	if (!r->q->live)
		return !r->stored || judge(c, r, e);
	if (!run_live(c, r, e) || !check_facts(r->facts, &opt, &r->report, e))
		return false;
	bind_targets(c, r);
	return true;
}

struct batch {
	struct run *r;
	size_t first, n;
};

static bool finish_batch(struct ctx *c, void *arg, struct err *e)
{
	struct batch *b = arg;

	for (size_t i = b->first; i < b->first + b->n; i++) {
		if (b->r->targets[i].wanted &&
		    !save_target(c, b->r, &b->r->targets[i], e))
			return false;
	}
	return b->first + b->n < b->r->n_targets || gone_save(c, b->r, e);
}

bool run_finish(struct ctx *c, struct run *r, struct err *e)
{
	for (size_t i = 0; i < r->n_targets; i += BATCH) {
		struct batch b = { r, i, MIN((size_t)BATCH, r->n_targets - i) };

		if (ctx_stop(c, e) || !patient_tx(c, finish_batch, &b, e))
			return false;
		run_told_stored(c, r, i + b.n);
	}
	run_combine_registry(c, r);
	run_let_go(&r->hold);
	return true;
}

bool run_all(struct ctx *c, const struct run_request *q, struct run *ret, struct err *e)
{
	if (!run_prepare(c, q, ret, e) || !run_begin(c, ret, e))
		return false;
	if (run_examine(c, ret, e) && run_finish(c, ret, e))
		return true;
	run_fail(c, ret, e);
	return false;
}
