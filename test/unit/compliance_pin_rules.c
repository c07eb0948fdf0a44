/* SPDX-License-Identifier: Apache-2.0 */
/* PIN-001 to PIN-004: an approved set beside what a server shows now. */
#define _GNU_SOURCE /* mkstemps */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compliance-server/registry.h"
#include "compliance-server/rules.h"
#include "test/tap.h"

static struct arena *a;
static char env_path[] = "PATH=/usr/bin:/bin";
static char *const environment[] = { env_path, NULL };

#define TOOL(name, doc)                                                                 \
	"{\"name\":\"" name "\",\"description\":\"" doc "\",\"inputSchema\":{\"type\":" \
	"\"object\"}}"
#define ONE TOOL("one", "Reads a file.")
#define TWO TOOL("two", "Lists a folder.")

/* What a server is and says; NULL: as in `usual`. */
struct shape {
	const char *tools, *instructions, *name, *version, *entry, *file;
};

static const struct shape usual = {
	ONE "," TWO,
	"Use with care.",
	"s",
	"1.0.0",
	"{\"command\":\"npx\",\"args\":[\"-y\",\"some-pkg\"]%s}",
	""
};

struct world {
	struct facts *facts;
	struct entry *entry;
	struct pin approved;
	struct rules_result *result;
};

#define OR(x, member) ((x)->member ? (x)->member : usual.member)

static struct facts *facts_of(const struct shape *s, const char *more)
{
	const struct facts_options o = { .host = "kilo", .home = "/nonexistent" };
	const char *entry = OR(s, entry), *mark = strstr(entry, "%s");
	const char *text;
	struct facts *f;
	struct err e = { 0 };

	if (mark)
		entry = arena_printf(a, "%.*s%s%s", (int)(mark - entry), entry, more,
				     mark + 2);
	text = arena_printf(a, "{%s\"mcpServers\":{\"s\":%s}}", OR(s, file), entry);
	if (!facts_read(a, NULL, 0, &o, &f, &e) ||
	    !facts_add_text(f, "/nonexistent/mcp.json", text, strlen(text), &o, &e) ||
	    f->n_entries != 1) {
		printf("Bail out! %s\n", e.msg);
		exit(1);
	}
	return f;
}

static struct live *live_of(const struct shape *s)
{
	struct live *l = arena_alloc(a, sizeof(*l));
	const char *text = arena_printf(a, "[%s]", OR(s, tools));
	const struct node *n =
		jsonr_parse(a, text, strlen(text), JSONR_DUPLICATES, NULL, NULL);
	struct live_list *list = &l->lists[LIVE_TOOLS];

	l->state = LIVE_OK;
	l->version = "2025-11-25";
	l->words = "";
	l->instructions = OR(s, instructions);
	l->server_name = OR(s, name);
	l->server_version = OR(s, version);
	l->capabilities = jsonr_parse(a, "{\"tools\":{}}", 12, 0, NULL, NULL);
	l->texts = arena_alloc(a, sizeof(*l->texts));
	list->capability = "tools";
	list->declared = list->first.asked = true;
	list->first.result = n;
	list->end = PAGES_COMPLETE;
	list->items = arena_array(a, n->n + 1, sizeof(*list->items));
	for (const struct node *m = n->first; m; m = m->next)
		list->items[list->n++] = m;
	return l;
}

/* A person approved `was`, now the server is `now`; more goes into its entry. */
static struct world run(const struct shape *was, const struct shape *now,
			const char *more)
{
	const struct rules_plan plan = { .live = true };
	struct program_cache cache = { NULL };
	struct world w = { .facts = facts_of(was, "") };
	struct pinned *p = arena_alloc(a, sizeof(*p));
	struct err e = { 0 };

	if (!pin_of_live(a, w.facts->entries[0], live_of(was), environment, &w.approved,
			 &e))
		printf("# %s\n", e.msg);
	program_look(a, w.facts->entries[0], environment, &cache, &w.approved.program);
	w.approved.definition_sha256 = w.facts->entries[0]->definition_sha256;
	w.approved.approved_by = "somebody";
	w.approved.approved_at.ms = 1700000000000;
	w.facts = facts_of(now, more);
	w.entry = w.facts->entries[0];
	w.entry->live = live_of(now);
	p->approved = w.approved;
	w.entry->pinned = p;
	registry_compare(a, w.entry, environment, &cache);
	w.result = rules_run(w.facts, &plan);
	return w;
}

static const struct judgement *judged(const struct world *w, const char *rule)
{
	for (size_t i = 0; i < w->result->n_judgements; i++)
		if (str_eq(w->result->judgements[i].rule->id, rule))
			return &w->result->judgements[i];
	return NULL;
}

