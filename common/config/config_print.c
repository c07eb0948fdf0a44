/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration for people and programs: the `config` sub-command and the printed
 * documents. */
#include "common/base/arena.h"
#include "common/base/str.h"
#include "common/config/config.h"
#include "common/config/value.h"
#include "common/field/doc.h"
#include "common/field/jsonw.h"

#define SERVER_FLAGS ((unsigned)(KEY_COMPLIANCE | KEY_MEMORY | KEY_COORDINATOR))
/* a longer value pushes its origin to the right instead of widening the whole table */
#define VALUE_MAX 44

static bool is_shown(const struct key *k, unsigned server)
{
	return !(k->flags & SERVER_FLAGS) || (k->flags & server);
}

static bool has_effect(const struct key *k)
{
	return !(k->flags & KEY_NO_EFFECT);
}

static void pad(struct buf *b, size_t have, size_t want)
{
	for (; have < want; have++)
		buf_addc(b, ' ');
}

struct widths {
	size_t name, value, origin;
};

static const char *shown_value(struct arena *a, const struct config_set *s, size_t i)
{
	return s->shown[i] ? str_printable(a, s->shown[i], 1000) : "(not set)";
}

static const char *shown_origin(struct arena *a, const struct config_set *s, size_t i)
{
	const struct key *k = &config_keys[i];

	if (str_eq(s->origin[i], "default") && k->def_doc &&
	    str_starts(k->def_doc, "WORKERS"))
		return arena_printf(a, "default (%s)", k->def_doc);
	return str_printable(a, s->origin[i], 1000);
}

static struct widths measure(struct arena *a, const struct config_set *s, unsigned server)
{
	struct widths w = { 0 };

	for (size_t i = 0; config_keys[i].name; i++) {
		size_t value = utf8_count(shown_value(a, s, i));

		if (!is_shown(&config_keys[i], server))
			continue;
		w.name = MAX(w.name, strlen(config_keys[i].env));
		w.origin = MAX(w.origin, utf8_count(shown_origin(a, s, i)));
		if (value <= VALUE_MAX)
			w.value = MAX(w.value, value);
	}
	return w;
}

static void print_row(struct arena *a, const struct config_set *s, size_t i,
		      const struct widths *w, struct buf *b)
{
	const struct key *k = &config_keys[i];
	const char *value = shown_value(a, s, i), *origin = shown_origin(a, s, i);

	buf_addf(b, "  %s", k->env);
	pad(b, strlen(k->env), w->name + 2);
	buf_adds(b, value);
	pad(b, utf8_count(value), w->value);
	buf_addf(b, "  %s", origin);
	if (!has_effect(k)) {
		pad(b, utf8_count(origin), w->origin);
		buf_adds(b, "  no effect yet");
	}
	buf_addc(b, '\n');
}

static void print_text(struct arena *a, const struct config_set *s, unsigned server,
		       struct buf *b)
{
	struct widths w = measure(a, s, server);
	const char *group = NULL;
	size_t idle = 0;

	for (size_t i = 0; config_keys[i].name; i++) {
		const struct key *k = &config_keys[i];

		if (!is_shown(k, server))
			continue;
		if (!str_eq(group, k->group))
			buf_addf(b, "%s%s\n", group ? "\n" : "", k->group);
		group = k->group;
		idle += !has_effect(k);
		print_row(a, s, i, &w, b);
	}
	if (idle)
		buf_adds(
			b,
			"\nno effect yet: the key is read and checked, but what it sets is "
			"not built yet.\n");
	if (s->warnings)
		buf_adds(b, "\nWarnings\n");
	for (const struct config_warning *x = s->warnings; x; x = x->next)
		buf_addf(b, "  %s\n", str_printable(a, x->text, 2000));
}

static void json_value(const struct config_set *s, size_t i, struct jsonw *w)
{
	const struct key *k = &config_keys[i];
	const void *m = (const char *)&s->v + k->off;

	switch (k->kind) {
	case KEY_BOOL:
		jsonw_bool(w, "value", *(const bool *)m);
		return;
	case KEY_NUMBER:
		jsonw_f64(w, "value", *(const double *)m, 0);
		return;
	case KEY_INT:
		jsonw_i64(w, "value", *(const int64_t *)m);
		return;
	case KEY_DURATION:
		jsonw_i64(w, "value", *(const int64_t *)m);
		jsonw_str(w, "unit", "ms");
		return;
	case KEY_SIZE:
		jsonw_i64(w, "value", *(const int64_t *)m);
		jsonw_str(w, "unit", "bytes");
		return;
	case KEY_TEXT:
	case KEY_NAME:
	case KEY_PATH:
	case KEY_URL:
		break;
	}
	jsonw_str(w, "value", s->shown[i]);
}

