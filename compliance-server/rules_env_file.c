/* SPDX-License-Identifier: Apache-2.0 */
/* ENV rules about a .env file as a whole, and about files beside each other. */
#include <stdlib.h>
#include <string.h>

#include "common/base/str.h"
#include "common/config/dotenv.h"
#include "compliance-server/claim.h"
#include "compliance-server/compose_facts.h"
#include "compliance-server/rules_checks.h"
#include "compliance-server/rules_env.h"

void env_each_file(struct rule_run *r, void (*judge)(struct rule_run *r))
{
	for (size_t i = 0; i < r->project->n_files; i++) {
		r->file = r->project->files[i];
		if (r->file->form == FORM_DOTENV && r->file->state == FILE_READ &&
		    !r->file->sample)
			judge(r);
	}
	r->file = NULL;
}

static void judge_twice(struct rule_run *r)
{
	const struct value *const *v = r->file->vars_sorted;

	for (size_t i = 1; i < r->file->vars.n; i++)
		if (str_eq(v[i - 1]->name, v[i]->name) &&
		    !str_eq(v[i - 1]->text, v[i]->text))
			rule_fail(r, SEV_MEDIUM, v[i],
				  "%s is set in line %d already, to something else",
				  v[i]->name, v[i - 1]->node->key_line);
}

void check_env_007(struct rule_run *r)
{
	env_each_file(r, judge_twice);
}

/* Why the line of a variable may be read in two ways, or NULL. */
static const char *ambiguous(const struct dotenv_entry *d)
{
	if (!d->quoted && d->value[0] != '\0' && strchr("'\"`", d->value[0]))
		return "has a quote that is not closed";
	if (d->cut)
		return "ends at a \"#\" that may be part of it";
	if (!d->quoted && strchr(d->value, ' '))
		return "holds a blank and has no quotes";
	return d->spaced ? "has blanks beside its \"=\"" : NULL;
}

static void judge_syntax(struct rule_run *r)
{
	const struct dotenv *d = r->file->dotenv;

	for (size_t i = 0; i < d->n; i++) {
		const char *why = ambiguous(&d->v[i]);

		if (why)
			rule_fail(r, SEV_LOW, &r->file->vars.v[i], "The value of %s %s",
				  d->v[i].name, why);
	}
	if (d->cr_line > 0) {
		struct finding f = {
			.severity = SEV_LOW,
			.line = d->cr_line,
			.col = 1,
			.message = "Lines end with a carriage return, which some readers "
				   "take for a part of the value",
			.fix = "Save the file with the line ends of Unix."
		};

		rule_fail_at(r, &f);
	}
}

void check_env_008(struct rule_run *r)
{
	env_each_file(r, judge_syntax);
}

/* Names and where they come from, sorted. */
struct names {
	struct name {
		const char *name;
		const struct config_file *from;
	} * v;
	size_t n, max;
};

static void add_name(struct arena *a, struct names *s, const char *name,
		     const struct config_file *from)
{
	struct name *more;

	if (s->n == s->max) {
		s->max = s->max > 0 ? 2 * s->max : 64;
		more = arena_array(a, s->max, sizeof(*more));
		if (s->n > 0)
			memcpy(more, s->v, s->n * sizeof(*more));
		s->v = more;
	}
	s->v[s->n++] = (struct name){ name, from };
}

static int compare_names(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0			 ? order
	       : x->from->index < y->from->index ? -1
						 : x->from->index > y->from->index;
}

static void sort_names(struct names *s)
{
	if (s->n > 1)
		qsort(s->v, s->n, sizeof(*s->v), compare_names);
}

static int compare_name(const void *key, const void *element)
{
	return strcmp(key, ((const struct name *)element)->name);
}

static bool has_name(const struct names *s, const char *name)
{
	return s->n > 0 && bsearch(name, s->v, s->n, sizeof(*s->v), compare_name);
}

