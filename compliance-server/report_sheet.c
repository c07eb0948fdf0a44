/* SPDX-License-Identifier: Apache-2.0 */
/* A page of text for a terminal: width, colours, wrapped lines; and a rule on one. */
#include "compliance-server/report_sheet.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/base/names.h"
#include "common/base/str.h"

#define WIDTH_MIN 40
#define WIDTH_MAX 120

void report_options_for(int fd, struct report_options *ret)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	const char *columns = getenv("COLUMNS");
	bool tty = isatty(fd) == 1;
	struct winsize ws;
	int64_t n;

	ret->colour =
		tty && str_empty(no_color) && !str_empty(term) && !str_eq(term, "dumb");
	ret->width = 80;
	if (columns && str_to_i64(columns, &n) && n > 0 && n < 1000)
		ret->width = (int)n;
	else if (tty && ioctl(fd, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		ret->width = ws.ws_col;
}

struct sheet sheet_open(const struct report_options *opt, struct buf *out)
{
	int width = opt->width > 0 ? opt->width : 80;

	return (struct sheet){ .out = out,
			       .arena = arena_new(),
			       .width = (size_t)MIN(MAX(width, WIDTH_MIN), WIDTH_MAX),
			       .colour = opt->colour,
			       .all = opt->all };
}

void sheet_put(struct sheet *p, enum paint paint, const char *text)
{
	static const char *const codes[] = { "",	 "\033[1m",   "\033[2m",
					     "\033[31m", "\033[33m",  "\033[36m",
					     "\033[32m", "\033[1;31m" };

	if (p->colour && paint != PLAIN)
		buf_addf(p->out, "%s%s\033[0m", codes[paint], text);
	else
		buf_adds(p->out, text);
}

void sheet_spaces(struct sheet *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(p->out, ' ');
}

void sheet_wrapped(struct sheet *p, enum paint paint, size_t at, size_t indent,
		   const char *text)
{
	size_t col = at;
	bool first = true;

	while (*text != '\0') {
		size_t n = strcspn(text, " \n");
		char *word = arena_strndup(p->arena, text, n);
		size_t w = utf8_count(word);

		if (!first && col + 1 + w > p->width) {
			buf_addc(p->out, '\n');
			sheet_spaces(p, indent);
			col = indent;
			first = true;
		}
		if (!first) {
			buf_addc(p->out, ' ');
			col++;
		}
		sheet_put(p, paint, word);
		col += w;
		first = false;
		text += n;
		text += strspn(text, " \n");
	}
	buf_addc(p->out, '\n');
}

enum paint sheet_severity(enum severity s)
{
	switch (s) {
	case SEV_CRITICAL:
		return ALARM;
	case SEV_HIGH:
		return RED;
	case SEV_MEDIUM:
		return YELLOW;
	case SEV_LOW:
		return BLUE;
	case SEV_INFO:
		break;
	}
	return DIM;
}

enum paint sheet_grade(char g)
{
	return g <= 'B' && g >= 'A' ? GREEN : g == 'C' ? YELLOW : RED;
}

void sheet_close(struct sheet *p)
{
	arena_free(p->arena);
}

static void put_part(struct sheet *p, const char *name, const char *text)
{
	if (!text)
		return;
	sheet_put(p, BOLD, name);
	sheet_spaces(p, 10 - strlen(name));
	sheet_wrapped(p, PLAIN, 10, 10, text);
}

void report_rule(const struct rule *rule, const struct report_options *opt,
		 struct buf *out)
{
	struct sheet p = sheet_open(opt, out);

	sheet_put(&p, BOLD, rule->id);
	buf_addf(out, "  %s\n", rule->title);
	sheet_put(&p, sheet_severity(rule->severity), severity_text(rule->severity));
	buf_addf(out, ", %s, confidence %s%s\n\n",
		 names_text(categories, (int)rule->category),
		 names_text(confidences, (int)rule->confidence),
		 rule_is_preview(rule) ? " (preview: no weight)" : "");
	put_part(&p, "Detects", rule->detect);
	put_part(&p, "Lets pass", rule->guard);
	put_part(&p, "Why", rule->why);
	put_part(&p, "Fix", rule->fix);
	put_part(&p, "See", rule->ref);
	sheet_close(&p);
}