static const struct finding *found(const struct world *w, const char *rule)
{
	const struct judgement *j = judged(w, rule);

	return j && j->n ? &w->result->findings.v[j->first] : NULL;
}

static bool is(const struct world *w, const char *rule, enum severity s, size_t n,
	       const char *text)
{
	const struct judgement *j = judged(w, rule);
	const struct finding *f = found(w, rule);

	if (f)
		printf("# %s %s %s (%s)\n", rule, severity_text(f->severity), f->message,
		       f->evidence);
	return f && j->n == n && f->severity == s && strstr(f->message, text);
}

static bool passes(const struct world *w)
{
	static const char *const rules[] = { "PIN-001", "PIN-002", "PIN-003", "PIN-004" };

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (judged(w, rules[i])->outcome != OUTCOME_PASS)
			return false;
	return true;
}

static void check_changes(void)
{
	struct world w = run(&usual, &usual, "");
	struct world again;

	OK(passes(&w), "what was approved passes");
	w = run(&usual, &(struct shape){ .tools = TWO "," ONE }, "");
	OK(passes(&w), "in another order too");
	w = run(&usual,
		&(struct shape){ .tools = TOOL("one", "Reads any file.") "," TWO }, "");
	OK(is(&w, "PIN-001", SEV_HIGH, 1,
	      "\"one\" is not what somebody approved on 2023") &&
		   strstr(found(&w, "PIN-001")->message, "{+any+}"),
	   "a changed description is shown");
	IS_STR(found(&w, "PIN-001")->pointer, "tool:one", "at its tool");
	again = run(&usual, &(struct shape){ .tools = TOOL("one", "Reads x.") "," TWO },
		    "");
	OK(strcmp(found(&w, "PIN-001")->fingerprint,
		  found(&again, "PIN-001")->fingerprint) != 0,
	   "another change is another finding");
	w = run(&usual,
		&(struct shape){ .tools = TOOL("one", "Reads\\u200b a file.") "," TWO },
		"");
	OK(is(&w, "PIN-001", SEV_CRITICAL, 1, "<U+200B>"),
	   "one that hides something is critical");
	w = run(&usual, &(struct shape){ .instructions = "Use without care." }, "");
	OK(is(&w, "PIN-001", SEV_HIGH, 1, "instructions"), "instructions");
	w = run(&usual, &(struct shape){ .name = "other" }, "");
	OK(is(&w, "PIN-001", SEV_MEDIUM, 1, "name"), "another name is medium");
}

static void check_names(void)
{
	static const struct shape more = { .tools = ONE
					   "," TWO "," TOOL("delete_all", "Deletes.") };
	static const struct {
		const char *entry, *file;
		bool unasked;
	} rows[] = {
		{ "", "", false },
		{ ",\"alwaysAllow\":[\"one\"]", "", false },
		{ ",\"alwaysAllow\":[\"delete_all\"]", "", true },
		{ ",\"alwaysAllow\":[\"*\"]", "", true },
		{ ",\"autoApprove\":true", "", true },
		{ ",\"trust\":true", "", true },
		{ ",\"trust\":false", "", false },
		{ "", "\"permission\":\"allow\",", true },
		{ "", "\"permission\":{\"s_*\":\"allow\"},", true },
		{ "", "\"permission\":{\"s_*\":\"allow\",\"*_delete*\":\"ask\"},",
		  false },
		{ "", "\"permission\":{\"other_*\":\"allow\"},", false },
	};
	struct world w;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct shape now = more;

		now.file = rows[i].file;
		w = run(&usual, &now, rows[i].entry);
		OK(is(&w, "PIN-002", rows[i].unasked ? SEV_HIGH : SEV_MEDIUM, 1,
		      "\"delete_all\""),
		   "a new tool with %s%s", rows[i].entry, rows[i].file);
	}
	w = run(&usual, &(struct shape){ .tools = TWO }, "");
	OK(is(&w, "PIN-003", SEV_LOW, 1, "\"one\" that somebody approved"),
	   "one that is gone");
	OK(judged(&w, "PIN-001")->outcome == OUTCOME_PASS &&
		   judged(&w, "PIN-002")->outcome == OUTCOME_PASS,
	   "is neither changed nor new");
}

static void check_program(void)
{
	static const char exact[] =
		"{\"command\":\"npx\",\"args\":[\"-y\",\"some-pkg@1.0.0\"]%s}";
	struct shape pinned = usual, now = usual;
	struct world w;

	now.version = "2.0.0";
	w = run(&usual, &now, "");
	OK(is(&w, "PIN-004", SEV_MEDIUM, 1, "another version"), "another version");
	pinned.entry = now.entry = exact;
	w = run(&pinned, &now, "");
	OK(passes(&w), "which an exact package may tell as it likes");
	w = run(&usual, &usual, "");
	w.entry->pinned = NULL;
	w.result = rules_run(w.facts, &(struct rules_plan){ .live = true });
	OK(judged(&w, "PIN-004")->outcome == OUTCOME_NOT_APPLICABLE &&
		   judged(&w, "PIN-001")->outcome == OUTCOME_NOT_APPLICABLE,
	   "without an approved set the rules do not apply");
}