static bool of_system(const char *name)
{
	static const char *const names[] = { "HOME",	   "USER",  "PWD",  "PATH",
					     "HOSTNAME",   "SHELL", "UID",  "GID",
					     "TMPDIR",	   "TEMP",  "LANG", "APPDATA",
					     "USERPROFILE" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(name, names[i]))
			return true;
	return str_starts(name, "COMPOSE_") || str_starts(name, "DOCKER_");
}

/* "${NAME}", "${env:NAME}", "${NAME:?}": the variable that must be set. */
static void add_needed(struct arena *a, struct names *out, const char *text,
		       const struct config_file *from)
{
	for (const char *p = text; (p = strchr(p, '$'));) {
		size_t len = compose_reference(p), n;
		const char *name = p + 1 + (p[1] == '{');

		if (len == 0) {
			p++;
			continue;
		}
		if (str_starts(name, "env:"))
			name += 4;
		n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789_");
		if (n > 0 && name < p + len &&
		    (p[1] != '{' || strchr("}?", name[n]) || str_starts(name + n, ":?")))
			add_name(a, out, arena_strndup(a, name, n), from);
		p += len;
	}
}

/* All strings of a tree; it is at most as deep as the readers allow. */
static void add_needed_in(struct arena *a, struct names *out, const struct node *n,
			  const struct config_file *from)
{
	if (n->kind == NODE_STRING)
		add_needed(a, out, n->text, from);
	for (const struct node *m = n->first; m; m = m->next)
		add_needed_in(a, out, m, from);
}

static bool beside(const struct config_file *a, const struct config_file *b)
{
	const char *x = strrchr(a->real, '/'), *y = strrchr(b->real, '/');
	size_t n = x ? (size_t)(x - a->real) : 0, m = y ? (size_t)(y - b->real) : 0;

	return n == m && memcmp(a->real, b->real, n) == 0;
}

/* References of the entries of a file, when the .env file feeds at least one of them. */
static void add_entries(struct rule_run *r, struct names *out,
			const struct config_file *file, const struct names *set)
{
	struct names needed = { .n = 0 };
	bool feeds = false;

	for (size_t i = 0; i < r->facts->n_entries; i++) {
		const struct entry *e = r->facts->entries[i];

		if (e->file == file && !e->too_long)
			add_needed_in(r->arena, &needed, e->node, file);
	}
	for (size_t i = 0; i < needed.n; i++)
		feeds |= has_name(set, needed.v[i].name);
	for (size_t i = 0; feeds && i < needed.n; i++)
		add_name(r->arena, out, needed.v[i].name, file);
}

/* What the .env file r->file should set. */
static void add_wanted(struct rule_run *r, struct names *out, const struct names *set)
{
	const struct project *p = r->project;

	for (size_t i = 0; i < p->n_files; i++) {
		const struct config_file *f = p->files[i];

		if (f->state != FILE_READ || !beside(f, r->file))
			continue;
		if (f->form == FORM_SERVERS)
			add_entries(r, out, f, set);
		else if (f->form == FORM_COMPOSE && !f->sample)
			add_needed_in(r->arena, out, f->top, f);
		for (size_t k = 0; f->form == FORM_DOTENV && f->sample && k < f->vars.n;
		     k++)
			if (str_empty(f->vars.v[k].text))
				add_name(r->arena, out, f->vars.v[k].name, f);
	}
}

