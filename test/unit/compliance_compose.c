/* SPDX-License-Identifier: Apache-2.0 */
/* The compose file of the specification gives exactly the findings of the design; the
 * small languages inside such files; hostile ones. */
#define _GNU_SOURCE /* nftw */
#include <stdio.h>
#include <time.h>

#include "compliance-server/compose_facts.h"
#include "test/rule_bench.h"

static const char *const expected[] = {
	"info 1:1 DC-014 version",
	"low 3:1 DC-015 services",
	"low 4:3 DC-009 services/postgres",
	"low 4:3 DC-010 services/postgres",
	"high 9:26 DC-007 services/postgres/environment/POSTGRES_PASSWORD",
	"high 12:9 DC-016 services/postgres/volumes",
	"high 14:9 DC-005 services/postgres/ports",
	"low 18:3 DC-009 services/redis",
	"low 18:3 DC-010 services/redis",
	"high 20:41 DC-007 services/redis/command",
	"medium 20:41 SEC-003 services/redis/command",
	"high 24:9 DC-005 services/redis/ports",
	"low 28:3 DC-009 services/compliance-server",
	"low 28:3 DC-010 services/compliance-server",
	"high 29:12 DC-016 services/compliance-server/build",
	"medium 36:21 SEC-008 services/compliance-server/environment/DATABASE_URL",
	"medium 37:18 SEC-008 services/compliance-server/environment/REDIS_URL",
	"high 38:19 ENV-001 services/compliance-server/environment/JWT_SECRET",
	"high 41:9 NET-002 services/compliance-server/ports",
	"medium 45:5 DC-008 services/compliance-server/depends_on",
	"low 51:3 DC-009 services/memory-service",
	"low 51:3 DC-010 services/memory-service",
	"high 52:12 DC-016 services/memory-service/build",
	"medium 59:21 SEC-008 services/memory-service/environment/DATABASE_URL",
	"medium 60:18 SEC-008 services/memory-service/environment/REDIS_URL",
	"high 65:9 NET-002 services/memory-service/ports",
	"medium 69:5 DC-008 services/memory-service/depends_on",
	"low 75:3 DC-009 services/nginx",
	"low 75:3 DC-010 services/nginx",
	"low 75:3 DC-011 services/nginx",
	"medium 76:12 DC-001 services/nginx/image",
	"high 81:9 DC-016 services/nginx/volumes",
	"high 82:9 DC-016 services/nginx/volumes",
};

static int by_place(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;

	return x->line != y->line ? x->line - y->line
	       : x->col != y->col ? x->col - y->col
				  : strcmp(x->rule->id, y->rule->id);
}

static const struct finding **sorted(struct arena *a, const struct check_report *r)
{
	size_t n = r->rules->findings.n;
	const struct finding **v = arena_array(a, n + 1, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i] = &r->rules->findings.v[i];
	qsort(v, n, sizeof(*v), by_place);
	return v;
}

static struct check_report *check(struct arena *a, const char *path)
{
	struct check_options opt = { .read = { .home = "/nonexistent",
					       .path_env = "/usr/bin:/bin" } };
	struct check_report *r = NULL;
	struct err e = { .code = ERR_NONE };

	OK(check_files(a, &path, 1, &opt, &r, &e), "%s is checked", path);
	return r;
}

static const struct check_issue *issue(const struct check_report *r, const char *id)
{
	for (size_t i = 0; i < r->targets[0].n_issues; i++)
		if (str_eq(r->targets[0].issues[i].rule->id, id))
			return &r->targets[0].issues[i];
	return NULL;
}

