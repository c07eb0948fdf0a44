/* SPDX-License-Identifier: Apache-2.0 */
/* The index in its versions 2 to 4, and the patterns of .gitignore and info/exclude. */
#include "compliance-server/git_look.h"

#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/buf.h"
#include "common/base/fd.h"
#include "common/base/str.h"

#define LIMIT_INDEX  (64u * 1024 * 1024)
#define LIMIT_IGNORE (1024u * 1024)
#define LIMIT_NAME   4096

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Version 4 stores how many bytes of the name before to drop, then the rest. */
static bool name_v4(const unsigned char **p, const unsigned char *end, char *name,
		    size_t *len)
{
	size_t strip = 0;
	const unsigned char *s = *p, *stop;

	do {
		if (s >= end || strip > LIMIT_NAME)
			return false;
		strip = (strip << 7) + (*s & 127u);
		if (*s & 128u)
			strip++;
	} while (*s++ & 128u);
	stop = memchr(s, '\0', (size_t)(end - s));
	if (!stop || strip > *len || *len - strip + (size_t)(stop - s) >= LIMIT_NAME)
		return false;
	memcpy(name + *len - strip, s, (size_t)(stop - s));
	*len = *len - strip + (size_t)(stop - s);
	name[*len] = '\0';
	*p = stop + 1;
	return true;
}

/* 1 found, 0 not, -1 not an index we can read. */
static int in_index(const unsigned char *p, size_t n, const char *path)
{
	const unsigned char *end = p + n;
	char name[LIMIT_NAME] = "";
	size_t len = 0;
	uint32_t version, count;

	if (n < 12 || memcmp(p, "DIRC", 4) != 0)
		return -1;
	version = be32(p + 4);
	count = be32(p + 8);
	if (version < 2 || version > 4)
		return -1;
	p += 12;
	for (uint32_t i = 0; i < count; i++) {
		const unsigned char *begin = p, *stop;
		bool extended;

		if (end - p < 63)
			return -1;
		extended = version >= 3 && (p[60] & 0x40u);
		p += extended ? 64 : 62;
		if (version == 4) {
			if (!name_v4(&p, end, name, &len))
				return -1;
			if (str_eq(name, path))
				return 1;
			continue;
		}
		stop = memchr(p, '\0', (size_t)(end - p));
		if (!stop)
			return -1;
		if (strlen(path) == (size_t)(stop - p) &&
		    memcmp(path, p, (size_t)(stop - p)) == 0)
			return 1;
		p = begin + (((size_t)(stop - begin) + 8) & ~(size_t)7);
		if (p > end)
			return -1;
	}
	return 0;
}

/* Every line of the file that fits decides; the last one wins, "!" takes back. */
static void match_ignores(struct arena *a, const char *file, const char *below,
			  bool *ignored)
{
	struct buf b CLEANUP(buf_release);
	struct err e = { .code = ERR_NONE };
	const char *base = strrchr(below, '/');
	char *p;

	buf_init(&b, LIMIT_IGNORE);
	if (!fd_read_file(file, &b, &e) || b.len == 0)
		return;
	base = base ? base + 1 : below;
	for (p = arena_strdup(a, buf_text(&b)); p && *p != '\0';) {
		char *next = strchr(p, '\n');
		bool keep;
		size_t n;

		if (next)
			*next++ = '\0';
		n = strcspn(p, "\r");
		while (n > 0 && p[n - 1] == ' ')
			n--;
		p[n] = '\0';
		keep = *p == '!';
		p += keep;
		if (*p != '\0' && *p != '#') {
			bool folder = str_ends(p, "/");
			char *pattern = arena_strndup(a, p, strlen(p) - folder);
			const char *bare = pattern + (pattern[0] == '/');
			bool hit = !folder && !strchr(pattern, '/') &&
				   fnmatch(pattern, base, 0) == 0;

			hit |= !folder && strchr(pattern, '/') &&
			       fnmatch(bare, below, FNM_PATHNAME) == 0;
			/* a folder above the file, by its path from here or by its name
			 */
			hit |= fnmatch(arena_printf(a, "%s/*", bare), below, 0) == 0;
			hit |= !strchr(pattern, '/') &&
			       fnmatch(arena_printf(a, "*/%s/*", bare), below, 0) == 0;
			if (hit)
				*ignored = !keep;
		}
		p = next;
	}
}

static char *git_folder(struct arena *a, const char *tree)
{
	char *dot = arena_printf(a, "%s/.git", tree);
	struct buf b CLEANUP(buf_release);
	struct err e = { .code = ERR_NONE };
	struct stat st;
	char *path;

	buf_init(&b, 4096);
	if (stat(dot, &st) != 0)
		return NULL;
	if (S_ISDIR(st.st_mode))
		return dot;
	if (!fd_read_file(dot, &b, &e) || !str_starts(buf_text(&b), "gitdir: "))
		return dot;
	path = arena_strndup(a, buf_text(&b) + 8, strcspn(buf_text(&b) + 8, "\r\n"));
	return path[0] == '/' ? path : arena_printf(a, "%s/%s", tree, path);
}

enum git_state git_state_of(struct arena *a, const char *real)
{
	char *tree = arena_strdup(a, real), *git = NULL, *slash;
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	struct err e = { .code = ERR_NONE };
	const char *inside;
	bool ignored = false;
	int found;

	while (!git && (slash = strrchr(tree, '/'))) {
		*slash = '\0';
		git = git_folder(a, tree);
	}
	if (!git)
		return GIT_NONE;
	inside = real + strlen(tree) + 1;
	buf_init(&b, LIMIT_INDEX);
	if (fd_read_file(arena_printf(a, "%s/index", git), &b, &e)) {
		found = b.len > 0 ? in_index((const unsigned char *)b.data, b.len, inside)
				  : -1;
		if (found != 0)
			return found > 0 ? GIT_TRACKED : GIT_UNREADABLE;
	} else if (e.code != ERR_NO_INPUT) {
		return GIT_UNREADABLE;
	}
	match_ignores(a, arena_printf(a, "%s/info/exclude", git), inside, &ignored);
	for (const char *p = inside;; p++) {
		match_ignores(a,
			      arena_printf(a, "%s/%.*s.gitignore", tree,
					   (int)(p - inside), inside),
			      p, &ignored);
		p = strchr(p, '/');
		if (!p)
			break;
	}
	return ignored ? GIT_IGNORED : GIT_LOOSE;
}
