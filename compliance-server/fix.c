/* SPDX-License-Identifier: Apache-2.0 */
/* From findings to a plan, from a plan to files. */
#include "compliance-server/fix.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/clock.h"
#include "common/base/digest.h"
#include "common/base/fd.h"
#include "common/base/str.h"
#include "compliance-server/facts_entry.h"
#include "compliance-server/fix_rules.h"

#define FILE_MAX (8u * 1024 * 1024)

const char *const fix_risks[] = { "", "low", "medium", NULL };

static bool wanted(const struct check_issue *i, const struct fix_options *opt)
{
	return !i->suppression &&
	       (!opt->only_issue || str_eq(i->issue_id, opt->only_issue));
}

static struct fix_work *work_of(struct fix_work *works, size_t *n,
				const struct check_report *r,
				const struct fix_options *opt,
				const struct config_file *file)
{
	struct fix_work *w;

	for (size_t i = 0; i < *n; i++)
		if (works[i].file == file)
			return &works[i];
	w = &works[(*n)++];
	*w = (struct fix_work){ .a = r->facts->arena,
				.facts = r->facts,
				.opt = opt,
				.file = r->facts->files[file->index],
				.mode = file->mode };
	return w;
}

static void take(struct fix_plan *p, struct fix_work *w, const struct finding *f)
{
	struct fix_answer got;

	fix_finding(w, f, &got);
	if (!got.what) {
		p->left[p->n_left++] = (struct fix_left){ f, got.why_not };
		return;
	}
	p->steps[p->n_steps++] = (struct fix_step){ f, got.risk, got.what };
	p->risk = MAX(p->risk, got.risk);
}

static bool shows_secret(const struct finding *f)
{
	static const char *const others[] = { "ENV-001", "ENV-002", "TOX-006",
					      "OPS-007" };

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (str_eq(f->rule->id, others[i]))
			return true;
	return str_starts(f->rule->id, "SEC-") && !str_eq(f->rule->id, "SEC-012") &&
	       !str_eq(f->rule->id, "SEC-013") && !str_eq(f->rule->id, "SEC-010");
}

static void hide_at(const struct node *in, const struct finding *f,
		    const struct config_file *file, struct hidden *v, size_t *n)
{
	for (const struct node *m = in ? in->first : NULL; m; m = m->next) {
		if (m->line == f->line && m->col == f->col && m->raw &&
		    m->kind == NODE_STRING && m->raw_len > 2) {
			size_t from = (size_t)(m->raw - file->text) + 1;

			v[(*n)++] = (struct hidden){ from, from + m->raw_len - 2 };
			return;
		}
		hide_at(m, f, file, v, n);
	}
}

/* Every string that would not be stored as it stands. */
static void hide_in(const struct node *n, const char *before, bool value,
		    const struct config_file *file, struct hidden *v, size_t *count,
		    size_t max)
{
	for (const struct node *m = n->first; m; m = m->next) {
		bool text = m->kind == NODE_STRING && m->raw && m->raw_len > 2;

		if (text && *count < max &&
		    entry_secret_kind(m->key ? m->key : before, m->text, value)) {
			size_t from = (size_t)(m->raw - file->text) + 1;

			v[(*count)++] = (struct hidden){ from, from + m->raw_len - 2 };
		}
		hide_in(m, NULL, value || entry_key_of_values(m->key), file, v, count,
			max);
		before = n->kind == NODE_ARRAY && text ? m->text : NULL;
	}
}

static int by_place(const void *x, const void *y)
{
	const struct hidden *a = x, *b = y;

	return a->from < b->from ? -1 : a->from > b->from;
}

/* Every value of the file that some rule calls a secret, in order and each once. */
static struct hidden *secrets_of(const struct check_report *r,
				 const struct config_file *file, size_t *ret_n)
{
	const struct findings *all = &r->rules->findings;
	size_t max = all->n + file->text_len / 8 + 1, n = 0, kept = 0;
	struct hidden *v = arena_array(r->facts->arena, max, sizeof(*v));

	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].file == file && shows_secret(&all->v[i]) && file->text)
			hide_at(file->top, &all->v[i], file, v, &n);
	if (file->text && file->top && file->top->raw)
		hide_in(file->top, NULL, false, file, v, &n, max);
	qsort(v, n, sizeof(*v), by_place);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || v[i].from != v[kept - 1].from)
			v[kept++] = v[i];
	*ret_n = kept;
	return v;
}

static void put_file(struct fix_plan *p, const struct check_report *r, struct fix_work *w)
{
	struct fix_file *f = &p->files[p->n_files];
	struct hidden *hidden;
	size_t n;

	if (w->edits.n == 0 && w->mode == w->file->mode)
		return;
	p->n_files++;
	*f = (struct fix_file){ .file = w->file, .patch = "", .mode = w->mode };
	if (w->edits.n == 0)
		return;
	hidden = secrets_of(r, w->file, &n);
	f->after = edits_apply(w->a, w->file->text, w->file->text_len, &w->edits,
			       &f->n_after);
	f->patch = edits_patch(w->a, w->file->shown, w->file->text, w->file->text_len,
			       &w->edits, hidden, n, &f->masked);
}

static void put_digest(struct fix_plan *p)
{
	struct buf b CLEANUP(buf_release);
	char after[DIGEST_HEX_LEN];

	buf_init(&b, SIZE_MAX);
	for (size_t i = 0; i < p->n_files; i++) {
		const struct fix_file *f = &p->files[i];

		after[0] = '\0';
		if (f->after)
			digest_sha256_hex(f->after, f->n_after, after);
		buf_addf(&b, "%s\n%s\n%s\n%o\n", f->file->real, f->file->sha256, after,
			 f->mode);
	}
	digest_sha256_hex(buf_text(&b), b.len, p->digest);
}

