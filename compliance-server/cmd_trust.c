/* SPDX-License-Identifier: Apache-2.0 */
/* trust: the consent of a person that the servers of files may be started. */
#define _GNU_SOURCE /* environ */
#include <stdio.h>
#include <unistd.h>

#include "common/base/str.h"
#include "compliance-server/cmds.h"
#include "compliance-server/input.h"
#include "compliance-server/note.h"
#include "compliance-server/trust.h"

const struct field trust_fields[] = {
	FIELD(struct trust_in, files, .max = 100, .item_max = 4096,
	      .doc = "Configuration files whose servers may be started."),
	FIELD(struct trust_in, server, .max = 1000, .doc = "Only the one of this name."),
	FIELD(struct trust_in, host, .max = 40,
	      .doc = "Read the files as this host does."),
	FIELD(struct trust_in, revoke, .doc = "Take the consent back."), FIELDS_END
};

struct consent {
	const struct entry *entry;
	const struct program *program; /* NULL: taken back */
};

static bool record(struct ctx *c, void *arg, struct err *e)
{
	const struct consent *k = arg;
	struct note n;

	note_open(c, &n, k->program ? "approval.grant" : "approval.revoke", "approval",
		  k->entry->name, NULL);
	jsonw_str(&n.w, "server", k->entry->name);
	jsonw_str(&n.w, "path", k->entry->file->real);
	jsonw_str(&n.w, "definition_sha256", k->entry->definition_sha256);
	if (k->program && k->program->n > 0)
		jsonw_str(&n.w, "program_sha256", k->program->files[0].sha256);
	return note_store(c, &n, e);
}

/* Consent works without a database; that it was given is told to one if there is one. */
static void tell(struct ctx *c, const struct entry *entry, const struct program *p)
{
	struct consent k = { entry, p };
	struct err why = { 0 };

	if (!db_tx(c, record, &k, &why))
		fprintf(stderr, "compliance-server: not in the audit log: %s\n", why.msg);
}

static bool trust_one(struct ctx *c, const struct trust_in *in, const struct entry *entry,
		      struct buf *out, struct err *e)
{
	const char *dir = c->env->state_dir;
	const char *name = str_printable(c->arena, entry->name, 100);
	const char *names = trust_env_names(c->arena, entry);
	struct program_cache cache = { NULL };
	struct program p;
	bool was = false;

	if (in->revoke) {
		if (!trust_take(c->arena, dir, entry, &was, e))
			return false;
		if (was)
			tell(c, entry, NULL);
		buf_addf(out, "%s: %s\n", name,
			 was ? "consent taken back" : "there was no consent");
		return true;
	}
	program_look(c->arena, entry, environ, &cache, &p);
	if (!trust_give(c, dir, entry, &p, e))
		return false;
	tell(c, entry, &p);
	buf_addf(out, "%s may be started for live checks:\n  %s\n", name,
		 trust_command_text(c->arena, entry));
	if (*names)
		buf_addf(out, "  with %s\n", names);
	for (size_t i = 0; i < p.n; i++)
		buf_addf(out, "  %s, sha256 %.12s\n",
			 str_printable(c->arena, p.files[i].path, 300),
			 p.files[i].sha256);
	if (p.error)
		buf_addf(out, "  its program cannot be told yet: %s\n",
			 str_printable(c->arena, p.error, 200));
	return true;
}

bool trust_cmd(struct ctx *c, const void *args, struct buf *out, int *status,
	       struct err *e)
{
	const struct trust_in *in = args;
	const struct facts_options opt = { .host = in->host };
	struct facts *f;
	size_t n = 0;

	(void)status;
	if (in->files.n == 0)
		return err_set(e, ERR_USAGE,
			       "trust needs a configuration file\n"
			       "hint: compliance-server trust .mcp.json --server NAME");
	if (!input_host(c, in->host, e) ||
	    !facts_read(c->arena, in->files.v, in->files.n, &opt, &f, e))
		return false;
	for (size_t i = 0; i < f->n_files; i++) {
		if (f->files[i]->state != FILE_READ)
			return err_set(e, ERR_NO_INPUT, "%s: %s",
				       str_printable(c->arena, f->files[i]->path, 200),
				       f->files[i]->error ? f->files[i]->error
							  : "the file is empty");
	}
	for (size_t i = 0; i < f->n_entries; i++) {
		const struct entry *entry = f->entries[i];

		if (entry->transport != TRANSPORT_STDIO ||
		    (in->server && !str_eq(in->server, entry->name)))
			continue;
		if (!trust_one(c, in, entry, out, e))
			return false;
		n++;
	}
	if (n == 0)
		return err_set(e, ERR_NOT_FOUND, "no server %s%sthat would be started",
			       in->server ? in->server : "", in->server ? " " : "");
	if (!in->revoke)
		buf_adds(out, "Any change of command, arguments, folder, environment or "
			      "of these files needs a new consent.\n");
	return true;
}
