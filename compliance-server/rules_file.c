/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about files on the disk: programs (CMD-013 to 015) and secrets (SEC-012,
 * SEC-013). */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/str.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/git_look.h"
#include "compliance-server/path_look.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_checks.h"

/* The file the command names: by its path, or the first of that name on PATH. */
static const struct path_program *find_program(struct rule_run *r)
{
	const char *c = r->entry->command.text;

	return path_program(r->paths,
			    strchr(c, '/') ? look_path(r->arena, r->entry, c) : c,
			    r->facts->path_env);
}

static bool has_program(struct rule_run *r)
{
	if (r->entry->command.text)
		return true;
	rule_skip(r, "the entry starts no program");
	return false;
}

/* What a user or the registry has runs here. A file of a project goes to other computers:
 * which programs there are is for each computer to say. */
static enum severity not_found_severity(const struct rule_run *r)
{
	return place_of_host(r->file->place) || !r->file->on_disk || r->entry->live
		       ? SEV_HIGH
		       : SEV_LOW;
}

void check_cmd_013(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const char *c;

	if (!has_program(r))
		return;
	c = e->command.text;
	if (look_joined_command(r->arena, e)) {
		rule_skip(r, "the command holds its arguments too");
		return;
	}
	if (look_foreign(c) || e->cmd_wrapped || look_pattern(c) ||
	    (!r->file->on_disk && strchr(c, '/') && c[0] != '/')) {
		rule_fail(r, SEV_INFO, &e->command,
			  "%s cannot be looked up on this computer",
			  str_printable(r->arena, c, 120));
		return;
	}
	if (!find_program(r))
		rule_fail(r, not_found_severity(r), &e->command,
			  "The program %s is not on this computer",
			  str_printable(r->arena, c, 120));
}

static const char *by_whom(enum path_writable w)
{
	return w == PATH_WORLD	 ? "everybody"
	       : w == PATH_GROUP ? "a whole group"
				 : "another user";
}

void check_cmd_014(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const struct path_program *program;

	if (!has_program(r))
		return;
	program = look_foreign(e->command.text) ? NULL : find_program(r);
	if (!program) {
		rule_skip(r, "the program was not found");
		return;
	}
	if (program->writable != PATH_CLOSED)
		rule_fail(r, program->writable == PATH_WORLD ? SEV_CRITICAL : SEV_HIGH,
			  &e->command, "%s can be written by %s",
			  str_printable(r->arena, program->writable_at, 120),
			  by_whom(program->writable));
}

static void fail_file(struct rule_run *r, enum severity s, const char *message)
{
	struct finding f = { .severity = s, .line = 1, .col = 1, .message = message };

	rule_fail_at(r, &f);
}

void check_cmd_015(struct rule_run *r)
{
	const char *at = NULL;
	enum path_writable w;

	if (!r->file->on_disk) {
		rule_skip(r, "the configuration is not a file");
		return;
	}
	w = path_writable_above(r->paths, r->file->real, &at);
	if (w != PATH_CLOSED)
		fail_file(r, SEV_HIGH,
			  arena_printf(r->arena, "%s can be written by %s",
				       str_printable(r->arena, at, 200), by_whom(w)));
}

/* A finding of a secret of weight in this file: what SEC-012 and SEC-013 are about. */
static bool holds_secret(const struct rule_run *r)
{
	static const char *const ids[] = { "SEC-001", "SEC-002", "SEC-003",
					   "SEC-006", "SEC-007", "SEC-011" };

	for (size_t i = 0; i < r->so_far->n; i++) {
		const struct finding *f = &r->so_far->v[i];

		if (f->file != r->file || f->severity < SEV_HIGH)
			continue;
		for (size_t k = 0; k < ARRAY_LEN(ids); k++)
			if (str_eq(f->rule->id, ids[k]))
				return true;
	}
	return false;
}

static bool secret_file(struct rule_run *r)
{
	if (r->file->on_disk && holds_secret(r))
		return true;
	rule_skip(r, "the file holds no secret");
	return false;
}

/* How bad a file of variables is that others can read: SEV_INFO, when it sets no secret.
 * In .env itself a default or a placeholder counts, the next edit makes it a real one;
 * files of other names, such as .env.test, go with the project as they are. */
static enum severity sets_secret(struct rule_run *r)
{
	const struct values *vars = &r->file->vars;
	enum severity worst = SEV_INFO;

	if (r->file->form != FORM_DOTENV || r->file->sample || !r->file->on_disk)
		return SEV_INFO;
	for (size_t i = 0; i < vars->n; i++) {
		const struct value *v = &vars->v[i];

		if ((!secret_key(v->name) && !is_signing_key(v->name)) ||
		    str_empty(v->text) || is_ref(v->text))
			continue;
		if (!is_place(v->text) && !is_default_password(v->text))
			return SEV_HIGH;
		worst = str_ends(r->file->real, "/.env") ? SEV_HIGH : SEV_LOW;
	}
	return worst;
}

static bool closed_above(struct arena *a, const char *real)
{
	char *p = arena_strdup(a, real), *slash;
	struct stat st;

	while ((slash = strrchr(p, '/')) && slash != p) {
		*slash = '\0';
		if (stat(p, &st) == 0 && (st.st_mode & 077) == 0)
			return true;
	}
	return false;
}

void check_sec_012(struct rule_run *r)
{
	enum severity severity = sets_secret(r);

	if (severity == SEV_INFO && !secret_file(r))
		return;
	if (severity == SEV_INFO || holds_secret(r))
		severity = SEV_HIGH;
	if (!(r->file->mode & 044) || closed_above(r->arena, r->file->real))
		return;
	fail_file(r, severity,
		  arena_printf(r->arena,
			       "A file with secrets has mode %04o: others can read it",
			       r->file->mode));
}

void check_sec_013(struct rule_run *r)
{
	if (r->file->sample) {
		rule_skip(r, "the file is a pattern to copy");
		return;
	}
	if (!secret_file(r))
		return;
	switch (git_state_of(r->arena, r->file->real)) {
	case GIT_NONE:
		rule_skip(r, "the file lies in no work tree");
		return;
	case GIT_TRACKED:
		fail_file(r, SEV_HIGH, "A file with secrets is tracked by git");
		return;
	case GIT_LOOSE:
		fail_file(
			r, SEV_MEDIUM,
			"A file with secrets lies in a git work tree and is not ignored");
		return;
	case GIT_UNREADABLE:
		rule_unknown(r, "the git index could not be read");
		return;
	case GIT_IGNORED:
		return;
	}
}
