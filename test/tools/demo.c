/* SPDX-License-Identifier: Apache-2.0 */
/* The suite's main job as a host sees it: reads an mcp.json, starts the three servers,
 * checks a configuration, remembers, and lets one server call another with a person's
 * approval. usage: demo BUILD-DIR   DATABASE_URL in the environment: that database
 * instead of SQLite. Ends with 0 only when every step did what it says. */
#define _GNU_SOURCE /* realpath, nftw, mkdtemp */
#include <ftw.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/fd.h"
#include "common/base/id.h"
#include "common/base/mem.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/client.h"
#include "test/tools/terminal.h"

#define STEP_MS 30000

struct demo {
	struct arena *a;
	char build[4096], dir[64];
	const char *config;
	const char *env[8];
	struct client_hub *hub;
	struct client *compliance, *memory, *coordinator;
	bool color;
};

static void remove_dir(struct demo *d);

static void NORETURN PRINTF_LIKE(2, 3) give_up(struct demo *d, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("\nthe demo stopped: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	client_hub_free(d->hub, true);
	remove_dir(d);
	exit(1);
}

static void PRINTF_LIKE(2, 3) heading(const struct demo *d, const char *fmt, ...)
{
	va_list ap;

	fputs(d->color ? "\n\033[1m" : "\n", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	fputs(d->color ? "\033[0m\n" : "\n", stdout);
	fflush(stdout);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void remove_dir(struct demo *d)
{
	if (d->dir[0])
		nftw(d->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_entry(struct demo *d, struct jsonw *w, const char *name)
{
	jsonw_obj(w, name);
	jsonw_str(w, "command", arena_printf(d->a, "%s/%s-server", d->build, name));
	jsonw_arr(w, "args");
	jsonw_end(w);
	jsonw_obj(w, "env");
	jsonw_str(w, "MCP_CONFIG", d->config);
	if (getenv("DATABASE_URL"))
		jsonw_str(w, "DATABASE_URL", "${DATABASE_URL}");
	jsonw_end(w);
	jsonw_end(w);
}

/* The mcp.json of the demo: the three servers, as a host's file names them. */
static void write_config(struct demo *d)
{
	struct err e = { 0 };
	struct jsonw w;
	struct buf b;

	buf_init(&b, 65536);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_obj(&w, "mcpServers");
	write_entry(d, &w, "compliance");
	write_entry(d, &w, "memory");
	write_entry(d, &w, "coordinator");
	jsonw_end(&w);
	jsonw_end(&w);
	if (!fd_replace_file(d->config, b.data, b.len, 0600, &e))
		give_up(d, "%s", e.msg);
	buf_release(&b);
}

static void prepare(struct demo *d, const char *build)
{
	const char *url = getenv("DATABASE_URL");
	int n = 0;

	if (!realpath(build, d->build))
		give_up(d, "no such directory: %s", build);
	memcpy(d->dir, "/tmp/kilocode-demo-XXXXXX", 26);
	if (!mkdtemp(d->dir))
		give_up(d, "cannot make a temporary directory");
	d->config = arena_printf(d->a, "%s/.mcp.json", d->dir);
	d->env[n++] = arena_printf(d->a, "HOME=%s", d->dir);
	d->env[n++] = "PATH=/usr/local/bin:/usr/bin:/bin";
	d->env[n++] = arena_printf(d->a, "MCP_CONFIG=%s", d->config);
	if (url)
		d->env[n++] = arena_printf(d->a, "DATABASE_URL=%s", url);
	write_config(d);
}

static struct ctx new_ctx(struct demo *d)
{
	return (struct ctx){ .arena = d->a, .deadline = clock_mono() + STEP_MS };
}

/* Reads the entry from the file, as a host does, and starts what it names. */
static struct client *start(struct demo *d, const struct node *servers, const char *name)
{
	const char *argv[2] = { node_str(node_path(servers, name, "command", NULL)),
				NULL };
	const struct client_options o = {
		.name = name,
		.spec = { .argv = argv, .envp = d->env, .cwd = d->dir },
		.era = CLIENT_AUTO,
		.start_ms = STEP_MS,
		.max_line = LIMIT_LINE_OUT
	};
	struct ctx c = new_ctx(d);
	struct client_reply r;
	const struct client_info *info;
	struct client *cl;
	struct err e = { 0 };

	cl = client_open(d->hub, &c, &o, &e);
	if (!cl || !client_call(cl, &c, "tools/list", NULL, STEP_MS, &r, &e))
		give_up(d, "%s: %s", name, e.msg);
	info = client_info(cl);
	printf("  %-20s protocol %s, %2zu tools, ready in %3d ms, %.1f MiB\n",
	       info->server_name, info->version, node_get(r.result, "tools")->n,
	       (int)info->start_ms, (double)client_rss_kib(cl) / 1024);
	return cl;
}

/* Calls a tool; the structured result, or the end of the demo. */
static const struct node *call(struct demo *d, struct client *cl, const char *tool,
			       const char *arguments)
{
	struct ctx c = new_ctx(d);
	struct client_reply r;
	struct err e = { 0 };
	const struct node *failed;

	if (!client_call(cl, &c, "tools/call",
			 arena_printf(d->a, "{\"name\":\"%s\",\"arguments\":%s}", tool,
				      arguments),
			 STEP_MS, &r, &e))
		give_up(d, "%s: %s", tool, e.msg);
	if (r.error_message)
		give_up(d, "%s: %s", tool, r.error_message);
	failed = node_get(r.result, "isError");
	if (failed && failed->truth)
		give_up(d, "%s: %s", tool,
			node_str(node_get(node_get(r.result, "content")->first, "text")));
	return node_get(r.result, "structuredContent");
}

static const char *text(const struct node *n, const char *key)
{
	const struct node *m = node_get(n, key);

	return m && m->text ? m->text : "";
}

static void print_lines(const char *line)
{
	while (*line) {
		size_t n = strcspn(line, "\n");

		printf("  %.*s\n", (int)n, line);
		line += n + (line[n] == '\n');
	}
}

/* Runs a command of ours as a person would; prints what it says, indented. */
static int command(struct demo *d, const char *const *argv)
{
	const struct child_spec spec = { .argv = argv, .envp = d->env, .cwd = d->dir };
	struct child child;
	struct err e = { 0 };
	struct buf out;
	char bytes[4096];

	if (!child_start(&spec, &child, &e))
		give_up(d, "%s: %s", argv[0], e.msg);
	buf_init(&out, 1024 * 1024);
	child_close_in(&child);
	for (int64_t end = clock_mono() + STEP_MS; clock_mono() < end;) {
		ssize_t n = read(child.out, bytes, sizeof(bytes));

		if (n > 0)
			buf_add(&out, bytes, (size_t)n);
		else if (n == 0)
			break;
		else
			usleep(2000);
	}
	while (!child_reap(&child))
		usleep(2000);
	child_stop(&child, 1000);
	print_lines(buf_text(&out));
	buf_release(&out);
	return WIFEXITED(child.status) ? WEXITSTATUS(child.status) : -1;
}

static void step_check(struct demo *d)
{
	char file[4096];
	const char *check[] = { arena_printf(d->a, "%s/compliance-server", d->build),
				"check", d->config, "--live", NULL };
	const struct node *r;
	size_t shown = 0;

	heading(d,
		"2  compliance-server checks the mcp.json of the specification, stores its issues");
	if (!realpath("test/data/spec/mcp.json", file))
		give_up(d, "start the demo in the folder of the sources");
	call(d, d->compliance, "register_servers",
	     arena_printf(d->a, "{\"path\":\"%s\"}", file));
	r = call(d, d->compliance, "run_compliance_check",
		 arena_printf(d->a, "{\"path\":\"%s\"}", file));
	for (const struct node *k = node_get(r, "checks")->first; k; k = k->next) {
		printf("  %-12s %s  %s\n", text(k, "serverName"), text(k, "grade"),
		       text(k, "overallScore"));
		for (const struct node *i = node_get(k, "topIssues")->first; i;
		     i = i->next)
			printf("    %-8s  %-14s  %s\n", text(i, "severity"),
			       text(i, "place"), text(i, "title"));
	}
	r = call(d, d->compliance, "list_compliance_issues", "{\"limit\":100}");
	shown = node_get(r, "issues")->n;
	if (!shown)
		give_up(d, "the sample has issues, but none were stored");
	printf("  %zu issues are stored and listed\n", shown);
	heading(d, "3  and the servers of this demo, static and live");
	if (command(d, check) == 3)
		give_up(d, "the live check was not complete");
}

static void step_memory(struct demo *d)
{
	const struct node *found;

	heading(d, "4  memory-server stores, and finds again");
	call(d, d->memory, "store_memory",
	     "{\"content\":\"The billing database moved to PostgreSQL 15 because of logical "
	     "replication.\",\"tags\":\"billing, decision\",\"author\":\"Ann\"}");
	call(d, d->memory, "store_memory",
	     "{\"content\":\"Deploys happen on Tuesdays, never on Fridays.\",\"tags\":\"deploy\"}");
	found = call(d, d->memory, "search_memories",
		     "{\"query\":\"why did we move the billing database?\"}");
	found = node_get(found, "results")->first;
	if (!found)
		give_up(d, "what was stored was not found");
	printf("  asked  why did we move the billing database?\n  found  %s\n",
	       text(found, "snippet"));
}

static const char *approve(struct demo *d, const struct node *session)
{
	const char *approval = text(session, "approvalId");
	const char *argv[] = { arena_printf(d->a, "%s/coordinator-server", d->build),
			       "approve", approval, NULL };
	struct terminal t = { .argv = argv, .envp = d->env, .ms = STEP_MS };
	int status = -1;

	printf("  %s waits; a person approves at a terminal:\n",
	       text(session, "sessionId"));
	buf_init(&t.shown, 1024 * 1024);
	if (*approval)
		status = terminal_approve(&t);
	print_lines(buf_text(&t.shown));
	buf_release(&t.shown);
	if (status != 0)
		give_up(d, "the approval was not given");
	return text(session, "sessionId");
}

static void step_coordinator(struct demo *d)
{
	const char *id, *status = "";
	const struct node *s, *events;

	heading(d,
		"5  coordinator-server calls memory-server for the agent, after a person agreed");
	s = call(d, d->coordinator, "open_session",
		 "{\"target\":\"memory\",\"tool\":\"search_memories\","
		 "\"arguments\":{\"query\":\"when do we deploy?\"}}");
	id = approve(d, s);
	for (int64_t end = clock_mono() + STEP_MS; clock_mono() < end; usleep(50000)) {
		s = call(d, d->coordinator, "get_session",
			 arena_printf(d->a, "{\"sessionId\":\"%s\"}", id));
		status = text(s, "status");
		if (str_eq(status, "completed") || str_eq(status, "failed"))
			break;
	}
	if (!str_eq(status, "completed"))
		give_up(d, "the session ended as \"%s\"", status);
	events = call(d, d->coordinator, "get_audit_trail",
		      arena_printf(d->a, "{\"sessionId\":\"%s\"}", id));
	for (const struct node *v = node_get(events, "events")->first; v; v = v->next)
		printf("  %s  %-22s by %s\n", text(v, "timestamp"), text(v, "action"),
		       text(v, "actor"));
}

int main(int argc, char **argv)
{
	struct demo d = { .color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") };
	const struct node *servers;
	int64_t began;
	struct err e = { 0 };
	struct buf b;

	clock_init();
	id_init();
	began = clock_mono();
	d.a = arena_new();
	prepare(&d, argc > 1 ? argv[1] : "build");
	d.hub = client_hub_new(&e);
	buf_init(&b, 65536);
	if (!d.hub || !fd_read_file(d.config, &b, &e))
		give_up(&d, "%s", e.msg);
	servers = node_get(jsonr_parse(d.a, buf_text(&b), b.len, 0, NULL, &e),
			   "mcpServers");
	heading(&d, "1  a host reads %s and starts its servers", d.config);
	d.compliance = start(&d, servers, "compliance");
	d.memory = start(&d, servers, "memory");
	d.coordinator = start(&d, servers, "coordinator");
	step_check(&d);
	step_memory(&d);
	step_coordinator(&d);
	client_close(d.coordinator, 1000);
	client_close(d.memory, 1000);
	client_close(d.compliance, 1000);
	client_hub_free(d.hub, false);
	remove_dir(&d);
	heading(&d, "done in %.1f s; no process and no file is left behind",
		(double)(clock_mono() - began) / 1000);
	buf_release(&b);
	arena_free(d.a);
	return 0;
}
