/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule has folders of files that it must report (fail…) and must let pass (pass…).
 *
 * test/rules/<ID>/<fail|pass>…/ is copied to a folder of its own. In the copy, @a36@
 * becomes 36 random letters and digits (h: hexadecimal, d: digits, l: letters, A: A-Z
 * 2-7), @dir@ the folder, @tomorrow@ a date and @-@ nothing, so that no file of the
 * repository looks like a secret. `setup` holds what a file cannot say: chmod, touch,
 * write, home, resolve-env, git, registry. `expect` lists what is to be found: severity,
 * file:line:column and pointer. NAME.tools is what the server NAME lists: with one, the
 * check is a live one. */
#define _GNU_SOURCE /* nftw, memmem */
#include <ctype.h>
#include <stdio.h>

#include "common/base/digest.h"
#include "common/base/names.h"
#include "compliance-server/configuration.h"
#include "compliance-server/facts_tools.h"
#include "test/rule_bench.h"

struct bench {
	struct arena *a;
	const char *from, *to;
	const char *paths[16];
	size_t n_paths;
	struct check_options opt;
	const char *registered[8][2]; /* NAME, "same,owner,purpose,contact" */
	size_t n_registered;
	struct record *record;
	bool registry;
};

/* The same text every time, without a stop word or a run in it. */
static void put_random(struct buf *b, char set, size_t n, unsigned *seed)
{
	static const char alnum[] = "aB3dE5fGh7JkLm9NpQrS2tUvW4xYz6AbC8De";
	static const char hex[] = "0a1b2c3d4e5f6789";
	static const char digits[] = "5830271946";
	static const char letters[] = "aQwErTyUiOpZsDfGhJkLxCvBnM";
	static const char base32[] = "QWERTYUIOPASDFGHJKLZXCVBNM234567";
	const char *from = set == 'h'	? hex
			   : set == 'd' ? digits
			   : set == 'l' ? letters
			   : set == 'A' ? base32
					: alnum;

	for (size_t i = 0; i < n; i++) {
		*seed = *seed * 1103515245u + 12345u;
		buf_addc(b, from[(*seed >> 16) % strlen(from)]);
	}
}

static void expand(struct bench *x, const char *p, size_t n, struct buf *out)
{
	unsigned seed = 7;
	const char *end = p + n;

	while (p < end) {
		const char *close =
			*p == '@' ? memchr(p + 1, '@', (size_t)(end - p) - 1) : NULL;
		size_t len = close ? (size_t)(close - p) - 1 : 0;

		if (len == 1 && p[1] == '-') {
			p = close + 1;
		} else if (len == 8 && memcmp(p + 1, "tomorrow", 8) == 0) {
			char at[STAMP_LEN];

			stamp_iso((struct stamp){ clock_now().ms + 86400000 }, at);
			buf_add(out, at, 10);
			p = close + 1;
		} else if (len == 3 && memcmp(p + 1, "dir", 3) == 0) {
			buf_adds(out, x->to);
			p = close + 1;
		} else if (len >= 2 && len <= 3 && strchr("ahdlA", p[1]) &&
			   strspn(p + 2, "0123456789") == len - 1) {
			put_random(out, p[1], (size_t)strtoul(p + 2, NULL, 10), &seed);
			p = close + 1;
		} else {
			buf_addc(out, *p++);
		}
	}
}

static bool copy_file(struct bench *x, const char *name)
{
	struct buf in CLEANUP(buf_release) = { .max = 0 };
	struct buf out CLEANUP(buf_release) = { .max = 0 };

	buf_init(&out, 16 * 1024 * 1024);
	if (!bench_read(arena_printf(x->a, "%s/%s", x->from, name), &in))
		return false;
	expand(x, in.data, in.len, &out);
	return bench_write(x->a, arena_printf(x->a, "%s/%s", x->to, name), buf_text(&out),
			   out.len, 0600);
}

/* For check_options.live: nothing is run. */
static const struct live *list_of_file(void *arg, struct arena *a, const struct entry *e,
				       const char **why)
{
	const struct bench *x = arg;
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	const struct node *top = NULL;

	if (bench_read(arena_printf(a, "%s/%s.tools", x->to, e->name), &b))
		top = jsonr_parse(a, arena_strdup(a, buf_text(&b)), b.len, 0, NULL, NULL);
	*why = top ? NULL : "it lists nothing";
	return top ? live_of_list(a, top) : NULL;
}

