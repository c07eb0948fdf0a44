/* SPDX-License-Identifier: Apache-2.0 */
/* Consent: what it is bound to, and what asks again. */
#define _GNU_SOURCE /* nftw */
#include "compliance-server/trust.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/fd.h"
#include "test/tap.h"

static struct arena *a;
static char folder[] = "/tmp/suite-trust-XXXXXX";
static const char *state_dir;
static char *environment[3];
static const struct principal who = { .name = "tester" };

static const char *path_of(const char *name)
{
	return arena_printf(a, "%s/%s", folder, name);
}

static void put(const char *name, const char *text, mode_t mode)
{
	struct err e = { 0 };

	if (!fd_replace_file(path_of(name), text, strlen(text), mode, &e) ||
	    chmod(path_of(name), mode) != 0)
		printf("# %s: %s\n", name, e.msg);
}

static const struct entry *entry_of(const char *json)
{
	const struct facts_options o = { .host = "generic", .home = folder };
	const char *text = arena_printf(a, "{\"mcpServers\":{\"s\":%s}}", json);
	struct err e = { 0 };
	struct facts *f;

	if (!facts_read(a, NULL, 0, &o, &f, &e) ||
	    !facts_add_text(f, path_of("mcp.json"), text, strlen(text), &o, &e) ||
	    f->n_entries != 1)
		return NULL;
	return f->entries[0];
}

static struct program look(const struct entry *e)
{
	struct program_cache cache = { NULL };
	struct program p;

	program_look(a, e, environment, &cache, &p);
	return p;
}

static bool consented(const char *json)
{
	const struct entry *e = entry_of(json);
	struct program p = look(e);

	return trust_has(a, state_dir, e, &p, NULL);
}

static const char *what_changed(const char *json)
{
	const struct entry *e = entry_of(json);
	struct program p = look(e);
	const char *changed;

	return trust_has(a, state_dir, e, &p, &changed) ? "nothing" : changed;
}

static bool give(const char *json)
{
	const struct entry *e = entry_of(json);
	struct ctx c = { .arena = a, .who = &who };
	struct program p = look(e);
	struct err why = { 0 };

	return trust_give(&c, state_dir, e, &p, &why);
}

#define ENTRY(command, args, more) \
	"{\"command\":\"" command "\",\"args\":[" args "]" more "}"
#define BASE ENTRY("runner", "\"run\",\"./server.py\"", ",\"env\":{\"MODE\":\"a\"}")

static void check_definition(void)
{
	OK(!consented(BASE), "no consent yet");
	OK(give(BASE), "given");
	OK(consented(BASE), "and there");
	OK(!consented(ENTRY("runner2", "\"run\",\"./server.py\"",
			    ",\"env\":{\"MODE\":\"a\"}")),
	   "another command asks again");
	OK(!consented(ENTRY("runner", "\"run\",\"./server.py\",\"x\"",
			    ",\"env\":{\"MODE\":\"a\"}")),
	   "so does another argument");
	OK(!consented(ENTRY("runner", "\"run\",\"./server.py\"",
			    ",\"env\":{\"MODE\":\"a\"},\"cwd\":\"/tmp\"")),
	   "another folder");
	OK(!consented(ENTRY("runner", "\"run\",\"./server.py\"",
			    ",\"env\":{\"MODE\":\"a\",\"MORE\":\"\"}")),
	   "another variable");
	OK(!consented(ENTRY("runner", "\"run\",\"./server.py\"",
			    ",\"env\":{\"MODE\":\"b\"}")),
	   "and another value");
}

static void check_secret(void)
{
	OK(give(ENTRY("runner", "", ",\"env\":{\"API_TOKEN\":\"one\"}")) &&
		   consented(ENTRY("runner", "", ",\"env\":{\"API_TOKEN\":\"two\"}")),
	   "a rotated secret does not");
}