static void print_json(const struct config_set *s, unsigned server, struct buf *b)
{
	struct jsonw w;

	jsonw_init(&w, b);
	jsonw_obj(&w, NULL);
	jsonw_arr(&w, "keys");
	for (size_t i = 0; config_keys[i].name; i++) {
		const struct key *k = &config_keys[i];

		if (!is_shown(k, server))
			continue;
		jsonw_obj(&w, NULL);
		jsonw_str(&w, "name", k->env);
		jsonw_str(&w, "key", k->name);
		json_value(s, i, &w);
		jsonw_str(&w, "origin", s->origin[i]);
		jsonw_bool(&w, "secret", k->flags & KEY_SECRET);
		jsonw_bool(&w, "effect", has_effect(k));
		jsonw_end(&w);
	}
	jsonw_end(&w);
	jsonw_arr(&w, "warnings");
	for (const struct config_warning *x = s->warnings; x; x = x->next)
		jsonw_str(&w, NULL, x->text);
	jsonw_end(&w);
	jsonw_end(&w);
	buf_addc(b, '\n');
}

void config_print(const struct config_set *s, unsigned server, bool json, struct buf *b)
{
	struct arena *a = arena_new();

	if (json)
		print_json(s, server, b);
	else
		print_text(a, s, server, b);
	arena_free(a);
}

/* ---- documents ---- */

static const char intro[] =
	"# Configuration\n"
	"\n"
	"Printed from the table of keys in `common/config/keys.c` by `make docs`; not edited by\n"
	"hand. Everything works without any of it. `<server> config` shows the values in use and\n"
	"where each comes from.\n"
	"\n"
	"## Where values come from\n"
	"\n"
	"A later source wins over an earlier one:\n"
	"\n"
	"1. the default;\n"
	"2. a YAML file: `--config FILE`, else `CONFIG_FILE`, else\n"
	"   `~/.config/kilocode-mcp/config.yaml` if it is there;\n"
	"3. a `.env` file: `--env-file FILE`, else `ENV_FILE`, else\n"
	"   `~/.config/kilocode-mcp/.env` if it is there; no other folder is searched;\n"
	"4. the environment, such as the `env` of an entry in mcp.json;\n"
	"5. an option on the command line: `--request-timeout=5s` for `REQUEST_TIMEOUT`.\n"
	"\n"
	"An empty value counts as not set. So does a value that is still a variable such as\n"
	"`${NAME}`, `${env:NAME}`, `{env:NAME}` or `${input:id}`, which the host should have\n"
	"replaced; a warning names it. A wrong value is an error that names the key, the value,\n"
	"the file and line, and what is accepted. Unknown names in `.env` and in the environment\n"
	"belong to other programs; an unknown key in the YAML file is an error.\n"
	"\n"
	"In the YAML file the dots of a key may be written as levels:\n"
	"\n"
	"```yaml\n"
	"database:\n"
	"  url: sqlite:~/notes/memory.db\n"
	"  pool: {max: 5}\n"
	"log.level: info\n"
	"```\n"
	"\n"
	"The `.env` file is read byte for byte as dotenv 17.4.2 reads it, and what is probably a\n"
	"mistake gives a warning with its line: an unquoted `#` inside a value, a quote that is not\n"
	"closed, a line without `=`.\n"
	"\n"
	"**Durations** are a number with `ms`, `s`, `m`, `h`, `d` or `w`, or `hourly`, `daily`,\n"
	"`weekly`, `monthly`; a bare number counts in the unit that the table names. **Sizes** are\n"
	"bytes, or a number with `KB`, `MB` or `GB` (powers of 1024). **Paths** may begin with `~/`.\n"
	"\n"
	"**Secrets** have no option and are never shown. Each has a second form, `NAME_FILE`\n"
	"(`name_file` in YAML), the name of a file that holds the value; a line end behind it is\n"
	"dropped. A file with a secret must not be open to other users (`chmod 600`; a file of root\n"
	"may be readable by its group). Once read, a secret is overwritten in the environment.\n"
	"\n"
	"**No effect yet** marks a key that is read and checked, while what it sets is not built.\n"
	"\n"
	"`FILESYSTEM_*` and `POSTGRES_*` in an mcp.json or a Compose file belong to the filesystem\n"
	"and postgres servers and to the PostgreSQL image; these servers do not read them.\n";