static void judge_missing(struct rule_run *r)
{
	const struct project *p = r->project;
	struct names set = { .n = 0 }, wanted = { .n = 0 };

	if (!str_eq(strrchr(r->file->real, '/'), "/.env") &&
	    !str_eq(r->file->real, ".env"))
		return;
	for (size_t i = 0; i < p->n_files; i++) {
		const struct config_file *f = p->files[i];

		if (f->form != FORM_DOTENV || f->sample || !beside(f, r->file))
			continue;
		for (size_t k = 0; k < f->vars.n; k++)
			add_name(r->arena, &set, f->vars.v[k].name, f);
	}
	sort_names(&set);
	add_wanted(r, &wanted, &set);
	sort_names(&wanted);
	for (size_t i = 0; i < wanted.n; i++) {
		const char *name = wanted.v[i].name;
		struct finding f = { .severity = SEV_MEDIUM, .line = 1, .col = 1 };

		if ((i > 0 && str_eq(wanted.v[i - 1].name, name)) || of_system(name) ||
		    has_name(&set, name))
			continue;
		f.pointer = str_printable(r->arena, name, 100);
		f.message = arena_printf(
			r->arena, "%s is not set, and %s needs it", f.pointer,
			str_printable(r->arena, wanted.v[i].from->shown, 200));
		f.fix = arena_printf(r->arena, "Add %s to the file.", f.pointer);
		rule_fail_at(r, &f);
	}
}

void check_env_009(struct rule_run *r)
{
	env_each_file(r, judge_missing);
}

static bool word_in(const char *name, const char *const *words, size_t n)
{
	for (const char *p = name; *p != '\0'; p += strcspn(p, "_"), p += *p == '_')
		for (size_t i = 0; i < n; i++)
			if (strlen(words[i]) == strcspn(p, "_") &&
			    strncmp(p, words[i], strlen(words[i])) == 0)
				return true;
	return false;
}

static bool database_password(const char *name)
{
	static const char *const words[] = {
		"DB",	      "DATABASE", "POSTGRES", "PG",
		"POSTGRESQL", "MYSQL",	  "MARIADB",  "SQL"
	};

	return str_eq(name, "PGPASSWORD") ||
	       (word_in(name, words, ARRAY_LEN(words)) &&
		(str_ends(name, "PASSWORD") || str_ends(name, "PASS") ||
		 str_ends(name, "PWD")));
}

/* Two names of one thing: APP_KEY and VITE_APP_KEY, DB_PASSWORD and POSTGRES_PASSWORD. */
static bool same_thing(const char *x, const char *y)
{
	return str_ends(x, y) || str_ends(y, x) ||
	       (database_password(x) && database_password(y));
}

static int compare_texts(const void *a, const void *b)
{
	const struct value *x = *(const struct value *const *)a;
	const struct value *y = *(const struct value *const *)b;
	int order = strcmp(x->text, y->text);

	return order != 0 ? order : x < y ? -1 : x > y;
}

/* A secret that somebody here made up; the token of a vendor is one thing under any name,
 * and a default is another rule's. */
static bool own_secret(const struct value *v)
{
	return v->text && (secret_key(v->name) || is_signing_key(v->name)) &&
	       strlen(v->text) >= 8 && !is_ref(v->text) && !is_place(v->text) &&
	       !is_default_password(v->text) && !token_kind(v->text, v->name, NULL) &&
	       !strstr(v->text, "://");
}

static void judge_shared(struct rule_run *r)
{
	const struct values *vars = &r->file->vars;
	const struct value **v = arena_array(r->arena, vars->n + 1, sizeof(*v));
	size_t n = 0, first = 0;

	for (size_t i = 0; i < vars->n; i++)
		if (own_secret(&vars->v[i]))
			v[n++] = &vars->v[i];
	if (n > 1)
		qsort(v, n, sizeof(*v), compare_texts);
	for (size_t i = 1; i < n; i++) {
		if (!str_eq(v[i]->text, v[first]->text)) {
			first = i;
			continue;
		}
		if (same_thing(v[i]->name, v[first]->name))
			continue;
		rule_fail(r, SEV_HIGH, v[i], "%s has the value of %s in line %d",
			  v[i]->name, v[first]->name, v[first]->node->key_line);
		rule_evidence(r, "shared", "%s and %s: one secret", v[i]->name,
			      v[first]->name);
	}
}

void check_env_013(struct rule_run *r)
{
	env_each_file(r, judge_shared);
}
