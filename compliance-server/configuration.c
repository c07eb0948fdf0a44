/* SPDX-License-Identifier: Apache-2.0 */
/* servers.configuration: one JSON object with several writers. */
#include "compliance-server/configuration.h"

#include <string.h>

#include "common/base/str.h"
#include "common/field/jsonr.h"
#include "compliance-server/pin.h"

#define ROOM (64 * 1024) /* for what is added */

static const struct node *parsed(struct arena *a, const char *text)
{
	const struct node *n =
		text ? jsonr_parse(a, text, strlen(text), 0, NULL, NULL) : NULL;

	return n && n->kind == NODE_OBJECT ? n : NULL;
}

static bool among(const char *key, const char *const *keys)
{
	for (; *keys; keys++)
		if (str_eq(key, *keys))
			return true;
	return false;
}

static void carry(struct jsonw *w, const struct node *top, const char *const *others)
{
	for (const struct node *m = top ? top->first : NULL; m; m = m->next)
		if (!among(m->key, others))
			jsonw_node(w, m->key, m);
}

void configuration_carry(struct arena *a, struct jsonw *w, const char *text,
			 const char *const *others)
{
	carry(w, parsed(a, text), others);
}

const char *configuration_with(struct arena *a, const char *text, const char *key,
			       const char *json)
{
	const char *const others[] = { key, NULL };
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	/* written again, a text may take a few bytes more: escapes of control characters
	 */
	buf_init(&b, 6 * (text ? strlen(text) : 0) + (json ? strlen(json) : 0) + ROOM);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	carry(&w, parsed(a, text), others);
	jsonw_raw(&w, key, json);
	jsonw_end(&w);
	return arena_strdup(a, buf_text(&b));
}

const char *configuration_shown(struct arena *a, const char *text)
{
	const struct pin *p = pin_read(a, text);
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	struct jsonw w;

	if (!p)
		return text;
	buf_init(&b, ROOM);
	jsonw_init(&w, &b);
	pin_write_summary(&w, NULL, p, false);
	return configuration_with(a, text, "pin", buf_text(&b));
}

/* ---- registry ---- */

struct registered configuration_registered(struct arena *a, const char *text)
{
	const struct node *top = parsed(a, text);

	return (struct registered){
		.definition_sha256 =
			node_str(node_path(top, "registered", "definition_sha256", NULL)),
		.owner = node_str(node_get(top, "owner")),
		.purpose = node_str(node_get(top, "purpose")),
		.contact = node_str(node_get(top, "contact")),
	};
}

const char *configuration_register(struct arena *a, const char *text,
				   const struct registered *r, const char *by)
{
	static const char *const replaced[] = { "registered", "owner", "purpose",
						"contact", NULL };
	struct registered was = configuration_registered(a, text);
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	buf_init(&b, 6 * (text ? strlen(text) : 0) + ROOM);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	configuration_carry(a, &w, text, replaced);
	jsonw_obj(&w, "registered");
	jsonw_str(&w, "by", by);
	jsonw_stamp(&w, "at", clock_now());
	jsonw_str(&w, "definition_sha256", r->definition_sha256);
	jsonw_end(&w);
	jsonw_str(&w, "owner", r->owner ? r->owner : was.owner);
	jsonw_str(&w, "purpose", r->purpose ? r->purpose : was.purpose);
	jsonw_str(&w, "contact", r->contact ? r->contact : was.contact);
	jsonw_end(&w);
	return arena_strdup(a, buf_text(&b));
}
