/* SPDX-License-Identifier: Apache-2.0 */
/* Records of consent: DIR/trust/<SHA-256 of the definition>.json, 0600 in 0700, with the
 * hashes of the files that the definition runs. */
#include "compliance-server/trust.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/fd.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "compliance-server/predicate.h"

#define DEFINITION_MAX (8 * 1024 * 1024)
#define TEXT_MAX       2000
#define RECORD_MAX     (512 * 1024)

static void add(struct buf *b, const char *what, const char *text)
{
	buf_addf(b, "%s %zu:", what, text ? strlen(text) : 0);
	buf_adds(b, text ? text : "");
}

/* A rotated secret needs no new consent; any other change does. */
static void fingerprint(const struct entry *entry, char out[DIGEST_HEX_LEN])
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, DEFINITION_MAX);
	add(&b, "root", entry->file->root);
	add(&b, "cwd", entry->cwd.text);
	add(&b, "command", entry->command.text);
	for (size_t i = 0; i < entry->args.n; i++)
		add(&b, "arg", entry->args.v[i].text);
	for (size_t i = 0; i < entry->env.n; i++) {
		const struct value *v = &entry->env.v[i];

		add(&b, "env", v->name);
		add(&b, "value", secret_key(v->name) ? "" : v->text);
	}
	digest_sha256_hex(buf_text(&b), b.len, out);
}

static const char *folder(struct arena *a, const char *state_dir)
{
	return arena_printf(a, "%s/trust", state_dir);
}

static const char *path_of(struct arena *a, const char *state_dir,
			   const struct entry *entry)
{
	char hex[DIGEST_HEX_LEN];

	fingerprint(entry, hex);
	return arena_printf(a, "%s/%s.json", folder(a, state_dir), hex);
}

/* Nobody else may be able to write consent. */
static bool ours(const char *path, bool is_folder)
{
	struct stat st;

	return lstat(path, &st) == 0 && st.st_uid == geteuid() &&
	       (st.st_mode & 022) == 0 &&
	       (is_folder ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode));
}

static const char *recorded(const struct node *files, const char *path)
{
	for (const struct node *n = files ? files->first : NULL; n; n = n->next)
		if (str_eq(node_str(node_get(n, "path")), path))
			return node_str(node_get(n, "sha256"));
	return NULL;
}

/* The first file that is new, gone or different, or NULL. */
static const char *changed_file(const struct node *files, const struct program *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (!str_eq(recorded(files, p->files[i].path), p->files[i].sha256))
			return p->files[i].path;
	for (const struct node *n = files ? files->first : NULL; n; n = n->next) {
		const char *path = node_str(node_get(n, "path"));
		size_t i = 0;

		while (i < p->n && !str_eq(p->files[i].path, path))
			i++;
		if (i == p->n)
			return path ? path : "?";
	}
	return NULL;
}

bool trust_has(struct arena *a, const char *state_dir, const struct entry *entry,
	       const struct program *p, const char **ret_changed)
{
	const struct node *top = NULL;
	const char *changed;
	struct buf b;

	if (ret_changed)
		*ret_changed = NULL;
	if (!state_dir || !ours(folder(a, state_dir), true) ||
	    !ours(path_of(a, state_dir, entry), false))
		return false;
	buf_init(&b, RECORD_MAX);
	if (fd_read_file(path_of(a, state_dir, entry), &b, NULL)) {
		const char *text = arena_strndup(a, buf_text(&b), b.len);

		top = jsonr_parse(a, text, b.len, 0, NULL, NULL);
	}
	buf_release(&b);
	if (!top || top->kind != NODE_OBJECT)
		return false;
	changed = changed_file(node_get(top, "files"), p);
	if (ret_changed)
		*ret_changed = changed;
	return !changed;
}

static void put_files(struct jsonw *w, const struct program *p)
{
	jsonw_arr(w, "files");
	for (size_t i = 0; i < p->n; i++) {
		jsonw_obj(w, NULL);
		jsonw_str(w, "path", p->files[i].path);
		jsonw_str(w, "sha256", p->files[i].sha256);
		jsonw_end(w);
	}
	jsonw_end(w);
}

bool trust_give(struct ctx *c, const char *state_dir, const struct entry *entry,
		const struct program *p, struct err *e)
{
	struct buf b CLEANUP(buf_release);
	struct jsonw w;

	buf_init(&b, RECORD_MAX);
	if (!state_dir)
		return err_set(
			e, ERR_CONFIG,
			"there is no state directory\nhint: set HOME or STATE_DIR");
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "server", entry->name);
	jsonw_str(&w, "path", entry->file->real);
	jsonw_str(&w, "command", trust_command_text(c->arena, entry));
	jsonw_str(&w, "environment", trust_env_names(c->arena, entry));
	put_files(&w, p);
	jsonw_str(&w, "by", c->who->name);
	jsonw_stamp(&w, "at", clock_now());
	jsonw_end(&w);
	buf_addc(&b, '\n');
	if (b.overflow)
		return err_set(e, ERR_LIMIT, "what would be started is too long to keep");
	return fd_make_dirs(folder(c->arena, state_dir), 0700, e) &&
	       fd_replace_file(path_of(c->arena, state_dir, entry), buf_text(&b), b.len,
			       0600, e);
}

bool trust_take(struct arena *a, const char *state_dir, const struct entry *entry,
		bool *ret_was, struct err *e)
{
	const char *path = state_dir ? path_of(a, state_dir, entry) : NULL;

	*ret_was = path && unlink(path) == 0;
	if (!*ret_was && path && errno != ENOENT)
		return err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
	return true;
}

/* A word of the command line as a shell would need it; what holds a secret is named. */
static void add_word(struct arena *a, struct buf *b, const struct node *n)
{
	const char *text = node_str(n), *kind = node_str(node_get(n, "redacted"));

	if (b->len > 0)
		buf_addc(b, ' ');
	if (kind || !text) {
		buf_addf(b, "<%s>", kind ? kind : "value");
		return;
	}
	text = str_printable(a, text, 300);
	if (*text && !strpbrk(text, " \t\"'$&|;<>()*?#\\"))
		buf_adds(b, text);
	else
		buf_addf(b, "'%s'", text);
}

static void add_words(struct arena *a, struct buf *b, const struct node *n)
{
	if (!n)
		return;
	if (n->kind != NODE_ARRAY) {
		add_word(a, b, n);
		return;
	}
	for (const struct node *m = n->first; m; m = m->next)
		add_word(a, b, m);
}

const char *trust_command_text(struct arena *a, const struct entry *entry)
{
	const char *text = entry->definition;
	const struct node *top = jsonr_parse(a, text, strlen(text),
					     JSONR_DUPLICATES | JSONR_NUL, NULL, NULL);
	struct buf b CLEANUP(buf_release);

	buf_init(&b, TEXT_MAX);
	add_words(a, &b, node_get(top, "command"));
	add_words(a, &b, node_get(top, "args"));
	if (b.len == 0)
		buf_adds(&b, entry->program ? entry->program : "?");
	if (b.overflow)
		buf_cut(&b, utf8_cut(buf_text(&b), b.len));
	return arena_strdup(a, buf_text(&b));
}

const char *trust_env_names(struct arena *a, const struct entry *entry)
{
	const char *out = "";

	for (size_t i = 0; i < entry->env.n && strlen(out) < TEXT_MAX; i++)
		out = arena_printf(a, "%s%s%s", out, *out ? ", " : "",
				   str_printable(a, entry->env.v[i].name, 100));
	return out;
}
