/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of memories: what is stored, how it changes, how it goes. */
#include "memory-server/memory.h"

#include "common/base/buf.h"
#include "common/base/id.h"
#include "common/base/str.h"
#include "memory-server/memory_store.h"
#include "memory-server/words.h"

static bool check_content(const char *content, struct err *e)
{
	size_t n = strlen(content);

	if (!content[strspn(content, " \t\r\n\f\v")])
		return err_set(e, ERR_ARG, "argument \"content\" is %s; accepted is text",
			       n ? "nothing but blanks" : "empty");
	if (n > CONTENT_MAX)
		return err_set(
			e, ERR_ARG,
			"argument \"content\": %zu bytes; accepted are at most %d\n"
			"hint: store the parts as memories of their own",
			n, CONTENT_MAX);
	return true;
}

static bool check_expiry(struct stamp at, struct err *e)
{
	if (at.ms && at.ms <= clock_now().ms)
		return err_set(e, ERR_ARG,
			       "argument \"expiresAt\" lies in the past; accepted is a"
			       " time to come");
	return true;
}

/* Tags and author as words; a hit there counts more than one in the content. */
static bool index_memory(struct ctx *c, const struct memory *m, const struct strs *tags,
			 struct err *e)
{
	const char *author = metadata_str(c->arena, &m->metadata, "author");
	const char *words;
	struct buf b;

	buf_init(&b, METADATA_MAX);
	for (size_t i = 0; i < tags->n; i++)
		buf_addf(&b, "%s ", tags->v[i]);
	buf_adds(&b, author ? author : "");
	words = words_text(c->arena, buf_text(&b));
	buf_release(&b);
	return memory_set_tags(c, m->id, tags, e) &&
	       memory_index(c, m->id, words_text(c->arena, m->content), words, e);
}

/* An id stands in lists that commas separate, in memory:// URIs and in logs. */
static bool check_id(const char *id, struct err *e)
{
	size_t n = strlen(id);
	bool fits = n && id[0] != ' ' && id[n - 1] != ' ' && !strpbrk(id, ",/") &&
		    !str_eq(id, "recent") && !str_eq(id, "tags");

	for (const char *p = id; *p && fits; p++)
		fits = (unsigned char)*p >= 0x20 && *p != 0x7f;
	return fits ||
	       err_set(e, ERR_ARG,
		       "argument \"memoryId\": accepted are 1 to 100 characters without"
		       " comma, slash, control characters and blanks at the ends; not"
		       " \"recent\" or \"tags\"");
}

static bool id_is_free(struct ctx *c, const char *memory_id, struct err *e)
{
	struct memory other;
	struct err none = { 0 };

	if (!memory_by_id(c, memory_id, &other, &none))
		return none.code == ERR_NOT_FOUND ||
		       err_set(e, none.code, "%s", none.msg);
	return err_set(e, ERR_CONFLICT,
		       "a memory \"%.100s\" exists\nhint: update_memory changes it",
		       memory_id);
}

bool memory_store(struct ctx *c, const struct memory_new *in, struct memory *ret,
		  struct err *e)
{
	char id[UUID_LEN], memory_id[ID_LEN];
	struct memory m = { .content = in->content, .expires_at = in->expires_at };
	struct strs tags;

	if (!check_content(in->content, e) || !check_expiry(in->expires_at, e) ||
	    !metadata_build(c, &in->given, in->metadata, NULL, &m.metadata, &tags, e))
		return false;
	if (in->memory_id &&
	    (!check_id(in->memory_id, e) || !id_is_free(c, in->memory_id, e)))
		return false;
	id_uuid(id);
	id_public("mem", memory_id);
	m.id = arena_strdup(c->arena, id);
	m.memory_id = in->memory_id ? in->memory_id : arena_strdup(c->arena, memory_id);
	m.created_at = m.updated_at = clock_now();
	if (!memory_insert(c, &m, e)) {
		if (e->code == ERR_CONFLICT && in->memory_id)
			err_set(e, ERR_CONFLICT,
				"the id \"%.100s\" was taken before\n"
				"hint: a memory that has expired keeps its id; choose another",
				in->memory_id);
		return false;
	}
	if (!index_memory(c, &m, &tags, e))
		return false;
	*ret = m;
	return true;
}

/* The tags after adding and removing, as metadata_in wants them. */
static bool change_tags(struct ctx *c, const struct memory_update *in,
			const struct strs *now, struct metadata_in *given, struct err *e)
{
	struct strs all = { .v = arena_array(c->arena, now->n + in->add_tags.n + 1,
					     sizeof(*all.v)) };
	struct strs gone;

	if (!in->add_tags.n && !in->remove_tags.n)
		return true;
	if (!tags_normal(c, &in->remove_tags, &gone, e))
		return false;
	for (size_t i = 0; i < now->n; i++) {
		bool keep = true;

		for (size_t k = 0; k < gone.n && keep; k++)
			keep = !str_eq(now->v[i], gone.v[k]);
		if (keep)
			all.v[all.n++] = now->v[i];
	}
	for (size_t i = 0; i < in->add_tags.n; i++)
		all.v[all.n++] = in->add_tags.v[i];
	given->tags = all;
	given->has_tags = true;
	return true;
}

static bool check_change(const struct memory_update *in, struct err *e)
{
	if (!in->content && !in->metadata && !in->given.has_tags && !in->add_tags.n &&
	    !in->remove_tags.n && !in->expires_at.ms && !in->never_expires)
		return err_set(
			e, ERR_ARG,
			"nothing to change is given\n"
			"hint: content, tags, addTags, removeTags, metadata, expiresAt"
			" or neverExpires");
	if (in->expires_at.ms && in->never_expires)
		return err_set(e, ERR_ARG,
			       "arguments \"expiresAt\" and \"neverExpires\" exclude each"
			       " other; accepted is one of them");
	return true;
}

bool memory_modify(struct ctx *c, const struct memory_update *in, struct memory *ret,
		   struct err *e)
{
	struct metadata_in given = in->given;
	struct memory m;
	struct strs tags;

	if (!check_change(in, e) || (in->content && !check_content(in->content, e)) ||
	    !check_expiry(in->expires_at, e) || !memory_get(c, in->memory_id, &m, e))
		return false;
	if (!metadata_build(c, &given, in->metadata, m.metadata.text, &m.metadata, &tags,
			    e) ||
	    !change_tags(c, in, &tags, &given, e) ||
	    !metadata_build(c, &given, NULL, m.metadata.text, &m.metadata, &tags, e))
		return false;
	m.content = in->content ? in->content : m.content;
	m.updated_at = clock_now();
	if (in->expires_at.ms || in->never_expires)
		m.expires_at = in->expires_at;
	if (!memory_change(c, &m, e) || !memory_unindex(c, m.id, e) ||
	    !index_memory(c, &m, &tags, e))
		return false;
	*ret = m;
	return true;
}

bool memory_delete(struct ctx *c, const char *memory_id, struct err *e)
{
	struct memory m;

	return memory_by_id(c, memory_id, &m, e) && memory_remove(c, m.id, e);
}

bool memory_get(struct ctx *c, const char *memory_id, struct memory *ret, struct err *e)
{
	return memory_by_id(c, memory_id, ret, e) &&
	       metadata_canonical(c->arena, &ret->metadata, e);
}
