/* SPDX-License-Identifier: Apache-2.0 */
/* One service of a compose file: the short and the long syntax of each member into one.
 */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/compose_part.h"
#include "compliance-server/predicate.h"

/* Words of all commands of a file that are looked at. */
#define MAX_WORDS 65536
struct reader {
	struct arena *arena;
	size_t *words; /* of commands, that may still be looked at */
	size_t cap_args;
};

const char *compose_scalar(const struct node *n)
{
	if (!n)
		return NULL;
	if (n->kind == NODE_BOOL)
		return n->truth ? "true" : "false";
	return n->kind == NODE_STRING || n->kind == NODE_NUMBER ? n->text : NULL;
}

struct compose_item compose_item_of(struct arena *a, const char *key,
				    const struct node *n)
{
	struct compose_item it = { .key = key, .text = compose_scalar(n) };

	if (n) {
		it.line = n->line;
		it.col = n->col;
	}
	if (it.text)
		it.value = compose_interpolate(a, it.text, &it.defaulted);
	return it;
}

/* Columns inside the text of a scalar, for offsets that only grow. */
struct ruler {
	const struct node *node; /* NULL: the text is written in another way */
	size_t at;
	int columns;
};

static struct ruler ruler_of(const struct node *node)
{
	struct ruler u = { node, 0, 0 };
	int whole = 0;

	for (const char *p = node->text; *p != '\0'; p++)
		whole += utf8_columns(*p);
	if (node->end_line != node->line ||
	    node->end_col - node->col != whole + (node->quoted ? 2 : 0))
		u.node = NULL;
	return u;
}

/* Moves the item to byte n of the text, where the text stands in the file as it is. */
static void move_to(struct compose_item *it, struct ruler *u, size_t n)
{
	if (!u->node)
		return;
	for (; u->at < n; u->at++)
		u->columns += utf8_columns(u->node->text[u->at]);
	it->col = u->node->col + u->columns + (u->node->quoted ? 1 : 0);
}

/* "NAME=value" with n bytes in front of the "=". */
static void named(struct arena *a, struct compose_item *it, const struct node *node,
		  size_t n)
{
	struct ruler u = ruler_of(node);

	it->name = arena_strndup(a, node->text, n);
	it->text = node->text + n + 1;
	it->value = compose_interpolate(a, it->text, &it->defaulted);
	move_to(it, &u, n + 1);
}

static size_t count(const struct node *n)
{
	return n ? n->n : 0;
}

static void read_env(struct reader *r, struct compose_service *s)
{
	const struct node *env = node_get(s->node, "environment");
	size_t i = 0;

	s->env.v = arena_array(r->arena, count(env) + 1, sizeof(*s->env.v));
	for (const struct node *c = env ? env->first : NULL; c; c = c->next, i++) {
		struct compose_item it = compose_item_of(r->arena, "environment", c);
		const char *eq;

		if (env->kind == NODE_OBJECT) {
			it.name = c->key;
		} else {
			if (c->kind != NODE_STRING)
				continue;
			it.element = true;
			it.index = i;
			it.name = c->text;
			it.text = it.value = NULL; /* handed through from outside */
			eq = strchr(c->text, '=');
			if (eq)
				named(r->arena, &it, c, (size_t)(eq - c->text));
		}
		s->env.v[s->env.n++] = it;
	}
}

static bool name_byte(char c)
{
	return is_alpha(c) || is_digit(c) || c == '_';
}

/* The name in front of "=" in "--name=value" and "NAME=value"; its length. */
static size_t name_before(const char *word)
{
	size_t n = strspn(word, "-"), from = n;

	while (name_byte(word[n]) || (from > 0 && word[n] == '-'))
		n++;
	return n > from && word[n] == '=' && !is_digit(word[from]) ? n : 0;
}

/* Adds a word of a command; an option before it is its name. u is NULL for a word whose
 * own place is not known. */
static void add_word(struct reader *r, struct compose_service *s, struct compose_item it,
		     struct ruler *u, const struct compose_word *word)
{
	struct compose_items *args = &s->args;
	size_t n = name_before(word->text), dashes = strspn(word->text, "-");
	const char *before = args->n > 0 ? args->v[args->n - 1].text : "";
	bool option = before[0] == '-' && !args->v[args->n - 1].name;

