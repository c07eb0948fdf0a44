/* SPDX-License-Identifier: Apache-2.0 */
/* The walker: runs each rule on what it asks for and keeps what it says. */
#include "compliance-server/rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/live.h"
#include "compliance-server/path_look.h"
#include "compliance-server/predicate.h"

/* One rule on one target: more places change neither score nor issue. */
#define LIMIT_FINDINGS 500

struct rule_sink {
	struct rules_result *result;
	size_t cap, first;
	bool unknown, skip;
	const char *reason;
};

/* The pointer of a list element goes by its text, so that a new first argument does not
 * rename the findings behind it; a text with a secret in it goes by its index. */
static const char *stable_pointer(struct arena *a, const struct value *v)
{
	const char *slash = v->element && v->text ? strrchr(v->pointer, '/') : NULL;

	if (!slash || looks_secret(v->text) || token_kind(v->text, NULL, NULL) ||
	    strchr(v->text, '=') || strchr(v->text, '@') != strrchr(v->text, '@') ||
	    strstr(v->text, "://"))
		return v->pointer;
	return arena_printf(a, "%.*s/%.200s", (int)(slash - v->pointer), v->pointer,
			    v->text);
}

static void fingerprint(struct finding *f)
{
	struct buf b CLEANUP(buf_release);
	char hex[DIGEST_HEX_LEN];

	buf_init(&b, 64 * 1024);
	buf_adds(&b, f->rule->id);
	buf_addc(&b, '\0');
	buf_adds(&b, f->file ? f->file->shown : "");
	buf_addc(&b, '\0');
	buf_adds(&b, f->stable);
	buf_addc(&b, '\0');
	buf_adds(&b, f->evidence_kind);
	digest_sha256_hex(buf_text(&b), b.len, hex);
	memcpy(f->fingerprint, hex, 16);
	f->fingerprint[16] = '\0';
}

static struct finding *add(struct rule_run *r)
{
	struct rule_sink *s = r->sink;
	struct findings *all = &s->result->findings;
	struct finding *f;

	if (all->n - s->first >= LIMIT_FINDINGS)
		return NULL;
	if (all->n == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : 64;
		f = arena_array(r->arena, s->cap, sizeof(*f));
		if (all->n > 0)
			memcpy(f, all->v, all->n * sizeof(*f));
		all->v = f;
	}
	f = &all->v[all->n++];
	*f = (struct finding){ .rule = r->rule,
			       .category = r->rule->category,
			       .file = r->file,
			       .entry = r->entry,
			       .pointer = "",
			       .evidence = "",
			       .evidence_kind = "",
			       .fix = r->rule->fix };
	return f;
}

/* A finding at an entry's name ends behind the name, which JSON has in quotes. */
static void end_of_key(struct finding *f)
{
	const struct node *n = f->entry ? f->entry->node : NULL;

	if (!n || !n->key || f->line != n->key_line || f->col != n->key_col)
		return;
	f->end_line = f->line;
	f->end_col = f->col + (f->file && str_ends(f->file->path, ".toml") ? 0 : 2);
	for (const char *p = n->key; *p; p++)
		f->end_col += utf8_columns(*p);
}

/* In a file with a list of tools: where the tool stands. */
static void place_in_list(const struct entry *e, struct finding *f)
{
	const struct live_list *l = &e->live->lists[LIVE_TOOLS];
	const struct node *at = e->node;

	for (size_t i = 0; str_starts(f->pointer, "tool:") && i < l->n; i++) {
		if (str_eq(f->pointer + 5, node_str(node_get(l->items[i], "name")))) {
			at = l->items[i];
			break;
		}
	}
	f->line = at->line;
	f->col = at->col;
}

