/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says about itself, in canonical form. */
#include "compliance-server/pin.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/str.h"
#include "common/field/canon.h"
#include "compliance-server/facts_tools.h"
#include "compliance-server/live_watch.h"
#include "compliance-server/predicate.h"

#define MASK "***"

struct masking {
	struct arena *a;
	const struct secret *secrets;
	size_t n;
};

/* ---- secrets ---- */

static size_t secret_at(const struct masking *m, const char *p)
{
	for (size_t i = 0; i < m->n; i++)
		if (str_starts(p, m->secrets[i].value))
			return strlen(m->secrets[i].value);
	return 0;
}

static const char *without_values(const struct masking *m, const char *text)
{
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	bool found = false;

	for (size_t i = 0; i < m->n && !found; i++)
		found = strstr(text, m->secrets[i].value) != NULL;
	if (!found)
		return text;
	buf_init(&b, PIN_MAX);
	while (*text) {
		size_t n = secret_at(m, text);

		if (n)
			buf_adds(&b, MASK);
		else
			buf_addc(&b, *text);
		text += n ? n : 1;
	}
	return arena_strdup(m->a, buf_text(&b));
}

static const char *masked(const struct masking *m, const char *text)
{
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	struct span token;
	const char *from;

	if (is_private_key(text))
		return MASK;
	text = without_values(m, text);
	if (!token_kind(text, NULL, &token))
		return text;
	buf_init(&b, PIN_MAX);
	from = text;
	do {
		buf_add(&b, from, (size_t)(token.p - from));
		buf_adds(&b, MASK);
		from = token.p + token.n;
	} while (token_kind(from, NULL, &token));
	buf_adds(&b, from);
	return arena_strdup(m->a, buf_text(&b));
}

/* ---- definitions ---- */

static struct node *copy(const struct masking *m, const struct node *n)
{
	struct node *out = arena_alloc(m->a, sizeof(*out)), **end = &out->first;

	*out = (struct node){ .kind = n->kind,
			      .truth = n->truth,
			      .text = n->kind == NODE_STRING ? masked(m, n->text)
							     : n->text,
			      .key = n->key ? masked(m, n->key) : NULL,
			      .n = n->n };
	for (const struct node *k = n->first; k; k = k->next) {
		*end = copy(m, k);
		end = &(*end)->next;
	}
	return out;
}

static void append(struct node *to, struct node *n, const char *key)
{
	struct node **end = &to->first;

	while (*end)
		end = &(*end)->next;
	n->key = key;
	*end = n;
	to->n++;
}

/* A picture itself is not shown to a model; where it comes from tells its owner. */
static struct node *icons_of(const struct masking *m, const struct node *icons)
{
	struct node *out = arena_alloc(m->a, sizeof(*out)), **end = &out->first;

	out->kind = NODE_ARRAY;
	for (const struct node *i = icons->first; i; i = i->next) {
		const struct node *src = node_get(i, "src");
		struct node *icon = arena_alloc(m->a, sizeof(*icon));

		icon->kind = NODE_OBJECT;
		if (src)
			append(icon, copy(m, src), "src");
		*end = icon;
		end = &icon->next;
		out->n++;
	}
	return out;
}

static void make_tool(const struct masking *m, const struct node *tool, struct buf *b,
		      struct pin_tool *ret)
{
	static const char *const members[] = { "annotations",  "description",
					       "inputSchema",  "name",
					       "outputSchema", "title" };
	struct node *out = arena_alloc(m->a, sizeof(*out));
	const struct node *icons = node_get(tool, "icons");
	const char *name = node_str(node_get(tool, "name"));
	size_t start = b->len;

	out->kind = NODE_OBJECT;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		const struct node *n = node_get(tool, members[i]);

		if (n)
			append(out, copy(m, n), members[i]);
	}
	if (icons && icons->kind == NODE_ARRAY)
		append(out, icons_of(m, icons), "icons");
	canon_add(m->a, out, b);
	ret->name = masked(m, name ? name : "");
	ret->text = arena_strndup(m->a, buf_text(b) + start, b->len - start);
	digest_sha256_hex(ret->text, strlen(ret->text), ret->sha256);
}

static int compare_tools(const void *x, const void *y)
{
	const struct pin_tool *a = x, *b = y;
	int by_name = strcmp(a->name, b->name);

	return by_name ? by_name : strcmp(a->sha256, b->sha256);
}

