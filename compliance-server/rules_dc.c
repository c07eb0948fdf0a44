/* SPDX-License-Identifier: Apache-2.0 */
/* DC rules that look at one service, or at one key of the file. */
#include "compliance-server/rules_dc.h"

#include <string.h>

#include "common/base/str.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_checks.h"

void dc_each(struct rule_run *r, dc_check *check)
{
	for (size_t i = 0; i < r->project->n_files; i++) {
		const struct compose_file *f = r->project->files[i]->compose;

		r->file = r->project->files[i];
		for (size_t k = 0; f && k < f->n; k++)
			check(r, &f->services[k]);
	}
	r->file = NULL;
}

static bool reported(const struct rule_run *r, const struct compose_item *at)
{
	const struct findings *all = r->so_far;

	for (size_t i = all->n; i > 0 && all->v[i - 1].rule == r->rule; i--)
		if (all->v[i - 1].file == r->file && all->v[i - 1].line == at->line &&
		    all->v[i - 1].col == at->col)
			return true;
	return false;
}

/* An element of a list goes by its text, one with a secret in it by its index. */
static const char *element(struct arena *a, const char *pointer,
			   const struct compose_item *at)
{
	if (!at->text || looks_secret(at->text) || token_kind(at->text, NULL, NULL) ||
	    strpbrk(at->text, "=@") || strstr(at->text, "://"))
		return arena_printf(a, "%s/%zu", pointer, at->index);
	return arena_printf(a, "%s/%s", pointer, str_printable(a, at->text, 200));
}

void dc_fail(struct rule_run *r, enum severity sev, const struct compose_service *s,
	     const struct compose_item *at, const char *message, ...)
{
	struct finding f = { .severity = sev, .line = at->line, .col = at->col };
	struct arena *a = r->arena;
	va_list ap;

	if (reported(r, at))
		return;
	va_start(ap, message);
	f.message = arena_vprintf(a, message, ap);
	va_end(ap);
	f.pointer = arena_printf(a, "services/%s/%s", str_printable(a, s->name, 100),
				 at->key);
	f.stable = at->element ? element(a, f.pointer, at) : f.pointer;
	f.component = arena_printf(a, "%s#%s", r->file->shown, f.stable);
	rule_fail_at(r, &f);
}

void dc_fail_service(struct rule_run *r, enum severity sev,
		     const struct compose_service *s, const char *message, ...)
{
	const char *name = str_printable(r->arena, s->name, 100);
	struct finding f = { .severity = sev,
			     .line = s->node->key_line,
			     .col = s->node->key_col };
	va_list ap;

	va_start(ap, message);
	f.message = arena_vprintf(r->arena, message, ap);
	va_end(ap);
	f.pointer = arena_printf(r->arena, "services/%s", name);
	f.component = arena_printf(r->arena, "service:%s", name);
	rule_fail_at(r, &f);
}

static void image_tag(struct rule_run *r, const struct compose_service *s)
{
	const struct compose_image *i = &s->image_is;

	if (!s->image.text || strchr(s->image.text, '$') || i->digest ||
	    (i->tag && strpbrk(i->tag, "0123456789")) || compose_get(s, "build", NULL))
		return;
	dc_fail(r, SEV_MEDIUM, s, &s->image, "The image %s of \"%s\" has no fixed tag",
		str_printable(r->arena, s->image.text, 120), s->name);
}

void check_dc_001(struct rule_run *r)
{
	dc_each(r, image_tag);
}

static struct compose_item member(struct rule_run *r, const struct compose_service *s,
				  const char *key)
{
	struct compose_item it = compose_item_of(r->arena, key, node_get(s->node, key));

	return it.text ? it : (struct compose_item){ .text = "", .value = "" };
}

static void privileged(struct rule_run *r, const struct compose_service *s)
{
	struct compose_item at = member(r, s, "privileged");

	if (str_ieq(at.value, "true"))
		dc_fail(r, SEV_CRITICAL, s, &at, "The service \"%s\" is privileged",
			s->name);
}

void check_dc_002(struct rule_run *r)
{
	dc_each(r, privileged);
}