static void complete(struct rule_run *r, struct finding *f)
{
	if (r->entry && r->entry->listed && r->live)
		place_in_list(r->entry, f);
	/* names of servers and keys stand in both, and they come from the file */
	f->message =
		str_printable(r->arena, f->message ? f->message : r->rule->title, 400);
	if (f->fix != r->rule->fix)
		f->fix = str_printable(r->arena, f->fix, 400);
	if (!f->component) {
		bool tool = str_starts(f->pointer, "tool:");

		f->component = tool || !f->file
				       ? f->pointer
				       : arena_printf(r->arena, "%s#%s", f->file->shown,
						      f->pointer);
	}
	if (!f->stable)
		f->stable = f->pointer;
	if (f->end_line == 0)
		end_of_key(f);
	fingerprint(f);
}

void rule_fail(struct rule_run *r, enum severity s, const struct value *at,
	       const char *message, ...)
{
	struct finding *f = add(r);
	va_list ap;

	if (!f)
		return;
	va_start(ap, message);
	f->message = arena_vprintf(r->arena, message, ap);
	va_end(ap);
	f->severity = s;
	if (at->node) {
		f->line = at->node->line;
		f->col = at->node->col;
		f->end_line = at->node->end_line;
		f->end_col = at->node->end_col;
	}
	f->pointer = at->pointer ? at->pointer : "";
	if (at->pointer)
		f->stable = stable_pointer(r->arena, at);
	complete(r, f);
}

void rule_fail_at(struct rule_run *r, const struct finding *given)
{
	struct finding *f = add(r);
	struct finding empty;

	if (!f)
		return;
	empty = *f;
	*f = *given;
	f->rule = r->rule;
	f->category = given->category ? given->category : empty.category;
	f->file = given->file ? given->file : empty.file;
	f->entry = given->entry ? given->entry : empty.entry;
	f->pointer = given->pointer ? given->pointer : "";
	f->evidence = given->evidence ? given->evidence : "";
	f->evidence_kind = given->evidence_kind ? given->evidence_kind : "";
	f->fix = given->fix ? given->fix : empty.fix;
	complete(r, f);
}

void rule_fail_entry(struct rule_run *r, enum severity s, const char *message, ...)
{
	struct finding f = { .severity = s,
			     .pointer = r->entry->pointer,
			     .line = r->entry->node->key_line,
			     .col = r->entry->node->key_col };
	va_list ap;

	va_start(ap, message);
	f.message = arena_vprintf(r->arena, message, ap);
	va_end(ap);
	rule_fail_at(r, &f);
}

void rule_fail_live(struct rule_run *r, enum severity s, const char *pointer,
		    const char *message, ...)
{
	struct finding f = { .severity = s, .pointer = pointer };
	va_list ap;

	va_start(ap, message);
	f.message = arena_vprintf(r->arena, message, ap);
	va_end(ap);
	if (r->entry && r->entry->node) {
		f.line = r->entry->node->key_line;
		f.col = r->entry->node->key_col;
	}
	rule_fail_at(r, &f);
}

static struct finding *last(struct rule_run *r)
{
	struct findings *all = &r->sink->result->findings;

	return all->n > r->sink->first ? &all->v[all->n - 1] : NULL;
}

void rule_evidence(struct rule_run *r, const char *kind, const char *text, ...)
{
	struct finding *f = last(r);
	va_list ap;

	if (!f)
		return;
	va_start(ap, text);
	f->evidence = str_printable(r->arena, arena_vprintf(r->arena, text, ap), 200);
	va_end(ap);
	f->evidence_kind = arena_strdup(r->arena, kind);
	fingerprint(f);
}

void rule_fix(struct rule_run *r, const char *text, ...)
{
	struct finding *f = last(r);
	va_list ap;

	if (!f)
		return;
	va_start(ap, text);
	f->fix = str_printable(r->arena, arena_vprintf(r->arena, text, ap), 400);
	va_end(ap);
}

void rule_unknown(struct rule_run *r, const char *reason, ...)
{
	va_list ap;

	va_start(ap, reason);
	r->sink->reason = arena_vprintf(r->arena, reason, ap);
	va_end(ap);
	r->sink->unknown = true;
}

void rule_skip(struct rule_run *r, const char *reason, ...)
{
	va_list ap;

	va_start(ap, reason);
	r->sink->reason = arena_vprintf(r->arena, reason, ap);
	va_end(ap);
	r->sink->skip = true;
}

