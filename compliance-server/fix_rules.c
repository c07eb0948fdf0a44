/* SPDX-License-Identifier: Apache-2.0 */
/* The repairs, one function a family, in a table by rule. */
#include "compliance-server/fix_rules.h"

#include <ctype.h>
#include <string.h>

#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "compliance-server/claim.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/rules_checks.h"

#define TAKEN "another repair changes the same place; run the check again"

/* ---- places ---- */

static size_t start_of(const struct fix_work *w, const struct node *n)
{
	return (size_t)(n->raw - w->file->text);
}

static size_t key_of(const struct fix_work *w, const struct node *n)
{
	return text_offset(w->file->text, w->file->text_len, n->key_line, n->key_col);
}

/* The node whose value, or whose key, begins at this place; ret_in gets its parent. */
static const struct node *node_at(const struct node *in, int line, int col, bool key,
				  const struct node **ret_in)
{
	for (const struct node *m = in ? in->first : NULL; m; m = m->next) {
		const struct node *found;

		if (key ? m->key_line == line && m->key_col == col
			: m->line == line && m->col == col) {
			*ret_in = in;
			return m;
		}
		found = node_at(m, line, col, key, ret_in);
		if (found)
			return found;
	}
	return NULL;
}

static const char *json_text(struct arena *a, const char *text)
{
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	buf_init(&b, SIZE_MAX);
	jsonw_init(&w, &b);
	jsonw_str(&w, NULL, text);
	return arena_strdup(a, buf_text(&b));
}

void fix_change(struct fix_work *w, struct fix_answer *ret, size_t from, size_t to,
		const char *text, enum fix_risk risk, const char *what)
{
	struct edit one = { from, to, text };

	if (!edits_add(w->a, &w->edits, one)) {
		ret->why_not = TAKEN;
		return;
	}
	ret->what = what;
	ret->risk = risk;
}

static void put_value(struct fix_work *w, struct fix_answer *ret, const struct node *n,
		      const char *json, enum fix_risk risk, const char *what)
{
	size_t from = start_of(w, n);

	fix_change(w, ret, from, from + n->raw_len, json, risk, what);
}

/* The value the finding stands at; NULL with the reason set. */
static const struct node *value_at(struct fix_work *w, const struct finding *f,
				   struct fix_answer *ret)
{
	const struct node *in = NULL;
	const struct node *n = node_at(w->file->top, f->line, f->col, false, &in);

	if (!n || !n->raw)
		ret->why_not = "its place in the file is not clear";
	return n && n->raw ? n : NULL;
}

/* ---- references ---- */

/* How this host writes a variable of its environment. */
static const char *reference(const struct fix_work *w, const char *name)
{
	unsigned flags = w->file->host->flags;
	const char *open = flags & HOST_VAR_BRACE		       ? "{env:"
			   : flags & (HOST_VAR_KILO | HOST_VAR_VSCODE) ? "${env:"
								       : "${";

	return arena_printf(w->a, "%s%s}", open, name);
}

/* "github-mcp" and "Authorization" -> GITHUB_MCP_AUTHORIZATION */
static const char *variable(const struct fix_work *w, const char *server,
			    const char *name)
{
	char *out = server ? arena_printf(w->a, "%s_%s", server, name)
			   : arena_strdup(w->a, name);
	size_t n = 0;

	for (const char *p = out; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (isalnum(c) && c < 0x80)
			out[n++] = (char)toupper(c);
		else if (n > 0 && out[n - 1] != '_')
			out[n++] = '_';
	}
	while (n > 0 && out[n - 1] == '_')
		n--;
	out[n] = '\0';
	return n > 0 && !isdigit((unsigned char)out[0]) ? out : "MCP_SECRET";
}

static void fix_secret(struct fix_work *w, const struct finding *f,
		       struct fix_answer *ret)
{
	const struct node *n = value_at(w, f, ret);
	const char *name, *rest, *ref;
	bool header = strstr(f->pointer, "/headers/") != NULL;

