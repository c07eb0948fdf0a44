/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: their parts, and whether a host is this computer, the local network or
 * neither. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "common/base/str.h"
#include "compliance-server/predicate.h"

static bool scheme_byte(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '.' || c == '-';
}

static bool url_byte(char c)
{
	return (unsigned char)c > ' ' && c != '"' && c != '\'' && c != '`' && c != '|';
}

/* user:pass@host:port, without a byte of the path */
static void split_authority(const char *p, size_t n, struct url *u)
{
	const char *at = NULL, *colon;

	for (size_t i = 0; i < n; i++)
		if (p[i] == '@')
			at = p + i;
	if (at) {
		size_t user = (size_t)(at - p);

		u->has_user = true;
		colon = memchr(p, ':', user);
		u->user = (struct span){ p, colon ? (size_t)(colon - p) : user };
		if (colon) {
			u->has_pass = true;
			u->pass = (struct span){ colon + 1, (size_t)(at - colon - 1) };
		}
		n -= user + 1;
		p = at + 1;
	}
	if (n > 0 && *p == '[') {
		const char *close = memchr(p, ']', n);
		size_t len = close ? (size_t)(close - p) + 1 : n;

		u->host = (struct span){ p + 1, len >= 2 ? len - 2 : 0 };
		if (len < n && p[len] == ':')
			u->port = (struct span){ p + len + 1, n - len - 1 };
		return;
	}
	colon = memchr(p, ':', n);
	u->host = (struct span){ p, colon ? (size_t)(colon - p) : n };
	if (colon)
		u->port = (struct span){ colon + 1, n - u->host.n - 1 };
}

/* Length of the authority; a "/" inside ${…} or before a later "@" belongs to it. */
static size_t authority_length(const char *p, size_t n)
{
	int depth = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '{')
			depth++;
		else if (p[i] == '}' && depth > 0)
			depth--;
		else if (depth == 0 && (p[i] == '/' || p[i] == '?' || p[i] == '#'))
			return i;
	}
	return n;
}

bool url_next(const char *text, size_t *from, struct url *ret)
{
	const char *sep = text ? strstr(text + *from, "://") : NULL;
	const char *begin, *end, *p;
	size_t n;

	if (!sep)
		return false;
	*ret = (struct url){ 0 };
	for (begin = sep; begin > text + *from && scheme_byte(begin[-1]);)
		begin--;
	ret->scheme = (struct span){ begin, (size_t)(sep - begin) };
	p = sep + 3;
	for (end = p; *end != '\0' && url_byte(*end);)
		end++;
	n = authority_length(p, (size_t)(end - p));
	split_authority(p, n, ret);
	p += n;
	n = (size_t)(end - p);
	ret->path = (struct span){ p, 0 };
	while (ret->path.n < n && p[ret->path.n] != '?' && p[ret->path.n] != '#')
		ret->path.n++;
	if (ret->path.n < n && p[ret->path.n] == '?')
		ret->query = (struct span){ p + ret->path.n + 1, n - ret->path.n - 1 };
	ret->end = (size_t)(end - text);
	*from = ret->end;
	return true;
}

/* One part of an IPv4 address: decimal, 0octal or 0xhex. */
static bool ipv4_part(const char *p, size_t n, uint64_t *ret)
{
	unsigned base = 10;

	if (n > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		base = 16;
		p += 2;
		n -= 2;
	} else if (n > 1 && p[0] == '0') {
		base = 8;
	}
	if (n == 0 || n > 12)
		return false;
	*ret = 0;
	for (size_t i = 0; i < n; i++) {
		int c = tolower((unsigned char)p[i]);
		unsigned d = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
			     : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
						    : 99;

		if (d >= base)
			return false;
		*ret = *ret * base + d;
	}
	return *ret <= UINT32_MAX;
}

bool host_ipv4(struct span h, uint32_t *ret)
{
	uint64_t part[4];
	size_t n = 0, begin = 0;

	for (size_t i = 0; i <= h.n; i++) {
		if (i < h.n && h.p[i] != '.')
			continue;
		if (n == 4 || !ipv4_part(h.p + begin, i - begin, &part[n]))
			return false;
		n++;
		begin = i + 1;
	}
	if (n == 1) {
		*ret = (uint32_t)part[0];
		return true;
	}
	if (n != 4)
		return false;
	*ret = 0;
	for (size_t i = 0; i < 4; i++) {
		if (part[i] > 255)
			return false;
		*ret = (*ret << 8) | (uint32_t)part[i];
	}
	return true;
}

static bool span_ends(struct span s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && strncasecmp(s.p + s.n - n, suffix, n) == 0;
}

bool host_is_loop(struct span h)
{
	uint32_t ip;

	if (span_ieq(h, "localhost") || span_eq(h, "::1") || span_eq(h, "0.0.0.0") ||
	    span_eq(h, "0:0:0:0:0:0:0:1") || span_ieq(h, "host.docker.internal") ||
	    span_ends(h, ".localhost"))
		return true;
	return host_ipv4(h, &ip) && (ip >> 24) == 127;
}

bool host_is_private(struct span h)
{
	static const char *const ends[] = { ".local", ".lan",  ".internal",
					    ".home",  ".corp", ".intranet" };
	uint32_t ip;

	if (h.n == 0)
		return false;
	if (host_ipv4(h, &ip))
		return (ip >> 24) == 10 || (ip >> 20) == 0xAC1 || (ip >> 16) == 0xC0A8 ||
		       (ip >> 16) == 0xA9FE;
	if (memchr(h.p, ':', h.n))
		return strncasecmp(h.p, "fe8", 3) == 0 ||
		       strncasecmp(h.p, "fe9", 3) == 0 ||
		       strncasecmp(h.p, "fea", 3) == 0 ||
		       strncasecmp(h.p, "feb", 3) == 0 ||
		       strncasecmp(h.p, "fc", 2) == 0 || strncasecmp(h.p, "fd", 2) == 0;
	if (!memchr(h.p, '.', h.n))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (span_ends(h, ends[i]))
			return true;
	return false;
}

bool host_is_metadata(struct span h)
{
	uint32_t ip;

	if (span_ieq(h, "fd00:ec2::254") || span_ieq(h, "metadata.google.internal"))
		return true;
	return host_ipv4(h, &ip) && (ip == 0xA9FEA9FE || ip == 0x646464C8);
}