/* Of a server that was not run only the list of its tools is known, of a file with such a
 * list no configuration either. */
static bool judged_from_list(const struct rule_run *r)
{
	if (r->rule->scope == RULE_LIVE)
		return !r->live->listed || (r->rule->flags & RULE_FROM_LIST);
	return !r->entry->listed;
}

/* What a rule found stays a failure even where it could not look at everything. */
static void judge(struct rule_run *r, struct judgement *j)
{
	struct rule_sink *s = r->sink;

	*j = (struct judgement){ .rule = r->rule,
				 .entry = r->entry,
				 .file = r->file,
				 .project = r->project,
				 .host = r->host };
	s->first = s->result->findings.n;
	s->unknown = s->skip = false;
	s->reason = NULL;
	if (r->rule->scope == RULE_FILE && !r->project &&
	    (r->file->state == FILE_UNREADABLE || r->file->state == FILE_OTHER))
		rule_unknown(r, "%s: %s", r->file->path, r->file->error);
	else if (r->entry && r->entry->too_long && r->rule->scope != RULE_LATE)
		rule_unknown(r, "the entry is too long to be looked into");
	else if (r->entry && r->entry->live && !judged_from_list(r))
		rule_skip(r, "a list of tools does not tell it");
	else if (r->project && r->rule->check_project)
		r->rule->check_project(r);
	else
		r->rule->check(r);
	if (r->project && (r->rule->forms & r->project->forms_unread))
		rule_unknown(r, "a file of the project could not be read");
	j->reason = s->reason;
	j->first = s->first;
	j->n = s->result->findings.n - s->first;
	j->outcome = j->n > 0	  ? OUTCOME_FAIL
		     : s->unknown ? OUTCOME_UNKNOWN
		     : s->skip	  ? OUTCOME_NOT_APPLICABLE
				  : OUTCOME_PASS;
}

static bool has_list(const struct facts *f)
{
	for (size_t i = 0; i < f->n_entries; i++)
		if (f->entries[i]->live && f->entries[i]->live->listed)
			return true;
	return false;
}

static bool in_plan(const struct rule *r, const struct rules_plan *plan, bool lists)
{
	if (r->scope == RULE_LATE || (r->scope == RULE_LIVE && !plan->live &&
				      !(lists && (r->flags & RULE_FROM_LIST))))
		return false;
	if (!plan->live && (r->flags & RULE_ONLY_LIVE))
		return false;
	return plan->categories == 0 || (plan->categories & (1u << r->category)) ||
	       (r->flags & RULE_FIRST && plan->categories & (1u << CAT_PERFORMANCE));
}

static void run_on_files(struct rule_run *r, struct rules_result *out)
{
	const struct facts *f = r->facts;
	unsigned forms = r->rule->forms ? r->rule->forms : 1u << FORM_SERVERS;

	for (size_t i = 0; i < f->n_files; i++) {
		r->file = f->files[i];
		if (forms & (1u << r->file->form))
			judge(r, &out->judgements[out->n_judgements++]);
	}
	r->file = NULL;
}

static void run_on_projects(struct rule_run *r, struct rules_result *out)
{
	const struct facts *f = r->facts;

	for (size_t i = 0; i < f->n_projects; i++) {
		r->file = NULL;
		r->project = f->projects[i];
		if (r->rule->forms & (r->project->forms | r->project->forms_unread))
			judge(r, &out->judgements[out->n_judgements++]);
	}
	r->file = NULL;
	r->project = NULL;
}

static void run_on_hosts(struct rule_run *r, struct rules_result *out)
{
	const struct facts *f = r->facts;

	for (size_t i = 0; i < f->n_hosts; i++) {
		r->file = NULL;
		r->host = f->hosts[i];
		judge(r, &out->judgements[out->n_judgements++]);
	}
	r->file = NULL;
	r->host = NULL;
}

