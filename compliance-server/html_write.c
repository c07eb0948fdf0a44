/* SPDX-License-Identifier: Apache-2.0 */
/* Text made harmless, and scores as pictures. */
#include "compliance-server/html_write.h"

#include <stdlib.h>

#include "common/base/names.h"
#include "common/base/str.h"

/* Characters a reader cannot see, or that change what is seen around them. */
static bool unseen(uint32_t cp)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00, 0x08 },	    { 0x0B, 0x1F },	{ 0x7F, 0x9F },
		{ 0xAD, 0xAD },	    { 0x34F, 0x34F },	{ 0x61C, 0x61C },
		{ 0x115F, 0x1160 }, { 0x17B4, 0x17B5 }, { 0x180B, 0x180F },
		{ 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F },
		{ 0x3164, 0x3164 }, { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF },
		{ 0xFFA0, 0xFFA0 }, { 0xFFF9, 0xFFFB }, { 0xE0000, 0xE0FFF },
		{ 0xE000, 0xF8FF },
	};

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

void html_text(struct buf *b, const char *text)
{
	const char *p = text ? text : "";

	while (*p != '\0') {
		const char *at = p;
		uint32_t cp = utf8_next(&p);

		switch (cp) {
		case '&':
			buf_adds(b, "&amp;");
			break;
		case '<':
			buf_adds(b, "&lt;");
			break;
		case '>':
			buf_adds(b, "&gt;");
			break;
		case '"':
			buf_adds(b, "&quot;");
			break;
		case '\'':
			buf_adds(b, "&#39;");
			break;
		default:
			if (unseen(cp))
				buf_addf(b, "[U+%04X]", (unsigned)cp);
			else
				buf_add(b, at, (size_t)(p - at));
		}
	}
}

static const char *tone(int score)
{
	if (score == SCORE_NONE)
		return "none";
	return score >= 8000 ? "good" : score >= 6500 ? "fair" : "bad";
}

/* The circle is 100 long, so that the score is the length of its arc. */
void html_ring(struct buf *b, int score, char grade, bool big)
{
	char value[16] = "no score";
	int shown = score == SCORE_NONE ? 0 : score;

	if (score != SCORE_NONE)
		(void)snprintf(value, sizeof(value), "%d.%02d", score / 100, score % 100);
	buf_addf(b,
		 "<svg class=\"ring%s\" viewBox=\"0 0 36 36\" role=\"img\" aria-label=\""
		 "score %s, grade %c\"><circle class=\"track\" cx=\"18\" cy=\"18\""
		 " r=\"15.9155\"/>",
		 big ? " big" : "", value, grade);
	if (shown > 0)
		buf_addf(b,
			 "<circle class=\"arc %s\" cx=\"18\" cy=\"18\" r=\"15.9155\""
			 " stroke-dasharray=\"%d.%02d 100\"/>",
			 tone(score), shown / 100, shown % 100);
	buf_addf(b,
		 "<text class=\"grade\" x=\"18\" y=\"19.5\">%c</text>"
		 "<text class=\"value\" x=\"18\" y=\"25.5\">%s</text></svg>",
		 grade, value);
}

void html_trend_line(struct buf *b, const struct html_target *t)
{
	if (t->n_trend < 2)
		return;
	buf_addf(
		b,
		"<svg class=\"trend\" viewBox=\"0 0 100 30\" preserveAspectRatio=\"none\""
		" role=\"img\" aria-label=\"overall score of the last %zu checks, from"
		" %d.%02d to %d.%02d\"><path class=\"floor\" d=\"M0 29.5H100\"/>"
		"<polyline points=\"",
		t->n_trend, t->trend[0] / 100, t->trend[0] % 100,
		t->trend[t->n_trend - 1] / 100, t->trend[t->n_trend - 1] % 100);
	for (size_t i = 0; i < t->n_trend; i++) {
		size_t x = 10000 * i / (t->n_trend - 1);
		int y = 2900 - t->trend[i] * 27 / 100;

		buf_addf(b, "%s%zu.%02zu,%d.%02d", i > 0 ? " " : "", x / 100, x % 100,
			 y / 100, y % 100);
	}
	buf_addf(b,
		 "\"/></svg><span class=\"soft\">last %zu checks, %d.%02d to"
		 " %d.%02d</span>",
		 t->n_trend, t->trend[0] / 100, t->trend[0] % 100,
		 t->trend[t->n_trend - 1] / 100, t->trend[t->n_trend - 1] % 100);
}

static void put_bars(struct buf *b, const struct html_target *t)
{
	buf_adds(b, "<div class=\"bars\">");
	for (int c = CAT_SECURITY; c < CAT_MAX; c++) {
		int s = t->cats[c];

		if (s == SCORE_NONE)
			continue;
		buf_addf(b,
			 "<span>%s</span><span class=\"bar %s\"><i style=\"width:"
			 "%d.%02d%%\"></i></span><span class=\"num\">%d.%02d</span>",
			 names_text(categories, c), tone(s), s / 100, s % 100, s / 100,
			 s % 100);
	}
	buf_adds(b, "</div>");
}

static void put_target(struct buf *b, const struct html_target *t)
{
	buf_adds(b, "<article class=\"card target\"><div class=\"top\">");
	html_ring(b, t->overall, t->grade, false);
	buf_adds(b, "<div><h3>");
	html_text(b, t->name);
	buf_adds(b, "</h3><span class=\"soft\">");
	html_text(b, str_eq(t->type, "mcp") ? "server" : t->type);
	buf_adds(b, ", ");
	html_text(b, t->state);
	buf_adds(b, "</span></div></div>");
	put_bars(b, t);
	html_trend_line(b, t);
	if (t->note) {
		buf_adds(b, "<p class=\"soft\">");
		html_text(b, t->note);
		buf_adds(b, "</p>");
	}
	buf_adds(b, "</article>\n");
}

static bool quiet(const struct html_target *t)
{
	return t->overall == 10000 && t->n_issues == 0;
}

/* Without a score first, then the worst; of equal ones the order of the files. */
static int worst_first(const void *x, const void *y)
{
	const struct html_target *a = *(const struct html_target *const *)x;
	const struct html_target *b = *(const struct html_target *const *)y;

	if (a->overall != b->overall)
		return a->overall < b->overall ? -1 : 1;
	return a < b ? -1 : a > b;
}

void html_targets(struct buf *b, const struct html_page *p, struct arena *a)
{
	const struct html_target **by = arena_array(a, p->n_targets + 1, sizeof(*by));
	size_t n = 0;

	for (size_t i = 0; i < p->n_targets; i++)
		by[i] = &p->targets[i];
	qsort(by, p->n_targets, sizeof(*by), worst_first);
	buf_adds(b, "<h2>Scores</h2><div class=\"targets\">\n");
	for (size_t i = 0; i < p->n_targets; i++) {
		if (quiet(by[i]))
			n++;
		else
			put_target(b, by[i]);
	}
	buf_adds(b, "</div>\n");
	if (n == 0)
		return;
	buf_addf(b,
		 "<details class=\"rest\"%s><summary>%zu with nothing to report"
		 "</summary><div class=\"targets\">\n",
		 n == p->n_targets ? " open" : "", n);
	for (size_t i = 0; i < p->n_targets; i++)
		if (quiet(by[i]))
			put_target(b, by[i]);
	buf_adds(b, "</div></details>\n");
}