	if (!n)
		return;
	if (n->kind != NODE_STRING || !n->key) {
		ret->why_not = "only a variable or a header can hold a reference in its "
			       "place";
		return;
	}
	name = variable(w, header && f->entry ? f->entry->name : NULL, n->key);
	rest = header ? after_scheme(n->text) : n->text;
	ref = arena_printf(w->a, "%.*s%s", (int)(rest - n->text), n->text,
			   reference(w, name));
	put_value(w, ret, n, json_text(w->a, ref), FIX_MEDIUM,
		  arena_printf(w->a,
			       "refers to the variable %s: set it where the host is "
			       "started, with a new value (the old one has been seen)",
			       name));
}

/* Each reference in the text in the host's own form; NULL when one has a default. */
static const char *in_own_form(const struct fix_work *w, const char *text)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, SIZE_MAX);
	for (const char *p = text; *p != '\0';) {
		bool dollar = str_starts(p, "${"), brace = str_starts(p, "{env:");
		const char *name = p + (dollar ? 2 : 5);
		size_t n;

		if (!dollar && !brace) {
			buf_addc(&b, *p++);
			continue;
		}
		if (dollar && str_starts(name, "env:"))
			name += 4;
		n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789_");
		if (n == 0 || name[n] != '}')
			return NULL;
		buf_adds(&b, reference(w, arena_strndup(w->a, name, n)));
		p = name + n + 1;
	}
	return arena_strdup(w->a, buf_text(&b));
}

static void fix_syntax(struct fix_work *w, const struct finding *f,
		       struct fix_answer *ret)
{
	const struct node *n = value_at(w, f, ret);
	const char *now = n && n->text ? in_own_form(w, n->text) : NULL;

	if (!n)
		return;
	if (!now || str_eq(now, n->text)) {
		ret->why_not = "the reference has a form that this host has nothing for";
		return;
	}
	put_value(w, ret, n, json_text(w->a, now), FIX_LOW,
		  arena_printf(w->a, "references as %s expands them",
			       w->file->host->title));
}

/* ---- values ---- */

static void fix_quotes(struct fix_work *w, const struct finding *f,
		       struct fix_answer *ret)
{
	const struct node *n = value_at(w, f, ret);

	if (!n)
		return;
	if (n->kind != NODE_NUMBER && n->kind != NODE_BOOL) {
		ret->why_not = "only the server's documentation tells how a list is "
			       "written in one string";
		return;
	}
	put_value(w, ret, n, arena_printf(w->a, "\"%.*s\"", (int)n->raw_len, n->raw),
		  FIX_LOW, "the value becomes a string");
}

static void fix_blanks(struct fix_work *w, const struct finding *f,
		       struct fix_answer *ret)
{
	const struct node *n = value_at(w, f, ret);
	struct span s;

	if (!n || !n->text)
		return;
	s = span_trim(n->text);
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < ' ') {
			ret->why_not = "the control character stands inside the text";
			return;
		}
	}
	put_value(w, ret, n, json_text(w->a, span_dup(w->a, s)), FIX_LOW,
		  "without the blanks around it");
}

static void fix_type(struct fix_work *w, const struct finding *f, struct fix_answer *ret)
{
	const struct node *n = value_at(w, f, ret);
	bool kilo = w->file->host->flags & HOST_TYPES_KILO;
	bool remote = f->entry && f->entry->transport == TRANSPORT_REMOTE;
	const char *now = kilo ? (remote ? "streamable-http" : "stdio")
			       : (remote ? "remote" : "local");

	if (n)
		put_value(w, ret, n, json_text(w->a, now), FIX_LOW,
			  arena_printf(w->a, "the transport as %s calls it",
				       w->file->host->title));
}

static void fix_no_type(struct fix_work *w, const struct finding *f,
			struct fix_answer *ret)
{
	const struct node *url = f->entry ? f->entry->url.node : NULL;
	bool sse = f->entry && f->entry->url.text && str_ends(f->entry->url.text, "/sse");
	size_t at;

	if (!url || !url->raw) {
		ret->why_not = "its place in the file is not clear";
		return;
	}
	at = key_of(w, url);
	fix_change(w, ret, at, at,
		   sse ? "\"type\": \"sse\", " : "\"type\": \"streamable-http\", ",
		   FIX_MEDIUM, "names the transport; old servers may need sse");
}

static void fix_timeout(struct fix_work *w, const struct finding *f,
			struct fix_answer *ret)
{
	const struct node *n = value_at(w, f, ret);
	bool seconds = w->file->host->flags & HOST_SECONDS;
	double v;