static void run_on_entries(struct rule_run *r, struct rules_result *out)
{
	const struct facts *f = r->facts;

	for (size_t i = 0; i < f->n_entries; i++) {
		r->entry = f->entries[i];
		r->file = r->entry->file;
		r->live = r->rule->scope == RULE_LIVE ? r->entry->live : NULL;
		if (r->live && r->entry->kept && r->rule->flags & RULE_FROM_LIST)
			r->live = r->entry->kept;
		if (r->rule->scope == RULE_LIVE && !r->live)
			continue; /* the caller says why it was not run */
		judge(r, &out->judgements[out->n_judgements++]);
	}
	r->entry = NULL;
	r->file = NULL;
	r->live = NULL;
}

static void run_rule(struct rule_run *r, struct rules_result *out)
{
	static void (*const by_scope[])(struct rule_run *, struct rules_result *) = {
		[RULE_FILE] = run_on_files,   [RULE_ENTRY] = run_on_entries,
		[RULE_LIVE] = run_on_entries, [RULE_PROJECT] = run_on_projects,
		[RULE_HOST] = run_on_hosts,
	};

	by_scope[r->rule->scope](r, out);
	if (r->rule->check_project && r->rule->scope != RULE_PROJECT)
		run_on_projects(r, out);
}

static size_t projects_of(const struct facts *f, const struct rule *rule)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_projects; i++)
		n += (rule->forms &
		      (f->projects[i]->forms | f->projects[i]->forms_unread)) != 0;
	return n;
}

/* How often a rule is asked at most. */
static size_t judgements_of(const struct facts *f, const struct rule *rule)
{
	const size_t by_scope[] = {
		[RULE_FILE] = f->n_files,
		[RULE_ENTRY] = f->n_entries,
		[RULE_LIVE] = f->n_entries,
		[RULE_HOST] = f->n_hosts,
		[RULE_LATE] = f->n_files + f->n_entries + f->n_projects + f->n_hosts,
	};

	if (rule->scope == RULE_PROJECT)
		return projects_of(f, rule);
	return by_scope[rule->scope] + (rule->check_project ? projects_of(f, rule) : 0);
}

static size_t judgements_max(const struct facts *f, const struct rules_plan *plan,
			     bool lists)
{
	const struct rule *rule;
	size_t n = 0;

	for (size_t i = 0; (rule = rule_at(i)); i++)
		if (rule->scope == RULE_LATE || in_plan(rule, plan, lists))
			n += judgements_of(f, rule);
	return n;
}

struct rules_result *rules_run(const struct facts *f, const struct rules_plan *plan)
{
	struct rules_result *out = arena_alloc(f->arena, sizeof(*out));
	struct rule_sink sink = { .result = out };
	struct rule_run r = {
		.arena = f->arena,
		.facts = f,
		.so_far = &out->findings,
		.paths = path_cache_new(f->arena),
		.sink = &sink,
	};
	const bool lists = has_list(f);
	const struct rule *rule;

	out->judgements = arena_array(f->arena, judgements_max(f, plan, lists) + 1,
				      sizeof(*out->judgements));
	for (size_t i = 0; (rule = rule_at(i)); i++) {
		if (!in_plan(rule, plan, lists))
			continue;
		r.rule = rule;
		out->n_rules++;
		run_rule(&r, out);
	}
	return out;
}

size_t rules_run_late(const struct facts *f, struct rules_result *result,
		      const struct judgement *where, const struct gap *gaps,
		      size_t n_gaps)
{
	struct rule_sink sink = { .result = result, .cap = result->findings.n };
	struct rule_run r = { .arena = f->arena,
			      .facts = f,
			      .file = where->file,
			      .entry = where->entry,
			      .project = where->project,
			      .host = where->host,
			      .so_far = &result->findings,
			      .gaps = gaps,
			      .n_gaps = n_gaps,
			      .sink = &sink };
	size_t n = 0;

	for (size_t i = 0; i < n_rule_families; i++) {
		for (r.rule = rule_families[i].rules; r.rule->id; r.rule++) {
			if (r.rule->scope != RULE_LATE)
				continue;
			judge(&r, &result->judgements[result->n_judgements++]);
			n++;
		}
	}
	return n;
}
