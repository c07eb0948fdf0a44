/* SPDX-License-Identifier: Apache-2.0 */
/* The small languages inside a compose file, each read in one pass. */
#include "compliance-server/compose_text.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/base/str.h"
#include "compliance-server/predicate.h"

#define MAX_NESTED 8
#define MAX_PORT   65535
#define BLANKS	   " \t\r\n"

static bool name_byte(char c)
{
	return is_alpha(c) || is_digit(c) || c == '_';
}

size_t compose_reference(const char *p)
{
	size_t n = 1;
	int depth = 0;

	if (p[0] != '$')
		return 0;
	if (p[1] == '$')
		return 2;
	if (p[1] != '{') {
		while (name_byte(p[n]))
			n++;
		return n > 1 && !is_digit(p[1]) ? n : 0;
	}
	for (; p[n] != '\0'; n++) {
		if (p[n] == '{')
			depth++;
		else if (p[n] == '}' && --depth == 0)
			return n + 1;
	}
	return 0;
}

struct interpolation {
	struct buf out;
	bool defaulted;
};

static void interpolate(struct interpolation *t, const char *p, size_t n, int depth);

/* The inside of "${…}": a name, then an operator and its word. */
static void braces(struct interpolation *t, const char *p, size_t n, int depth)
{
	size_t name = 0;

	while (name < n && name_byte(p[name]))
		name++;
	if (name == 4 && memcmp(p, "HOME", 4) == 0) {
		buf_addc(&t->out, '~');
		return;
	}
	p += name;
	n -= name;
	if (n > 0 && *p == ':') {
		p++;
		n--;
	}
	if (n > 0 && *p == '-' && depth < MAX_NESTED) {
		t->defaulted = true;
		interpolate(t, p + 1, n - 1, depth + 1);
		return;
	}
	buf_addc(&t->out, COMPOSE_UNKNOWN);
}

static void interpolate(struct interpolation *t, const char *p, size_t n, int depth)
{
	const char *end = p + n;
	/* without a closing brace behind it no later one has one either */
	bool open = false;

	while (p < end) {
		size_t len =
			*p == '$' && !(open && p[1] == '{') ? compose_reference(p) : 0;

		if (len == 0 || len > (size_t)(end - p)) {
			open |= *p == '$' && p[1] == '{';
			buf_addc(&t->out, *p++);
			continue;
		}
		if (p[1] == '$')
			buf_addc(&t->out, '$');
		else if (p[1] == '{')
			braces(t, p + 2, len - 3, depth);
		else if (len == 5 && memcmp(p, "$HOME", 5) == 0)
			buf_addc(&t->out, '~');
		else
			buf_addc(&t->out, COMPOSE_UNKNOWN);
		p += len;
	}
}

char *compose_interpolate(struct arena *a, const char *text, bool *ret_default)
{
	struct interpolation t = { .defaulted = false };
	char *out;

	if (ret_default)
		*ret_default = false;
	if (!strchr(text, '$'))
		return arena_strdup(a, text);
	buf_init(&t.out, strlen(text) + 1);
	interpolate(&t, text, strlen(text), 0);
	out = arena_strdup(a, buf_text(&t.out));
	buf_release(&t.out);
	if (ret_default)
		*ret_default = t.defaulted;
	return out;
}

void compose_image_split(struct arena *a, const char *text, struct compose_image *ret)
{
	const char *digest = strchr(text, '@'), *slash, *colon;
	size_t n = digest ? (size_t)(digest - text) : strlen(text);
	char *whole = arena_strndup(a, text, n), *name;

	*ret = (struct compose_image){ .text = text,
				       .digest = digest && str_starts(digest, "@sha256:"),
				       .unknown = strchr(text, COMPOSE_UNKNOWN) };
	slash = strrchr(whole, '/');
	colon = strchr(slash ? slash : whole, ':');
	if (colon)
		ret->tag = colon + 1;
	n = colon ? (size_t)(colon - whole) : strlen(whole);
	name = arena_strndup(a, whole, n);
	slash = strrchr(name, '/');
	name += slash ? slash + 1 - name : 0;
	for (char *p = name; *p != '\0'; p++)
		*p = ascii_lower(*p);
	ret->name = name;
}

bool compose_is_store(const char *image_name)
{
	static const char *const names[] = {
		"postgres",	 "postgresql",
		"pgvector",	 "postgis",
		"timescaledb",	 "mysql",
		"mariadb",	 "mongo",
		"mongodb",	 "redis",
		"valkey",	 "redis-stack",
		"rabbitmq",	 "redis-stack-server",
		"kafka",	 "cp-kafka",
		"qdrant",	 "opensearch",
		"elasticsearch", "neo4j",
		"clickhouse",	 "etcd",
		"memcached",	 "clickhouse-server",
		"chroma",	 "mysql-server",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(image_name, names[i]))
			return true;
	return false;
}