static bool copy_folder(struct bench *x, const char *below)
{
	DIR *d = opendir(arena_printf(x->a, "%s/%s", x->from, below));
	struct dirent *e;
	bool ok = d != NULL;

	while (ok && (e = readdir(d))) {
		const char *name = below[0]
					   ? arena_printf(x->a, "%s/%s", below, e->d_name)
					   : e->d_name;
		struct stat st;

		if (str_eq(e->d_name, ".") || str_eq(e->d_name, "..") ||
		    str_eq(name, "setup") || str_eq(name, "expect"))
			continue;
		if (stat(arena_printf(x->a, "%s/%s", x->from, name), &st) != 0)
			ok = false;
		else if (S_ISDIR(st.st_mode))
			ok = copy_folder(x, arena_strdup(x->a, name));
		else {
			ok = copy_file(x, name) && x->n_paths < ARRAY_LEN(x->paths);
			if (str_ends(name, ".tools"))
				x->opt.live = list_of_file;
			else if (ok)
				x->paths[x->n_paths++] =
					arena_printf(x->a, "%s/%s", x->to, name);
		}
	}
	if (d)
		closedir(d);
	return ok;
}

/* An index of version 2 with one entry; only its name counts. */
static bool put_index(struct bench *x, const char *name)
{
	char entry[256] = "DIRC\0\0\0\2\0\0\0\1";
	size_t n = strlen(name), len = (62 + n + 8) & ~(size_t)7;

	memcpy(entry, "DIRC\0\0\0\2\0\0\0\1", 12);
	memcpy(entry + 12 + 62, name, n);
	return bench_write(x->a, arena_printf(x->a, "%s/.git/index", x->to), entry,
			   12 + len, 0600);
}

static bool set_up(struct bench *x, char *line)
{
	char *word = strtok_r(line, " ", &line);
	char *one = word ? strtok_r(NULL, " ", &line) : NULL;
	char *two = one ? strtok_r(NULL, " ", &line) : NULL;

	if (str_eq(word, "registry")) {
		x->registry = true;
		x->registered[x->n_registered][0] = one;
		x->registered[x->n_registered][1] = two;
		return !one || (two && ++x->n_registered < ARRAY_LEN(x->registered));
	}
	if (str_eq(word, "resolve-env"))
		return x->opt.read.resolve_env = true;
	if (str_eq(word, "home") && one) {
		x->opt.read.home = arena_printf(x->a, "%s/%s", x->to, one);
		return true;
	}
	if (str_eq(word, "git") && one)
		return put_index(x, one);
	if (!two)
		return false;
	if (str_eq(word, "known") && x->record) {
		x->record->known.ms =
			x->record->now.ms - strtoll(one, NULL, 10) * 24 * 3600 * 1000;
		return str_eq(two, "days");
	}
	if (str_eq(word, "record")) {
		x->record = arena_alloc(x->a, sizeof(*x->record));
		*x->record = (struct record){
			.now = clock_now(),
			.broken = str_eq(one, "broken") ? "entry 7 was edited" : NULL,
			.stalest.ms = clock_now().ms -
				      strtoll(two, NULL, 10) * 24 * 3600 * 1000,
			.stalest_name = "one",
		};
		return true;
	}
	if (str_eq(word, "chmod"))
		return chmod(arena_printf(x->a, "%s/%s", x->to, two),
			     (mode_t)strtoul(one, NULL, 8)) == 0;
	if (str_eq(word, "touch"))
		return bench_write(x->a, arena_printf(x->a, "%s/%s", x->to, one), "", 0,
				   (mode_t)strtoul(two, NULL, 8));
	if (str_eq(word, "write"))
		return bench_write(x->a, arena_printf(x->a, "%s/%s", x->to, one), two,
				   strlen(two), 0600);
	return false;
}

