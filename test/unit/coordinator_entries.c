/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the hosts' files: every form, the variables, what cannot be called and why.
 */
#define _GNU_SOURCE /* realpath */
#include "coordinator-server/entries.h"

#include "common/base/fd.h"
#include "common/base/str.h"
#include "test/scratch.h"
#include "test/tap.h"

static struct arena *a;
static char *self;
static char path_env[] = "PATH=/usr/bin:/bin", home_env[] = "HOME=/nowhere",
	    secret_env[] = "JWT_SECRET=hush-hush-hush", token_env[] = "TOKEN=abc",
	    lc_env[] = "LC_ALL=C", extra_env[] = "EXTRA=1";
static char *const env[] = { path_env, home_env,  secret_env, token_env,
			     lc_env,   extra_env, NULL };

static bool read_text(const char *name, const char *text, struct entries *es,
		      struct err *e)
{
	const char *path = scratch_path(name);
	struct entries_options o = { .file = path, .environ_ = env };

	if (!fd_replace_file(path, text, strlen(text), 0600, e))
		return false;
	o.self = self;
	return entries_read(a, &o, es, e);
}

static const struct entry *named(const struct entries *es, const char *name)
{
	for (size_t i = 0; i < es->n; i++)
		if (str_eq(es->v[i].name, name))
			return &es->v[i];
	return NULL;
}

static const char *reason(const struct entries *es, const char *name)
{
	const struct entry *en = named(es, name);

	return en && en->reason ? en->reason : "";
}

static const char *var(const struct entry *en, const char *name)
{
	size_t n = strlen(name);

	for (const char *const *v = en ? en->envp : NULL; v && *v; v++)
		if (!strncmp(*v, name, n) && (*v)[n] == '=')
			return *v + n + 1;
	return NULL;
}

static void test_forms(void)
{
	struct err e = { 0 };
	struct entries es;
	const struct entry *en;

	OK(read_text(
		   "mcp.json",
		   "\xef\xbb\xbf{ // comment\n\"mcpServers\":{\"c\":{\"command\":\"cat\","
		   "\"args\":[\"${workspaceFolder}\",\"${TOKEN}\",\"${NO:-d}\",\"$TOKEN\"],"
		   "\"env\":{\"A\":\"${env:TOKEN}\",\"HOME\":\"/own\"},},}}",
		   &es, &e),
	   "mcpServers with comments: %s", e.msg);
	en = named(&es, "c");
	OK(en && !en->reason, "can be called: %s", reason(&es, "c"));
	IS_STR(en->argv[2], "abc", "${NAME}");
	IS_STR(en->argv[3], "d", "${NAME:-default}");
	IS_STR(en->argv[4], "$TOKEN", "a bare dollar sign stays");
	IS_STR(en->argv[1], scratch_dir, "${workspaceFolder}");
	IS_STR(var(en, "A"), "abc", "${env:NAME} in env");
	IS_STR(var(en, "HOME"), "/own", "its own variables win");
	IS_STR(var(en, "LC_ALL"), "C", "harmless variables are passed on");
	OK(!var(en, "JWT_SECRET") && !var(en, "TOKEN") && !var(en, "EXTRA"),
	   "the others are not");
	OK(read_text(
		   "kilo.json",
		   "{\"mcp\":{\"k\":{\"type\":\"local\",\"command\":[\"cat\",\"-\"],"
		   "\"environment\":{\"A\":\"{env:TOKEN}\"}},\"off\":{\"type\":\"local\","
		   "\"command\":[\"cat\"],\"enabled\":false}}}",
		   &es, &e),
	   "mcp with command arrays");
	en = named(&es, "k");
	OK(en && !en->reason && str_eq(en->argv[1], "-") && str_eq(var(en, "A"), "abc"),
	   "command, arguments and environment");
	OK(strstr(reason(&es, "off"), "disabled") != NULL, "enabled: false");
	OK(read_text("vs.json", "{\"servers\":{\"v\":{\"command\":\"cat\"}}}", &es, &e) &&
		   named(&es, "v") && !named(&es, "v")->reason,
	   "servers");
	OK(!read_text("none.json", "{\"a\":1}", &es, &e) && e.code == ERR_CONFIG,
	   "no servers: %s", e.msg);
	OK(!read_text("bad.json", "{\"a\":", &es, &e) && e.code == ERR_CONFIG &&
		   strstr(e.msg, "bad.json"),
	   "no JSON: %s", e.msg);
}