static void sample(struct arena *a, const char *folder)
{
	char *path = arena_printf(a, "%s/docker-compose.yml", folder);
	struct buf text CLEANUP(buf_release) = { .max = 0 };
	const struct finding **before, **after;
	struct check_report *r;
	size_t n;

	bench_read("test/data/spec/docker-compose.yml", &text);
	bench_write(a, path, buf_text(&text), text.len, 0600);
	r = check(a, path);
	before = sorted(a, r);
	n = r->rules->findings.n;
	OK(n == ARRAY_LEN(expected), "%zu findings", n);
	for (size_t i = 0; i < MIN(n, ARRAY_LEN(expected)); i++)
		IS_STR(arena_printf(a, "%s %d:%d %s %s",
				    severity_text(before[i]->severity), before[i]->line,
				    before[i]->col, before[i]->rule->id,
				    before[i]->pointer),
		       expected[i], "as the design says");
	OK(issue(r, "DC-016")->affected_components.n == 5, "five places of DC-016");
	IS_STR(issue(r, "DC-009")->affected_components.v[0], "service:compliance-server",
	       "what a service lacks is reported of the service");
	OK(r->complete, "nothing is unknown");

	text.data[text.len] = '\0';
	bench_write(a, path, arena_printf(a, "# moved\n\n%s", text.data), text.len + 9,
		    0600);
	after = sorted(a, check(a, path));
	for (size_t i = 0; i < n; i++)
		if (!str_eq(before[i]->fingerprint, after[i]->fingerprint) ||
		    after[i]->line != before[i]->line + 2)
			OK(false, "%s moves without another fingerprint", expected[i]);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (str_eq(before[i]->fingerprint, before[k]->fingerprint))
				OK(false, "%s has a fingerprint of its own", expected[i]);

	bench_write(a, arena_printf(a, "%s/init.sql", folder), "", 0, 0600);
	bench_write(a, arena_printf(a, "%s/nginx.conf", folder), "", 0, 0600);
	bench_write(a, arena_printf(a, "%s/ssl/x", folder), "", 0, 0600);
	bench_write(a, arena_printf(a, "%s/mcp_servers/mcp-compliance-server/x", folder),
		    "", 0, 0600);
	bench_write(a, arena_printf(a, "%s/mcp_servers/mcp-memory-service/x", folder), "",
		    0, 0600);
	r = check(a, path);
	OK(!issue(r, "DC-016") && r->rules->findings.n == n - 5,
	   "what exists is not reported");
}

/* Every form of every member, and nothing wrong. */
static void honest(struct arena *a, const char *folder)
{
	char *path = arena_printf(a, "%s/honest/compose.yaml", folder);
	struct buf text CLEANUP(buf_release) = { .max = 0 };
	struct check_report *r;

	OK(bench_read("test/data/compose/honest.yaml", &text), "read");
	bench_write(a, path, buf_text(&text), text.len, 0600);
	r = check(a, path);
	for (size_t i = 0; i < r->rules->findings.n; i++)
		OK(false, "honest.yaml:%d: %s %s", r->rules->findings.v[i].line,
		   r->rules->findings.v[i].rule->id, r->rules->findings.v[i].message);
	OK(r->complete && r->targets[0].overall == 10000, "nothing is wrong with it");
}

static void long_command(struct arena *a, const char *folder)
{
	char *path = arena_printf(a, "%s/long/compose.yaml", folder);
	struct buf text CLEANUP(buf_release) = { .max = 0 };
	struct check_report *r;

	buf_init(&text, 1024 * 1024);
	buf_adds(&text, "services:\n  a:\n    image: a:1\n    command: \"");
	for (int i = 0; i < 70000; i++)
		buf_adds(&text, "x ");
	buf_adds(&text, "\"\n");
	bench_write(a, path, buf_text(&text), text.len, 0600);
	r = check(a, path);
	OK(!r->complete, "a command that is not read to its end has not passed");
}

