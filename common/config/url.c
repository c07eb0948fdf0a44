/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that may hold a password. */
#include "common/config/url.h"

#include "common/base/buf.h"
#include "common/base/log.h"
#include "common/base/str.h"

#define ENDS "/?#@:" /* a raw one of these ends a part for one reader or another */

struct span {
	size_t start, end; /* start == end: nothing */
};

static const char *behind_scheme(const char *url)
{
	const char *mark = strstr(url, "://");

	return mark ? mark + 3 : NULL;
}

/* The first "?" from c on that has NAME= behind it, else the end. */
static const char *query(const char *c)
{
	for (c += strcspn(c, "?"); *c; c += 1 + strcspn(c + 1, "?")) {
		size_t n = strspn(c + 1, "abcdefghijklmnopqrstuvwxyz_");

		if (n > 0 && c[1 + n] == '=')
			break;
	}
	return c;
}

/* libpq ends the user part at the first "@" if that comes before the first "/"; a "?"
 * says nothing. *ret_end is where what may be meant as the user part ends at the latest:
 * who writes "@", "/" or "?" raw gets an address that does not work, but not one that is
 * shown. */
static const char *user_end(const char *start, const char **ret_end)
{
	const char *at = strpbrk(start, "@/"), *colon = strpbrk(start, ":/?"), *limit;

	if (!at || *at != '@')
		at = NULL;
	limit = query(at ? at : start);
	/* no number for a port: a password that holds both "?" and "/" */
	if (!at && *start != '[' && colon && *colon == ':' &&
	    !strchr("/?,", colon[1 + strspn(colon + 1, "0123456789")]))
		limit = start + strlen(start);
	*ret_end = at;
	for (const char *c = start; c < limit; c++)
		if (*c == '@')
			*ret_end = c;
	return at ? at : *ret_end;
}

/* wide: up to the last "@" that may belong to it, not only to where libpq ends it. */
static struct span user_password(const char *url, bool wide)
{
	const char *start = behind_scheme(url), *end, *last, *colon;

	if (!start)
		return (struct span){ 0, 0 };
	end = user_end(start, &last);
	if (wide)
		end = last;
	if (!end || !(colon = memchr(start, ':', (size_t)(end - start))))
		return (struct span){ 0, 0 };
	return (struct span){ (size_t)(colon + 1 - url), (size_t)(end - url) };
}

/* The next one behind from among the parameters; start 0: there is none. */
static struct span query_password(const char *url, size_t from)
{
	static const char *const names[] = { "password=", "sslpassword=" };

	for (const char *c = strpbrk(url + from, "?&"); c; c = strpbrk(c + 1, "?&")) {
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			size_t len = strlen(names[i]),
			       start = (size_t)(c + 1 - url) + len;

			if (str_starts(c + 1, names[i]) && url[start])
				return (struct span){ start,
						      start + strcspn(url + start, "&") };
		}
	}
	return (struct span){ 0, 0 };
}

const char *url_password(struct arena *a, const char *url)
{
	struct span s = user_password(url, true);

	if (s.start == s.end)
		s = query_password(url, 0);
	return s.start == s.end ? NULL : arena_strndup(a, url + s.start, s.end - s.start);
}

static const char *without(struct arena *a, const char *url, struct span s)
{
	return arena_printf(a, "%.*s***%s", (int)s.start, url, url + s.end);
}

const char *url_masked(struct arena *a, const char *url)
{
	struct span s = user_password(url, true);

	/* the path of a webhook is its secret */
	if (str_starts(url, "http://") || str_starts(url, "https://")) {
		const char *host = behind_scheme(url);
		size_t len = strcspn(host, "/?#");

		if (memchr(host, '@', len))
			return "***";
		return arena_printf(a, "%.*s/***", (int)((size_t)(host - url) + len),
				    url);
	}
	if (s.start < s.end)
		url = without(a, url, s);
	for (s = query_password(url, 0); s.start; s = query_password(url, s.start)) {
		if (s.start < s.end)
			url = without(a, url, s);
	}
	return url;
}

const char *url_where(struct arena *a, const char *url)
{
	const char *start = behind_scheme(url), *last, *rest, *end, *host;
	size_t name;

	if (!start)
		return "";
	user_end(start, &last);
	rest = last ? last + 1 : start;
	name = last ? MIN(strcspn(start, ENDS), (size_t)(last - start)) : 0;
	end = rest + strcspn(rest, "?");
	host = strstr(end, "host=");
	host = host && (host[-1] == '?' || host[-1] == '&') ? host : "";
	return arena_printf(a, "postgresql://%.*s%s%.*s%s%.*s", (int)name, start,
			    last ? "@" : "", (int)(end - rest), rest, *host ? "?" : "",
			    (int)strcspn(host, "&"), host);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static char *decoded(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s);
	size_t k = 0;

	for (size_t i = 0; s[i]; k++) {
		int high = s[i] == '%' ? hex_digit(s[i + 1]) : -1;
		int low = high < 0 ? -1 : hex_digit(s[i + 2]);

		out[k] = low < 0 ? s[i] : (char)(high << 4 | low);
		i += low < 0 ? 1 : 3;
	}
	out[k] = '\0';
	return out;
}

static void hide(struct arena *a, const char *url, struct span s)
{
	const char *text = arena_strndup(a, url + s.start, s.end - s.start);

	log_mask(text);
	log_mask(decoded(a, text));
	/* a complaint of the driver quotes a part as the port or the like */
	for (const char *c = text; *c; c += strcspn(c, ENDS), c += *c != '\0')
		log_mask(arena_strndup(a, c, strcspn(c, ENDS)));
}

void url_hide(struct arena *a, const char *url)
{
	hide(a, url, user_password(url, false));
	hide(a, url, user_password(url, true));
	for (struct span s = query_password(url, 0); s.start;
	     s = query_password(url, s.start))
		hide(a, url, s);
}
