/* SPDX-License-Identifier: Apache-2.0 */
/* Which row of servers an entry of a file, or the files of a project, belong to. */
#include "compliance-server/target.h"

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/id.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "compliance-server/configuration.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/note.h"

#define CONFIGURATION_MAX ((size_t)1024 * 1024)
#define DEFINITION_MAX	  (8 * 1024) /* bytes of a definition that are kept */
#define FILES_MAX	  100
#define VERSION_MAX	  20
#define INLINE		  "inline"

static const char *const transports[] = { "none", "stdio", "remote" };

void target_of(const struct check_report *r, size_t i, struct target *ret)
{
	const struct check_target *t = &r->targets[i];

	*ret = (struct target){ .type = t->type,
				.name = t->entry && t->entry->name[0] ? t->entry->name
					: !t->file->on_disk
						? (t->host ? "host:" INLINE
							   : "workspace:" INLINE)
						: t->name,
				.entry = t->entry,
				.file = t->file,
				.files = t->project ? t->project->files
					 : t->host  ? t->host->files
						    : NULL,
				.n_files = t->project ? t->project->n_files
					   : t->host  ? t->host->n_files
						      : 0 };
}

static const char *path_of(const struct target *t)
{
	if (!t->file->on_disk)
		return INLINE;
	return t->entry ? t->file->real : t->file->root;
}

static struct strs file_paths(struct arena *a, const struct node *list)
{
	struct strs out = { NULL, 0 };

	if (!list || list->kind != NODE_ARRAY)
		return out;
	out.v = arena_array(a, list->n + 1, sizeof(*out.v));
	for (const struct node *n = list->first; n; n = n->next) {
		const char *path = node_str(node_get(n, "path"));

		if (path)
			out.v[out.n++] = path;
	}
	return out;
}

void target_source(struct arena *a, const struct server *s, struct target_source *ret)
{
	const char *text = s->configuration.text;
	const struct node *top =
		text ? jsonr_parse(a, text, strlen(text), 0, NULL, NULL) : NULL;
	const struct node *source = node_get(top, "source");

	*ret = (struct target_source){
		.path = node_str(node_get(source, "path")),
		.pointer = node_str(node_get(source, "pointer")),
		.host = node_str(node_get(source, "host")),
		.definition_sha256 = node_str(node_get(top, "definition_sha256")),
		.files = file_paths(a, node_get(top, "files")),
	};
	ret->inline_text = str_eq(ret->path, INLINE);
}

static bool stands_there(const struct target *t, const char *type,
			 const struct target_source *s)
{
	if (!str_eq(s->path, path_of(t)) || (t->entry == NULL) != (s->pointer == NULL))
		return false;
	if (t->entry)
		return str_eq(s->pointer, t->entry->pointer);
	return str_eq(type, t->type) &&
	       (!str_eq(type, "host") || str_eq(s->host, t->file->host->name));
}

/* All inline texts share one path. */
bool target_is(const struct target *t, const char *type, const struct target_source *s)
{
	return stands_there(t, type, s) &&
	       (!s->inline_text || !t->entry ||
		str_eq(s->definition_sha256, t->entry->definition_sha256));
}

/* The same thing as the row: it stands where the row says, or it is the same definition
 * in a moved or copied file. */
static bool same(struct ctx *c, const struct target *t, const struct server *row)
{
	struct target_source s;

	target_source(c->arena, row, &s);
	if (!s.path || stands_there(t, row->type, &s))
		return true;
	return t->entry && str_eq(s.definition_sha256, t->entry->definition_sha256);
}

static void put_files(struct jsonw *w, const struct target *t)
{
	size_t n = 0;

	jsonw_arr(w, "files");
	for (size_t i = 0; i < t->n_files && n < FILES_MAX; i++) {
		const struct config_file *f = t->files[i];

		if (!f->on_disk)
			continue;
		jsonw_obj(w, NULL);
		jsonw_str(w, "path", f->real);
		jsonw_str(w, "sha256", f->sha256);
		jsonw_end(w);
		n++;
	}
	jsonw_end(w);
}

/* What others keep in it (was, may be NULL) stays. */
static const char *configuration(struct ctx *c, const struct target *t, const char *was)
{
	static const char *const own[] = { "source",	 "transport",
					   "enabled",	 "definition_sha256",
					   "definition", "files",
					   NULL };
	static const char *const places[] = { "", "project", "user", "given", "system" };
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	buf_init(&b, CONFIGURATION_MAX + 6 * (was ? strlen(was) : 0));
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_obj(&w, "source");
	jsonw_str(&w, "path", path_of(t));
	jsonw_str(&w, "host", t->file->host->name);
	jsonw_str(&w, "scope", places[t->file->place]);
	if (t->entry)
		jsonw_str(&w, "pointer", t->entry->pointer);
	jsonw_end(&w);
	if (t->entry) {
		jsonw_str(&w, "transport", transports[t->entry->transport]);
		jsonw_bool(&w, "enabled", t->entry->enabled);
		jsonw_str(&w, "definition_sha256", t->entry->definition_sha256);
		if (strlen(t->entry->definition) <= DEFINITION_MAX)
			jsonw_raw(&w, "definition", t->entry->definition);
	} else {
		put_files(&w, t);
	}
	configuration_carry(c->arena, &w, was, own);
	jsonw_end(&w);
	return b.overflow ? "{}" : arena_strdup(c->arena, buf_text(&b));
}