/* Programs whose work is the container runtime: they need to read the socket. A proxy
 * that filters is what we advise; :ro does nothing for it. */
static enum severity socket_severity(const struct compose_service *s, bool read_only)
{
	static const char *const readers[] = { "traefik",	 "portainer",
					       "portainer-ce",	 "portainer-ee",
					       "watchtower",	 "autoheal",
					       "docker-autoheal" };
	static const char *const proxies[] = { "docker-socket-proxy", "socket-proxy" };
	const char *name = compose_image_of(s).name;

	for (size_t i = 0; i < ARRAY_LEN(proxies); i++)
		if (str_eq(name, proxies[i]))
			return SEV_MEDIUM;
	for (size_t i = 0; read_only && i < ARRAY_LEN(readers); i++)
		if (str_eq(name, readers[i]))
			return SEV_MEDIUM;
	return read_only ? SEV_HIGH : SEV_CRITICAL;
}

static void sockets(struct rule_run *r, const struct compose_service *s)
{
	static const char *const ends[] = { "docker.sock", "containerd.sock",
					    "podman.sock" };

	for (size_t i = 0; i < s->n_mounts; i++) {
		const struct compose_mount *m = &s->mounts[i];

		for (size_t k = 0; m->bind && k < ARRAY_LEN(ends); k++)
			if (str_ends(m->at.value, ends[k]))
				dc_fail(r, socket_severity(s, m->read_only), s, &m->at,
					"The service \"%s\" gets the socket of the "
					"container runtime%s",
					s->name, m->read_only ? " (read-only)" : "");
	}
}

void check_dc_003(struct rule_run *r)
{
	dc_each(r, sockets);
}

static void namespaces(struct rule_run *r, const struct compose_service *s)
{
	static const char *const keys[] = { "network_mode", "pid", "ipc", "userns_mode" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct compose_item at = member(r, s, keys[i]);

		if (str_eq(at.value, "host"))
			dc_fail(r, SEV_HIGH, s, &at,
				"The service \"%s\" shares a namespace of the host (%s)",
				s->name, keys[i]);
	}
}

void check_dc_004(struct rule_run *r)
{
	dc_each(r, namespaces);
}

/* 8123 is as well the port of a popular house automation. */
static bool store_port(const struct compose_service *s, const struct compose_port_text *p)
{
	const long clickhouse = 8123;

	return compose_store_port(p) ||
	       (p->first <= clickhouse && clickhouse <= p->last && compose_store(s));
}

static void open_stores(struct rule_run *r, const struct compose_service *s)
{
	for (size_t i = 0; i < s->n_ports; i++) {
		const struct compose_port *p = &s->ports[i];

		if (!p->is.tcp || p->is.host_unknown || !store_port(s, &p->is) ||
		    !compose_all_interfaces(p->is.host))
			continue;
		dc_fail(r, SEV_HIGH, s, &p->at,
			"The data store \"%s\" is published on all interfaces (%s)",
			s->name, str_printable(r->arena, p->at.text, 60));
		if (p->is.first == p->is.last)
			rule_fix(r,
				 "Publish as 127.0.0.1:%ld:%ld, or not at all: services "
				 "on one network reach each other without it.",
				 p->is.first, p->is.first);
	}
}

void check_dc_005(struct rule_run *r)
{
	dc_each(r, open_stores);
}

static void memory(struct rule_run *r, const struct compose_service *s)
{
	if (compose_complete(s) && !compose_get(s, "mem_limit", NULL) &&
	    !compose_get(s, "deploy", "resources", "limits", "memory", NULL))
		dc_fail_service(r, SEV_LOW, s, "The service \"%s\" has no memory limit",
				s->name);
}

void check_dc_009(struct rule_run *r)
{
	dc_each(r, memory);
}

/* Runs once and ends: migrations, seeds, tests. */
static bool one_shot(const struct compose_service *s)
{
	static const char *const words[] = { "migrate", "init", "seed", "test",
					     "backup" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (find_ignoring_case(s->name, words[i]))
			return true;
		for (size_t k = 0; k < s->args.n; k++)
			if (find_ignoring_case(s->args.v[k].value, words[i]))
				return true;
	}
	return s->awaited;
}