static int compare_hashes(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void hash_server(struct arena *a, struct pin *p)
{
	const char **all = arena_array(a, p->n + 1, sizeof(*all));
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	for (size_t i = 0; i < p->n; i++)
		all[i] = p->tools[i].sha256;
	qsort(all, p->n, sizeof(*all), compare_hashes);
	buf_init(&b, 2 * PIN_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "instructions", p->instructions);
	jsonw_str(&w, "name", p->server_name);
	jsonw_arr(&w, "tools");
	for (size_t i = 0; i < p->n; i++)
		jsonw_str(&w, NULL, all[i]);
	jsonw_end(&w);
	jsonw_end(&w);
	digest_sha256_hex(buf_text(&b), b.len, p->server_sha256);
}

static bool whole_list(const struct live *live, struct err *e)
{
	const struct live_list *l = &live->lists[LIVE_TOOLS];

	if (live->state != LIVE_OK)
		return err_set(e, ERR_UNAVAILABLE, "it could not be spoken to: %s",
			       live->error ? live->error : "no handshake");
	/* a server without tools is one */
	if (!l->declared && l->first.asked && !l->first.result)
		return true;
	return l->end == PAGES_COMPLETE ||
	       err_set(e, ERR_UNAVAILABLE, "its tool list is not complete");
}

bool pin_of_live(struct arena *a, const struct entry *entry, const struct live *live,
		 char *const *environ_in, struct pin *ret, struct err *e)
{
	const struct live_list *l = &live->lists[LIVE_TOOLS];
	struct masking m = { .a = a };
	struct pin out = { .n = l->n };
	struct buf b CLEANUP(buf_release) = { 0 };
	struct live_command command;

	if (!whole_list(live, e))
		return false;
	if (live_command(a, entry, environ_in, &command, NULL))
		m.secrets = watch_secrets(a, entry, command.envp, &m.n);
	buf_init(&b, PIN_MAX);
	out.tools = arena_array(a, l->n + 1, sizeof(*out.tools));
	for (size_t i = 0; i < l->n && !b.overflow; i++)
		make_tool(&m, l->items[i], &b, &out.tools[i]);
	if (live->instructions)
		buf_adds(&b, out.instructions = masked(&m, live->instructions));
	if (b.overflow)
		return err_set(e, ERR_LIMIT, "its definitions are longer than %zu MiB",
			       PIN_MAX >> 20);
	qsort(out.tools, out.n, sizeof(*out.tools), compare_tools);
	if (live->server_name)
		out.server_name = masked(&m, live->server_name);
	if (live->server_version)
		out.server_version = masked(&m, live->server_version);
	hash_server(a, &out);
	*ret = out;
	return true;
}

/* ---- stored ---- */

static size_t strings(const struct node *list)
{
	return list && list->kind == NODE_ARRAY ? list->n : 0;
}

static void read_program(struct arena *a, const struct node *files, struct program *ret)
{
	ret->files = arena_array(a, strings(files) + 1, sizeof(*ret->files));
	for (const struct node *n = strings(files) ? files->first : NULL; n;
	     n = n->next) {
		const char *path = node_str(node_get(n, "path"));
		const char *sha = node_str(node_get(n, "sha256"));

		if (!path || !sha || strlen(sha) != 64)
			continue;
		ret->files[ret->n].path = path;
		memcpy(ret->files[ret->n++].sha256, sha, 65);
	}
}

static void read_tools(struct arena *a, const struct node *tools, struct pin *ret)
{
	ret->tools = arena_array(a, strings(tools) + 1, sizeof(*ret->tools));
	for (const struct node *n = strings(tools) ? tools->first : NULL; n;
	     n = n->next) {
		struct pin_tool *t = &ret->tools[ret->n];
		const char *name = node_str(node_get(n, "name"));
		const char *text = node_str(node_get(n, "definition"));

		if (!text)
			continue;
		t->name = name ? name : "";
		t->text = text;
		digest_sha256_hex(text, strlen(text), t->sha256);
		ret->n++;
	}
	qsort(ret->tools, ret->n, sizeof(*ret->tools), compare_tools);
}

const struct pin *pin_read(struct arena *a, const char *configuration)
{
	const struct node *top =
		configuration ? jsonr_parse(a, configuration, strlen(configuration), 0,
					    NULL, NULL)
			      : NULL;
	const struct node *pin = node_get(top, "pin");
	const char *at = node_str(node_get(pin, "approved_at"));
	struct pin *out;

	if (!pin || pin->kind != NODE_OBJECT)
		return NULL;
	out = arena_alloc(a, sizeof(*out));
	out->definition_sha256 = node_str(node_get(pin, "definition_sha256"));
	out->approved_by = node_str(node_get(pin, "approved_by"));
	if (!at || !stamp_parse(at, &out->approved_at))
		out->approved_at.ms = 0;
	out->instructions = node_str(node_get(pin, "instructions"));
	out->server_name = node_str(node_get(pin, "server_name"));
	out->server_version = node_str(node_get(pin, "server_version"));
	read_program(a, node_get(pin, "program"), &out->program);
	read_tools(a, node_get(pin, "tools"), out);
	hash_server(a, out);
	return out;
}

static void put_head(struct jsonw *w, const struct pin *p)
{
	jsonw_str(w, "server_hash", p->server_sha256);
	jsonw_str(w, "definition_sha256", p->definition_sha256);
	jsonw_str(w, "approved_by", p->approved_by);
	jsonw_stamp(w, "approved_at", p->approved_at);
	jsonw_str(w, "server_name", p->server_name);
	jsonw_str(w, "server_version", p->server_version);
}

void pin_write(struct jsonw *w, const char *key, const struct pin *p)
{
	jsonw_obj(w, key);
	put_head(w, p);
	jsonw_str(w, "instructions", p->instructions);
	jsonw_arr(w, "program");
	for (size_t i = 0; i < p->program.n; i++) {
		jsonw_obj(w, NULL);
		jsonw_str(w, "path", p->program.files[i].path);
		jsonw_str(w, "sha256", p->program.files[i].sha256);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_arr(w, "tools");
	for (size_t i = 0; i < p->n; i++) {
		jsonw_obj(w, NULL);
		jsonw_str(w, "name", p->tools[i].name);
		jsonw_str(w, "sha256", p->tools[i].sha256);
		/* as text: a database that keeps JSON in a form of its own keeps the
		 * bytes */
		jsonw_str(w, "definition", p->tools[i].text);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

void pin_write_summary(struct jsonw *w, const char *key, const struct pin *p, bool names)
{
	jsonw_obj(w, key);
	put_head(w, p);
	if (!names)
		jsonw_i64(w, "tools", (int64_t)p->n);
	else
		jsonw_arr(w, "tools");
	for (size_t i = 0; names && i < p->n; i++) {
		jsonw_obj(w, NULL);
		jsonw_str(w, "name", p->tools[i].name);
		jsonw_str(w, "sha256", p->tools[i].sha256);
		jsonw_end(w);
	}
	if (names)
		jsonw_end(w);
	jsonw_end(w);
}

struct live *pin_live(struct arena *a, const struct pin *p)
{
	struct buf b CLEANUP(buf_release);
	struct jsonw w;
	const char *text;
	const struct node *top;

	buf_init(&b, 4 * PIN_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_obj(&w, "serverInfo");
	jsonw_str(&w, "name", p->server_name);
	jsonw_str(&w, "version", p->server_version);
	jsonw_end(&w);
	jsonw_str(&w, "instructions", p->instructions);
	jsonw_arr(&w, "tools");
	for (size_t i = 0; i < p->n; i++)
		jsonw_raw(&w, NULL, p->tools[i].text);
	jsonw_end(&w);
	jsonw_end(&w);
	text = arena_strndup(a, buf_text(&b), b.len);
	top = jsonr_parse(a, text, b.len, JSONR_DUPLICATES, NULL, NULL);
	return top ? live_of_list(a, top) : NULL;
}

struct pin_pair *pin_pairs(struct arena *a, const struct pin *was, const struct pin *now,
			   size_t *ret_n)
{
	struct pin_pair *out = arena_array(a, was->n + now->n + 1, sizeof(*out));
	size_t i = 0, k = 0, n = 0;

	while (i < was->n || k < now->n) {
		int order = i == was->n ? 1
			    : k == now->n
				    ? -1
				    : strcmp(was->tools[i].name, now->tools[k].name);

		out[n++] = (struct pin_pair){ order <= 0 ? &was->tools[i] : NULL,
					      order >= 0 ? &now->tools[k] : NULL };
		i += order <= 0;
		k += order >= 0;
	}
	*ret_n = n;
	return out;
}