static void check_scripts(void)
{
	char path[] = "/tmp/suite-pin-XXXXXX.sh";
	int fd = mkstemps(path, 3);
	struct shape s = usual;
	struct world w;

	struct pinned *p = arena_alloc(a, sizeof(*p));

	s.entry = arena_printf(a, "{\"command\":\"/bin/sh\",\"args\":[\"%s\"]%%s}", path);
	w = run(&s, &s, "");
	OK(fd >= 0 && passes(&w), "the same script");
	*p = *w.entry->pinned;
	IS_INT(p->approved.program.n, 2, "shell and script are known");
	memset(p->approved.program.files[0].sha256, '0', 64);
	w.entry->pinned = p;
	w.result = rules_run(w.facts, &(struct rules_plan){ .live = true });
	OK(passes(&w), "another shell is no other server");
	memset(p->approved.program.files[1].sha256, '0', 64);
	w.result = rules_run(w.facts, &(struct rules_plan){ .live = true });
	OK(is(&w, "PIN-004", SEV_MEDIUM, 1, "is not the file that"), "another script is");
	s.entry = "{\"command\":\"/bin/true\"%s}";
	w = run(&s, &s, "");
	*p = *w.entry->pinned;
	memset(p->approved.program.files[0].sha256, '0', 64);
	w.entry->pinned = p;
	w.result = rules_run(w.facts, &(struct rules_plan){ .live = true });
	OK(is(&w, "PIN-004", SEV_MEDIUM, 1, "/bin/true"), "so is another program");

	p->shown = NULL;
	p->why = "its tool list is not complete";
	w.result = rules_run(w.facts, &(struct rules_plan){ .live = true });
	OK(judged(&w, "PIN-001")->outcome == OUTCOME_UNKNOWN &&
		   judged(&w, "PIN-003")->outcome == OUTCOME_UNKNOWN,
	   "what was not seen is unknown");
	p->approved.definition_sha256 = "other";
	w.result = rules_run(w.facts, &(struct rules_plan){ .live = true });
	OK(judged(&w, "PIN-001")->outcome == OUTCOME_NOT_APPLICABLE &&
		   strstr(judged(&w, "PIN-001")->reason, "another definition"),
	   "a set of another definition is none of this one");
	if (fd >= 0) {
		remove(path);
		fclose(fdopen(fd, "r"));
	}
}

/* The server cannot be started any more; its approved texts are judged instead. */
static void check_kept(void)
{
	const struct shape poisoned = { .tools = TOOL("one", "Reads\\u200b a file.") };
	struct program_cache cache = { NULL };
	struct world w = run(&poisoned, &poisoned, "");
	struct live *l = arena_alloc(a, sizeof(*l));

	l->state = LIVE_NEEDS_CREDENTIAL;
	l->words = l->phase = "";
	l->error = "API_KEY is required";
	l->texts = arena_alloc(a, sizeof(*l->texts));
	w.entry->live = l;
	registry_compare(a, w.entry, environment, &cache);
	w.result = rules_run(w.facts, &(struct rules_plan){ .live = true });
	OK(is(&w, "LIV-043", SEV_MEDIUM, 1, "invisible"), "rules about texts see them");
	OK(is(&w, "LIV-001", SEV_MEDIUM, 1, "credential"), "others what happened");
	OK(judged(&w, "PIN-001")->outcome == OUTCOME_UNKNOWN, "nothing is compared");
}

static void check_many(void)
{
	struct buf b CLEANUP(buf_release), c CLEANUP(buf_release);
	struct shape was = usual, now = usual;
	struct world w;

	buf_init(&b, 16 << 20);
	buf_init(&c, 16 << 20);
	for (int i = 0; i < 5000; i++) {
		buf_addf(&b, "%s" TOOL("t%d", "A."), i ? "," : "", i);
		buf_addf(&c, "%s" TOOL("t%d", "B\\u200b."), i ? "," : "", i + 1);
	}
	was.tools = buf_text(&b);
	now.tools = buf_text(&c);
	w = run(&was, &now, "");
	OK(judged(&w, "PIN-001")->n == 500 && found(&w, "PIN-002") &&
		   found(&w, "PIN-003"),
	   "5,000 tools that all changed");
}

int main(void)
{
	a = arena_new();
	check_changes();
	check_names();
	check_program();
	check_scripts();
	check_kept();
	check_many();
	arena_free(a);
	return tap_done();
}