/* "5432" or "9200-9300". */
bool compose_port_range(const char *s, long *ret_first, long *ret_last)
{
	const char *dash = strchr(s, '-');
	char first[8];
	int64_t low, high;
	size_t n = dash ? (size_t)(dash - s) : strlen(s);

	if (n == 0 || n >= sizeof(first))
		return false;
	memcpy(first, s, n);
	first[n] = '\0';
	if (!str_to_i64(first, &low) || !str_to_i64(dash ? dash + 1 : first, &high))
		return false;
	*ret_first = (long)low;
	*ret_last = (long)high;
	return low > 0 && high >= low && high <= MAX_PORT;
}

/* "${BIND}:5432": a reference of which nothing says that it is a port may well be an
 * address. */
static bool may_be_address(const char *value, const char *text)
{
	size_t n = compose_reference(text);
	const char *port;

	if (value[0] != COMPOSE_UNKNOWN || value[1] != ':' || n == 0)
		return false;
	port = find_ignoring_case(text, "port");
	return !port || port >= text + n;
}

bool compose_port_split(struct arena *a, const char *value, const char *text,
			struct compose_port_text *ret)
{
	char *s = arena_strdup(a, value), *slash, *colon;

	*ret = (struct compose_port_text){ .tcp = true };
	if (s[0] == COMPOSE_UNKNOWN && s[1] == '\0')
		return false;
	slash = strchr(s, '/');
	if (slash) {
		ret->tcp = !str_ieq(slash + 1, "udp");
		*slash = '\0';
	}
	colon = strrchr(s, ':');
	if (!compose_port_range(colon ? colon + 1 : s, &ret->first, &ret->last))
		ret->first = ret->last = 0;
	if (!colon)
		return true;
	*colon = '\0';
	if (s[0] != '[') {
		colon = strrchr(s, ':');
		if (!colon) {
			ret->host_unknown = may_be_address(value, text);
			return true;
		}
		*colon = '\0';
	} else if ((colon = strchr(s, ']'))) {
		*colon = '\0';
		s++;
	}
	ret->host = s[0] != '\0' ? s : NULL;
	ret->host_unknown = strchr(s, COMPOSE_UNKNOWN);
	return true;
}

bool compose_all_interfaces(const char *host)
{
	return !host || str_eq(host, "0.0.0.0") || str_eq(host, "::") ||
	       str_eq(host, "*") || str_eq(host, "");
}

void compose_mount_split(struct arena *a, const char *value,
			 struct compose_mount_text *ret)
{
	bool drive = is_alpha(value[0]) && value[1] == ':' &&
		     (value[2] == '\\' || value[2] == '/');
	size_t n = (drive ? 2 : 0) + strcspn(value + (drive ? 2 : 0), ":");
	const char *mode;

	*ret = (struct compose_mount_text){ .source = NULL };
	if (value[n] == '\0')
		return;
	ret->source = arena_strndup(a, value, n);
	ret->bind = drive || strchr("./~\\", value[0]) || value[0] == COMPOSE_UNKNOWN;
	mode = strrchr(value + n + 1, ':');
	for (mode = mode ? mode + 1 : ""; *mode != '\0';) {
		size_t len = strcspn(mode, ",");

		ret->read_only |= len == 2 && memcmp(mode, "ro", 2) == 0;
		mode += len + (mode[len] == ',');
	}
}

/* At most that many words: one begins where a blank ends. */
static size_t word_starts(const char *s)
{
	size_t n = 1;

	for (; *s != '\0'; s++)
		n += strchr(BLANKS, *s) && s[1] != '\0' && !strchr(BLANKS, s[1]);
	return n;
}

/* Copies the word at *p to `to` without its quotes, moves *p behind it. */
static char *take_word(const char **p, char *to, bool *open)
{
	char quote = '\0';
	const char *s = *p;

	while (*s != '\0' && (quote != '\0' || !strchr(BLANKS, *s))) {
		size_t ref = *open ? 0 : compose_reference(s);

		*open |= ref == 0 && s[0] == '$' && s[1] == '{';
		if (ref > 0) {
			memcpy(to, s, ref);
			to += ref;
			s += ref;
		} else if (quote != '\0' ? *s == quote : *s == '"' || *s == '\'') {
			quote = quote != '\0' ? '\0' : *s;
			s++;
		} else {
			s += *s == '\\' && quote != '\'' && s[1] != '\0';
			*to++ = *s++;
		}
	}
	*to++ = '\0';
	*p = s;
	return to;
}

struct compose_words compose_split(struct arena *a, const char *command, size_t max)
{
	size_t n = MIN(word_starts(command), max);
	struct compose_words out = { arena_array(a, n + 1, sizeof(*out.v)), 0, false };
	char *to = arena_alloc(a, strlen(command) + n + 1);
	const char *p = command;
	bool open = false;

	for (p += strspn(p, BLANKS); *p != '\0'; p += strspn(p, BLANKS)) {
		if (out.n == n) {
			out.cut = true;
			break;
		}
		out.v[out.n++] = (struct compose_word){ to, (size_t)(p - command) };
		to = take_word(&p, to, &open);
	}
	return out;
}