	it.text = word->text + (n > 0 ? n + 1 : 0);
	it.value = compose_interpolate(r->arena, it.text, &it.defaulted);
	if (u)
		move_to(&it, u, word->at + (n > 0 ? n + 1 : 0));
	if (n > 0)
		it.name = arena_strndup(r->arena, word->text + dashes, n - dashes);
	else if (option && dashes == 0)
		it.name = before + strspn(before, "-");
	if (args->n == r->cap_args) {
		struct compose_item *v;

		r->cap_args = MAX(2 * args->n, (size_t)16);
		v = arena_array(r->arena, r->cap_args, sizeof(*v));
		if (args->n > 0)
			memcpy(v, args->v, args->n * sizeof(*v));
		args->v = v;
	}
	args->v[args->n++] = it;
}

static bool behind_shell_option(const struct compose_items *args)
{
	const char *s = args->n > 0 ? args->v[args->n - 1].text : "";

	return s[0] == '-' && s[1] != '-' && str_ends(s, "c");
}

static struct compose_words split(struct reader *r, struct compose_service *s,
				  const char *text)
{
	struct compose_words w = compose_split(r->arena, text, *r->words);

	*r->words -= w.n;
	s->args_cut |= w.cut;
	return w;
}

/* One word, or what a shell behind -c makes of it; there the place is the whole word. */
static void add_words(struct reader *r, struct compose_service *s, struct compose_item it,
		      struct ruler *u, const struct compose_word *word)
{
	struct compose_words inner = { NULL, 0, false };

	if (behind_shell_option(&s->args) && strpbrk(word->text, " \t\n"))
		inner = split(r, s, word->text);
	if (inner.n == 0) {
		add_word(r, s, it, u, word);
		return;
	}
	move_to(&it, u, word->at);
	for (size_t i = 0; i < inner.n; i++)
		add_word(r, s, it, NULL, &inner.v[i]);
}

static void read_command(struct reader *r, struct compose_service *s, const char *key)
{
	const struct node *n = node_get(s->node, key);
	struct compose_item it = { .key = key };

	if (n && n->kind == NODE_STRING) {
		struct compose_words w = split(r, s, n->text);
		struct ruler u = ruler_of(n);

		it.line = n->line;
		it.col = n->col;
		for (size_t i = 0; i < w.n; i++)
			add_words(r, s, it, &u, &w.v[i]);
		return;
	}
	for (const struct node *c = n ? n->first : NULL; c; c = c->next) {
		struct compose_word w = { compose_scalar(c), 0 };

		it.line = c->line;
		it.col = c->col;
		it.element = true;
		if (w.text && c->kind == NODE_STRING) {
			struct ruler u = ruler_of(c);

			add_words(r, s, it, &u, &w);
		} else if (w.text) {
			add_word(r, s, it, NULL, &w);
		}
		it.index++;
	}
}

static void long_port(struct arena *a, const struct node *n, struct compose_port *p)
{
	const char *target = compose_scalar(node_get(n, "target"));
	const char *host = node_str(node_get(n, "host_ip"));

	p->is = (struct compose_port_text){
		.tcp = !str_ieq(node_str(node_get(n, "protocol")), "udp")
	};
	target = target ? compose_interpolate(a, target, NULL) : "";
	if (!compose_port_range(target, &p->is.first, &p->is.last))
		p->is.first = p->is.last = 0;
	p->is.host = host ? compose_interpolate(a, host, NULL) : NULL;
	p->is.host_unknown = p->is.host && strchr(p->is.host, COMPOSE_UNKNOWN);
	p->at.text = target;
	p->at.value = target;
}