void fix_make(const struct check_report *r, const struct fix_options *opt,
	      struct fix_plan *ret)
{
	struct arena *a = r->facts->arena;
	size_t n = r->rules->findings.n + 1, n_works = 0;
	struct fix_work *works = arena_array(a, r->facts->n_files + 1, sizeof(*works));
	struct fix_plan p = { .steps = arena_array(a, n, sizeof(*p.steps)),
			      .left = arena_array(a, n, sizeof(*p.left)) };

	for (size_t i = 0; i < r->n_targets; i++) {
		const struct check_target *t = &r->targets[i];

		for (size_t k = 0; k < t->n_issues; k++) {
			const struct check_issue *is = &t->issues[k];

			for (size_t m = 0; wanted(is, opt) && m < is->n_findings; m++) {
				const struct finding *f = is->findings[m];

				if (f->file && f->file->on_disk)
					take(&p,
					     work_of(works, &n_works, r, opt, f->file),
					     f);
			}
		}
	}
	p.files = arena_array(a, n_works + 1, sizeof(*p.files));
	for (size_t i = 0; i < n_works; i++)
		put_file(&p, r, &works[i]);
	put_digest(&p);
	*ret = p;
}

/* Tabs are layout; what else cannot be seen is escaped. */
static void put_line(struct arena *a, const char *line, struct buf *out)
{
	while (*line != '\0') {
		size_t n = strcspn(line, "\t");

		buf_adds(out, str_printable(a, arena_strndup(a, line, n), 4000));
		line += n;
		for (; *line == '\t'; line++)
			buf_addc(out, '\t');
	}
	buf_addc(out, '\n');
}

void fix_show(const struct fix_plan *p, struct buf *out)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < p->n_steps; i++) {
		const struct fix_step *s = &p->steps[i];

		buf_addf(out, "%s %s:%d:%d %s (risk %s)\n", s->finding->rule->id,
			 str_printable(a, s->finding->file->shown, 300), s->finding->line,
			 s->finding->col, str_printable(a, s->what, 300),
			 fix_risks[s->risk]);
	}
	for (size_t i = 0; i < p->n_files; i++) {
		const struct fix_file *f = &p->files[i];

		if (f->mode != f->file->mode)
			buf_addf(out, "\nmode of %s: %04o becomes %04o\n",
				 str_printable(a, f->file->shown, 300), f->file->mode,
				 f->mode);
		for (const char *line = f->patch; *line != '\0';) {
			size_t n = strcspn(line, "\n");

			put_line(a, arena_strndup(a, line, n), out);
			line += n + (line[n] == '\n');
		}
		if (f->masked)
			buf_adds(out, "(secrets are shown as …)\n");
	}
	if (p->n_left > 0)
		buf_adds(out, "\nby hand:\n");
	for (size_t i = 0; i < p->n_left; i++) {
		const struct finding *f = p->left[i].finding;

		buf_addf(out, "%s %s:%d:%d %s\n", f->rule->id,
			 str_printable(a, f->file->shown, 300), f->line, f->col,
			 str_printable(a, p->left[i].why, 300));
	}
	arena_free(a);
}

static bool same_bytes(const struct config_file *f, struct buf *b, struct err *e)
{
	char now[DIGEST_HEX_LEN];

	buf_init(b, FILE_MAX);
	if (!fd_read_file(f->real, b, e))
		return false;
	digest_sha256_hex(buf_text(b), b->len, now);
	return str_eq(now, f->sha256) ||
	       err_set(e, ERR_CONFLICT,
		       "%s has changed since it was read; nothing in it was repaired",
		       f->path);
}

static bool apply_one(const struct fix_file *f, struct arena *a, const char *folder,
		      const char *stamp, const char **ret_backup, struct err *e)
{
	struct buf old CLEANUP(buf_release);
	const char *name = strrchr(f->file->real, '/');

	if (!same_bytes(f->file, &old, e))
		return false;
	*ret_backup = arena_printf(a, "%s/%s-%.8s-%s", folder, stamp, f->file->sha256,
				   name ? name + 1 : f->file->real);
	if (!fd_create_file(*ret_backup, buf_text(&old), old.len, 0600, e))
		return false;
	if (f->after &&
	    !fd_replace_file(f->file->real, f->after, f->n_after, (mode_t)f->mode, e))
		return false;
	if (chmod(f->file->real, (mode_t)f->mode) != 0)
		return err_set(e, ERR_IO, "%s: its mode could not be set", f->file->path);
	return true;
}

bool fix_apply(const struct fix_plan *p, struct arena *a, const char *state_dir,
	       struct strs *ret_backups, struct err *e)
{
	const char *folder = arena_printf(a, "%s/backups", state_dir);
	char stamp[STAMP_LEN];
	size_t n = 0;

	stamp_iso(clock_now(), stamp);
	for (const char *s = stamp; *s != '\0'; s++)
		if (*s != ':' && *s != '-')
			stamp[n++] = *s;
	stamp[n] = '\0';
	*ret_backups = (struct strs){ arena_array(a, p->n_files + 1, sizeof(char *)), 0 };
	if (p->n_files > 0 && !fd_make_dirs(folder, 0700, e))
		return false;
	for (size_t i = 0; i < p->n_files; i++) {
		if (!apply_one(&p->files[i], a, folder, stamp, &ret_backups->v[i], e))
			return false;
		ret_backups->n++;
	}
	return true;
}
