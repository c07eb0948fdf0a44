/* SPDX-License-Identifier: Apache-2.0 */
/* Files of each form into nodes and values. */
#define _GNU_SOURCE /* memmem */
#include "compliance-server/facts_form.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/str.h"
#include "common/config/dotenv.h"
#include "common/field/tomlr.h"
#include "common/field/yamlr.h"
#include "compliance-server/compose_facts.h"
#include "compliance-server/facts_entry.h"
#include "compliance-server/predicate.h"

#define STRICT (JSONR_DUPLICATES | JSONR_BOM | JSONR_NUL)
#define TOLERANT                                                                 \
	(JSONR_COMMENTS | JSONR_TRAILING_COMMAS | JSONR_DUPLICATES | JSONR_BOM | \
	 JSONR_NUL)

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_yaml_name(const char *name)
{
	return str_ends(name, ".yml") || str_ends(name, ".yaml");
}

bool is_kustomization(const char *path)
{
	const char *name = base_name(path);

	return str_eq(name, "kustomization.yaml") || str_eq(name, "kustomization.yml");
}

bool is_dotenv_name(const char *name)
{
	static const char *const begins[] = { ".env.", ".env-", ".env_" };
	static const char *const samples[] = { "env.", "env-", "env_", "dotenv." };

	if (str_ends(name, ".env"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(begins); i++)
		if (str_starts(name, begins[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		size_t n = strlen(samples[i]);

		/* the rest is one word: env.example, not env.example.json */
		if (str_starts(name, samples[i]) && !strchr(name + n, '.') &&
		    form_is_sample(name))
			return true;
	}
	return false;
}

enum file_form form_of_name(const char *path)
{
	const char *name = base_name(path);

	if (is_dotenv_name(name))
		return FORM_DOTENV;
	if (!is_yaml_name(name))
		return FORM_SERVERS;
	if (str_starts(name, "docker-compose.") || str_starts(name, "compose."))
		return FORM_COMPOSE;
	return FORM_KUBERNETES;
}

bool form_is_sample(const char *path)
{
	static const char *const words[] = { "example", "sample", "dist", "tmpl", "tpl" };
	const char *name = base_name(path);

	if (find_ignoring_case(name, "template"))
		return true;
	for (size_t n; *name != '\0'; name += n + (name[n] != '\0')) {
		struct span part = { name, strcspn(name, ".-_") };

		n = part.n;
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (span_ieq(part, words[i]))
				return true;
	}
	return false;
}

static int compare_vars(const void *a, const void *b)
{
	const struct value *x = *(const struct value *const *)a;
	const struct value *y = *(const struct value *const *)b;
	int order = strcmp(x->pointer, y->pointer);

	return order != 0 ? order : x < y ? -1 : x > y;
}

void vars_sort(struct arena *a, struct config_file *f)
{
	f->vars_sorted = arena_array(a, f->vars.n + 1, sizeof(*f->vars_sorted));
	for (size_t i = 0; i < f->vars.n; i++)
		f->vars_sorted[i] = &f->vars.v[i];
	qsort(f->vars_sorted, f->vars.n, sizeof(*f->vars_sorted), compare_vars);
}

const struct value *file_var(const struct config_file *f, const char *pointer)
{
	size_t low = 0, high = f->vars.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(f->vars_sorted[mid]->pointer, pointer) <= 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low > 0 && str_eq(f->vars_sorted[low - 1]->pointer, pointer)
		       ? f->vars_sorted[low - 1]
		       : NULL;
}

const char *form_without_place(struct arena *a, const char *msg)
{
	const char *colon = str_starts(msg, "line ") ? strstr(msg, ": ") : NULL;

	return arena_strdup(a, colon ? colon + 2 : msg);
}

static struct node *var_node(struct arena *a, const struct dotenv_entry *d)
{
	struct node *n = arena_alloc(a, sizeof(*n));

	n->kind = NODE_STRING;
	n->key = d->name;
	n->text = d->value;
	n->key_line = d->line;
	n->key_col = d->col;
	n->line = n->end_line = d->value_line;
	n->col = n->end_col = d->value_col;
	return n;
}

static void parse_dotenv(struct arena *a, struct config_file *f, const char *text,
			 size_t n)
{
	struct dotenv *d = arena_alloc(a, sizeof(*d));

	dotenv_parse(a, text, n, d);
	f->dotenv = d;
	f->vars.v = arena_array(a, d->n + 1, sizeof(*f->vars.v));
	for (size_t i = 0; i < d->n; i++)
		f->vars.v[f->vars.n++] = (struct value){ .name = d->v[i].name,
							 .text = d->v[i].value,
							 .pointer = d->v[i].name,
							 .node = var_node(a, &d->v[i]) };
	f->claims = arena_alloc(a, d->n + 1);
	vars_sort(a, f);
}

static bool is_kubernetes(const struct node *doc)
{
	return node_get(doc, "apiVersion") && node_get(doc, "kind");
}

static bool parse_yaml(struct arena *a, struct config_file *f, const char *text, size_t n,
		       struct err *e)
{
	const struct node *all = yamlr_parse(a, text, n, &f->error_at, e);
	bool kubernetes = is_kustomization(f->real);

	if (!all && f->form == FORM_KUBERNETES && memmem(text, n, "{{", 2)) {
		f->state = FILE_OTHER;
		f->error = "a template, such as those of a Helm chart: check what it is "
			   "rendered to";
		return true;
	}
	if (!all)
		return false;
	f->docs = arena_array(a, all->n + 1, sizeof(*f->docs));
	for (const struct node *d = all->first; d; d = d->next) {
		if (d->kind != NODE_OBJECT)
			continue;
		f->docs[f->n_docs++] = d;
		kubernetes |= is_kubernetes(d);
	}
	f->top = f->n_docs > 0 ? f->docs[0] : all;
	if (f->n_docs == 1 && !kubernetes && node_get(f->top, "services"))
		f->form = FORM_COMPOSE;
	if (f->form == FORM_COMPOSE)
		compose_read(a, f);
	if (f->form == FORM_COMPOSE || kubernetes)
		return true;
	f->state = FILE_OTHER;
	f->error = "YAML, and neither a compose file nor Kubernetes objects";
	f->error_at = (struct pos){ 1, 1 };
	return true;
}

const char *form_language(const struct config_file *f)
{
	return f->form == FORM_COMPOSE || f->form == FORM_KUBERNETES ? "YAML"
	       : str_ends(f->real, ".toml")			     ? "TOML"
								     : "JSON";
}

/* Strict JSON first: it is the usual case, and reads to the same tree. */
static bool parse_servers(struct arena *a, struct config_file *f, const char *text,
			  size_t n, struct err *e)
{
	if (str_ends(f->real, ".toml")) {
		f->top = tomlr_parse(a, text, n, &f->error_at, e);
		return f->top != NULL;
	}
	f->top = jsonr_parse(a, text, n, STRICT, &f->strict_at, e);
	if (f->top)
		return true;
	f->strict = false;
	f->strict_error = form_without_place(a, e->msg);
	f->top = jsonr_parse(a, text, n, TOLERANT, &f->error_at, e);
	return f->top != NULL;
}

bool form_parse(struct arena *a, struct config_file *f, const char *text, size_t n,
		struct err *e)
{
	switch (f->form) {
	case FORM_DOTENV:
		parse_dotenv(a, f, text, n);
		return true;
	case FORM_COMPOSE:
	case FORM_KUBERNETES:
		return parse_yaml(a, f, text, n, e);
	case FORM_SERVERS:
	case FORM_TOOLS:
	case FORM_MAX:
		break;
	}
	return parse_servers(a, f, text, n, e);
}
