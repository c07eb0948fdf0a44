/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the findings of an earlier report and finds them again. */
#include "compliance-server/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/base/fd.h"
#include "common/base/names.h"
#include "common/base/str.h"

#define LIMIT_REPORT (64u * 1024 * 1024)
#define SCHEMA	     1

static int by_fingerprint(const void *x, const void *y)
{
	const struct baseline_finding *a = x, *b = y;
	int order = strcmp(a->fingerprint, b->fingerprint);

	return order != 0 ? order : (int)a->severity - (int)b->severity;
}

static void take(struct arena *a, const struct node *n, struct baseline *b)
{
	struct baseline_finding *f = &b->v[b->n];
	const char *path = node_str(node_get(n, "path"));
	const char *message = node_str(node_get(n, "message"));
	int64_t line = 1;

	*f = (struct baseline_finding){
		.fingerprint = node_str(node_get(n, "fingerprint")),
		.rule = node_str(node_get(n, "rule")),
		.message = str_printable(a, message ? message : "", 400),
		.path = path,
		.severity = (enum severity)names_find(severities,
						      node_str(node_get(n, "severity"))),
	};
	if (!f->fingerprint || !f->rule)
		return;
	if (node_i64(node_get(n, "line"), &line) && line > 0 && line < INT32_MAX)
		f->line = (int)line;
	b->n++;
}

bool baseline_read(struct arena *a, const char *path, struct baseline *ret, struct err *e)
{
	struct buf b CLEANUP(buf_release);
	const struct node *top, *targets;
	struct err why = { .code = ERR_NONE };
	int64_t schema;
	size_t n = 0;

	buf_init(&b, LIMIT_REPORT);
	if (!fd_read_file(path, &b, e))
		return false;
	top = jsonr_parse(a, arena_strndup(a, buf_text(&b), b.len), b.len, 0, NULL, &why);
	targets = node_get(top, "targets");
	if (!targets || targets->kind != NODE_ARRAY ||
	    !node_i64(node_get(top, "schema_version"), &schema) || schema != SCHEMA)
		return err_set(e, ERR_NO_INPUT,
			       "%s: not a JSON report of this program%s%s\n"
			       "hint: check --write-baseline FILE makes one",
			       path, top ? "" : ": ", top ? "" : why.msg);
	for (const struct node *t = targets->first; t; t = t->next) {
		const struct node *list = node_get(t, "findings");

		n += list ? list->n : 0;
	}
	*ret = (struct baseline){ arena_array(a, n + 1, sizeof(*ret->v)), 0 };
	for (const struct node *t = targets->first; t; t = t->next) {
		const struct node *list = node_get(t, "findings");

		for (const struct node *f = list ? list->first : NULL; f; f = f->next)
			take(a, f, ret);
	}
	qsort(ret->v, ret->n, sizeof(*ret->v), by_fingerprint);
	return true;
}

void baseline_rewind(struct baseline *b)
{
	for (size_t i = 0; i < b->n; i++)
		b->v[i].seen = false;
}

bool baseline_take(struct baseline *b, const struct finding *f)
{
	size_t low = 0, high = b->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(b->v[mid].fingerprint, f->fingerprint) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < b->n && str_eq(b->v[low].fingerprint, f->fingerprint); low++) {
		if (b->v[low].seen || b->v[low].severity < f->severity)
			continue;
		return b->v[low].seen = true;
	}
	return false;
}