static void check_files(void)
{
	give(BASE);
	put("server.py", "print('other')\n", 0600);
	OK(!consented(BASE), "a changed script asks again");
	IS_STR(what_changed(BASE), path_of("./server.py"), "and is named");
	put("server.py", "print('x')\n", 0600);
	OK(consented(BASE), "the old one is the one that was allowed");
	put("bin/runner", "#!/bin/sh\necho evil\n", 0700);
	IS_STR(what_changed(BASE), path_of("bin/runner"), "a changed program");
	put("bin/runner", "#!/bin/sh\n", 0700);
	put("first/runner", "#!/bin/sh\n# the same name\n", 0700);
	IS_STR(what_changed(BASE), path_of("first/runner"),
	       "one that comes before it in PATH");
	unlink(path_of("first/runner"));
	unlink(path_of("server.py"));
	IS_STR(what_changed(BASE), path_of("./server.py"), "a script that is gone");
	put("server.py", "print('x')\n", 0600);
	OK(consented(BASE), "all as it was: allowed");
}

static void check_later(void)
{
	OK(give(ENTRY("later", "", "")) && consented(ENTRY("later", "", "")),
	   "consent to a program that is not there yet");
	put("bin/later", "#!/bin/sh\n", 0700);
	OK(!consented(ENTRY("later", "", "")), "it does not cover the one that comes");
}

static void check_arguments(void)
{
	struct program p = look(entry_of(
		ENTRY("runner", "\"--directory\",\"sub\",\"run\",\"tool.ts\",\"data.db\"",
		      "")));

	IS_INT(p.n, 2, "the program and its script, no data");
	IS_STR(p.n == 2 ? p.files[1].path : NULL, path_of("sub/tool.ts"),
	       "a script in a folder that an argument names");
	p = look(entry_of(ENTRY("runner", "\"--require=./hook.js\",\"elf\",\"-\"", "")));
	IS_INT(p.n, 3, "code behind an option, and by its first bytes");
	p = look(entry_of(ENTRY("runner", "\"fifo.py\",\"/dev/zero\",\"\",\"sub\"", "")));
	IS_INT(p.n, 1, "nothing that is no file is opened");
	p = look(entry_of("{\"command\":\"${env:TOOL}\"}"));
	OK(p.n == 0 && p.error, "no program: a reason");
	p = look(entry_of(ENTRY("./bin/runner", "", "")));
	IS_INT(p.n, 1, "a relative command counts from the folder");
}

static void check_record(void)
{
	const struct entry *e = entry_of(BASE);
	struct program p = look(e);
	struct err why = { 0 };
	bool was = false;

	give(BASE);
	put("server.py", "print('moved on')\n", 0600);
	OK(trust_take(a, state_dir, e, &was, &why) && was,
	   "consent is taken back whatever the files are now");
	put("server.py", "print('x')\n", 0600);
	OK(!consented(BASE), "and stays so");
	give(BASE);
	OK(consented(BASE), "given anew");
	if (chmod(path_of("state/trust"), 0777) == 0)
		OK(!trust_has(a, state_dir, e, &p, NULL),
		   "a folder that others may write gives none");
	chmod(path_of("state/trust"), 0700);
}

static int drop(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

int main(void)
{
	struct err e = { 0 };

	a = arena_new();
	umask(077);
	if (!mkdtemp(folder) || !fd_make_dirs(path_of("state"), 0700, &e) ||
	    !fd_make_dirs(path_of("bin"), 0700, &e) ||
	    !fd_make_dirs(path_of("first"), 0700, &e) ||
	    !fd_make_dirs(path_of("sub"), 0700, &e) ||
	    mkfifo(path_of("fifo.py"), 0600) != 0) {
		printf("Bail out! %s\n", e.msg);
		return 1;
	}
	state_dir = path_of("state");
	environment[0] =
		arena_printf(a, "PATH=%s/first:%s/bin:/usr/bin:/bin", folder, folder);
	put("bin/runner", "#!/bin/sh\n", 0700);
	put("bin/runner2", "#!/bin/sh\n", 0700);
	put("server.py", "print('x')\n", 0600);
	put("sub/tool.ts", "//\n", 0600);
	put("hook.js", "//\n", 0600);
	put("elf", "\177ELF....", 0600);
	put("data.db", "rows", 0777);
	check_definition();
	check_secret();
	check_files();
	check_later();
	check_arguments();
	check_record();
	nftw(folder, drop, 8, FTW_DEPTH | FTW_PHYS);
	arena_free(a);
	return tap_done();
}