static const char *cut(struct arena *a, const char *s, size_t points)
{
	const char *p = s;

	while (*p && points-- > 0)
		utf8_next(&p);
	return arena_strndup(a, s, (size_t)(p - s));
}

/* Rows hold names of at most 100 code points. */
static const char *fit(struct arena *a, const char *name)
{
	char hex[DIGEST_HEX_LEN];

	if (utf8_count(name) <= NAME_MAX_CHARS)
		return name;
	digest_sha256_hex(name, strlen(name), hex);
	return arena_printf(a, "%s~%.8s", cut(a, name, NAME_MAX_CHARS - 9), hex);
}

static const char *wished_name(struct ctx *c, const struct target *t, int attempt)
{
	const char *path = path_of(t), *host = t->file->host->name;
	char hex[DIGEST_HEX_LEN];

	digest_sha256_hex(path, strlen(path), hex);
	if (attempt == 0)
		return fit(c->arena, t->name);
	if (!t->entry)
		return fit(c->arena, arena_printf(c->arena, "%s:%.8s", t->name, hex));
	if (attempt == 1)
		return fit(c->arena, arena_printf(c->arena, "%s@%s", t->name, host));
	if (attempt == 2)
		return fit(c->arena,
			   arena_printf(c->arena, "%s@%s:%.8s", t->name, host, hex));
	return fit(c->arena,
		   arena_printf(c->arena, "%s@%s:%.8s#%d.%d", t->name, host, hex,
				t->entry->node->key_line, t->entry->node->key_col));
}

static const char *version_of(struct ctx *c, const struct target *t)
{
	struct look_package p;

	if (!t->entry)
		return "-";
	if (look_package(c->arena, t->entry, &p) && p.version &&
	    look_exact_version(p.version))
		return cut(c->arena, p.version, VERSION_MAX);
	return "unknown";
}

static bool record(struct ctx *c, const char *action, const struct target *t,
		   const struct server *row, struct err *e)
{
	struct note n;

	note_open(c, &n, action, "server", row->name, NULL);
	jsonw_str(&n.w, "server", row->name);
	jsonw_str(&n.w, "type", row->type);
	if (t->entry)
		jsonw_str(&n.w, "definition_sha256", t->entry->definition_sha256);
	return note_store(c, &n, e);
}

static bool make(struct ctx *c, const struct target *t, const char *name,
		 struct server *ret, struct err *e)
{
	char id[UUID_LEN];

	id_uuid(id);
	*ret = (struct server){
		.id = arena_strdup(c->arena, id),
		.name = name,
		.type = t->type,
		.status = SERVER_STOPPED,
		.health = HEALTH_UNKNOWN,
		.version = version_of(c, t),
		.description = t->entry ? t->entry->description : NULL,
		.configuration.text = configuration(c, t, NULL),
		.created_at = clock_now(),
	};
	ret->updated_at = ret->created_at;
	return server_insert(c, ret, e) && record(c, "server.register", t, ret, e);
}

/* What a person wrote stays: type, status and a description that is there. */
static bool take_over(struct ctx *c, const struct target *t, struct server *row,
		      struct err *e)
{
	const char *text;
	const char *version = version_of(c, t);
	struct target_source was;

	/* an approval that comes at this moment must not be lost */
	if (!server_lock(c, row->name, row, e))
		return false;
	text = configuration(c, t, row->configuration.text);
	target_source(c->arena, row, &was);
	/* a server of a file stays one when somebody pastes its definition */
	if (was.path && !was.inline_text && !t->file->on_disk)
		return true;
	row->configuration.text = text;
	if (!t->entry || !str_eq(was.definition_sha256, t->entry->definition_sha256) ||
	    str_eq(row->version, "unknown"))
		row->version = str_eq(version, "unknown") && row->last_check.ms
				       ? row->version
				       : version;
	if (str_empty(row->description) && t->entry)
		row->description = t->entry->description;
	row->updated_at = clock_now();
	return server_change(c, row, e) &&
	       (!t->entry || str_eq(was.definition_sha256, t->entry->definition_sha256) ||
		record(c, "server.change", t, row, e));
}

static bool is_taken(const struct strs *taken, const char *name)
{
	for (size_t i = 0; i < taken->n; i++) {
		if (str_eq(taken->v[i], name))
			return true;
	}
	return false;
}

bool target_register(struct ctx *c, const struct target *t, const struct strs *taken,
		     struct server *ret, bool *ret_new, struct err *e)
{
	for (int attempt = 0; attempt < 4; attempt++) {
		const char *name = wished_name(c, t, attempt);
		bool found;

		if (is_taken(taken, name))
			continue;
		if (!server_find(c, name, ret, &found, e))
			return false;
		*ret_new = !found;
		if (!found)
			return make(c, t, name, ret, e);
		if (same(c, t, ret))
			return take_over(c, t, ret, e);
	}
	return err_set(e, ERR_CONFLICT, "no free name is left for server \"%.100s\"",
		       str_printable(c->arena, t->name, 100));
}