static void read_ports(struct reader *r, struct compose_service *s)
{
	const struct node *ports = node_get(s->node, "ports");
	size_t i = 0;

	s->ports = arena_array(r->arena, count(ports) + 1, sizeof(*s->ports));
	for (const struct node *c = ports ? ports->first : NULL; c; c = c->next, i++) {
		struct compose_port *p = &s->ports[s->n_ports];

		p->at = compose_item_of(r->arena, "ports", c);
		p->at.element = true;
		p->at.index = i;
		if (c->kind == NODE_OBJECT)
			long_port(r->arena, c, p);
		else if (!p->at.text ||
			 !compose_port_split(r->arena, p->at.value, p->at.text, &p->is))
			continue;
		s->n_ports++;
	}
}

static bool long_mount(struct arena *a, const struct node *n, struct compose_mount *m)
{
	const struct node *ro = node_get(n, "read_only");
	const struct node *create = node_path(n, "bind", "create_host_path", NULL);
	struct compose_item at = compose_item_of(a, "volumes", node_get(n, "source"));
	const char *type = node_str(node_get(n, "type"));

	if (!at.text)
		return false;
	m->bind = str_eq(type, "bind");
	m->read_only = ro && ro->kind == NODE_BOOL && ro->truth;
	m->makes_folder = !create || create->kind != NODE_BOOL || create->truth;
	m->creates = create && create->kind == NODE_BOOL && create->truth;
	at.element = true;
	at.index = m->at.index;
	m->at = at;
	return m->bind || !type || str_eq(type, "volume");
}

static bool short_mount(struct arena *a, struct compose_mount *m)
{
	struct compose_mount_text is;

	compose_mount_split(a, m->at.value, &is);
	m->at.value = is.source;
	m->makes_folder = true;
	m->bind = is.bind;
	m->read_only = is.read_only;
	return is.source != NULL;
}

static void read_mounts(struct reader *r, struct compose_service *s)
{
	const struct node *volumes = node_get(s->node, "volumes");
	size_t i = 0;

	s->mounts = arena_array(r->arena, count(volumes) + 1, sizeof(*s->mounts));
	for (const struct node *c = volumes ? volumes->first : NULL; c;
	     c = c->next, i++) {
		struct compose_mount *m = &s->mounts[s->n_mounts];

		*m = (struct compose_mount){ .at = compose_item_of(r->arena, "volumes",
								   c) };
		m->at.element = true;
		m->at.index = i;
		if (c->kind == NODE_OBJECT ? long_mount(r->arena, c, m)
					   : m->at.text && short_mount(r->arena, m))
			s->n_mounts++;
	}
}

static void add_env_file(struct reader *r, struct compose_service *s,
			 const struct node *n)
{
	struct compose_env_file *f = &s->env_files[s->n_env_files];
	const struct node *required = node_get(n, "required");

	*f = (struct compose_env_file){
		.at = compose_item_of(r->arena, "env_file",
				      n->kind == NODE_OBJECT ? node_get(n, "path") : n),
		.required = !required || required->kind != NODE_BOOL || required->truth
	};
	s->n_env_files += f->at.text != NULL;
}

static void read_env_files(struct reader *r, struct compose_service *s)
{
	const struct node *n = node_get(s->node, "env_file");
	size_t i = 0;

	s->env_files = arena_array(r->arena, count(n) + 2, sizeof(*s->env_files));
	if (n && n->kind != NODE_ARRAY)
		add_env_file(r, s, n);
	else
		for (const struct node *c = n ? n->first : NULL; c; c = c->next, i++) {
			size_t before = s->n_env_files;

			add_env_file(r, s, c);
			s->env_files[before].at.element = true;
			s->env_files[before].at.index = i;
		}
}

void compose_read_service(struct arena *a, struct compose_service *s, size_t *words)
{
	struct reader reader = { .arena = a, .words = words }, *r = &reader;
	const struct node *build = node_get(s->node, "build");

	read_env(r, s);
	read_command(r, s, "entrypoint");
	read_command(r, s, "command");
	read_ports(r, s);
	read_mounts(r, s);
	read_env_files(r, s);
	s->image = compose_item_of(r->arena, "image", node_get(s->node, "image"));
	if (s->image.text)
		compose_image_split(r->arena, s->image.value, &s->image_is);
	if (build && build->kind == NODE_OBJECT)
		build = node_get(build, "context");
	s->build = compose_item_of(r->arena, "build", build);
}
