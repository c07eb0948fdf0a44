/* SPDX-License-Identifier: Apache-2.0 */
/* Compose files into services with their values: both syntaxes into one. */
#include "compliance-server/compose_facts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/compose_part.h"
#include "compliance-server/facts_entry.h"
#include "compliance-server/facts_form.h"
#include "compliance-server/predicate.h"

/* Words of all commands of a file that are looked at. */
#define MAX_WORDS   65536
#define MAX_EXTENDS 16

const char *const compose_sets[] = { "volumes", "networks", "secrets", NULL };

static int compare_services(const void *a, const void *b)
{
	struct compose_service *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct compose_service *own(const struct compose_file *f, const char *name)
{
	struct compose_service wanted = { .name = name };
	struct compose_service *key = &wanted, **found;

	found = bsearch(&key, f->by_name, f->n, sizeof(*f->by_name), compare_services);
	return found ? *found : NULL;
}

/* extends: in this file the service it names, else only that it stands elsewhere. */
static void find_parent(struct compose_service *s)
{
	const struct node *extends = node_get(s->node, "extends");
	const char *name = node_str(extends);

	if (!extends)
		return;
	if (extends->kind == NODE_OBJECT && !node_get(extends, "file"))
		name = node_str(node_get(extends, "service"));
	s->parent = name ? own(s->file, name) : NULL;
	s->elsewhere = !s->parent;
}

/* Those that another service wants to have ended before it starts. */
static void find_awaited(const struct compose_service *s)
{
	const struct node *depends = node_get(s->node, "depends_on");

	if (!depends || depends->kind != NODE_OBJECT)
		return;
	for (const struct node *c = depends->first; c; c = c->next) {
		struct compose_service *other = own(s->file, c->key);

		if (other && str_eq(node_str(node_get(c, "condition")),
				    "service_completed_successfully"))
			other->awaited = true;
	}
}

static void name_sets(struct arena *a, struct compose_file *f)
{
	for (int i = 0; i < COMPOSE_SETS; i++) {
		const struct node *set = node_get(f->top, compose_sets[i]);
		struct strs *names = &f->names[i];

		names->v = arena_array(a, (set ? set->n : 0) + 1, sizeof(*names->v));
		for (const struct node *c = set ? set->first : NULL; c; c = c->next)
			if (c->key)
				names->v[names->n++] = c->key;
		qsort(names->v, names->n, sizeof(*names->v), compare_names);
	}
}

static bool named_like(const char *path, const char *infix)
{
	static const char *const stems[] = { "compose", "docker-compose" };
	static const char *const ends[] = { ".yml", ".yaml" };
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < ARRAY_LEN(stems); i++) {
		size_t n = strlen(stems[i]), m = strlen(infix);

		if (strncmp(name, stems[i], n) != 0 || strncmp(name + n, infix, m) != 0)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(ends); k++)
			if (str_eq(name + n + m, ends[k]))
				return true;
	}
	return false;
}

static struct value value_of(struct arena *a, const struct compose_service *s,
			     const struct compose_item *it)
{
	struct node *n = arena_alloc(a, sizeof(*n));
	const char *service = pointer_part(a, s->name);
	bool variable = str_eq(it->key, "environment");

	n->kind = it->text ? NODE_STRING : NODE_NULL;
	n->text = it->text;
	n->line = n->end_line = it->line;
	n->col = n->end_col = it->col;
	return (struct value){
		.name = it->name,
		.text = it->text,
		.pointer = variable ? arena_printf(a, "services/%s/environment/%s",
						   service, pointer_part(a, it->name))
				    : arena_printf(a, "services/%s/%s", service, it->key),
		.node = n
	};
}

static void add_values(struct arena *a, struct compose_file *f,
		       const struct compose_service *s, const struct compose_items *items,
		       bool variable)
{
	for (size_t i = 0; i < items->n; i++)
		f->values[f->n_values++] =
			(struct compose_value){ .at = value_of(a, s, &items->v[i]),
						.service = s,
						.item = &items->v[i],
						.variable = variable };
}

static int by_place(const void *a, const void *b)
{
	const struct compose_value *x = *(struct compose_value *const *)a;
	const struct compose_value *y = *(struct compose_value *const *)b;
	int order = x->item->line - y->item->line;

	if (order == 0)
		order = x->item->col - y->item->col;
	if (order == 0)
		order = strcmp(x->at.text ? x->at.text : "",
			       y->at.text ? y->at.text : "");
	return order != 0 ? order : (x > y) - (x < y);
}

static void mark_again(struct arena *a, struct compose_file *f)
{
	struct compose_value **sorted = arena_array(a, f->n_values + 1, sizeof(*sorted));

	for (size_t i = 0; i < f->n_values; i++)
		sorted[i] = &f->values[i];
	qsort(sorted, f->n_values, sizeof(*sorted), by_place);
	for (size_t i = 1; i < f->n_values; i++) {
		const struct compose_value *x = sorted[i - 1], *y = sorted[i];

		sorted[i]->again =
			x->item->line == y->item->line && x->item->col == y->item->col &&
			str_eq(x->at.text, y->at.text) &&
			str_eq(x->at.name, y->at.name) && x->service != y->service;
	}
}

