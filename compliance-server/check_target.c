/* SPDX-License-Identifier: Apache-2.0 */
/* Targets of a report and their names. */
#include "compliance-server/check_target.h"

#include <string.h>

#include "common/base/digest.h"
#include "common/base/str.h"
#include "compliance-server/live.h"

static const char *cut_name(struct arena *a, const char *name)
{
	char hex[DIGEST_HEX_LEN];

	if (utf8_count(name) <= 100)
		return name;
	digest_sha256_hex(name, strlen(name), hex);
	return arena_printf(a, "%.*s~%.8s", (int)utf8_cut(name, 91), name, hex);
}

/* Targets in a hash table by name: files may hold thousands of entries. */
struct names_seen {
	const char **slot;
	size_t size;
};

static bool seen(struct names_seen *s, const char *name)
{
	uint64_t h = 1469598103934665603u;

	for (const char *p = name; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 1099511628211u;
	for (size_t i = h % s->size;; i = (i + 1) % s->size) {
		if (!s->slot[i]) {
			s->slot[i] = name;
			return false;
		}
		if (str_eq(s->slot[i], name))
			return true;
	}
}

static const char *unique_name(struct arena *a, struct names_seen *s,
			       const struct entry *e)
{
	const char *name = cut_name(a, e->name[0] != '\0' ? e->name : "unnamed");
	char hex[DIGEST_HEX_LEN];

	if (!seen(s, name))
		return name;
	name = cut_name(a, arena_printf(a, "%s@%s", e->name, e->file->host->name));
	if (!seen(s, name))
		return name;
	digest_sha256_hex(e->file->real, strlen(e->file->real), hex);
	name = cut_name(a,
			arena_printf(a, "%s@%s:%.8s", e->name, e->file->host->name, hex));
	if (!seen(s, name))
		return name;
	name = cut_name(a, arena_printf(a, "%s@%s#%d.%d", e->name, e->file->host->name,
					e->node->key_line, e->node->key_col));
	(void)seen(s, name);
	return name;
}

static void add_files(struct check_target *t, const struct config_file *const *files,
		      size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct config_file *f = files[i];

		t->n_files_servers += f->n_entries;
		if (f->state != FILE_READ && f->state != FILE_EMPTY)
			t->n_unread++;
		else if (f->form != FORM_SERVERS)
			t->n_files_other++;
	}
}

/* Two folders may have one name: the second is told by its path. */
static const char *group_name(struct arena *a, struct names_seen *s, const char *name,
			      const char *path)
{
	char hex[DIGEST_HEX_LEN];

	name = cut_name(a, name);
	if (!seen(s, name))
		return name;
	digest_sha256_hex(path, strlen(path), hex);
	name = cut_name(a, arena_printf(a, "%s:%.8s", name, hex));
	(void)seen(s, name);
	return name;
}

static void add_groups(struct check_report *r, struct arena *a, struct names_seen *s)
{
	const struct facts *f = r->facts;

	for (size_t i = 0; i < f->n_projects; i++) {
		const struct project *p = f->projects[i];
		struct check_target *t = &r->targets[r->n_targets++];

		*t = (struct check_target){ .type = "workspace",
					    .project = p,
					    .file = p->files[0],
					    .state = "checked" };
		t->name = group_name(a, s, arena_printf(a, "workspace:%s", p->name),
				     p->root);
		add_files(t, p->files, p->n_files);
	}
	for (size_t i = 0; i < f->n_hosts; i++) {
		const struct host_set *h = f->hosts[i];
		struct check_target *t;

		t = &r->targets[r->n_targets++];

		*t = (struct check_target){ .type = "host",
					    .host = h,
					    .file = h->n_files > 0 ? h->files[0]
								   : h->entries[0]->file,
					    .state = "checked" };
		t->name = group_name(a, s, arena_printf(a, "host:%s", h->host->name),
				     t->file->root);
		add_files(t, h->files, h->n_files);
	}
}

void targets_build(struct check_report *r, struct arena *a, const char *only)
{
	const struct facts *f = r->facts;
	size_t max = f->n_entries + f->n_projects + f->n_hosts;
	struct names_seen s = { .size = 4 * max + 16 };

	s.slot = arena_array(a, s.size, sizeof(*s.slot));
	r->targets = arena_array(a, max + 1, sizeof(*r->targets));
	for (size_t i = 0; i < f->n_entries; i++) {
		const struct entry *e = f->entries[i];
		const char *name = unique_name(a, &s, e);

		if (only && !str_eq(only, e->name) && !str_eq(only, name))
			continue;
		r->targets[r->n_targets++] =
			(struct check_target){ .name = name,
					       .type = "mcp",
					       .entry = e,
					       .file = e->file,
					       .state = e->enabled ? "checked"
								   : "disabled" };
	}
	r->n_servers = r->n_targets;
	if (!only)
		add_groups(r, a, &s);
}

struct targets_of targets_by_index(const struct check_report *r, struct arena *a)
{
	const struct facts *f = r->facts;
	struct targets_of of = { arena_array(a, f->n_entries + 1, sizeof(size_t)),
				 arena_array(a, f->n_projects + 1, sizeof(size_t)),
				 arena_array(a, f->n_hosts + 1, sizeof(size_t)),
				 arena_array(a, f->n_files + 1, sizeof(size_t)) };

	for (size_t i = 0; i < f->n_entries; i++)
		of.entry[i] = r->n_targets;
	for (size_t i = 0; i < f->n_files; i++)
		of.file[i] = r->n_targets;
	for (size_t i = 0; i < f->n_projects; i++)
		of.project[i] = r->n_targets;
	for (size_t i = 0; i < f->n_hosts; i++)
		of.host[i] = r->n_targets;
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct check_target *t = &r->targets[i];
		size_t n = t->host	? t->host->n_files
			   : t->project ? t->project->n_files
					: 0;

		if (t->entry)
			of.entry[t->entry->index] = i;
		if (t->project)
			of.project[t->project->index] = i;
		if (t->host)
			of.host[t->host->index] = i;
		for (size_t k = 0; k < n; k++)
			of.file[(t->host ? t->host->files : t->project->files)[k]
					->index] = i;
	}
	return of;
}

const char *target_note(const struct entry *e)
{
	return e->listed ? "its list of tools is judged, nothing was run"
	       : e->transport == TRANSPORT_REMOTE
		       ? "a remote server is judged from the file only"
	       : e->kept_note ? e->kept_note
	       : e->kept      ? "the texts that were approved are judged"
	       : live_unmeasured(e->live)
		       ? "performance was not measured: the machine is busy"
		       : NULL;
}
