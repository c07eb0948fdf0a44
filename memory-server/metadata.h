/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata of a memory: the keys with meaning, tags, and one canonical JSON text. */
#ifndef MEMORY_SERVER_METADATA_H
#define MEMORY_SERVER_METADATA_H

#include "common/base/ctx.h"
#include "common/field/jsonr.h"
#include "memory-server/model.h"

/* Values given beside the metadata object; set ones win over its members. */
struct metadata_in {
	enum memory_type type;
	enum memory_source source;
	const char *author;
	struct stamp timestamp;
	struct strs tags;
	bool has_tags; /* tags replace those of the object, also when empty */
};

/* given: a JSON object or NULL; its null members are dropped. old: the present metadata
 * that given is merged into (JSON merge patch, one level), or NULL. What is missing is
 * filled in: type text, source api, tags [], timestamp now. ERR_ARG names the member.
 * ret_tags: the normalised tags for memory_tags. */
bool metadata_build(struct ctx *c, const struct metadata_in *in, const char *given,
		    const char *old, struct json *ret, struct strs *ret_tags,
		    struct err *e);
/* The same bytes whatever database the text came from: keys sorted, numbers without
 * exponent. */
bool metadata_canonical(struct arena *a, struct json *j, struct err *e);

/* At most max bytes of JSON that say the most: the keys with meaning, as many tags as
 * fit, for results that have no room for all. */
char *metadata_brief(struct arena *a, const struct json *j, size_t max);

/* Lower case (ASCII), trimmed, inner blanks to one; duplicates dropped, order kept.
 * ERR_ARG for control characters, over TAG_MAX characters, over TAGS_MAX tags. */
bool tags_normal(struct ctx *c, const struct strs *in, struct strs *ret, struct err *e);

/* Fills the shown members of a hit from its metadata. */
void metadata_show(struct arena *a, struct memory_hit *h);
/* A string member of metadata text, or NULL. */
const char *metadata_str(struct arena *a, const struct json *j, const char *key);

#endif
