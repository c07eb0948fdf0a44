/* SPDX-License-Identifier: Apache-2.0 */
/* Sub-commands about approved tools: pin list, show, diff, approve, revoke. */
#define _GNU_SOURCE /* environ */
#include "compliance-server/cmds.h"

#include <unistd.h>

#include "common/base/fd.h"
#include "common/base/str.h"
#include "common/base/tty.h"
#include "compliance-server/configuration.h"
#include "compliance-server/note.h"
#include "compliance-server/pin_diff.h"
#include "compliance-server/report.h"
#include "compliance-server/run.h"
#include "compliance-server/trust.h"

#define ROWS_MAX  1000
#define CODE_LEN  8 /* digits of the hash that a person types */
#define TEXT_MAX  (32 * 1024 * 1024)
#define NAME_MAX_ 100
#define DIFFERENT 1 /* exit status of pin diff, as diff has it */

const struct field pin_fields[] = { FIELD(struct pin_in, server, .max = 100, .req = true,
					  .doc = "Its name in the registry."),
				    FIELDS_END };

static const char *date(struct arena *a, struct stamp at)
{
	char text[STAMP_LEN];

	stamp_iso(at, text);
	return arena_printf(a, "%.10s", text);
}

static const char *by(struct arena *a, const struct pin *p)
{
	return p->approved_by ? str_printable(a, p->approved_by, NAME_MAX_) : "somebody";
}

/* ---- list, show ---- */

bool pin_list_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		  struct err *e)
{
	const struct server_filter f = { .limit = ROWS_MAX };
	const struct server *s;
	struct rows rows;
	size_t n = 0;

	(void)args;
	(void)status;
	if (!server_list(c, &f, &rows, e))
		return false;
	s = rows.at;
	for (size_t i = 0; i < rows.n; i++) {
		const struct pin *p = pin_read(c->arena, s[i].configuration.text);

		if (!p)
			continue;
		if (n++ == 0)
			buf_addf(out, "%-14s%-12s%7s  %-20s %s\n", "HASH", "APPROVED",
				 "TOOLS", "BY", "SERVER");
		buf_addf(out, "%-14.12s%-12s%7zu  %-20s %s\n", p->server_sha256,
			 date(c->arena, p->approved_at), p->n, by(c->arena, p),
			 str_printable(c->arena, s[i].name, 400));
	}
	if (n == 0)
		buf_adds(out, "The tools of no server are approved yet: compliance-server"
			      " pin approve SERVER\n");
	return true;
}

static bool approved(struct ctx *c, const char *name, struct server *ret_row,
		     const struct pin **ret, struct err *e)
{
	const char *shown = str_printable(c->arena, name, NAME_MAX_);

	if (!server_by_name(c, name, ret_row, e))
		return false;
	*ret = pin_read(c->arena, ret_row->configuration.text);
	return *ret || err_set(e, ERR_NOT_FOUND,
			       "the tools of \"%s\" are not approved\n"
			       "hint: compliance-server pin approve %s",
			       shown, shown);
}

bool pin_show_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		  struct err *e)
{
	const struct pin_in *in = args;
	const struct pin *p;
	struct server row;

	(void)status;
	if (!approved(c, in->server, &row, &p, e))
		return false;
	buf_addf(out, "%s: %zu tool%s, approved by %s on %s, hash %s\n",
		 str_printable(c->arena, row.name, NAME_MAX_), p->n, p->n == 1 ? "" : "s",
		 by(c->arena, p), date(c->arena, p->approved_at), p->server_sha256);
	pin_shown(out, p);
	return true;
}

/* ---- what it shows now ---- */

struct state {
	struct server row;
	struct entry *entry;
	const struct pin *was; /* NULL: nothing is approved for this definition */
	struct pin now;
};

static bool find_entry(struct ctx *c, const struct run *r, struct state *s, struct err *e)
{
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct run_target *rt = &r->targets[i];

		if (!run_starts(r, i))
			continue;
		s->row = rt->server;
		s->entry = r->facts->entries[rt->t->entry->index];
		s->was = pin_read(c->arena, s->row.configuration.text);
		if (s->was &&
		    !str_eq(s->was->definition_sha256, s->entry->definition_sha256))
			s->was = NULL;
		return true;
	}
	return err_set(e, ERR_ARG,
		       "\"%s\" is no server that is started here: it is"
		       " remote or disabled",
		       str_printable(c->arena, r->q->names.v[0], NAME_MAX_));
}

/* Starts it, which needs consent, and reads its lists. */
static bool look(struct ctx *c, const char *name, struct state *s, struct err *e)
{
	const struct run_request q = { .names = { &name, 1 },
				       .live = true,
				       .state_dir = c->env->state_dir };
	const struct live_options o = { .lists_only = true, .environ_in = environ };
	struct program_cache cache = { NULL };
	struct err why = { 0 };
	struct run r;

	if (!run_prepare(c, &q, &r, e) || !find_entry(c, &r, s, e) ||
	    !live_run(c, r.facts, &s->entry, 1, &o, e))
		return false;
	if (!pin_of_live(c->arena, s->entry, s->entry->live, environ, &s->now, &why))
		return err_set(e, why.code, "server \"%s\": %s",
			       str_printable(c->arena, name, NAME_MAX_), why.msg);
	program_look(c->arena, s->entry, environ, &cache, &s->now.program);
	return true;
}

