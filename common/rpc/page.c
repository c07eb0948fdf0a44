/* SPDX-License-Identifier: Apache-2.0 */
/* Signed cursors, the key they are signed with, and the room that is left in a result. */
#include "common/rpc/page.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sys/stat.h>

#include "common/base/digest.h"
#include "common/base/fd.h"
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/base/str.h"

enum { KEY_LEN = 32, MAX_CURSOR = 1024, MAX_POS = 600, FRAME = 512 };

/* The key belongs to the state directory, hence to the process: calls only read it. */
static struct {
	pthread_mutex_t lock;
	char *dir;
	bool ready;
	unsigned char key[KEY_LEN];
} signer = { .lock = PTHREAD_MUTEX_INITIALIZER };

void page_init(const char *state_dir)
{
	pthread_mutex_lock(&signer.lock);
	mem_free(signer.dir);
	signer.dir = mem_strdup(state_dir);
	signer.ready = false;
	pthread_mutex_unlock(&signer.lock);
}

static bool read_key(const char *path, struct err *e)
{
	CLEANUP(fd_close_ptr) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (fd < 0)
		return err_set(e, ERR_NO_INPUT, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077) != 0 || st.st_size != KEY_LEN ||
	    read(fd, signer.key, KEY_LEN) != KEY_LEN)
		return err_set(
			e, ERR_CONFIG,
			"%s must be a file of %d bytes that only its owner can read",
			path, (int)KEY_LEN);
	return true;
}

/* Never half a key for another process; one that may not be on disk yet will do. */
static bool make_key(const char *path, struct err *e)
{
	unsigned char key[KEY_LEN];

	digest_random(key, sizeof(key));
	if (fd_create_file(path, key, sizeof(key), 0600, e))
		return true;
	if (e->code != ERR_UNSURE)
		return false;
	err_clear(e);
	return true;
}

static bool load_key(struct arena *a, struct err *e)
{
	char *path;

	if (!signer.dir)
		return err_set(e, ERR_CONFIG, "there is no state directory");
	path = arena_printf(a, "%s/cursor.key", signer.dir);
	if (access(path, F_OK) == 0)
		return read_key(path, e);
	return fd_make_dirs(signer.dir, 0700, e) && make_key(path, e) &&
	       read_key(path, e);
}

static void sign(struct arena *a, const char *text, size_t n,
		 unsigned char mac[DIGEST_LEN])
{
	struct err e = { 0 };

	pthread_mutex_lock(&signer.lock);
	if (!signer.ready && !load_key(a, &e)) {
		log_event(LOG_WARN, "cursor",
			  "%s; cursors are valid in this process only", e.msg);
		digest_random(signer.key, sizeof(signer.key));
	}
	signer.ready = true;
	digest_hmac(signer.key, sizeof(signer.key), text, n, mac);
	pthread_mutex_unlock(&signer.lock);
}

char *page_sign(struct arena *a, const char *text, size_t n)
{
	unsigned char mac[DIGEST_LEN];

	sign(a, text, n, mac);
	return str_base64url(a, mac, sizeof(mac));
}

bool page_signed(struct arena *a, const char *text, size_t n, const char *mac)
{
	unsigned char want[DIGEST_LEN], *got;
	size_t got_n = 0;

	got = str_unbase64url(a, mac, &got_n);
	if (!got || got_n != sizeof(want))
		return false;
	sign(a, text, n, want);
	return digest_equal(want, got, sizeof(want));
}

/* What a cursor's signature covers: it fits one list and one query only. */
static char *covered(struct arena *a, const char *list, const char *filter,
		     const char *pos, size_t *ret_n)
{
	char *text = arena_printf(a, "cursor %zu:%s %zu:%s %s", strlen(list), list,
				  filter ? strlen(filter) : 0, filter ? filter : "", pos);

	*ret_n = strlen(text);
	return text;
}

const char *page_cursor(struct ctx *c, const char *list, const char *filter,
			const char *pos)
{
	size_t n;
	char *text = covered(c->arena, list, filter, pos, &n);

	return arena_printf(c->arena, "%s.%s", str_base64url(c->arena, pos, strlen(pos)),
			    page_sign(c->arena, text, n));
}