	if (!n)
		return;
	if (n->kind != NODE_NUMBER || !str_to_f64(n->text, &v) || v <= 0 ||
	    (seconds && (v < 1000 || v > 3600000))) {
		ret->why_not = "what was meant is not clear";
		return;
	}
	put_value(w, ret, n, arena_printf(w->a, "%.0f", seconds ? v / 1000 : v * 1000),
		  FIX_MEDIUM,
		  seconds ? "in seconds, as this host counts"
			  : "in milliseconds, as this host counts");
}

/* "uv run x" -> "uv" and the rest in front of args. */
static void fix_joined(struct fix_work *w, const struct finding *f,
		       struct fix_answer *ret)
{
	const struct entry *e = f->entry;
	const struct node *n = e ? e->command.node : NULL;
	const struct node *args = e ? node_get(e->node, "args") : NULL;
	const char *list = "";
	struct span s;
	size_t at;

	if (!n || !n->raw || n->kind != NODE_STRING || strpbrk(n->text, "\"'\\") ||
	    (args && (args->kind != NODE_ARRAY || !args->raw))) {
		ret->why_not = "how the words are quoted, or what args is, is not clear";
		return;
	}
	s = span_trim(n->text);
	at = strcspn(s.p, " ");
	for (const char *p = s.p + at; p < s.p + s.n;) {
		size_t k;

		p += strspn(p, " ");
		k = MIN(strcspn(p, " "), (size_t)(s.p + s.n - p));
		if (k > 0)
			list = arena_printf(w->a, "%s%s%s", list, list[0] ? ", " : "",
					    json_text(w->a, arena_strndup(w->a, p, k)));
		p += k;
	}
	if (args) {
		size_t in = start_of(w, args) + 1;

		fix_change(w, ret, in, in,
			   arena_printf(w->a, "%s%s", list, args->n > 0 ? ", " : ""),
			   FIX_LOW, "");
		list = "";
	} else {
		list = arena_printf(w->a, ", \"args\": [%s]", list);
	}
	if (!ret->why_not)
		put_value(w, ret, n,
			  arena_printf(w->a, "%s%s",
				       json_text(w->a, arena_strndup(w->a, s.p, at)),
				       list),
			  FIX_LOW, "the program in command, its arguments in args");
}

/* ---- keys ---- */

static void fix_key(struct fix_work *w, const struct finding *f, struct fix_answer *ret)
{
	const struct node *in = NULL;
	const struct node *n = node_at(w->file->top, f->line, f->col, true, &in);
	const char *near = n ? known_key_near(n->key) : NULL;
	size_t at;

	if (!near || node_get(in, near)) {
		ret->why_not = "the right key stands there already";
		return;
	}
	at = key_of(w, n);
	fix_change(w, ret, at, at + strlen(json_text(w->a, n->key)),
		   json_text(w->a, near), FIX_MEDIUM,
		   arena_printf(w->a, "the key reads \"%s\"", near));
}

/* From the key to behind the comma, and the line when nothing else stands on it. */
static void member_range(const struct fix_work *w, const struct node *n, size_t *from,
			 size_t *to)
{
	const char *text = w->file->text;
	size_t end = w->file->text_len, line;

	*from = key_of(w, n);
	*to = start_of(w, n) + n->raw_len;
	while (*to < end && strchr(" \t", text[*to]))
		++*to;
	if (*to < end && text[*to] == ',')
		++*to;
	for (line = *from; line > 0 && strchr(" \t", text[line - 1]); line--)
		;
	while (*to < end && strchr(" \t", text[*to]))
		++*to;
	if ((line == 0 || text[line - 1] == '\n') && *to < end && text[*to] == '\n') {
		*from = line;
		++*to;
	}
}

/* Parsers keep the last one, so the earlier one goes. */
static void fix_duplicate(struct fix_work *w, const struct finding *f,
			  struct fix_answer *ret)
{
	const struct node *in = NULL, *first = NULL;
	const struct node *n = node_at(w->file->top, f->line, f->col, true, &in);
	size_t from, to;

	for (const struct node *m = in ? in->first : NULL; m && m != n; m = m->next)
		if (str_eq(m->key, n->key))
			first = m;
	if (!first || !first->raw) {
		ret->why_not = "its place in the file is not clear";
		return;
	}
	member_range(w, first, &from, &to);
	fix_change(w, ret, from, to, "", FIX_MEDIUM,
		   "the earlier of the two goes: hosts read the last one");
}

