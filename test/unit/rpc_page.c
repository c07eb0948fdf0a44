/* SPDX-License-Identifier: Apache-2.0 */
/* Cursors: they open what they were made for and nothing else; the key file. */
#define _GNU_SOURCE /* mkdtemp */
#include <fcntl.h>
#include <sys/stat.h>

#include "common/rpc/page.h"
#include "test/tap.h"

static struct ctx c;

static bool opens(const char *list, const char *filter, const char *cursor,
		  const char *want)
{
	struct err e = { 0 };
	const char *pos = "unset";

	if (!page_open(&c, list, filter, cursor, &pos, &e)) {
		if (e.code != ERR_ARG)
			printf("# code %d\n", (int)e.code);
		return false;
	}
	return str_eq(pos, want);
}

static void check_cursors(void)
{
	const char *cur = page_cursor(&c, "issues", "open", "2026-01-02 7");
	size_t n = strlen(cur);
	size_t wrong = 0;

	OK(opens("issues", "open", NULL, NULL), "no cursor is the first page");
	OK(opens("issues", "open", cur, "2026-01-02 7"), "a cursor gives its position");
	OK(!opens("checks", "open", cur, ""), "another list");
	OK(!opens("issues", "closed", cur, ""), "another filter");
	OK(!opens("issues", NULL, cur, ""), "no filter");
	OK(!opens("issues", "open", arena_printf(c.arena, "%sA", cur), ""), "longer");
	OK(!opens("issues", "open", arena_printf(c.arena, "%s-TAMPERED", cur), ""),
	   "tampered");
	OK(!opens("issues", "open", "", ""), "empty");
	OK(!opens("issues", "open", ".", ""), "a dot");
	for (size_t i = 0; i < n; i++) {
		char *bad = arena_strdup(c.arena, cur);

		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		wrong += opens("issues", "open", bad, "2026-01-02 7");
		bad[i] = '\0';
		wrong += opens("issues", "open", bad, "2026-01-02 7");
	}
	OK(wrong == 0, "every changed byte and every cut is noticed");
	cur = page_cursor(&c, "a", "", "");
	OK(opens("a", "", cur, ""), "an empty position");
}

/* A process that died while it made the key, with the same id as ours. */
static void check_left_over(const char *dir, const char *path)
{
	const char *left = arena_printf(c.arena, "%s.%ld", path, (long)getpid());
	const char *cur;

	OK(mkdir(arena_printf(c.arena, "%s/state", dir), 0700) == 0 &&
		   close(creat(left, 0600)) == 0,
	   "a file that was left over");
	page_init(arena_printf(c.arena, "%s/state", dir));
	cur = page_cursor(&c, "l", "f", "p");
	page_init(arena_printf(c.arena, "%s/state", dir));
	OK(opens("l", "f", cur, "p"), "does not end the sharing of cursors");
	unlink(left);
	unlink(path);
}

static void check_key(void)
{
	char dir[] = "/tmp/rpc_page.XXXXXX";
	const char *cur;
	char *path;
	struct stat st;

	if (!mkdtemp(dir)) {
		OK(false, "a temporary folder");
		return;
	}
	path = arena_printf(c.arena, "%s/state/cursor.key", dir);
	check_left_over(dir, path);
	page_init(arena_printf(c.arena, "%s/state", dir));
	cur = page_cursor(&c, "l", "f", "p");
	OK(stat(path, &st) == 0 && st.st_size == 32 && (st.st_mode & 0777) == 0600,
	   "the key file has 32 bytes for its owner only");
	page_init(arena_printf(c.arena, "%s/state", dir));
	OK(opens("l", "f", cur, "p"), "a cursor outlives its process");
	chmod(path, 0644);
	page_init(arena_printf(c.arena, "%s/state", dir));
	OK(!opens("l", "f", cur, "p"), "a key that others can read is not used");
	unlink(path);
	page_init(arena_printf(c.arena, "%s/state", dir));
	OK(!opens("l", "f", cur, "p"), "a new key refuses old cursors");
	unlink(path);
	rmdir(arena_printf(c.arena, "%s/state", dir));
	rmdir(dir);
	page_init(NULL);
	OK(opens("l", "f", page_cursor(&c, "l", "f", "q"), "q"),
	   "without a folder: this process");
}

