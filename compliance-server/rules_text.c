/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the meaning of a server's texts: phrases, marks, what is encoded. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_live.h"
#include "compliance-server/text_marks.h"

#define SHOWN_BEFORE 30
#define SHOWN	     160
#define HASH_FULL    2 /* slots for each name */

/* ---- own names ---- */

struct names {
	size_t size;
	const char **slot;
	struct arena *arena;
};

struct names *names_new(struct arena *a, size_t max)
{
	struct names *n = arena_alloc(a, sizeof(*n));

	n->arena = a;
	n->size = HASH_FULL * max + 16;
	n->slot = arena_array(a, n->size, sizeof(*n->slot));
	return n;
}

static size_t name_slot(const struct names *n, const char *name, size_t len)
{
	uint64_t h = 1469598103934665603u;
	size_t i;

	for (size_t k = 0; k < len; k++)
		h = (h ^ (unsigned char)ascii_lower(name[k])) * 1099511628211u;
	for (i = h % n->size; n->slot[i]; i = (i + 1) % n->size) {
		size_t k = 0;

		while (k < len && n->slot[i][k] == ascii_lower(name[k]))
			k++;
		if (k == len && n->slot[i][k] == '\0')
			break;
	}
	return i;
}

void names_add(struct names *n, const char *name)
{
	size_t at = name_slot(n, name, strlen(name));
	char *copy;

	if (n->slot[at])
		return;
	copy = arena_strdup(n->arena, name);
	for (char *p = copy; *p; p++)
		*p = ascii_lower(*p);
	n->slot[at] = copy;
}

bool names_have(const struct names *n, const char *name, size_t len)
{
	return n->slot[name_slot(n, name, len)] != NULL;
}

static size_t count_properties(const struct node *schema)
{
	const struct node *p = node_get(schema, "properties");

	return p ? p->n : 0;
}

static struct names *own_names(struct arena *a, const struct live *live)
{
	size_t max = 0;
	struct names *own;

	for (int i = 0; i < LIVE_LISTS; i++)
		for (size_t k = 0; k < live->lists[i].n; k++)
			max += 1 + count_properties(node_get(live->lists[i].items[k],
							     "inputSchema"));
	own = names_new(a, max);
	for (int i = 0; i < LIVE_LISTS; i++) {
		for (size_t k = 0; k < live->lists[i].n; k++) {
			const struct node *item = live->lists[i].items[k];
			const struct node *p =
				node_path(item, "inputSchema", "properties", NULL);
			const char *name = node_str(node_get(item, "name"));

			if (name)
				names_add(own, name);
			for (p = p ? p->first : NULL; p; p = p->next)
				if (p->key)
					names_add(own, p->key);
		}
	}
	return own;
}

/* ---- the detectors ---- */

static void look_phrases(const char *rule, const struct look *l, const struct text *t,
			 struct found *best)
{
	static const struct {
		const char *rule;
		void (*look)(const struct look *l, const struct text *t,
			     struct found *best);
	} marks[] = {
		{ "LIV-048", mark_roles },     { "LIV-049", mark_tags },
		{ "LIV-050", mark_comments },  { "LIV-051", mark_files },
		{ "LIV-054", mark_addresses }, { "LIV-056", mark_foreign },
	};

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (!str_eq(marks[i].rule, rule))
			continue;
		marks[i].look(l, t, best);
		return;
	}
	phrases_find(rule, t, best);
}

/* Any of them in a decoded text. */
static void look_decoded(const struct look *l, const struct text *t, struct found *best)
{
	static const char *const rules[] = { "LIV-046", "LIV-047", "LIV-048", "LIV-049",
					     "LIV-050", "LIV-051", "LIV-052", "LIV-053",
					     "LIV-054", "LIV-055", "LIV-056" };

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct found f = { .severity = SEV_INFO };

		look_phrases(rules[i], l, t, &f);
		if (f.severity > SEV_LOW)
			found_better(best, SEV_CRITICAL, f.from, f.to, f.what);
	}
}

/* ---- findings ---- */

/* A piece of the text around the place, credentials left out. */
static const char *excerpt(struct arena *a, const struct text *t, const struct found *f)
{
	size_t from = f->from > SHOWN_BEFORE ? f->from - SHOWN_BEFORE : 0;
	struct span token;
	char *piece, *to;

	while (from > 0 && ((unsigned char)t->plain[from] & 0xC0) == 0x80)
		from--;
	piece = arena_strndup(
		a, t->plain + from,
		utf8_cut(t->plain + from, MIN(t->len - from, (size_t)SHOWN)));
	to = piece;
	for (const char *p = piece; *p; p++) {
		bool blank = strchr(" \t\n\r", *p) != NULL;

		if (!blank || to == piece || to[-1] != ' ')
			*to++ = blank ? ' ' : *p;
	}
	*to = '\0';
	if (token_kind(t->plain, NULL, &token) || is_private_key(t->plain))
		return "(the text holds a credential and is not shown)";
	return piece;
}

static void report(struct rule_run *r, const struct text *t, const struct found *f)
{
	rule_fail_live(r, f->severity, t->pointer, "the %s %s%s%s", t->field, f->what,
		       t->hidden_in ? ", hidden in " : "",
		       t->hidden_in ? t->hidden_in : "");
	rule_evidence(r, t->field, "%s", excerpt(r->arena, t, f));
}

static struct live_texts *kept_texts(struct rule_run *r, const struct live *live)
{
	struct live_texts *kept = live->texts;

	if (!kept->texts) {
		kept->texts = texts_of(r->arena, live);
		kept->own = own_names(r->arena, live);
	}
	return kept;
}

const struct texts *live_texts_of(struct rule_run *r, const struct live *live)
{
	return kept_texts(r, live)->texts;
}

/* One finding for each item: the worst. */
void check_liv_phrases(struct rule_run *r)
{
	bool decoded = str_eq(r->rule->id, "LIV-045");
	const struct text *at = NULL;
	struct found worst = { .severity = SEV_INFO };
	const struct texts *all;
	struct look l = { .live = r->live };

	if (!live_texts_read(r))
		return;
	all = kept_texts(r, r->live)->texts;
	l.own = r->live->texts->own;
	for (size_t i = 0; i < all->n; i++) {
		const struct text *t = &all->v[i];
		struct found f = { .severity = SEV_INFO };

		if (at && at->item != t->item) {
			report(r, at, &worst);
			at = NULL;
			worst.severity = SEV_INFO;
		}
		if (decoded != (t->hidden_in != NULL))
			continue;
		if (decoded)
			look_decoded(&l, t, &f);
		else
			look_phrases(r->rule->id, &l, t, &f);
		if (f.severity > worst.severity) {
			worst = f;
			at = t;
		}
	}
	if (at)
		report(r, at, &worst);
	if (all->cut)
		rule_unknown(r, "the texts are longer than is looked into");
}
