/* SPDX-License-Identifier: Apache-2.0 */
/* Locks that tell which runs have ended without saying so. */
#define _GNU_SOURCE /* gethostname */
#include "compliance-server/run_hold.h"

#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/fd.h"
#include "common/base/id.h"
#include "common/base/str.h"
#include "compliance-server/check_store.h"
#include "compliance-server/note.h"

#define PLACE_HEX	  16
#define FOREIGN_MS	  (60 * 60 * 1000) /* no run lasts that long */
#define HOST_NAME_MAX_LEN 256

static const char *folder(struct arena *a, const char *state_dir)
{
	return arena_printf(a, "%s/runs", state_dir);
}

static const char *file_of(struct arena *a, const char *state_dir, const char *run)
{
	return arena_printf(a, "%s/%s.lock", folder(a, state_dir), run);
}

/* Locks say something only where all who ask see the same files: this folder on this
 * machine. NULL: there is no such place. */
static const char *place(struct arena *a, const char *state_dir)
{
	struct buf b CLEANUP(buf_release) = { 0 };
	char host[HOST_NAME_MAX_LEN] = "", id[UUID_LEN], hex[DIGEST_HEX_LEN];
	const char *path;

	if (!state_dir || !fd_make_dirs(folder(a, state_dir), 0700, NULL))
		return NULL;
	path = arena_printf(a, "%s/id", folder(a, state_dir));
	buf_init(&b, 256 + sizeof(host));
	id_uuid(id);
	if (!fd_create_file(path, id, strlen(id), 0600, NULL) ||
	    !fd_read_file(path, &b, NULL) || b.len == 0)
		return NULL;
	if (gethostname(host, sizeof(host) - 1) != 0)
		return NULL;
	buf_addc(&b, '\n');
	buf_adds(&b, host);
	digest_sha256_hex(buf_text(&b), b.len, hex);
	return arena_strndup(a, hex, PLACE_HEX);
}

void run_hold(struct ctx *c, const char *state_dir, struct run_hold *ret)
{
	const char *where = place(c->arena, state_dir);
	char run[UUID_LEN];
	struct buf b CLEANUP(buf_release) = { 0 };
	struct jsonw w;

	*ret = (struct run_hold){ .lock.fd = -1 };
	id_uuid(run);
	if (!where || !lock_open(&ret->lock, file_of(c->arena, state_dir, run), NULL))
		return;
	if (!lock_take(&ret->lock, clock_mono(), NULL, NULL)) {
		run_let_go(ret);
		return;
	}
	buf_init(&b, 1024);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_obj(&w, "owner");
	jsonw_str(&w, "place", where);
	jsonw_str(&w, "run", run);
	jsonw_end(&w);
	jsonw_end(&w);
	ret->details = arena_strdup(c->arena, buf_text(&b));
}

void run_let_go(struct run_hold *h)
{
	if (h->lock.path)
		unlink(h->lock.path);
	lock_close(&h->lock);
}

/* The lock is free, so nobody holds it any more: a run takes it before it writes. */
static bool is_gone(struct arena *a, const char *state_dir, const char *run)
{
	struct run_hold h = { .lock.fd = -1 };

	if (!id_is_uuid(run) || !lock_open(&h.lock, file_of(a, state_dir, run), NULL))
		return false;
	if (!lock_take(&h.lock, clock_mono(), NULL, NULL)) {
		lock_close(&h.lock);
		return false;
	}
	run_let_go(&h);
	return true;
}

struct reaping {
	struct compliance_check *checks;
	size_t n;
};

static bool fail_one(struct ctx *c, const struct compliance_check *k, struct err *e)
{
	struct compliance_check now = *k;
	struct err ignored;
	struct note n;

	now.status = STATUS_FAILED;
	now.completed_at = now.updated_at = clock_now();
	now.duration = (struct opt_i64){ now.completed_at.ms - k->started_at.ms, true };
	now.details.text = "{\"failure\":\"abandoned\"}";
	if (!check_finish(c, &now, &ignored)) {
		/* somebody else has seen it first */
		return ignored.code == ERR_CONFLICT ||
		       err_set(e, ignored.code, "%s", ignored.msg);
	}
	note_open(c, &n, "check.fail", "compliance_check", k->check_id, "failed");
	jsonw_str(&n.w, "server", k->server_name);
	jsonw_str(&n.w, "reason", "abandoned");
	return note_store(c, &n, e);
}

static bool fail_gone(struct ctx *c, void *arg, struct err *e)
{
	const struct reaping *r = arg;

	for (size_t i = 0; i < r->n; i++)
		if (!fail_one(c, &r->checks[i], e))
			return false;
	return true;
}

/* Files are looked at before the transaction, which may run more than once. */
bool run_reap(struct ctx *c, const char *state_dir, struct err *e)
{
	const char *here = place(c->arena, state_dir);
	struct compliance_check *k;
	struct reaping r = { NULL, 0 };
	struct rows rows;

	if (!check_unfinished(c, &rows, e))
		return false;
	k = r.checks = rows.at;
	for (size_t i = 0; i < rows.n; i++) {
		const char *text = k[i].details.text;
		const struct node *n =
			text ? jsonr_parse(c->arena, text, strlen(text), 0, NULL, NULL)
			     : NULL;
		const char *where = node_str(node_path(n, "owner", "place", NULL));
		const char *run = node_str(node_path(n, "owner", "run", NULL));
		bool gone = here && run && str_eq(where, here)
				    ? is_gone(c->arena, state_dir, run)
				    : k[i].started_at.ms < clock_now().ms - FOREIGN_MS;

		if (gone)
			r.checks[r.n++] = k[i];
	}
	return r.n == 0 || db_tx(c, fail_gone, &r, e);
}
