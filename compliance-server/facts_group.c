/* SPDX-License-Identifier: Apache-2.0 */
/* Files and entries by project and by host: what rules over several files look at. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/compose_facts.h"
#include "compliance-server/facts_form.h"
#include "compliance-server/k8s.h"

static struct project *project_of(struct facts *f, const char *root)
{
	for (size_t i = 0; i < f->n_projects; i++)
		if (str_eq(f->projects[i]->root, root))
			return f->projects[i];
	return NULL;
}

static struct host_set *host_of(struct facts *f, const struct host_row *host)
{
	for (size_t i = 0; i < f->n_hosts; i++)
		if (f->hosts[i]->host == host)
			return f->hosts[i];
	return NULL;
}

static struct project *project_new(struct facts *f, const struct config_file *first)
{
	struct project *p = arena_alloc(f->arena, sizeof(*p));

	p->index = f->n_projects;
	p->root = first->root;
	p->name = first->root_name;
	f->projects[f->n_projects++] = p;
	return p;
}

static struct host_set *host_new(struct facts *f, const struct host_row *host)
{
	struct host_set *h = arena_alloc(f->arena, sizeof(*h));

	h->index = f->n_hosts;
	h->host = host;
	f->hosts[f->n_hosts++] = h;
	return h;
}

/* Twice over the same loop: first the counts, then the pointers into arrays of that size.
 */
static void each_file(struct facts *f, bool counted)
{
	for (size_t i = 0; i < f->n_files; i++) {
		const struct config_file *file = f->files[i];
		struct host_set *h;
		struct project *p;

		if (file->form == FORM_TOOLS)
			continue; /* its server is all there is to it */
		if (place_of_host(file->place)) {
			h = host_of(f, file->host);
			h = h ? h : host_new(f, file->host);
			if (counted)
				h->files[h->n_files] = file;
			h->n_files++;
			continue;
		}
		p = project_of(f, file->root);
		p = p ? p : project_new(f, file);
		if (counted)
			p->files[p->n_files] = file;
		p->n_files++;
		if (file->state == FILE_READ)
			p->forms |= 1u << file->form;
		else if (file->state == FILE_UNREADABLE || file->state == FILE_SYNTAX)
			p->forms_unread |= 1u << file->form;
	}
}

static void each_entry(struct facts *f, bool counted)
{
	for (size_t i = 0; i < f->n_entries; i++) {
		const struct entry *e = f->entries[i];
		struct host_set *h;

		if (!e->enabled || e->listed)
			continue;
		h = host_of(f, e->file->host);
		h = h ? h : host_new(f, e->file->host);
		if (counted)
			h->entries[h->n_entries] = e;
		h->n_entries++;
	}
}

void facts_group(struct facts *f)
{
	struct arena *a = f->arena;

	f->n_projects = f->n_hosts = 0;
	f->projects = arena_array(a, f->n_files + 1, sizeof(*f->projects));
	f->hosts = arena_array(a, f->n_files + f->n_entries + 1, sizeof(*f->hosts));
	each_file(f, false);
	each_entry(f, false);
	for (size_t i = 0; i < f->n_projects; i++) {
		struct project *p = f->projects[i];

		p->files = arena_array(a, p->n_files + 1, sizeof(*p->files));
		p->n_files = 0;
	}
	for (size_t i = 0; i < f->n_hosts; i++) {
		struct host_set *h = f->hosts[i];

		h->files = arena_array(a, h->n_files + 1, sizeof(*h->files));
		h->entries = arena_array(a, h->n_entries + 1, sizeof(*h->entries));
		h->n_files = h->n_entries = 0;
	}
	each_file(f, true);
	each_entry(f, true);
	for (size_t i = 0; i < f->n_projects; i++) {
		compose_link(f->projects[i]);
		f->projects[i]->k8s = k8s_new(a, f->projects[i]);
	}
}