static void check_positions(void)
{
	static const char *const bad[] = { "",	 "7",	 "x y",
					   " y", "7x y", "99999999999999999999 y" };
	const char *rest = "before";
	struct err e = { 0 };
	int64_t n = 1;

	OK(page_read_pos(&c, NULL, &n, &rest, &e) && n == 1 && str_eq(rest, "before"),
	   "the first page has no position");
	OK(page_read_pos(&c, page_pos(&c, -7, "a b "), &n, &rest, &e) && n == -7 &&
		   str_eq(rest, "a b "),
	   "a position there and back");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		OK(!page_read_pos(&c, bad[i], &n, &rest, &e) && e.code == ERR_ARG,
		   "\"%s\" is none", bad[i]);
}

struct row {
	int64_t number;
	const char *text;
};

static const struct field fields[] = {
	FIELD(struct row, number, .req = true, .doc = "Number."),
	FIELD(struct row, text, .doc = "Text.", .flags = FIELD_CUT),
	FIELDS_END,
};

static const char *pos_of(struct ctx *ctx, const void *row)
{
	return arena_printf(ctx->arena, "%d", (int)((const struct row *)row)->number);
}

/* Bytes of the object and of its copy as text. */
static size_t twice(const struct buf *b)
{
	size_t n = 2 * b->len;

	for (size_t i = 0; i < b->len; i++)
		n += b->data[i] == '"' || b->data[i] == '\\';
	return n;
}

/* Rows that one page of 100 rows of n bytes holds; the result must stay small. */
static size_t rows_of(size_t n, size_t have, bool *ret_more, bool *ret_small)
{
	struct page p = { .list = "l",
			  .filter = "",
			  .limit = 100,
			  .key = "rows",
			  .fields = fields,
			  .size = sizeof(struct row),
			  .pos_of = pos_of };
	struct row *rows = arena_array(c.arena, have, sizeof(*rows));
	char *text = arena_alloc(c.arena, n + 1);
	const struct node *root;
	struct err e = { 0 };
	struct jsonw w;
	struct buf b;
	size_t k = 0;

	memset(text, '"', n);
	for (size_t i = 0; i < have; i++)
		rows[i] = (struct row){ .number = (int64_t)i, .text = text };
	buf_init(&b, LIMIT_RESULT);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	if (page_write(&c, &p, rows, have, &w, &e)) {
		jsonw_end(&w);
		root = jsonr_parse(c.arena, arena_strdup(c.arena, b.data), b.len, 0, NULL,
				   &e);
		k = node_get(root, "rows") ? node_get(root, "rows")->n : 0;
		*ret_more = node_get(root, "nextCursor") != NULL;
		*ret_small = !b.overflow && twice(&b) < LIMIT_RESULT - 200;
	}
	buf_release(&b);
	return k;
}

static void check_pages(void)
{
	bool more = false, small = false;

	OK(rows_of(1, 0, &more, &small) == 0 && !more, "no rows");
	OK(rows_of(1, 100, &more, &small) == 100 && !more, "all rows");
	OK(rows_of(1, 101, &more, &small) == 100 && more, "one row more than a page");
	OK(rows_of(1000, 101, &more, &small) < 10 && more && small,
	   "fewer rows when they are big");
	OK(rows_of(100000, 2, &more, &small) == 1 && more && small,
	   "one row that is cut");
	OK(rows_of(100000, 1, &more, &small) == 1 && !more && small, "the last row, cut");
}

static void check_room(void)
{
	struct jsonw w;
	struct buf b;
	size_t room;

	buf_init(&b, LIMIT_RESULT);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	room = page_room(&w);
	for (size_t i = 0; i < room; i++)
		buf_addc(&b, '"');
	OK(room > 15000 && twice(&b) < LIMIT_RESULT - 200 && page_room(&w) < 3,
	   "page_room holds for text that needs the most escapes");
	buf_release(&b);
}

int main(void)
{
	c.arena = arena_new();
	check_cursors();
	check_key();
	check_positions();
	check_pages();
	check_room();
	arena_free(c.arena);
	return tap_done();
}
