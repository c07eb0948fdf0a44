/* SPDX-License-Identifier: Apache-2.0 */
/* Plays a transcript against a server and compares what comes back.
 *
 * usage: play [--record] FILE COMMAND [ARG...]
 *
 *   # comment
 *   @env NAME=VALUE      before the first line that is sent, as are
 *   @args WORD...        further arguments of the command
 *   > text               a line for the server
 *   < JSON               an answer that must come; among outstanding lines in any order
 *   ! cancel ID          sends notifications/cancelled for that id (JSON)
 *   = stderr has TEXT    stderr holds TEXT by now (waits up to 5 s)
 *   @wait MS             lets time pass
 *   @quiet MS            nothing that is not expected may come meanwhile
 *   @eof                 closes stdin; the server must answer the rest and exit with 0
 *   @restart             the same, then starts it again with the same home
 *
 * In expected JSON the string "*" stands for any value, * inside a string for any text, a
 * member "*": "*" for any further members. "$name" takes a value the first time and must
 * be equal later; in lines that are sent, in arguments and in the environment $name is
 * replaced by it. $HOME (made for this run) and $SRC (folder of the transcript) are
 * always there. The clock stands at 2026-01-02T03:04:05Z and ids count up. At the end
 * stdin is closed, nothing may be left over, and the exit status must be 0.
 * --record prints the transcript with the answers that came. */
#define _GNU_SOURCE /* realpath */
#include "common/base/mem.h"
#include "common/field/jsonr.h"
#include "common/field/jsonw.h"
#include "test/tools/peer.h"

enum { WAIT_MS = 15000, MAX_VARS = 100, MAX_INBOX = 10000 };

struct var {
	const char *name, *text; /* JSON text; of a string without its quotes */
	bool is_string;
};

struct play {
	struct arena *a;
	const char *file;
	int line;
	bool record, running, failed;
	const char **argv;
	size_t argc;
	const char *env[PEER_MAX_ENV];
	size_t n_env;
	struct var vars[MAX_VARS];
	size_t n_vars;
	char *inbox[MAX_INBOX];
	size_t n_inbox;
	struct buf why; /* of the nearest mismatch */
	char home[64];
	struct peer peer;
};

static NORETURN void give_up(struct play *p, const char *what, const char *text)
{
	printf("# %s:%d: %s%s%s\n", p->file, p->line, what, *text ? ": " : "", text);
	if (p->running && p->peer.err.len > 0)
		printf("# stderr: %.2000s\n", buf_text(&p->peer.err));
	if (p->running)
		child_stop(&p->peer.c, 100);
	peer_remove(p->home);
	exit(1);
}

static const struct var *find_var(const struct play *p, const char *name, size_t n)
{
	for (size_t i = 0; i < p->n_vars; i++)
		if (strlen(p->vars[i].name) == n && memcmp(p->vars[i].name, name, n) == 0)
			return &p->vars[i];
	return NULL;
}

static void set_var(struct play *p, const char *name, const char *text, bool is_string)
{
	if (p->n_vars == MAX_VARS)
		give_up(p, "too many variables", name);
	p->vars[p->n_vars++] = (struct var){ .name = arena_strdup(p->a, name),
					     .text = arena_strdup(p->a, text),
					     .is_string = is_string };
}