bool page_open(struct ctx *c, const char *list, const char *filter, const char *cursor,
	       const char **ret_pos, struct err *e)
{
	const char *dot, *pos = NULL;
	size_t n = 0;

	if (!cursor) {
		*ret_pos = NULL;
		return true;
	}
	dot = strlen(cursor) <= MAX_CURSOR ? strchr(cursor, '.') : NULL;
	if (dot) {
		char *half = arena_strndup(c->arena, cursor, (size_t)(dot - cursor));
		unsigned char *raw = str_unbase64url(c->arena, half, &n);

		if (raw && n <= MAX_POS && !memchr(raw, '\0', n))
			pos = arena_strndup(c->arena, (char *)raw, n);
	}
	if (pos) {
		char *text = covered(c->arena, list, filter, pos, &n);

		if (page_signed(c->arena, text, n, dot + 1)) {
			*ret_pos = pos;
			return true;
		}
	}
	return err_set(
		e, ERR_ARG,
		"argument \"cursor\" is not one of this list; accepted is the nextCursor "
		"of a page with the same arguments\nhint: leave cursor out to start again");
}

const char *page_pos(struct ctx *c, int64_t n, const char *rest)
{
	return arena_printf(c->arena, "%" PRId64 " %s", n, rest);
}

bool page_read_pos(struct ctx *c, const char *pos, int64_t *ret_n, const char **ret_rest,
		   struct err *e)
{
	const char *blank = pos ? strchr(pos, ' ') : NULL;

	if (!pos)
		return true;
	if (!blank ||
	    !str_to_i64(arena_strndup(c->arena, pos, (size_t)(blank - pos)), ret_n))
		return err_set(e, ERR_ARG, "argument \"cursor\" is not one of this list");
	*ret_rest = blank + 1;
	return true;
}

/* Bytes that text adds when it stands inside a JSON string. */
static size_t escapes(const char *p, size_t n)
{
	size_t extra = 0;

	for (size_t i = 0; i < n; i++)
		extra += p[i] == '"' || p[i] == '\\';
	return extra;
}

static size_t used(const struct buf *b)
{
	return 2 * b->len + escapes(buf_text(b), b->len) + FRAME;
}

size_t page_room(const struct jsonw *out)
{
	size_t n = used(out->b);

	/* one byte of the object costs at most three: itself, its copy, its escape */
	return n < LIMIT_RESULT ? (LIMIT_RESULT - n) / 3 : 0;
}

enum {
	CURSOR_ROOM = 3 * MAX_CURSOR,
	MIN_CUT = 32
}; /* kept for nextCursor and truncated */

/* A copy whose members that may be cut have at most max bytes each. */
static const void *cut_row(struct ctx *c, const struct page *p, const void *row,
			   size_t max)
{
	char *copy = arena_alloc(c->arena, p->size);

	memcpy(copy, row, p->size);
	for (const struct field *f = p->fields; f->name; f++) {
		const char **at = field_at(f, copy);

		if ((f->flags & FIELD_CUT) && f->kind == KIND_STR && *at &&
		    strlen(*at) > max)
			*at = arena_printf(c->arena, "%.*s…", (int)utf8_cut(*at, max),
					   *at);
	}
	return copy;
}

static void write_row(const struct page *p, const void *row, struct jsonw *out)
{
	jsonw_obj(out, NULL);
	fields_json(p->fields, row, out);
	jsonw_end(out);
}

/* Writes the row when the result stays small enough; leaves out as it was otherwise. */
static bool try_row(const struct page *p, const void *row, struct jsonw *out,
		    size_t *used_n)
{
	struct jsonw before = *out;
	size_t mark = out->b->len, cost;

	write_row(p, row, out);
	cost = 2 * (out->b->len - mark) +
	       escapes(out->b->data + mark, out->b->len - mark);
	if (!out->b->overflow && *used_n + cost + CURSOR_ROOM < LIMIT_RESULT) {
		*used_n += cost;
		return true;
	}
	buf_cut(out->b, mark);
	*out = before;
	return false;
}

bool page_write(struct ctx *c, const struct page *p, const void *rows, size_t n,
		struct jsonw *out, struct err *e)
{
	const char *row = rows;
	size_t limit = p->limit > 0 ? MIN(n, (size_t)p->limit) : n;
	size_t done = 0, used_n;
	bool cut = false;

	jsonw_arr(out, p->key);
	used_n = used(out->b);
	while (done < limit && try_row(p, row + done * p->size, out, &used_n))
		done++;
	if (done == 0 && limit > 0) {
		size_t max = LIMIT_RESULT / 2;

		while (max > MIN_CUT && !cut) {
			cut = try_row(p, cut_row(c, p, row, max), out, &used_n);
			max = max / 4 * 3;
		}
		if (!cut)
			return err_set(e, ERR_LIMIT,
				       "one row of %s is larger than a result may be",
				       p->key);
		done = 1;
	}
	jsonw_end(out);
	if (done < n)
		jsonw_str(out, "nextCursor",
			  page_cursor(c, p->list, p->filter,
				      p->pos_of(c, row + (done - 1) * p->size)));
	if (cut || done < limit)
		jsonw_bool(out, "truncated", true);
	return true;
}