static void read_values(struct arena *a, struct compose_file *f, struct config_file *file)
{
	size_t vars = 0, args = 0;

	for (size_t i = 0; i < f->n; i++) {
		vars += f->services[i].env.n;
		args += f->services[i].args.n;
	}
	f->values = arena_array(a, vars + args + 1, sizeof(*f->values));
	file->vars.v = arena_array(a, vars + 1, sizeof(*file->vars.v));
	for (size_t i = 0; i < f->n; i++) {
		const struct compose_service *s = &f->services[i];

		add_values(a, f, s, &s->env, true);
		add_values(a, f, s, &s->args, false);
	}
	for (size_t i = 0; i < f->n_values; i++)
		if (f->values[i].variable)
			file->vars.v[file->vars.n++] = f->values[i].at;
	vars_sort(a, file);
	mark_again(a, f);
}

void compose_read(struct arena *a, struct config_file *file)
{
	struct compose_file *f = arena_alloc(a, sizeof(*f));
	size_t words = MAX_WORDS;
	const struct node *services;
	size_t n;

	file->compose = f;
	f->file = file;
	f->top = file->top;
	f->is_base = named_like(file->real, "");
	f->is_override = named_like(file->real, ".override");
	f->includes = node_get(f->top, "include") != NULL;
	services = node_get(f->top, "services");
	name_sets(a, f);
	n = services ? services->n : 0;
	f->services = arena_array(a, n + 1, sizeof(*f->services));
	f->by_name = arena_array(a, n + 1, sizeof(const void *));
	for (const struct node *c = services ? services->first : NULL; c; c = c->next) {
		struct compose_service *s = &f->services[f->n];

		if (c->kind != NODE_OBJECT || !c->key)
			continue;
		s->name = c->key;
		s->node = c;
		s->file = f;
		compose_read_service(a, s, &words);
		f->by_name[f->n++] = s;
	}
	qsort(f->by_name, f->n, sizeof(*f->by_name), compare_services);
	for (size_t i = 0; i < f->n; i++) {
		find_parent(&f->services[i]);
		find_awaited(&f->services[i]);
	}
	read_values(a, f, file);
}

static bool same_folder(const char *a, const char *b)
{
	const char *x = strrchr(a, '/'), *y = strrchr(b, '/');
	size_t n = x ? (size_t)(x - a) : 0, m = y ? (size_t)(y - b) : 0;

	return n == m && strncmp(a, b, n) == 0;
}

void compose_link(const struct project *p)
{
	for (size_t i = 0; i < p->n_files; i++) {
		struct compose_file *f = p->files[i]->compose;

		for (size_t k = 0; f && f->is_override && k < p->n_files; k++) {
			struct compose_file *base = p->files[k]->compose;

			if (base && base->is_base &&
			    same_folder(f->file->real, base->file->real))
				f->base = base;
		}
		for (size_t k = 0; f && f->base && k < f->n; k++)
			f->services[k].base = own(f->base, f->services[k].name);
	}
}

#define MAX_PATH 6

static const struct node *get(const struct compose_service *s, const char *const *path,
			      int depth)
{
	const struct node *n = s ? s->node : NULL;

	if (!s || depth == 0)
		return NULL;
	for (size_t i = 0; path[i]; i++)
		n = node_get(n, path[i]);
	if (n && n->kind != NODE_NULL)
		return n;
	n = get(s->parent, path, depth - 1);
	return n ? n : get(s->base, path, depth - 1);
}

const struct node *compose_get(const struct compose_service *s, const char *key, ...)
{
	const char *path[MAX_PATH] = { key };
	va_list ap;

	va_start(ap, key);
	for (size_t i = 1; i < MAX_PATH - 1 && path[i - 1]; i++)
		path[i] = va_arg(ap, const char *);
	va_end(ap);
	return get(s, path, MAX_EXTENDS);
}

bool compose_complete(const struct compose_service *s)
{
	int depth = 0;

	if (!compose_get(s, "image", NULL) && !compose_get(s, "build", NULL))
		return false;
	for (const struct compose_service *p = s; p && depth < MAX_EXTENDS;
	     p = p->parent, depth++)
		if (p->elsewhere)
			return false;
	return depth < MAX_EXTENDS;
}

const struct compose_service *compose_find(const struct compose_file *f, const char *name)
{
	const struct compose_service *s = own(f, name);

	return s || !f->base ? s : own(f->base, name);
}

bool compose_defines(const struct compose_file *f, enum compose_set set, const char *name)
{
	const struct strs *names = &f->names[set];

	if (bsearch(&name, names->v, names->n, sizeof(*names->v), compare_names))
		return true;
	return f->base && compose_defines(f->base, set, name);
}

