/* SPDX-License-Identifier: Apache-2.0 */
/* One configuration value: text to member, member to text, what is accepted. */
#include "common/config/value.h"

#include "common/base/names.h"
#include "common/base/str.h"
#include "common/config/url.h"

static const struct {
	const char *unit;
	int64_t ms;
} time_units[] = {
	{ "d", INT64_C(86400000) },
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

static void *member(const struct key *k, struct config *c)
{
	return (char *)c + k->off;
}

static const void *member_const(const struct key *k, const struct config *c)
{
	return (const char *)c + k->off;
}

static bool in_bounds(const struct key *k, int64_t v)
{
	return k->min >= k->max || (v >= k->min && v <= k->max);
}

/* A bare number counts in the key's unit, not in ms. */
static bool to_duration(const struct key *k, const char *text, int64_t *ret)
{
	int64_t v;

	if (!str_to_i64(text, &v))
		return str_to_duration(text, ret);
	for (size_t i = 0; i < ARRAY_LEN(time_units); i++) {
		if (!str_eq(time_units[i].unit, k->unit))
			continue;
		if (v < 0 || v > INT64_MAX / time_units[i].ms)
			return false;
		*ret = v * time_units[i].ms;
		return true;
	}
	return false;
}

static bool to_integer(struct arena *a, const struct key *k, const char *text,
		       int64_t *ret)
{
	/* "14d" for 14 files is what users of log rotation write */
	if (str_eq(k->unit, "files") && str_ends(text, "d"))
		text = arena_strndup(a, text, strlen(text) - 1);
	return str_to_i64(text, ret);
}

static bool set_number(struct arena *a, const struct key *k, const char *text,
		       struct config *c)
{
	int64_t v = 0;
	bool ok;

	if (k->kind == KEY_DURATION)
		ok = to_duration(k, text, &v);
	else if (k->kind == KEY_SIZE)
		ok = str_to_size(text, &v);
	else
		ok = to_integer(a, k, text, &v);
	if (!ok || !in_bounds(k, v))
		return false;
	*(int64_t *)member(k, c) = v;
	return true;
}

static const char *path_text(struct arena *a, const char *text, const char *home)
{
	char cwd[4096];

	if (text[0] == '/')
		return arena_strdup(a, text);
	if (text[0] == '~' && (text[1] == '/' || text[1] == '\0'))
		return home ? arena_printf(a, "%s%s", home, text + 1) : NULL;
	return getcwd(cwd, sizeof(cwd)) ? arena_printf(a, "%s/%s", cwd, text) : NULL;
}

/* A leading ~/ works behind "sqlite:" too; nothing else there is a shell's business. */
static const char *url_text(struct arena *a, const struct key *k, const char *text,
			    const char *home)
{
	if (str_starts(text, "sqlite:~/"))
		return home ? arena_printf(a, "sqlite:%s%s", home, text + 8) : NULL;
	for (size_t i = 1; k->names[i]; i++)
		if (str_starts(text, k->names[i]) && text[strlen(k->names[i])] != '\0')
			return arena_strdup(a, text);
	return NULL;
}

static bool set_text(struct arena *a, const struct key *k, const char *text,
		     const char *home, struct config *c)
{
	const char *v = NULL;

	if (k->kind == KEY_PATH)
		v = path_text(a, text, home);
	else if (k->kind == KEY_URL)
		v = url_text(a, k, text, home);
	else if (!k->names || names_find(k->names, text) > 0)
		v = arena_strdup(a, text);
	if (!v)
		return false;
	*(const char **)member(k, c) = v;
	return true;
}

bool value_set(struct arena *a, const struct key *k, const char *text, const char *home,
	       struct config *c)
{
	double number;
	int name;

	if (utf8_valid_prefix(text, strlen(text)) != strlen(text))
		return false;
	switch (k->kind) {
	case KEY_TEXT:
	case KEY_PATH:
	case KEY_URL:
		return set_text(a, k, text, home, c);
	case KEY_NAME:
		name = names_find(k->names, text);
		if (name > 0)
			*(unsigned *)member(k, c) = (unsigned)name;
		return name > 0;
	case KEY_BOOL:
		return str_to_bool(text, member(k, c));
	case KEY_NUMBER:
		if (!str_to_f64(text, &number) || number < (double)k->min ||
		    number > (double)k->max)
			return false;
		*(double *)member(k, c) = number;
		return true;
	case KEY_INT:
	case KEY_DURATION:
	case KEY_SIZE:
		return set_number(a, k, text, c);
	}
	return false;
}

const char *value_duration(struct arena *a, int64_t ms)
{
	for (size_t i = 0; i < ARRAY_LEN(time_units); i++)
		if (ms != 0 && ms % time_units[i].ms == 0)
			return arena_printf(a, "%lld%s",
					    (long long)(ms / time_units[i].ms),
					    time_units[i].unit);
	return arena_printf(a, "%lldms", (long long)ms);
}

const char *value_size(struct arena *a, int64_t bytes)
{
	static const char *const units[] = { "B", "KB", "MB", "GB" };
	size_t i = 0;

	while (bytes != 0 && bytes % 1024 == 0 && i + 1 < ARRAY_LEN(units)) {
		bytes /= 1024;
		i++;
	}
	return arena_printf(a, "%lld%s", (long long)bytes, units[i]);
}

static const char *unit_name(const char *unit)
{
	static const char *const names[][2] = { { "ms", "milliseconds" },
						{ "s", "seconds" },
						{ "m", "minutes" },
						{ "h", "hours" },
						{ "d", "days" } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(unit, names[i][0]))
			return names[i][1];
	return unit;
}

static const char *beginnings(struct arena *a, const char *const *names)
{
	const char *s = names[1];

	for (size_t i = 2; names[i]; i++)
		s = arena_printf(a, "%s%s%s", s, names[i + 1] ? ", " : " or ", names[i]);
	return s;
}

const char *value_accepted(struct arena *a, const struct key *k)
{
	switch (k->kind) {
	case KEY_TEXT:
		return k->names ? names_list(a, k->names) : "text";
	case KEY_NAME:
		return names_list(a, k->names);
	case KEY_BOOL:
		return "true or false";
	case KEY_INT:
		return arena_printf(a, "a whole number from %lld to %lld",
				    (long long)k->min, (long long)k->max);
	case KEY_NUMBER:
		return arena_printf(a, "a number from %lld to %lld", (long long)k->min,
				    (long long)k->max);
	case KEY_DURATION:
		return arena_printf(
			a,
			"a duration from %s to %s, such as 500ms, 30s, 5m, 24h, 7d or "
			"daily (a bare number is %s)",
			value_duration(a, k->min), value_duration(a, k->max),
			unit_name(k->unit));
	case KEY_SIZE:
		return arena_printf(a,
				    "a size from %s to %s, such as 65536, 512KB or 10MB",
				    value_size(a, k->min), value_size(a, k->max));
	case KEY_PATH:
		return "a path";
	case KEY_URL:
		return arena_printf(a, "an address that begins with %s",
				    beginnings(a, k->names));
	}
	return "text";
}

const char *value_text(const struct key *k, const struct config *c)
{
	if (k->kind != KEY_TEXT && k->kind != KEY_PATH && k->kind != KEY_URL)
		return NULL;
	return *(const char *const *)member_const(k, c);
}

const char *value_show(struct arena *a, const struct key *k, const struct config *c)
{
	const void *m = member_const(k, c);
	const char *text = value_text(k, c);

	switch (k->kind) {
	case KEY_TEXT:
	case KEY_PATH:
		return text && k->flags & KEY_SECRET ? "***" : text;
	case KEY_URL:
		return text ? url_masked(a, text) : NULL;
	case KEY_NAME:
		return names_text(k->names, (int)*(const unsigned *)m);
	case KEY_BOOL:
		return *(const bool *)m ? "true" : "false";
	case KEY_INT:
		return arena_printf(a, "%lld", (long long)*(const int64_t *)m);
	case KEY_NUMBER:
		return arena_printf(a, "%g", *(const double *)m);
	case KEY_DURATION:
		return value_duration(a, *(const int64_t *)m);
	case KEY_SIZE:
		return value_size(a, *(const int64_t *)m);
	}
	return NULL;
}