static void interpolation(struct arena *a)
{
	static const struct {
		const char *text, *value;
		bool defaulted;
	} rows[] = {
		{ "plain", "plain", false },
		{ "a$$b", "a$b", false },
		{ "$$$$", "$$", false },
		{ "${X}", "\x01", false },
		{ "$X-$Y", "\x01-\x01", false },
		{ "${X:-d}", "d", true },
		{ "${X-d}e", "de", true },
		{ "${X:-${Y:-in}ner}", "inner", true },
		{ "${X:?message}", "\x01", false },
		{ "${X:+other}", "\x01", false },
		{ "${HOME}/x", "~/x", false },
		{ "$HOME/x", "~/x", false },
		{ "${X", "${X", false },
		{ "$1 $ $", "$1 $ $", false },
		{ "${X:-", "${X:-", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		bool defaulted;

		IS_STR(compose_interpolate(a, rows[i].text, &defaulted), rows[i].value,
		       rows[i].text);
		OK(defaulted == rows[i].defaulted, "%s: default or not", rows[i].text);
	}
}

static void ports(struct arena *a)
{
	static const struct {
		const char *text, *host;
		long first, last;
		bool known, tcp, unknown;
	} rows[] = {
		{ "80", NULL, 80, 80, true, true, false },
		{ "8080:80/udp", NULL, 80, 80, true, false, false },
		{ "127.0.0.1:8080:80", "127.0.0.1", 80, 80, true, true, false },
		{ "127.0.0.1::80", "127.0.0.1", 80, 80, true, true, false },
		{ "[::1]:5432:5432", "::1", 5432, 5432, true, true, false },
		{ "9000-9010:9000-9010", NULL, 9000, 9010, true, true, false },
		{ "${PORT}:80", NULL, 80, 80, true, true, false },
		{ "${PORT:-90}:80", NULL, 80, 80, true, true, false },
		{ "${BIND}:80", NULL, 80, 80, true, true, true },
		{ "${BIND}:90:80", "\x01", 80, 80, true, true, true },
		{ "${ALL}", NULL, 0, 0, false, true, false },
		{ "x:y", NULL, 0, 0, true, true, false },
		{ "1:99999999999999999999", NULL, 0, 0, true, true, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct compose_port_text p;
		bool known = compose_port_split(
			a, compose_interpolate(a, rows[i].text, NULL), rows[i].text, &p);

		OK(known == rows[i].known && p.first == rows[i].first &&
			   p.last == rows[i].last && str_eq(p.host, rows[i].host) &&
			   p.tcp == rows[i].tcp && p.host_unknown == rows[i].unknown,
		   "port %s", rows[i].text);
	}
}

static void mounts(struct arena *a)
{
	static const struct {
		const char *text, *source;
		bool bind, read_only;
	} rows[] = {
		{ "/data", NULL, false, false },
		{ "data:/data", "data", false, false },
		{ "./x:/y:ro,z", "./x", true, true },
		{ "C:\\x:/y", "C:\\x", true, false },
		{ "~/x:/y", "~/x", true, false },
		{ "vol:/y:rox", "vol", false, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct compose_mount_text m;

		compose_mount_split(a, rows[i].text, &m);
		OK(str_eq(m.source, rows[i].source) && m.bind == rows[i].bind &&
			   m.read_only == rows[i].read_only,
		   "mount %s", rows[i].text);
	}
}

static void words(struct arena *a)
{
	struct compose_words w =
		compose_split(a, " a 'b c'  d\"e\"f ${X:-g h} i\\ j ", 9);
	static const char *const want[] = { "a", "b c", "def", "${X:-g h}", "i j" };

	OK(w.n == ARRAY_LEN(want) && !w.cut, "%zu words", w.n);
	for (size_t i = 0; i < MIN(w.n, ARRAY_LEN(want)); i++)
		IS_STR(w.v[i].text, want[i], "word");
	w = compose_split(a, "a b c", 2);
	OK(w.n == 2 && w.cut, "more words than are asked for");
}

/* CPU seconds of a check; the machine may be busy with other things. */
static double seconds(const char *folder, const char *name, const struct buf *text)
{
	struct arena *a = arena_new();
	char *path = arena_printf(a, "%s/%s/compose.yaml", folder, name);
	clock_t start = clock();

	OK(!text->overflow, "%s fits", name);
	bench_write(a, path, buf_text(text), text->len, 0600);
	check(a, path);
	arena_free(a);
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* Twice the input may take little more than twice the time. */
static void hostile(const char *folder, const char *name, size_t n,
		    void (*build)(struct buf *b, size_t n))
{
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	double one, four;

	buf_init(&b, 8 * 1024 * 1024);
	build(&b, n);
	one = seconds(folder, name, &b);
	buf_reset(&b);
	build(&b, 4 * n);
	four = seconds(folder, name, &b);
	OK(four < 10 * one + 0.2, "%s: %.3f s, four times that %.3f s", name, one, four);
}

static void many_services(struct buf *b, size_t n)
{
	buf_adds(b, "services:\n");
	for (size_t i = 0; i < n; i++)
		buf_addf(b,
			 "  s%zu:\n    image: postgres\n    extends: s%zu\n"
			 "    depends_on: [s%zu, none%zu]\n    ports: [\"5432:5432\"]\n"
			 "    volumes: [\"./x%zu:/y\", \"v%zu:/z\"]\n",
			 i, (i + 1) % n, n - 1 - i, i, i, i);
}

static void many_values(struct buf *b, size_t n)
{
	buf_adds(b, "services:\n  one:\n    image: redis\n    ports:\n");
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "    - \"6379:6379\"\n");
	buf_adds(b, "    environment:\n");
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "    - A%zu_PASSWORD=password\n", i);
	buf_adds(b, "    volumes:\n");
	for (size_t i = 0; i < n; i++)
		buf_addf(b, "    - ./missing%zu:/x\n", i);
}

static void long_texts(struct buf *b, size_t n)
{
	buf_adds(b, "services:\n  one:\n    image: redis\n    command: \"");
	for (size_t i = 0; i < n; i++)
		buf_adds(b, "${ --token x ");
	buf_adds(b, "\"\n    environment:\n      A_TOKEN: \"");
	for (size_t i = 0; i < n; i++)
		buf_adds(b, "${A:-");
	buf_adds(b, "\"\n    ports:\n    - \"");
	for (size_t i = 0; i < n; i++)
		buf_adds(b, "[:1");
	buf_adds(b, "\"\n");
}

static void odd_shapes(struct arena *a, const char *folder)
{
	static const char *const texts[] = {
		"services: []\n",
		"services: {a: [], b: null, c: 1}\n",
		"services:\n  a: {image: [], build: 3, ports: x, volumes: {a: b}}\n",
		"services:\n  a: {environment: 3, env_file: {path: []}, depends_on: x}\n",
		"services:\n  a: {image: a, extends: a, depends_on: [a]}\n",
		"services:\n  a: {ports: [[], {}, {target: []}, null, 1.5, -1]}\n",
		"services:\n  a: {volumes: [[], {}, null, \":\", \"::\", \"\"]}\n",
		"services:\n  a: {command: [[], null, true], healthcheck: x, build: {}}\n",
		"services:\n  a: {build: {context: [], dockerfile: {}}, secrets: [{}]}\n",
		"services:\n  ? \"a\\e[31m\\nb/~\"\n  : {image: \"x\\e[31m\", privileged: yes}\n",
		"volumes: 1\nnetworks: []\nsecrets: {a: {file: []}, b: x}\nservices: {}\n",
		"- services\n",
		"version: {}\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		char *path = arena_printf(a, "%s/odd/compose.yaml", folder);
		struct check_report *r;

		bench_write(a, path, texts[i], strlen(texts[i]), 0600);
		r = check(a, path);
		for (size_t k = 0; r && k < r->rules->findings.n; k++)
			if (strpbrk(r->rules->findings.v[k].pointer, "\n\x1b") ||
			    strpbrk(r->rules->findings.v[k].component, "\n\x1b"))
				OK(false, "%s: printable places", texts[i]);
	}
}

int main(void)
{
	struct arena *a = arena_new();
	char *folder = bench_folder(a);

	umask(077);
	if (OK(folder, "a folder")) {
		sample(a, folder);
		honest(a, folder);
		long_command(a, folder);
		interpolation(a);
		ports(a);
		mounts(a);
		words(a);
		odd_shapes(a, folder);
		hostile(folder, "services", 900, many_services);
		hostile(folder, "values", 2500, many_values);
		hostile(folder, "texts", 20000, long_texts);
		bench_clean(folder);
	}
	arena_free(a);
	return tap_done();
}
