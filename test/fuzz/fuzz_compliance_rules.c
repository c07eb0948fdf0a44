/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any bytes as files of every form and host, through facts, all static
 * rules, scores and a report. The first byte of a file says which one it is; 0xff
 * begins the next. */
#include "common/base/defs.h"
#include "common/base/str.h"
#include "compliance-server/check.h"
#include "compliance-server/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const names[] = {
	"/nonexistent/p/mcp.json",	     "/nonexistent/p/.mcp.json",
	"/nonexistent/p/.kilocode/mcp.json", "/nonexistent/p/kilo.jsonc",
	"/nonexistent/p/.vscode/mcp.json",   "/nonexistent/p/.gemini/settings.json",
	"/nonexistent/p/.zed/settings.json", "/nonexistent/p/.codex/config.toml",
	"/nonexistent/home/.claude.json",    "/nonexistent/p/.env",
	"/nonexistent/p/.env.example",	     "/nonexistent/p/.env.production",
	"/nonexistent/p/docker-compose.yml", "/nonexistent/p/docker-compose.override.yml",
	"/nonexistent/p/k8s.yaml",	     "/nonexistent/p/other.yaml",
};

static void fail(const char *what, const char *text)
{
	fprintf(stderr, "%s: %s\n", what, text);
	abort();
}

static void add_files(struct facts *f, const char *p, size_t n,
		      const struct facts_options *opt)
{
	struct err e = { 0 };

	for (int i = 0; i < 8 && n > 0; i++) {
		const char *end = memchr(p + 1, 0xff, n - 1);
		size_t len = end ? (size_t)(end - p) - 1 : n - 1;

		if (!facts_add_text(f, names[(unsigned char)*p % ARRAY_LEN(names)], p + 1,
				    len, opt, &e))
			fail("not read", e.msg);
		if (!end)
			return;
		n -= (size_t)(end + 1 - p);
		p = end + 1;
	}
}

static void check_findings(const struct rules_result *r)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		if (!f->message || !f->fix || !f->pointer || !f->component ||
		    strlen(f->fingerprint) != 16 || f->line < 0 || f->col < 0)
			fail("finding of", f->rule->id);
		if (utf8_valid_prefix(f->message, strlen(f->message)) !=
		    strlen(f->message))
			fail("message of", f->rule->id);
	}
}

/* One format for some of the inputs, told by their length: most of a report is the same
 * each time. */
static void check_report(struct arena *a, const struct check_report *r, size_t n)
{
	const struct report_options opt = { .all = true };
	const struct report_format *f;
	size_t formats = 0;
	struct err e = { 0 };
	struct buf b;

	while (report_formats[formats].name)
		formats++;
	if (n / 4 % 4 > 0)
		return;
	f = &report_formats[n % formats];
	buf_init(&b, 256u << 20);
	f->write(r, &opt, &b);
	if (b.overflow)
		fail("overflow", f->name);
	if (str_ends(f->media_type, "json") &&
	    !jsonr_parse(a, buf_text(&b), b.len, 0, NULL, &e))
		fail(f->name, e.msg);
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct facts_options read = { .home = "/nonexistent/home",
					    .path_env = "/nonexistent" };
	const struct check_options opt = { .read = read };
	struct arena *a = arena_new();
	struct check_report *r;
	struct facts *f;
	struct err e = { 0 };

	if (!facts_read(a, NULL, 0, &read, &f, &e))
		fail("no facts", e.msg);
	add_files(f, (const char *)data, n, &read);
	if (!check_facts(f, &opt, &r, &e))
		fail("not checked", e.msg);
	check_findings(r->rules);
	check_report(a, r, n);
	arena_free(a);
	return 0;
}
