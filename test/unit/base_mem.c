/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of heap memory, arena and buffer. */
#include "common/base/mem.h"

#include <poll.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/child.h"
#include "test/tap.h"

static int order[4], calls;

static void note(void *arg)
{
	order[calls++] = *(int *)arg;
}

static bool all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static void test_mem(void)
{
	char *p = mem_alloc(0), *s = mem_strndup("hello", 3);

	OK(p != NULL, "nothing is something that may be freed");
	mem_free(p);
	mem_free(NULL);
	IS_STR(s, "hel", "mem_strndup");
	mem_free_ptr(&s);
	OK(mem_strdup(NULL) == NULL, "NULL copies to NULL");
	p = mem_array(100, 3);
	OK(all_zero((unsigned char *)p, 300), "memory comes zeroed");
	p = mem_grow(p, 1000, 1);
	OK(all_zero((unsigned char *)p, 300), "mem_grow keeps what was there");
	mem_free(p);
}

static void test_arena(void)
{
	static int one = 1, two = 2;
	struct arena *a = arena_new();
	unsigned char *p;
	bool good = true;
	char *text;

	arena_defer(a, note, &one);
	arena_defer(a, note, &two);
	for (size_t round = 0; round < 3; round++) {
		for (size_t n = 0; n < 3000; n += 7) {
			p = arena_alloc(a, n);
			good = good && (uintptr_t)p % _Alignof(max_align_t) == 0 &&
			       all_zero(p, n);
			memset(p, 0xff, n);
		}
		p = arena_alloc(a, 5000000);
		good = good && all_zero(p, 5000000);
		memset(p, 0xff, 5000000);
		OK(arena_used(a) > 5600000, "used bytes are counted");
		arena_reset(a);
		IS_INT(arena_used(a), 0, "reset empties");
	}
	OK(good, "pieces are zeroed and aligned, also after a reset");
	OK(calls == 2 && order[0] == 2 && order[1] == 1,
	   "deferred calls run once, last first");
	text = arena_printf(a, "%s-%05d", "abc", 42);
	IS_STR(text, "abc-00042", "arena_printf");
	IS_STR(arena_strndup(a, "abc", 2), "ab", "arena_strndup");
	IS_STR(arena_strndup(a, "abc", 20), "abc", "arena_strndup ends at NUL");
	OK(arena_strdup(a, NULL) == NULL, "NULL copies to NULL");
	arena_defer(a, note, &one);
	arena_free(a);
	IS_INT(calls, 3, "free runs deferred calls");
	arena_free(NULL);
}

static void test_buf(void)
{
	struct buf b;

	buf_init(&b, 10);
	IS_STR(buf_text(&b), "", "text of an empty buffer");
	OK(b.data == NULL, "nothing is allocated at first");
	buf_adds(&b, "hello");
	buf_addc(&b, ' ');
	buf_addf(&b, "%d", 1234);
	IS_STR(buf_text(&b), "hello 1234", "filled to the maximum");
	OK(!b.overflow, "which is no overflow");
	buf_addc(&b, 'x');
	OK(b.overflow, "one more is");
	buf_adds(&b, "");
	IS_STR(buf_text(&b), "hello 1234", "what was there stays");
	buf_cut(&b, 5);
	OK(!b.overflow, "cutting clears the overflow");
	buf_addf(&b, "%s", "123456");
	OK(b.overflow && b.len == 5,
	   "formatted text that does not fit is left out whole");
	buf_adds(&b, "!");
	IS_STR(buf_text(&b), "hello", "overflow is sticky");
	buf_reset(&b);
	buf_add(&b, "a\0b", 3);
	buf_drop_front(&b, 1);
	OK(b.len == 2 && memcmp(b.data, "\0b", 3) == 0,
	   "bytes are removed from the front");
	buf_drop_front(&b, 100);
	IS_INT(b.len, 0, "more than there are");
	buf_add(&b, "x", SIZE_MAX);
	OK(b.overflow, "a size that would wrap round is an overflow");
	buf_release(&b);
	buf_init(&b, SIZE_MAX);
	for (int i = 0; i < 100000; i++)
		buf_addc(&b, 'y');
	OK(b.len == 100000 && !b.overflow && b.data[b.len] == '\0', "grows");
	buf_release(&b);
	OK(b.data == NULL && b.len == 0, "released");
}

/* Child: every way to ask for more than there can be ends the program. */
static int ask_too_much(const char *how)
{
	struct arena *a = arena_new();

	if (str_eq(how, "alloc"))
		return mem_alloc(SIZE_MAX) != NULL;
	if (str_eq(how, "array"))
		return mem_array(SIZE_MAX / 2, 3) != NULL;
	if (str_eq(how, "grow"))
		return mem_grow(NULL, SIZE_MAX / 4 + 1, 4) != NULL;
	if (str_eq(how, "arena"))
		return arena_alloc(a, SIZE_MAX - 4) != NULL;
	return arena_array(a, SIZE_MAX / 8 + 2, 8) != NULL;
}

static void test_fatal(const char *self)
{
	static const char *const ways[] = { "alloc", "array", "grow", "arena",
					    "arena array" };
	const char *const envp[] = { NULL };

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		const char *const argv[] = { self, ways[i], NULL };
		struct child_spec spec = { .argv = argv, .envp = envp };
		char status[60], line[100] = "";
		struct child c;
		struct pollfd p;

		if (!OK(child_start(&spec, &c, NULL), "child for %s", ways[i]))
			continue;
		p = (struct pollfd){ .fd = c.pidfd, .events = POLLIN };
		poll(&p, 1, 20000);
		OK(read(c.err, line, sizeof(line) - 1) > 0, "it says something");
		child_stop(&c, 1000);
		IS_STR(line, "ERROR out of memory\n", "one line");
		IS_STR(child_status_text(&c, status, sizeof(status)), "exit status 70",
		       "status");
	}
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return ask_too_much(argv[1]);
	test_mem();
	test_arena();
	test_buf();
	test_fatal(argv[0]);
	return tap_done();
}