static struct compose_image image_of(const struct compose_service *s, int depth)
{
	struct compose_image none = { .name = NULL };

	if (!s || depth == 0 || s->image.text)
		return s ? s->image_is : none;
	none = image_of(s->parent, depth - 1);
	return none.name ? none : image_of(s->base, depth - 1);
}

struct compose_image compose_image_of(const struct compose_service *s)
{
	return image_of(s, MAX_EXTENDS);
}

/* A part of the name between separators: "my-redis", "db_postgres". */
static bool named_store(const char *name)
{
	char part[32];

	while (*name != '\0') {
		size_t n = strcspn(name, "-_.");

		if (n < sizeof(part)) {
			for (size_t i = 0; i < n; i++)
				part[i] = ascii_lower(name[i]);
			part[n] = '\0';
			if (compose_is_store(part))
				return true;
		}
		name += n + (name[n] != '\0');
	}
	return false;
}

bool compose_store(const struct compose_service *s)
{
	struct compose_image image = compose_image_of(s);

	if (image.name && !strchr(image.name, COMPOSE_UNKNOWN))
		return compose_is_store(image.name);
	return !compose_get(s, "build", NULL) && named_store(s->name);
}

static bool reaches(const struct compose_service *s, bool store, int depth)
{
	if (!s || depth == 0)
		return false;
	for (size_t i = 0; i < s->n_ports; i++) {
		const struct compose_port_text *p = &s->ports[i].is;
		struct span host = { p->host, p->host ? strlen(p->host) : 0 };
		bool here =
			p->host && !compose_all_interfaces(p->host) && host_is_loop(host);

		if (store ? compose_store_port(p) : !here)
			return true;
	}
	return reaches(s->parent, store, depth - 1) || reaches(s->base, store, depth - 1);
}

bool compose_published(const struct compose_service *s)
{
	return reaches(s, false, MAX_EXTENDS);
}

bool compose_store_port(const struct compose_port_text *p)
{
	static const long targets[] = { 5432, 3306,  6379, 27017, 9200, 11211,
					5672, 15672, 6333, 7687,  2379 };

	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		if (p->first <= targets[i] && targets[i] <= p->last)
			return true;
	return false;
}

/* KEYCLOAK_ADMIN_PASSWORD, MINIO_ROOT_PASSWORD, PGADMIN_DEFAULT_PASSWORD. */
static bool of_administrator(const char *name)
{
	static const char *const parts[] = { "ADMIN", "ROOT", "DEFAULT", "SUPERUSER" };

	while (*name != '\0') {
		struct span part = { name, strcspn(name, "_") };

		for (size_t i = 0; i < ARRAY_LEN(parts); i++)
			if (span_ieq(part, parts[i]))
				return true;
		name += part.n + (name[part.n] != '\0');
	}
	return false;
}

bool compose_asks_password(const struct compose_service *s, const char *name)
{
	return compose_store(s) || of_administrator(name) ||
	       reaches(s, true, MAX_EXTENDS);
}

/* "/a/b" and "./c/../d" are "/a/b/d", without a look at the disk. */
static char *join(struct arena *a, const char *folder, size_t n, const char *path)
{
	char *out = arena_alloc(a, n + strlen(path) + 2);

	memcpy(out, folder, n);
	while (*path != '\0') {
		size_t len = strcspn(path, "/");

		if (len == 2 && path[0] == '.' && path[1] == '.') {
			while (n > 0 && out[--n] != '/')
				;
		} else if (len > 0 && !(len == 1 && path[0] == '.')) {
			out[n++] = '/';
			memcpy(out + n, path, len);
			n += len;
		}
		path += len + (path[len] == '/');
	}
	out[n] = '\0';
	return n > 0 ? out : arena_strdup(a, "/");
}

char *compose_path(struct arena *a, const struct compose_file *f, const char *value)
{
	const char *slash = strrchr(f->file->real, '/');

	if (!slash || value[0] == '\0' || strchr("/~\\", value[0]) ||
	    strchr(value, COMPOSE_UNKNOWN) || (is_alpha(value[0]) && value[1] == ':'))
		return NULL;
	return join(a, f->file->real, (size_t)(slash - f->file->real), value);
}

static bool loads(struct arena *a, const struct compose_service *s, const char *real)
{
	for (size_t i = 0; i < s->n_env_files; i++)
		if (str_eq(compose_path(a, s->file, s->env_files[i].at.value), real))
			return true;
	return false;
}

bool compose_loads(struct arena *a, const struct project *p, const struct config_file *f)
{
	for (size_t i = 0; i < p->n_files; i++) {
		const struct compose_file *c = p->files[i]->compose;

		for (size_t k = 0; c && k < c->n; k++)
			if (loads(a, &c->services[k], f->real))
				return true;
	}
	return false;
}