static size_t name_len(const char *s)
{
	return strspn(s,
		      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

/* text with $names replaced; unknown names stay. */
static char *replace(struct play *p, const char *text)
{
	struct buf b;
	char *out;

	buf_init(&b, 64u * 1024 * 1024);
	while (*text) {
		const struct var *v =
			*text == '$' ? find_var(p, text + 1, name_len(text + 1)) : NULL;

		if (v) {
			buf_adds(&b, v->text);
			text += 1 + name_len(text + 1);
		} else {
			buf_addc(&b, *text++);
		}
	}
	out = arena_strdup(p->a, buf_text(&b));
	buf_release(&b);
	return out;
}

static bool glob(const char *pattern, const char *s)
{
	const char *star = NULL, *from = NULL;

	while (*s) {
		if (*pattern == '*') {
			star = pattern++;
			from = s;
		} else if (*pattern == *s) {
			pattern++;
			s++;
		} else if (star) {
			pattern = star + 1;
			s = ++from;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool differ(struct play *p, const char *path, const char *want, const char *got)
{
	buf_reset(&p->why);
	buf_addf(&p->why, "%s: want %s, got %s", *path ? path : "the line", want, got);
	return false;
}

static bool fits(struct play *p, const char *path, const struct node *want,
		 const struct node *got);

static bool fits_object(struct play *p, const char *path, const struct node *want,
			const struct node *got)
{
	bool more = node_get(want, "*") != NULL;

	for (const struct node *w = want->first; w; w = w->next) {
		const struct node *g = node_get(got, w->key);
		char *sub = arena_printf(p->a, "%s%s%s", path, *path ? "." : "", w->key);

		if (str_eq(w->key, "*"))
			continue;
		if (!g)
			return differ(p, sub, node_raw(p->a, w), "nothing");
		if (!fits(p, sub, w, g))
			return false;
	}
	for (const struct node *g = got->first; g && !more; g = g->next)
		if (!node_get(want, g->key))
			return differ(p,
				      arena_printf(p->a, "%s%s%s", path, *path ? "." : "",
						   g->key),
				      "nothing", node_raw(p->a, g));
	return true;
}

static bool fits_array(struct play *p, const char *path, const struct node *want,
		       const struct node *got)
{
	const struct node *g = got->first;
	size_t i = 0;

	if (want->n != got->n)
		return differ(p, path, node_raw(p->a, want), node_raw(p->a, got));
	for (const struct node *w = want->first; w; w = w->next, g = g->next)
		if (!fits(p, arena_printf(p->a, "%s[%zu]", path, i++), w, g))
			return false;
	return true;
}

static bool fits_var(struct play *p, const char *path, const char *name,
		     const struct node *got)
{
	const struct var *v = find_var(p, name, strlen(name));
	char *raw = node_raw(p->a, got);
	bool is_string = got->kind == NODE_STRING;

	if (is_string) {
		raw[strlen(raw) - 1] = '\0';
		raw++;
	}
	if (!v) {
		set_var(p, name, raw, is_string);
		return true;
	}
	return (v->is_string == is_string && str_eq(v->text, raw)) ||
	       differ(p, path, v->text, raw);
}

static bool fits(struct play *p, const char *path, const struct node *want,
		 const struct node *got)
{
	const char *s = node_str(want);

	if (str_eq(s, "*"))
		return true;
	if (s && s[0] == '$' && s[1] && s[1 + name_len(s + 1)] == '\0')
		return fits_var(p, path, s + 1, got);
	if (want->kind != got->kind)
		return differ(p, path, node_raw(p->a, want), node_raw(p->a, got));
	if (want->kind == NODE_OBJECT)
		return fits_object(p, path, want, got);
	if (want->kind == NODE_ARRAY)
		return fits_array(p, path, want, got);
	if (want->kind == NODE_STRING && glob(s, got->text))
		return true;
	if (want->kind != NODE_STRING &&
	    str_eq(node_raw(p->a, want), node_raw(p->a, got)))
		return true;
	return differ(p, path, node_raw(p->a, want), node_raw(p->a, got));
}

static void start(struct play *p)
{
	const char *const *env;

	if (p->running)
		return;
	env = peer_env(p->a, p->home, p->env, p->n_env);
	peer_start(&p->peer, p->argv, env, p->home);
	p->running = true;
}

/* The next line into the inbox; false at the deadline. */
static bool receive(struct play *p, int64_t deadline)
{
	char *line = peer_line(&p->peer, p->a, deadline);

	if (!line)
		return false;
	if (p->n_inbox == MAX_INBOX)
		give_up(p, "too many lines from the server", "");
	p->inbox[p->n_inbox++] = line;
	return true;
}

static const struct node *parse(struct play *p, const char *text, const char *what)
{
	struct err e = { 0 };
	const struct node *n = jsonr_parse(p->a, text, strlen(text), 0, NULL, &e);

	if (!n)
		give_up(p, what, e.msg);
	return n;
}

static bool try_line(struct play *p, const struct node *want, size_t i)
{
	size_t vars = p->n_vars;

	if (fits(p, "", want, parse(p, p->inbox[i], "the server's line is not JSON"))) {
		memmove(p->inbox + i, p->inbox + i + 1,
			(p->n_inbox - i - 1) * sizeof(p->inbox[0]));
		p->n_inbox--;
		return true;
	}
	p->n_vars = vars;
	return false;
}

static bool same_id(struct play *p, const char *line, const struct node *want)
{
	const struct node *id = node_get(want, "id");
	const struct node *got =
		node_get(parse(p, line, "the server's line is not JSON"), "id");

	return id && got && str_eq(node_raw(p->a, id), node_raw(p->a, got));
}

static void expect(struct play *p, const char *text)
{
	const struct node *want = parse(p, text, "the expected line is not JSON");
	int64_t deadline = clock_mono() + WAIT_MS;
	size_t i = 0;

	for (;;) {
		for (; i < p->n_inbox; i++) {
			if (try_line(p, want, i))
				return;
			if (same_id(p, p->inbox[i], want)) {
				printf("# want: %s\n# got:  %s\n", text, p->inbox[i]);
				give_up(p, "another answer came", buf_text(&p->why));
			}
		}
		if (!receive(p, deadline)) {
			for (i = 0; i < p->n_inbox; i++)
				printf("# came: %s\n", p->inbox[i]);
			give_up(p, "no such line came", text);
		}
	}
}

static void send_line(struct play *p, const char *text)
{
	char *line = arena_printf(p->a, "%s\n", replace(p, text));

	start(p);
	if (!peer_send(&p->peer, line, strlen(line)))
		give_up(p, "the server does not read", text);
}

/* What comes until the answer to this line, as expected lines. */
static void record(struct play *p, const char *sent)
{
	struct err e = { 0 };
	char *text = replace(p, sent);
	const struct node *root = jsonr_parse(p->a, text, strlen(text), 0, NULL, &e);
	bool request = !root || root->kind == NODE_ARRAY ||
		       (node_get(root, "id") && node_get(root, "method"));
	int64_t deadline = clock_mono() + (request ? 5000 : 100);

	while (receive(p, deadline)) {
		const struct node *got =
			parse(p, p->inbox[0], "the server's line is not JSON");

		printf("< %s\n", p->inbox[0]);
		p->n_inbox = 0;
		if (request && (got->kind == NODE_ARRAY || !node_get(got, "method")))
			return;
	}
}

static void finish(struct play *p)
{
	int status;

	if (!p->running)
		start(p);
	child_close_in(&p->peer.c);
	status = peer_wait(&p->peer, WAIT_MS);
	if (status != 0)
		give_up(p, "exit status", arena_printf(p->a, "%d", status));
	while (receive(p, clock_mono()))
		;
	if (p->record)
		for (size_t i = 0; i < p->n_inbox; i++)
			printf("< %s\n", p->inbox[i]);
}

static void leftovers(struct play *p)
{
	if (p->n_inbox > 0 && !p->record)
		give_up(p, "a line came that is not expected", p->inbox[0]);
}

static void close_peer(struct play *p)
{
	leftovers(p);
	peer_release(&p->peer);
	p->running = false;
	p->n_inbox = 0;
}

static void check_stderr(struct play *p, const char *text)
{
	int64_t deadline = clock_mono() + 5000;

	if (!str_starts(text, "stderr has "))
		give_up(p, "unknown check", text);
	text += strlen("stderr has ");
	while (!strstr(buf_text(&p->peer.err), text)) {
		if (clock_left(deadline) == 0)
			give_up(p, "stderr does not have", text);
		if (p->peer.c.err < 0)
			give_up(p, "stderr ended without", text);
		peer_pump(&p->peer, 100, false);
	}
}

static void pass_time(struct play *p, const char *ms, bool quiet)
{
	int64_t n = 0;

	if (!str_to_i64(ms, &n))
		give_up(p, "not a number", ms);
	while (receive(p, clock_mono() + n) && !quiet)
		;
	if (quiet)
		leftovers(p);
}

static void add_words(struct play *p, const char *text)
{
	char *words = replace(p, text), *save = NULL;

	for (char *w = strtok_r(words, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		p->argv[p->argc++] = w;
		p->argv[p->argc] = NULL;
	}
}

static void directive(struct play *p, const char *text)
{
	if (str_starts(text, "env ")) {
		if (p->n_env == PEER_MAX_ENV)
			give_up(p, "too many variables", text);
		p->env[p->n_env++] = replace(p, text + 4);
	} else if (str_starts(text, "args ")) {
		add_words(p, text + 5);
	} else if (str_starts(text, "wait ")) {
		pass_time(p, text + 5, false);
	} else if (str_starts(text, "quiet ")) {
		pass_time(p, text + 6, true);
	} else if (str_eq(text, "eof")) {
		finish(p);
	} else if (str_eq(text, "restart")) {
		finish(p);
		close_peer(p);
		start(p);
	} else {
		give_up(p, "unknown directive", text);
	}
}

static void step(struct play *p, const char *line)
{
	if (p->record && line[0] != '<')
		printf("%s\n", line);
	if (line[0] == '\0' || line[0] == '#')
		return;
	if (str_starts(line, "> ")) {
		send_line(p, line + 2);
		if (p->record)
			record(p, line + 2);
	} else if (str_starts(line, "< ")) {
		if (!p->record)
			expect(p, line + 2);
	} else if (str_starts(line, "! cancel ")) {
		send_line(p,
			  arena_printf(p->a,
				       "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/"
				       "cancelled\",\"params\":{\"requestId\":%s}}",
				       line + 9));
	} else if (str_starts(line, "= ")) {
		check_stderr(p, line + 2);
	} else if (line[0] == '@') {
		directive(p, line + 1);
	} else {
		give_up(p, "a line must begin with # > < ! = or @", line);
	}
}

static void prepare(struct play *p, int argc, char **argv)
{
	char *real = realpath(p->file, NULL), *slash = real ? strrchr(real, '/') : NULL;
	char *program = strchr(argv[0], '/') ? realpath(argv[0], NULL) : strdup(argv[0]);

	if (!slash || !program)
		give_up(p, "not found", slash ? argv[0] : p->file);
	*slash = '\0';
	p->argv = arena_array(p->a, (size_t)argc + 100, sizeof(*p->argv));
	for (int i = 0; i < argc; i++)
		p->argv[p->argc++] = argv[i];
	p->argv[0] = arena_strdup(p->a, program);
	snprintf(p->home, sizeof(p->home), "/tmp/play.XXXXXX");
	if (!mkdtemp(p->home))
		give_up(p, "no temporary folder", strerror(errno));
	set_var(p, "HOME", p->home, true);
	set_var(p, "SRC", real, true);
	p->env[p->n_env++] = "KILOCODE_TEST_CLOCK=2026-01-02T03:04:05Z";
	p->env[p->n_env++] = "KILOCODE_TEST_SEED=1";
	free(real);
	free(program);
}

int main(int argc, char **argv)
{
	struct play *p = mem_alloc(sizeof(*p));
	struct buf text;
	struct err e = { 0 };
	char *line, *next;
	int at = 1;

	if (argc > 1 && str_eq(argv[1], "--record")) {
		p->record = true;
		at++;
	}
	if (argc < at + 2) {
		fprintf(stderr, "usage: play [--record] FILE COMMAND [ARG...]\n");
		return 64;
	}
	fd_sanitize();
	p->a = arena_new();
	p->file = argv[at];
	buf_init(&p->why, 1024 * 1024);
	buf_init(&text, 64u * 1024 * 1024);
	prepare(p, argc - at - 1, argv + at + 1);
	if (!fd_read_file(p->file, &text, &e))
		give_up(p, "cannot be read", e.msg);
	for (line = text.data; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		p->line++;
		step(p, line);
	}
	if (!p->peer.c.reaped)
		finish(p);
	close_peer(p);
	buf_release(&text);
	buf_release(&p->why);
	peer_remove(p->home);
	arena_free(p->a);
	mem_free(p);
	return 0;
}