static bool prepare(struct bench *x)
{
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	char *line, *next;

	if (!copy_folder(x, ""))
		return false;
	if (!bench_read(arena_printf(x->a, "%s/setup", x->from), &b))
		return true;
	for (line = arena_strdup(x->a, buf_text(&b)); line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (!set_up(x, line))
			return false;
	}
	return true;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "registry" alone: one without these servers; "registry NAME same,owner,purpose" has one
 * of them, "other" under another definition. */
static bool fill_registry(struct bench *x, struct facts *f)
{
	f->registry = true;
	for (size_t i = 0; i < f->n_entries; i++) {
		struct registered *r = arena_alloc(x->a, sizeof(*r));

		f->entries[i]->registered = r;
		for (size_t k = 0; k < x->n_registered; k++) {
			const char *what = x->registered[k][1];

			if (!str_eq(x->registered[k][0], f->entries[i]->name))
				continue;
			r->definition_sha256 = str_starts(what, "same")
						       ? f->entries[i]->definition_sha256
						       : "other";
			r->owner = strstr(what, "owner");
			r->purpose = strstr(what, "purpose");
			r->contact = strstr(what, "contact");
		}
	}
	return true;
}

/* "high .mcp.json:3:5 /mcpServers/x" for each finding of the rule, in order. */
static const char *found(struct bench *x, const struct rule *rule)
{
	struct check_report *r;
	struct facts *facts;
	struct err e = { .code = ERR_NONE };
	struct buf b CLEANUP(buf_release);
	size_t skip = strlen(x->to) + 1;

	buf_init(&b, 1024 * 1024);
	qsort(x->paths, x->n_paths, sizeof(x->paths[0]), compare_paths);
	if (!facts_read(x->a, x->paths, x->n_paths, &x->opt.read, &facts, &e) ||
	    (x->registry && !fill_registry(x, facts)))
		return e.msg[0] ? arena_strdup(x->a, e.msg) : "?";
	facts->record = x->record;
	if (!check_facts(facts, &x->opt, &r, &e))
		return e.msg[0] ? arena_strdup(x->a, e.msg) : "?";
	for (size_t i = 0; i < r->rules->findings.n; i++) {
		const struct finding *f = &r->rules->findings.v[i];

		if (f->rule == rule &&
		    (f->severity != SEV_INFO || rule->severity == SEV_INFO))
			buf_addf(&b, "%s %s:%d:%d %s\n", severity_text(f->severity),
				 f->file->real + skip, f->line, f->col, f->pointer);
	}
	return arena_strdup(x->a, buf_text(&b));
}

static void run_case(const struct rule *rule, const char *kind)
{
	struct arena *a = arena_new();
	/* below a folder that others can enter: SEC-012 is about that */
	struct bench x = { .a = a,
			   .from = arena_printf(a, "test/rules/%s/%s", rule->id, kind),
			   .to = mkdtemp(arena_strdup(a, "/tmp/suite-rules-XXXXXX")),
			   .opt = { .read = { .home = "/nonexistent",
					      .path_env = "/usr/bin:/bin" } } };
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	const char *got;

	x.opt.live_arg = &x;
	if (!OK(x.to && prepare(&x), "%s %s is set up", rule->id, kind)) {
		arena_free(a);
		return;
	}
	got = found(&x, rule);
	if (kind[0] == 'p') {
		IS_STR(got, "", arena_printf(a, "%s lets %s pass", rule->id, kind));
	} else {
		OK(got[0] != '\0', "%s reports %s", rule->id, kind);
		if (getenv("RULES_WRITE_EXPECT"))
			OK(bench_write(a, arena_printf(a, "%s/expect", x.from), got,
				       strlen(got), 0644),
			   "written");
		bool there = bench_read(arena_printf(a, "%s/expect", x.from), &b);
		IS_STR(got, there ? buf_text(&b) : NULL,
		       arena_printf(a, "%s %s: severity and place", rule->id, kind));
	}
	bench_clean(x.to);
	arena_free(a);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void run_rule(const struct rule *rule, struct arena *a)
{
	DIR *d = opendir(arena_printf(a, "test/rules/%s", rule->id));
	size_t n = 0, fails = 0, passes = 0;
	struct dirent *e;
	char *names[64];

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' && n < ARRAY_LEN(names))
			names[n++] = arena_strdup(a, e->d_name);
	if (d)
		closedir(d);
	qsort(names, n, sizeof(names[0]), compare_names);
	for (size_t i = 0; i < n; i++) {
		fails += str_starts(names[i], "fail");
		passes += str_starts(names[i], "pass");
		run_case(rule, names[i]);
	}
	OK(fails > 0 && passes > 0, "%s has files to report and files to let pass",
	   rule->id);
}

static void check_row(const struct rule *rule, const struct rule *before)
{
	OK(!before || strcmp(before->id, rule->id) < 0, "%s stands in order", rule->id);
	OK(rule->title && rule->detect && rule->why && rule->fix && rule->ref &&
		   rule->check,
	   "%s is complete", rule->id);
	OK(rule->category && rule->confidence && rule->scope,
	   "%s has category, confidence and scope", rule->id);
	OK(rule_find(rule->id) == rule, "%s is found by its id", rule->id);
}

int main(void)
{
	struct arena *a = arena_new();
	const struct rule *rule, *before = NULL;

	umask(077);
	for (size_t i = 0; (rule = rule_at(i)); i++) {
		check_row(rule, before);
		/* other rules about a running server have tests of their own */
		if (rule->scope != RULE_LIVE || (rule->flags & RULE_FROM_LIST))
			run_rule(rule, a);
		before = rule;
	}
	arena_free(a);
	return tap_done();
}