/* ---- the file ---- */

static void fix_private(struct fix_work *w, const struct finding *f,
			struct fix_answer *ret)
{
	(void)f;
	w->mode &= 0700u;
	ret->what = arena_printf(w->a, "mode %04o: only its owner reads it", w->mode);
	ret->risk = FIX_LOW;
}

static void fix_writable(struct fix_work *w, const struct finding *f,
			 struct fix_answer *ret)
{
	(void)f;
	if (!(w->mode & 0022u)) {
		ret->why_not =
			"a folder above it is writable, which is not ours to change";
		return;
	}
	w->mode &= 0755u;
	ret->what = arena_printf(w->a, "mode %04o: only its owner changes it", w->mode);
	ret->risk = FIX_LOW;
}

/* ---- packages ---- */

static const char *given_version(const struct fix_work *w, const char *package)
{
	size_t n = strlen(package);

	for (size_t i = 0; i < w->opt->pins.n; i++) {
		const char *pin = w->opt->pins.v[i];

		if (str_starts(pin, package) && pin[n] == '=')
			return pin + n + 1;
	}
	return NULL;
}

static void fix_pin(struct fix_work *w, const struct finding *f, struct fix_answer *ret)
{
	struct look_package p;
	const char *version;

	if (!f->entry || !look_package(w->a, f->entry, &p) || !p.at->node->raw) {
		ret->why_not = "its place in the file is not clear";
		return;
	}
	version = given_version(w, p.name);
	if (!version && p.eco == ECO_NPM)
		version = fix_installed(w, f->entry, p.name);
	if (!version || !look_exact_version(version)) {
		ret->why_not =
			arena_printf(w->a,
				     "no version of it is installed here: say --pin "
				     "%s=VERSION",
				     p.name);
		return;
	}
	if (!str_starts(p.spec, p.name)) {
		ret->why_not = "the package stands behind an alias";
		return;
	}
	put_value(w, ret, p.at->node,
		  json_text(w->a, arena_printf(w->a, "%s%s%s", p.name,
					       p.eco == ECO_NPM ? "@" : "==", version)),
		  FIX_LOW,
		  arena_printf(w->a, "pinned to %s, %s", version,
			       given_version(w, p.name) ? "as given"
							: "the version installed here"));
}

static const struct {
	const char *rule;
	void (*fix)(struct fix_work *w, const struct finding *f, struct fix_answer *ret);
	bool any_form; /* works on the mode of any file */
} fixes[] = {
	{ "CFG-002", fix_comments, false }, { "CFG-003", fix_duplicate, false },
	{ "CFG-008", fix_quotes, false },   { "CFG-009", fix_blanks, false },
	{ "CFG-010", fix_joined, false },   { "CFG-012", fix_type, false },
	{ "CFG-014", fix_no_type, false },  { "CFG-015", fix_timeout, false },
	{ "CFG-016", fix_timeout, false },  { "CFG-017", fix_syntax, false },
	{ "CFG-019", fix_key, false },	    { "CMD-015", fix_writable, true },
	{ "ENV-001", fix_secret, false },   { "SEC-001", fix_secret, false },
	{ "SEC-002", fix_secret, false },   { "SEC-004", fix_secret, false },
	{ "SEC-005", fix_secret, false },   { "SEC-006", fix_secret, false },
	{ "SEC-012", fix_private, true },   { "SUP-001", fix_pin, false },
	{ "SUP-002", fix_pin, false },
};

void fix_finding(struct fix_work *w, const struct finding *f, struct fix_answer *ret)
{
	bool json = w->file->form == FORM_SERVERS && w->file->top && w->file->top->raw;

	*ret = (struct fix_answer){ .why_not = NULL };
	for (size_t i = 0; i < ARRAY_LEN(fixes); i++) {
		if (!str_eq(fixes[i].rule, f->rule->id))
			continue;
		if (fixes[i].any_form || json)
			fixes[i].fix(w, f, ret);
		else
			ret->why_not = "files of this format are repaired by hand";
		if (!ret->what && !ret->why_not)
			ret->why_not = "its place in the file is not clear";
		return;
	}
	ret->why_not = "this rule has no repair by program";
}