static void restart(struct rule_run *r, const struct compose_service *s)
{
	if (compose_complete(s) && !compose_get(s, "restart", NULL) &&
	    !compose_get(s, "deploy", "restart_policy", NULL) && !one_shot(s))
		dc_fail_service(r, SEV_LOW, s, "The service \"%s\" has no restart policy",
				s->name);
}

void check_dc_010(struct rule_run *r)
{
	dc_each(r, restart);
}

static bool dangerous(const char *capability)
{
	static const char *const names[] = { "ALL", "SYS_ADMIN", "SYS_PTRACE",
					     "NET_ADMIN", "SYS_MODULE" };

	if (find_ignoring_case(capability, "CAP_") == capability)
		capability += 4;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_ieq(capability, names[i]))
			return true;
	return false;
}

static void capabilities(struct rule_run *r, const struct compose_service *s)
{
	const struct node *caps = node_get(s->node, "cap_add");
	const struct node *security = node_get(s->node, "security_opt");

	for (const struct node *c = caps ? caps->first : NULL; c; c = c->next) {
		struct compose_item at = compose_item_of(r->arena, "cap_add", c);

		at.element = true;
		if (at.text && dangerous(at.value))
			dc_fail(r, SEV_HIGH, s, &at,
				"The service \"%s\" gets the capability %s", s->name,
				at.value);
	}
	for (const struct node *c = security ? security->first : NULL; c; c = c->next) {
		struct compose_item at = compose_item_of(r->arena, "security_opt", c);

		at.element = true;
		if (at.text && strstr(at.value, "unconfined"))
			dc_fail(r, SEV_HIGH, s, &at,
				"The service \"%s\" runs unconfined (%s)", s->name,
				str_printable(r->arena, at.value, 60));
	}
}

void check_dc_012(struct rule_run *r)
{
	dc_each(r, capabilities);
}

static void broad_mounts(struct rule_run *r, const struct compose_service *s)
{
	for (size_t i = 0; i < s->n_mounts; i++) {
		const struct compose_mount *m = &s->mounts[i];
		enum severity sev;

		if (m->bind && broad_mount(m->at.value, m->read_only, &sev))
			dc_fail(r, sev, s, &m->at,
				"The service \"%s\" gets the folder %s%s", s->name,
				str_printable(r->arena, m->at.value, 60),
				m->read_only ? " (read-only)" : "");
	}
}

void check_dc_013(struct rule_run *r)
{
	dc_each(r, broad_mounts);
}

void check_dc_014(struct rule_run *r)
{
	for (size_t i = 0; i < r->project->n_files; i++) {
		const struct compose_file *f = r->project->files[i]->compose;
		const struct node *n = f ? node_get(f->top, "version") : NULL;
		struct finding found = { .severity = SEV_INFO, .pointer = "version" };

		if (!n)
			continue;
		r->file = f->file;
		found.line = n->key_line;
		found.col = n->key_col;
		found.message = "Compose ignores the key version";
		rule_fail_at(r, &found);
	}
	r->file = NULL;
}

static bool log_bounded(const struct compose_service *s)
{
	const char *driver = compose_scalar(compose_get(s, "logging", "driver", NULL));

	return (driver && !str_eq(driver, "json-file")) ||
	       compose_get(s, "logging", "options", "max-size", NULL);
}

void check_dc_015(struct rule_run *r)
{
	for (size_t i = 0; i < r->project->n_files; i++) {
		const struct compose_file *f = r->project->files[i]->compose;
		const struct node *services = f ? node_get(f->top, "services") : NULL;
		struct finding found = { .severity = SEV_LOW, .pointer = "services" };
		size_t n = 0;

		for (size_t k = 0; f && k < f->n; k++)
			n += compose_complete(&f->services[k]) &&
			     !log_bounded(&f->services[k]);
		if (n == 0)
			continue;
		r->file = f->file;
		found.line = services->key_line;
		found.col = services->key_col;
		found.message = arena_printf(
			r->arena,
			"The logs of %zu of %zu services can grow without a bound", n,
			f->n);
		rule_fail_at(r, &found);
	}
	r->file = NULL;
}
