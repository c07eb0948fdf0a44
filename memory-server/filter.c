/* SPDX-License-Identifier: Apache-2.0 */
/* Filter arguments that list_memories and search_memories share. */
#include "memory-server/filter.h"

#include "common/base/buf.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "common/field/bind.h"
#include "memory-server/metadata.h"
#include "memory-server/words.h"

const struct field filter_args_fields[] = { FILTER_FIELDS, FIELDS_END };

static const char *iso(struct ctx *c, struct stamp s)
{
	char text[STAMP_LEN];

	if (!s.ms)
		return NULL;
	stamp_iso(s, text);
	return arena_strdup(c->arena, text);
}

/* The text a column is compared with; NULL when the enum is not set. */
static const char *name_or_null(const char *const *names, int value)
{
	return value ? names_text(names, value) : NULL;
}

bool filter_make(struct ctx *c, const struct filter_args *in, struct memory_filter *ret,
		 const char **ret_json, struct err *e)
{
	struct filter_args shown = *in;
	struct strs *lists[] = { [TAGS_ANY] = &ret->tags_any,
				 [TAGS_ALL] = &ret->tags_all,
				 [TAGS_NONE] = &ret->tags_none };
	struct jsonw w;
	struct buf b;

	*ret = (struct memory_filter){
		.type = name_or_null(memory_types, (int)in->type),
		.source = name_or_null(memory_sources, (int)in->source),
		.author = in->author,
		.since = iso(c, in->since),
		.until = iso(c, in->until),
		.now = clock_now(),
	};
	if (!tags_normal(c, &in->tags, &shown.tags, e))
		return false;
	if (in->tags.n && !shown.tags.n)
		return err_set(e, ERR_ARG,
			       "argument \"tags\" holds blanks only; accepted are tags");
	if (in->since.ms && in->until.ms && in->since.ms >= in->until.ms)
		return err_set(e, ERR_ARG,
			       "argument \"until\" is not after \"since\"; accepted is a"
			       " later time");
	*lists[in->tag_match] = shown.tags;
	if (!shown.tags.n)
		shown.tag_match = 0;
	buf_init(&b, METADATA_MAX);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	fields_json(filter_args_fields, &shown, &w);
	jsonw_end(&w);
	*ret_json = arena_strdup(c->arena, buf_text(&b));
	buf_release(&b);
	return true;
}

void filter_show(struct ctx *c, struct rows *hits, const char *question,
		 const struct memory_filter *f)
{
	struct memory_hit *h = hits->at;

	for (size_t i = 0; i < hits->n; i++) {
		metadata_show(c->arena, &h[i]);
		h[i].snippet = words_snippet(c->arena, h[i].content, question);
		h[i].rank = f->offset + (int64_t)i + 1;
		h[i].as_of = f->as_of.ms ? f->as_of : f->now;
	}
}