static void test_reasons(void)
{
	const char *text = arena_printf(
		a,
		"{\"mcpServers\":{\"url\":{\"url\":\"https://x\"},"
		"\"sse\":{\"type\":\"sse\",\"command\":\"cat\"},"
		"\"self\":{\"command\":\"%s\"},\"off\":{\"command\":\"cat\",\"disabled\":true},"
		"\"gone\":{\"command\":\"no-such-program\"},"
		"\"list\":{\"command\":\"cat\",\"env\":{\"P\":[\"/data\"]}},"
		"\"unset\":{\"command\":\"cat\",\"env\":{\"P\":\"${env:UNSET_HERE}\"}},"
		"\"input\":{\"command\":\"cat\",\"args\":[\"${input:key}\"]},"
		"\"cwd\":{\"command\":\"cat\",\"cwd\":\"/no/such/folder\"},"
		"\"a b\":{\"command\":\"cat\"},\"num\":7,\"empty\":{},"
		"\"twice\":{\"command\":\"no-such-program\"},\"twice\":{\"command\":\"cat\"}},"
		"\"coordinator\":{\"targets\":{\"twice\":{\"tools\":{\"x\":\"maybe\"}}}}}",
		self);
	static const char *const want[][2] = {
		{ "url", "remote" },	    { "sse", "remote" },
		{ "self", "itself" },	    { "off", "disabled" },
		{ "gone", "not there" },    { "list", "an array" },
		{ "unset", "UNSET_HERE" },  { "input", "input" },
		{ "cwd", "not a folder" },  { "a b", "name" },
		{ "num", "not an object" }, { "empty", "no command" },
	};
	struct err e = { 0 };
	struct entries es;

	OK(read_text("mcp.json", text, &es, &e), "odd entries do not spoil the file");
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		OK(strstr(reason(&es, want[i][0]), want[i][1]) != NULL, "%s: %s",
		   want[i][0], reason(&es, want[i][0]));
	OK(named(&es, "twice") && !named(&es, "twice")->reason, "the last one counts");
	OK(es.policy_error && strstr(es.policy_error, "unknown mode"),
	   "a bad policy is kept as a reason: %s", es.policy_error);
	OK(!entries_find(a, &es, "twise", &e) && e.code == ERR_NOT_FOUND &&
		   strstr(e.msg, "did you mean \"twice\""),
	   "nearest name: %s", e.msg);
	OK(!entries_find(a, &es, "off", &e) && strstr(e.msg, "disabled"),
	   "the reason: %s", e.msg);
}

static void test_places(void)
{
	const char *dir = scratch_path("project/.kilocode");
	const char *plain = scratch_path("project/mcp.json");
	struct entries_options o = { .project = scratch_path("project"),
				     .environ_ = env };
	const char *text = "{\"mcpServers\":{\"x\":{\"command\":\"cat\"}}}";
	struct err e = { 0 };
	struct entries es;

	OK(fd_make_dirs(dir, 0700, &e), "a project");
	OK(entries_read(a, &o, &es, &e) && !es.file && !es.n,
	   "without a file no targets");
	OK(!entries_find(a, &es, "x", &e) && strstr(e.msg, "MCP_CONFIG"),
	   "and a hint: %s", e.msg);
	OK(fd_replace_file(plain, text, strlen(text), 0600, &e) &&
		   entries_read(a, &o, &es, &e) && es.n == 1,
	   "mcp.json in the project");
	OK(fd_replace_file(scratch_path("project/.kilocode/mcp.json"), text, strlen(text),
			   0600, &e) &&
		   entries_read(a, &o, &es, &e) && strstr(es.file, ".kilocode"),
	   "the host's own file first");
	IS_STR(es.v[0].cwd, scratch_path("project"), "its folder is the project");
}

static void test_launch(void)
{
	struct err e = { 0 };
	struct entries one, two;

	read_text("mcp.json",
		  "{\"mcpServers\":{\"x\":{\"command\":\"cat\",\"args\":[\"a\"]}}}", &one,
		  &e);
	read_text("mcp.json",
		  "{\"mcpServers\":{\"x\":{\"command\":\"cat\",\"args\":[\"b\"]}}}", &two,
		  &e);
	OK(strlen(one.v[0].launch) == 64 && !str_eq(one.v[0].launch, two.v[0].launch),
	   "another command line is another launch");
}

/* Starting a target passes over empty and relative entries of PATH. */
static void test_path(void)
{
	static const char program[] = "#!/bin/sh\n";
	char *before = getcwd(NULL, 0);
	struct err e = { 0 };
	struct entries es;

	OK(before &&
		   fd_replace_file(scratch_path("tool"), program, strlen(program), 0700,
				   &e) &&
		   chdir(scratch_dir) == 0,
	   "a program in the working directory: %s", e.msg);
	OK(read_text("mcp.json",
		     arena_printf(
			     a,
			     "{\"mcpServers\":{"
			     "\"near\":{\"command\":\"tool\",\"env\":{\"PATH\":\":.\"}},"
			     "\"far\":{\"command\":\"tool\",\"env\":{\"PATH\":\"%s\"}}}}",
			     scratch_dir),
		     &es, &e),
	   "is looked for: %s", e.msg);
	OK(strstr(reason(&es, "near"), "not there") != NULL,
	   "not found by a relative PATH: %s", reason(&es, "near"));
	IS_STR(reason(&es, "far"), "", "found by an absolute one");
	OK(before && chdir(before) == 0, "back again");
	free(before);
}

int main(void)
{
	scratch_make();
	a = arena_new();
	self = realpath("/proc/self/exe", NULL);
	test_forms();
	test_reasons();
	test_path();
	test_places();
	test_launch();
	arena_free(a);
	scratch_clean();
	free(self);
	return tap_done();
}
