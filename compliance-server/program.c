/* SPDX-License-Identifier: Apache-2.0 */
/* The files that starting an entry would run. */
#include "compliance-server/program.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/child.h"
#include "common/base/digest.h"
#include "common/base/fd.h"
#include "common/base/str.h"
#include "compliance-server/live.h"

#define FILES_MAX   32
#define FOLDERS_MAX 4
#define BYTES_MAX   ((int64_t)1024 * 1024 * 1024)

struct program_seen {
	struct program_seen *next;
	dev_t dev;
	ino_t ino;
	char sha256[65];
};

struct looking {
	struct arena *a;
	struct program_cache *cache;
	struct program *ret;
	const char *cwd;
	const char *folders[FOLDERS_MAX]; /* named by earlier arguments */
	size_t n_folders;
};

/* A file that cannot be read, or not to its end, is known by what the system tells. */
static void hash_stat(const struct stat *st, char out[65])
{
	const int64_t parts[] = { (int64_t)st->st_dev,	(int64_t)st->st_ino,
				  (int64_t)st->st_size, (int64_t)st->st_mtim.tv_sec,
				  st->st_mtim.tv_nsec,	(int64_t)st->st_ctim.tv_sec,
				  st->st_ctim.tv_nsec };

	digest_sha256_hex(parts, sizeof(parts), out);
}

static void hash_file(int fd, const struct stat *st, char out[65])
{
	if (fd < 0 || st->st_size > BYTES_MAX || !digest_sha256_fd(fd, BYTES_MAX, out))
		hash_stat(st, out);
}

static const char *hash_of(struct looking *l, int fd, const struct stat *st)
{
	struct program_seen *s;

	for (s = l->cache->first; s; s = s->next)
		if (s->dev == st->st_dev && s->ino == st->st_ino)
			return s->sha256;
	s = arena_alloc(l->a, sizeof(*s));
	s->dev = st->st_dev;
	s->ino = st->st_ino;
	hash_file(fd, st, s->sha256);
	s->next = l->cache->first;
	l->cache->first = s;
	return s->sha256;
}

static void keep(struct looking *l, const char *path, int fd, const struct stat *st)
{
	struct program *p = l->ret;

	if (p->n == FILES_MAX)
		return;
	p->files[p->n].path = arena_strdup(l->a, path);
	memcpy(p->files[p->n].sha256, hash_of(l, fd, st), sizeof(p->files[0].sha256));
	p->n++;
}

static const char *absolute(struct looking *l, const char *folder, const char *path)
{
	return path[0] == '/' || !folder ? path
					 : arena_printf(l->a, "%s/%s", folder, path);
}

static int open_regular(const char *path, struct stat *st)
{
	if (stat(path, st) != 0 || !S_ISREG(st->st_mode))
		return -1;
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static void take_command(struct looking *l, const struct live_command *cmd)
{
	const struct child_spec spec = { .argv = cmd->argv, .envp = cmd->envp };
	struct buf found CLEANUP(buf_release);
	struct err e = { 0 };
	const char *path;
	struct stat st;

	buf_init(&found, 64 * 1024);
	if (!child_find_program(&spec, &found, &e)) {
		l->ret->error = "no such program in PATH";
		return;
	}
	path = absolute(l, l->cwd, buf_text(&found));
	CLEANUP(fd_close_ptr) int fd = open_regular(path, &st);
	if (fd < 0 && (stat(path, &st) != 0 || !S_ISREG(st.st_mode)))
		l->ret->error = "the command is no file";
	else
		keep(l, path, fd, &st);
}

static bool has_code_ending(const char *path)
{
	static const char *const endings[] = {
		".js",	".mjs", ".cjs", ".ts",	 ".mts", ".cts",  ".jsx", ".tsx", ".py",
		".pyz", ".pyc", ".sh",	".bash", ".zsh", ".rb",	  ".pl",  ".php", ".lua",
		".r",	".R",	".jar", ".dll",	 ".exe", ".wasm", ".ps1", ".bat", ".cmd",
	};

	for (size_t i = 0; i < ARRAY_LEN(endings); i++)
		if (str_ends(path, endings[i]))
			return true;
	return false;
}

/* Data that a server works on changes all the time and asks nobody; code does. The mode
 * tells nothing: on some file systems everything may be executed. */
static bool is_code(const char *path, int fd)
{
	unsigned char head[4] = { 0 };

	if (has_code_ending(path))
		return true;
	return fd >= 0 && pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	       (memcmp(head, "#!", 2) == 0 || memcmp(head, "MZ", 2) == 0 ||
		memcmp(head, "\177ELF", 4) == 0);
}

static bool take_file(struct looking *l, const char *folder, const char *text)
{
	const char *path = absolute(l, folder, text);
	struct stat st;
	CLEANUP(fd_close_ptr) int fd = open_regular(path, &st);

	if (fd < 0 &&
	    !(has_code_ending(path) && stat(path, &st) == 0 && S_ISREG(st.st_mode)))
		return false;
	if (is_code(path, fd))
		keep(l, path, fd, &st);
	return true;
}

static void note_folder(struct looking *l, const char *text)
{
	const char *path = absolute(l, l->cwd, text);
	struct stat st;

	if (l->n_folders < FOLDERS_MAX && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		l->folders[l->n_folders++] = path;
}

/* "uv --directory D run x.py": a relative path may count from a folder named before. */
static void take_argument(struct looking *l, const char *text)
{
	const char *eq = text[0] == '-' ? strchr(text, '=') : NULL;

	if (eq)
		text = eq + 1;
	if (text[0] == '\0' || text[0] == '-' || strlen(text) > 4096 ||
	    take_file(l, l->cwd, text))
		return;
	for (size_t i = 0; i < l->n_folders && text[0] != '/'; i++)
		if (take_file(l, l->folders[i], text))
			return;
	note_folder(l, text);
}

void program_look(struct arena *a, const struct entry *e, char *const *environ_in,
		  struct program_cache *cache, struct program *ret)
{
	struct looking l = { .a = a, .cache = cache, .ret = ret };
	struct live_command cmd;
	struct err why = { 0 };

	*ret = (struct program){ .files =
					 arena_array(a, FILES_MAX, sizeof(*ret->files)) };
	if (!live_command(a, e, environ_in, &cmd, &why)) {
		ret->error = arena_strdup(a, why.msg);
		return;
	}
	l.cwd = cmd.cwd;
	take_command(&l, &cmd);
	for (size_t i = 1; cmd.argv[i]; i++)
		take_argument(&l, cmd.argv[i]);
}