static const char *default_text(const struct key *k)
{
	if (k->def)
		return k->def;
	return k->def_doc ? k->def_doc : NULL;
}

/* Short forms of value_accepted that fit a cell. */
static const char *range_text(struct arena *a, const struct key *k)
{
	if (k->kind == KEY_DURATION)
		return arena_printf(a, "duration, %s to %s; a bare number is %s",
				    value_duration(a, k->min), value_duration(a, k->max),
				    k->unit);
	if (k->kind == KEY_SIZE)
		return arena_printf(a, "size, %s to %s", value_size(a, k->min),
				    value_size(a, k->max));
	if (k->kind == KEY_INT)
		return arena_printf(a, "%lld to %lld%s%s", (long long)k->min,
				    (long long)k->max, k->unit ? " " : "",
				    k->unit ? k->unit : "");
	if (k->kind == KEY_NUMBER)
		return arena_printf(a, "%lld to %lld", (long long)k->min,
				    (long long)k->max);
	if (k->kind == KEY_URL)
		return str_printable(
			a, value_accepted(a, k) + strlen("an address that begins with "),
			200);
	return value_accepted(a, k);
}

static const char *servers_text(struct arena *a, unsigned flags)
{
	static const struct {
		unsigned flag;
		const char *name;
	} servers[] = { { KEY_COMPLIANCE, "compliance-server" },
			{ KEY_MEMORY, "memory-server" },
			{ KEY_COORDINATOR, "coordinator-server" } };
	const char *s = "";

	for (size_t i = 0; i < ARRAY_LEN(servers); i++)
		if (flags & servers[i].flag)
			s = arena_printf(a, "%s%s%s", s, *s ? ", " : "", servers[i].name);
	return *s ? arena_printf(a, " Only %s.", s) : s;
}

static void docs_row(struct arena *a, const struct key *k, struct buf *b)
{
	const char *def = default_text(k);

	buf_addf(b, "| `%s` | `%s` | ", k->env, k->name);
	if (def && k->def)
		buf_addf(b, "`%s`", def);
	else
		doc_cell(b, def ? def : "not set");
	buf_adds(b, " | ");
	doc_cell(b, range_text(a, k));
	buf_adds(b, " | ");
	doc_cell(b, k->doc);
	doc_cell(b, servers_text(a, k->flags));
	if (k->flags & KEY_SECRET)
		buf_adds(b, " Secret.");
	if (!has_effect(k))
		buf_adds(b, " *No effect yet.*");
	buf_adds(b, " |\n");
}

void config_print_docs(struct buf *b)
{
	struct arena *a = arena_new();
	const char *group = NULL;

	buf_adds(b, intro);
	for (const struct key *k = config_keys; k->name; k++) {
		if (!str_eq(group, k->group))
			buf_addf(b,
				 "\n## %s\n\n"
				 "| Name | Key in YAML | Default | Accepted | Meaning |\n"
				 "|---|---|---|---|---|\n",
				 k->group);
		group = k->group;
		docs_row(a, k, b);
	}
	arena_free(a);
}

void config_print_env_example(struct buf *b)
{
	struct arena *a = arena_new();
	const char *group = NULL;

	buf_adds(
		b,
		"# Every key with its default; docs/configuration.md tells more. Take the \"#\"\n"
		"# away to set one. A file with secrets needs mode 600 (chmod 600 .env).\n"
		"# \"no effect yet\": read and checked, but what it sets is not built yet.\n");
	for (const struct key *k = config_keys; k->name; k++) {
		if (!str_eq(group, k->group))
			buf_addf(b, "\n# ---- %s ----\n", k->group);
		group = k->group;
		buf_addf(b, "\n# %s%s\n", k->doc, servers_text(a, k->flags));
		buf_addf(b, "# %s", range_text(a, k));
		if (!k->def && k->def_doc)
			buf_addf(b, "; default: %s", k->def_doc);
		if (k->flags & KEY_SECRET)
			buf_addf(b, "; secret, or %s_FILE", k->env);
		if (!has_effect(k))
			buf_adds(b, "; no effect yet");
		buf_addf(b, "\n#%s=%s\n", k->env, k->def ? k->def : "");
	}
	arena_free(a);
}
