/* SPDX-License-Identifier: Apache-2.0 */
/* Files of each form into nodes and values. */
#include "compliance-server/facts_form.h"

#include <string.h>

#include "common/base/str.h"
#include "common/config/dotenv.h"
#include "common/field/yamlr.h"

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

enum file_form form_of_name(const char *path)
{
	const char *name = base_name(path);

	if (str_eq(name, ".env") || str_starts(name, ".env.") || str_ends(name, ".env"))
		return FORM_DOTENV;
	if (!is_yaml_name(name))
		return FORM_SERVERS;
	if (str_starts(name, "docker-compose.") || str_starts(name, "compose."))
		return FORM_COMPOSE;
	return FORM_KUBERNETES;
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
}

static bool is_kubernetes(const struct node *doc)
{
	return node_get(doc, "apiVersion") && node_get(doc, "kind");
}

static bool parse_yaml(struct arena *a, struct config_file *f, const char *text, size_t n,
		       struct err *e)
{
	const struct node *all = yamlr_parse(a, text, n, &f->error_at, e);
	bool kubernetes = false;

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
	if (f->form == FORM_COMPOSE || kubernetes)
		return true;
	if (f->n_docs == 1 && node_get(f->top, "services")) {
		f->form = FORM_COMPOSE;
		return true;
	}
	f->state = FILE_OTHER;
	f->error = "YAML, and neither a compose file nor Kubernetes objects";
	f->error_at = (struct pos){ 1, 1 };
	return true;
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
	case FORM_MAX:
		break;
	}
	if (str_ends(f->real, ".toml")) {
		f->state = FILE_OTHER;
		f->error = "this format is not read yet";
		f->error_at = (struct pos){ 1, 1 };
		return true;
	}
	f->top = jsonr_parse(a, text, n, TOLERANT, &f->error_at, e);
	return f->top != NULL;
}