static void put_difference(struct ctx *c, const struct state *s, bool colour,
			   struct buf *out, size_t *ret_n)
{
	if (s->was)
		buf_addf(out,
			 "--- approved by %s on %s, hash %.12s\n+++ now, hash %.12s\n",
			 by(c->arena, s->was), date(c->arena, s->was->approved_at),
			 s->was->server_sha256, s->now.server_sha256);
	else
		buf_addf(out,
			 "+++ now, hash %.12s; nothing is approved for this"
			 " definition yet\n",
			 s->now.server_sha256);
	*ret_n = pin_diff(out, s->was, &s->now, colour);
}

bool pin_diff_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		  struct err *e)
{
	const struct pin_in *in = args;
	struct report_options o = { 0 };
	struct state s;
	size_t n;

	if (!look(c, in->server, &s, e))
		return false;
	report_options_for(STDOUT_FILENO, &o);
	put_difference(c, &s, o.colour, out, &n);
	if (n > 0)
		*status = DIFFERENT;
	else
		buf_adds(out, "No difference.\n");
	return true;
}

/* ---- approve, revoke ---- */

struct change {
	const char *name, *action;
	const struct pin *pin; /* NULL: taken back */
};

static bool record(struct ctx *c, const struct change *ch, struct err *e)
{
	struct note n;

	note_open(c, &n, ch->action, "server", ch->name, NULL);
	jsonw_str(&n.w, "server", ch->name);
	if (ch->pin) {
		jsonw_str(&n.w, "definition_sha256", ch->pin->definition_sha256);
		jsonw_str(&n.w, "server_hash", ch->pin->server_sha256);
		jsonw_i64(&n.w, "tools", (int64_t)ch->pin->n);
	}
	return note_store(c, &n, e);
}

static bool store(struct ctx *c, void *arg, struct err *e)
{
	const struct change *ch = arg;
	struct buf b CLEANUP(buf_release) = { 0 };
	struct server row;
	struct jsonw w;

	if (!server_lock(c, ch->name, &row, e))
		return false;
	/* written as JSON twice, a text takes a few times its length */
	buf_init(&b, 8 * PIN_MAX);
	jsonw_init(&w, &b);
	if (ch->pin)
		pin_write(&w, NULL, ch->pin);
	if (b.overflow)
		return err_set(e, ERR_LIMIT, "the definitions are too long to be kept");
	row.configuration.text = configuration_with(c->arena, row.configuration.text,
						    "pin", ch->pin ? buf_text(&b) : NULL);
	row.updated_at = clock_now();
	return server_change(c, &row, e) && record(c, ch, e);
}

/* The person reads all of it and types a part of the hash that stands for it. */
static bool ask_person(struct ctx *c, const struct state *s, size_t *ret_n, struct err *e)
{
	CLEANUP(fd_close_ptr) int fd = tty_open();
	struct report_options o = { 0 };
	struct buf b CLEANUP(buf_release) = { 0 };
	const char *name = str_printable(c->arena, s->row.name, NAME_MAX_);

	if (fd < 0)
		return err_set(
			e, ERR_DENIED,
			"there is no terminal to ask on; a person approves at one\n"
			"hint: a person runs `%s pin approve %s` at a terminal",
			c->env->app->name, name);
	buf_init(&b, TEXT_MAX);
	report_options_for(fd, &o);
	buf_addf(&b, "%s: %s\n", name, trust_command_text(c->arena, s->entry));
	put_difference(c, s, o.colour, &b, ret_n);
	if (*ret_n == 0 && s->was)
		return true;
	if (b.overflow)
		return err_set(e, ERR_LIMIT, "it is too long to be shown");
	return tty_confirm(c, fd, &b, s->now.server_sha256, CODE_LEN, e);
}

bool pin_approve_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		     struct err *e)
{
	const struct pin_in *in = args;
	struct change ch = { .action = "pin.approve" };
	struct state s;
	size_t n;

	(void)status;
	if (!look(c, in->server, &s, e) || !ask_person(c, &s, &n, e))
		return false;
	if (s.was && n == 0) {
		buf_adds(out, "No difference: what was approved still stands.\n");
		return true;
	}
	s.now.definition_sha256 = s.entry->definition_sha256;
	s.now.approved_by = c->who->name;
	s.now.approved_at = clock_now();
	ch.name = s.row.name;
	ch.pin = &s.now;
	if (!db_tx(c, store, &ch, e))
		return false;
	buf_addf(out, "%s: %zu tool%s approved, hash %s\n",
		 str_printable(c->arena, s.row.name, NAME_MAX_), s.now.n,
		 s.now.n == 1 ? "" : "s", s.now.server_sha256);
	return true;
}

bool pin_revoke_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
		    struct err *e)
{
	const struct pin_in *in = args;
	struct change ch = { .name = in->server, .action = "pin.revoke" };
	const struct pin *p;
	struct server row;

	(void)status;
	if (!approved(c, in->server, &row, &p, e) || !db_tx(c, store, &ch, e))
		return false;
	buf_addf(out, "%s: the approval is taken back\n",
		 str_printable(c->arena, row.name, NAME_MAX_));
	return true;
}
