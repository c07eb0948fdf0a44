/* SPDX-License-Identifier: Apache-2.0 */
/* Comments and trailing commas out of a file whose host reads strict JSON. */
#include <string.h>

#include "compliance-server/fix_rules.h"

static bool closes(const char *p, const char *end)
{
	while (p < end && strchr(" \t\r\n", *p))
		p++;
	return p < end && (*p == ']' || *p == '}');
}

/* Behind the comment at p, or p. */
static const char *behind_comment(const char *p, const char *end)
{
	const char *q = p;

	if (end - p < 2 || p[0] != '/')
		return p;
	if (p[1] == '/')
		while (q < end && *q != '\n')
			q++;
	else if (p[1] == '*')
		for (q = p + 2; q < end && !(q[-1] == '/' && q[-2] == '*' && q > p + 3);)
			q++;
	return q;
}

void fix_comments(struct fix_work *w, const struct finding *f, struct fix_answer *ret)
{
	const char *text = w->file->text, *end = text + w->file->text_len;

	(void)f;
	for (const char *p = text; p < end && !ret->why_not;) {
		const char *q = behind_comment(p, end), *from = p;

		if (*p == '"') {
			for (p++; p < end && *p != '"'; p++)
				p += *p == '\\';
			p++;
			continue;
		}
		if (q == p && *p == ',') {
			q = p + 1;
			/* comments may stand between the comma and the bracket */
			for (const char *k = q;;) {
				const char *next;

				while (k < end && strchr(" \t\r\n", *k))
					k++;
				next = k < end ? behind_comment(k, end) : k;
				if (next == k) {
					q = closes(k, end) ? q : p;
					break;
				}
				k = next;
			}
		}
		if (q == p) {
			p++;
			continue;
		}
		while (*p == '/' && from > text && strchr(" \t", from[-1]))
			from--;
		if (*p == '/' && q < end && *q == '\n' &&
		    (from == text || from[-1] == '\n'))
			q++; /* nothing else stands on its lines */
		fix_change(w, ret, (size_t)(from - text), (size_t)(q - text), "",
			   FIX_MEDIUM,
			   "comments and trailing commas go: this host rejects them");
		p = q;
	}
}
