/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical JSON: sorted keys, one form of each number and string. */
#include "common/field/canon.h"

#include <math.h>

#include "common/base/digest.h"
#include "common/base/str.h"

#define EXACT_MAX  9007199254740992.0 /* 2^53 */
#define POSITIONAL 21		      /* digits before the point that are written out */
#define ZEROS_MAX  6		      /* zeros behind the point that are written out */

static void add_string(struct buf *out, const char *s)
{
	static const char names[] = "btn?fr"; /* of 0x08 to 0x0d */

	buf_addc(out, '"');
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\') {
			buf_addc(out, '\\');
			buf_addc(out, *s);
		} else if (c >= 0x08 && c <= 0x0d && c != 0x0b) {
			buf_addc(out, '\\');
			buf_addc(out, names[c - 0x08]);
		} else if (c < 0x20) {
			buf_addf(out, "\\u%04x", c);
		} else {
			buf_addc(out, *s);
		}
	}
	buf_addc(out, '"');
}

static bool is(const char *text, double v)
{
	double got = strtod(text, NULL);

	return !(got < v) && !(got > v);
}

/* The next larger decimal of as many digits; text is d.ddde±x. */
static void bump(char *text)
{
	char *p = strchr(text, 'e');

	while (p-- > text) {
		if (*p == '.')
			continue;
		if (*p != '9') {
			(*p)++;
			return;
		}
		*p = '0';
	}
}

/* Fewest digits that read back as v. At a power of two the nearest decimal can lie
 * outside the interval that reads back as v while the one above it lies inside. */
static void shortest(double v, char *text, size_t n)
{
	for (int digits = 0; digits < 17; digits++) {
		snprintf(text, n, "%.*e", digits, v);
		if (is(text, v))
			return;
		bump(text);
		if (is(text, v))
			return;
	}
}

static void add_double(struct buf *out, double v)
{
	char text[40], digits[24] = "";
	int n = 0, point;

	if (v < 0)
		buf_addc(out, '-');
	shortest(fabs(v), text, sizeof(text));
	for (const char *p = text; *p != 'e'; p++)
		if (*p != '.')
			digits[n++] = *p;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	point = (int)strtol(strchr(text, 'e') + 1, NULL, 10) + 1;
	if (point > POSITIONAL || point <= -ZEROS_MAX) {
		buf_addc(out, digits[0]);
		if (n > 1)
			buf_addf(out, ".%.*s", n - 1, digits + 1);
		buf_addf(out, "e%+d", point - 1);
		return;
	}
	if (point <= 0)
		buf_addf(out, "0.%.*s", -point, "000000");
	for (int i = 0; i < MAX(n, point); i++) {
		if (i == point && point > 0)
			buf_addc(out, '.');
		buf_addc(out, i < n ? digits[i] : '0');
	}
}

static void add_number(struct buf *out, const char *token)
{
	double v = strtod(token, NULL);

	if (!isfinite(v))
		buf_adds(out, "null");
	else if (fabs(v) < EXACT_MAX && !(trunc(v) < v) && !(trunc(v) > v))
		buf_addf(out, "%lld", (long long)v);
	else
		add_double(out, v);
}

/* Code points above U+FFFF are two units from 0xD800 on: below U+E000 and what follows.
 */
static uint32_t unit_order(uint32_t cp)
{
	return cp >= 0x10000 ? cp : cp >= 0xe000 ? cp + 0x110000 : cp;
}

int canon_compare(const char *x, const char *y)
{
	while (*x != '\0' && *x == *y) {
		x++;
		y++;
	}
	/* back to the beginning of the code points that differ */
	while (((unsigned char)*x & 0xc0) == 0x80 || ((unsigned char)*y & 0xc0) == 0x80) {
		x--;
		y--;
	}
	if (*x == '\0' || *y == '\0')
		return (*x != '\0') - (*y != '\0');
	return unit_order(utf8_next(&x)) < unit_order(utf8_next(&y)) ? -1 : 1;
}

struct member {
	const struct node *node;
	size_t place;
};

static int compare_member(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (str_eq(x->node->key, y->node->key))
		return x->place < y->place ? -1 : 1;
	return canon_compare(x->node->key, y->node->key);
}

static void add_object(struct arena *a, const struct node *n, struct buf *out)
{
	struct member *v = arena_array(a, n->n + 1, sizeof(*v));
	size_t count = 0;
	bool comma = false;

	for (const struct node *m = n->first; m; m = m->next, count++)
		v[count] = (struct member){ m, count };
	qsort(v, count, sizeof(*v), compare_member);
	buf_addc(out, '{');
	for (size_t i = 0; i < count; i++) {
		if (i + 1 < count && str_eq(v[i].node->key, v[i + 1].node->key))
			continue;
		if (comma)
			buf_addc(out, ',');
		comma = true;
		add_string(out, v[i].node->key);
		buf_addc(out, ':');
		canon_add(a, v[i].node, out);
	}
	buf_addc(out, '}');
}

void canon_add(struct arena *a, const struct node *n, struct buf *out)
{
	switch (n->kind) {
	case NODE_NULL:
		buf_adds(out, "null");
		break;
	case NODE_BOOL:
		buf_adds(out, n->truth ? "true" : "false");
		break;
	case NODE_NUMBER:
		add_number(out, n->text);
		break;
	case NODE_STRING:
		add_string(out, n->text);
		break;
	case NODE_ARRAY:
		buf_addc(out, '[');
		for (const struct node *m = n->first; m; m = m->next) {
			if (m != n->first)
				buf_addc(out, ',');
			canon_add(a, m, out);
		}
		buf_addc(out, ']');
		break;
	case NODE_OBJECT:
		add_object(a, n, out);
		break;
	}
}

void canon_sha256(struct arena *a, const struct node *n, char out[65])
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, SIZE_MAX);
	canon_add(a, n, &b);
	digest_sha256_hex(buf_text(&b), b.len, out);
}
