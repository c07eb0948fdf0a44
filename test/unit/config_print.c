/* SPDX-License-Identifier: Apache-2.0 */
/* The key table and what is printed from it. */
#include "common/base/arena.h"
#include "common/config/config.h"
#include "common/config/dotenv.h"
#include "common/field/jsonr.h"
#include "test/tap.h"

static struct arena *arena;

static size_t key_index(const char *env)
{
	size_t i = 0;

	while (config_keys[i].name && !str_eq(config_keys[i].env, env))
		i++;
	return i;
}

static bool prefix_of(const char *group, const char *name)
{
	size_t n = strlen(group);

	return strncmp(group, name, n) == 0 && name[n] == '.';
}

static void test_table(void)
{
	bool unique = true, apart = true, complete = true, alone = true;

	for (const struct key *k = config_keys; k->name; k++) {
		complete = complete && k->env && k->group && k->kind &&
			   str_ends(k->doc, ".");
		if (k->kind == KEY_DURATION)
			complete = complete && k->unit && k->min < k->max;
		if (k->kind == KEY_NAME || k->kind == KEY_URL)
			complete = complete && k->names;
		for (const struct key *o = config_keys; o->name; o++) {
			if (o == k)
				continue;
			unique = unique && !str_eq(k->name, o->name) &&
				 !str_eq(k->env, o->env);
			apart = apart && !prefix_of(k->name, o->name);
			alone = alone && k->off != o->off;
		}
	}
	OK(complete, "each row has what its kind needs");
	OK(unique, "names are unique");
	OK(apart, "no key is the group of another");
	OK(alone, "each key has a member of its own");
}

static void load(struct config_set *set, const char *const *env)
{
	char *block[8] = { NULL };
	struct config_source src = { .server = KEY_MEMORY, .environ_ = block };
	struct err e = { 0 };

	for (size_t i = 0; env[i]; i++)
		block[i] = arena_strdup(arena, env[i]);
	OK(config_load(arena, &src, set, &e), "loads: %s", e.msg);
}

static const char *const sample[] = { "WORKERS=6",
				      "DATABASE_URL=postgresql://a:hunter22@h/d",
				      "KILOCODE_PROJECT_NAME=a\x1b[31m",
				      "JWT_SECRET=changeme", NULL };

static const char *line_with(const char *text, const char *word)
{
	const char *at = strstr(text, word), *start = at;

	while (start && start > text && start[-1] != '\n')
		start--;
	return at ? arena_strndup(arena, start, strcspn(start, "\n")) : "";
}

static void test_text(void)
{
	struct config_set set;
	struct buf b;
	const char *t, *workers, *timeout;

	load(&set, sample);
	buf_init(&b, 1 << 20);
	config_print(&set, KEY_MEMORY, false, &b);
	t = buf_text(&b);
	workers = line_with(t, "  WORKERS");
	timeout = line_with(t, "  REQUEST_TIMEOUT");
	OK(strstr(workers, "6") && strstr(workers, "environment"), "value and origin: %s",
	   workers);
	IS_INT(strstr(workers, "environment") - workers,
	       strstr(timeout, "default") - timeout, "origins stand below each other");
	OK(!strstr(workers, "no effect"), "a key in use is not marked");
	OK(strstr(line_with(t, "  PORT"), "no effect yet"), "a key without effect is");
	OK(strstr(line_with(t, "  DATABASE_POOL_MAX"), "7 ") &&
		   strstr(line_with(t, "  DATABASE_POOL_MAX"), "default (WORKERS + 1)"),
	   "a computed default");
	OK(strstr(t, "postgresql://a:***@h/d") && !strstr(t, "hunter22"),
	   "secrets are masked");
	OK(!strchr(t, '\x1b'), "control characters are escaped");
	OK(strstr(t, "MEMORY_RETENTION_DAYS") && !strstr(t, "COMPLIANCE_INTERVAL"),
	   "keys of other servers are left out");
	OK(strstr(t, "Warnings") && strstr(t, "JWT_SECRET is the placeholder"),
	   "warnings");
	buf_release(&b);
}

static const struct node *json_key(const struct node *root, const char *env)
{
	const struct node *keys = node_get(root, "keys");

	for (const struct node *n = keys ? keys->first : NULL; n; n = n->next)
		if (str_eq(node_str(node_get(n, "name")), env))
			return n;
	return NULL;
}

static void test_json(void)
{
	struct config_set set;
	struct buf b;
	struct err e = { 0 };
	const struct node *root;
	int64_t n = 0;

	load(&set, sample);
	buf_init(&b, 1 << 20);
	config_print(&set, KEY_MEMORY, true, &b);
	root = jsonr_parse(arena, buf_text(&b), b.len, 0, NULL, &e);
	if (OK(root, "JSON is valid: %s", e.msg)) {
		OK(node_i64(node_get(json_key(root, "REQUEST_TIMEOUT"), "value"), &n) &&
			   n == 30000,
		   "a duration is a number");
		IS_STR(node_str(node_get(json_key(root, "REQUEST_TIMEOUT"), "unit")),
		       "ms", "with its unit");
		IS_STR(node_str(node_get(json_key(root, "WORKERS"), "origin")),
		       "environment", "origin");
		IS_STR(node_str(node_get(json_key(root, "JWT_SECRET"), "value")), "***",
		       "a secret is masked");
		OK(!node_get(json_key(root, "LOG_FILE"), "value"),
		   "what is unset has no value");
		OK(!node_get(json_key(root, "PORT"), "effect")->truth, "no effect yet");
		IS_INT(node_get(root, "warnings")->n, 1, "warnings");
	}
	OK(!strstr(buf_text(&b), "hunter22"), "no secret");
	buf_release(&b);
}

static void test_docs(void)
{
	struct buf b;
	size_t missing = 0;

	buf_init(&b, 1 << 20);
	config_print_docs(&b);
	for (const struct key *k = config_keys; k->name; k++)
		missing += !strstr(buf_text(&b), arena_printf(arena, "| `%s` | `%s` |",
							      k->env, k->name));
	IS_INT(missing, 0, "the document has a row for each key");
	buf_release(&b);
}

/* Each "#NAME=VALUE" taken at its word gives the defaults again. */
static void test_env_example(void)
{
	struct buf b, live;
	struct dotenv d;
	size_t missing = 0, other = 0;

	buf_init(&b, 1 << 20);
	buf_init(&live, 1 << 20);
	config_print_env_example(&b);
	for (const char *s = buf_text(&b); *s;) {
		size_t n = strcspn(s, "\n");

		buf_add(&live, s + (*s == '#' && s[1] != ' '),
			n - (*s == '#' && s[1] != ' '));
		buf_addc(&live, '\n');
		s += n + (s[n] == '\n');
	}
	dotenv_parse(arena, buf_text(&live), live.len, &d);
	for (const struct key *k = config_keys; k->name; k++) {
		const struct dotenv_entry *x = dotenv_get(&d, k->env);

		missing += !x;
		other += x && !str_eq(x->value, k->def ? k->def : "");
	}
	IS_INT(missing, 0, ".env.example has each key");
	IS_INT(other, 0, "with its default");
	IS_INT(d.n, key_index(""), "and nothing else");
	IS_INT(d.warnings_n, 0, "and gives no warning");
	dotenv_parse(arena, buf_text(&b), b.len, &d);
	IS_INT(d.n, 0, "as printed it sets nothing");
	buf_release(&b);
	buf_release(&live);
}

int main(void)
{
	arena = arena_new();
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	test_table();
	test_text();
	test_json();
	test_docs();
	test_env_example();
	arena_free(arena);
	return tap_done();
}
