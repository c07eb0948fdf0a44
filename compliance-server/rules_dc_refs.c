/* SPDX-License-Identifier: Apache-2.0 */
/* DC rules that follow a reference: to another service, to a definition, to the disk. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/buf.h"
#include "common/base/fd.h"
#include "common/base/str.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_checks.h"
#include "compliance-server/rules_dc.h"

#define LIMIT_DOCKERFILE (256 * 1024)

enum dockerfile { DOCKERFILE_NONE, DOCKERFILE_ROOT, DOCKERFILE_USER };

struct dockerfile_says {
	enum dockerfile user; /* what its last USER line makes of the process */
	bool healthcheck;
};

/* The rest of a Dockerfile line behind its instruction, or NULL. */
static const char *instruction(const char *line, const char *name)
{
	size_t n = strlen(name);

	line += strspn(line, " \t");
	if (find_ignoring_case(line, name) != line || !strchr(" \t", line[n]) ||
	    line[n] == '\0')
		return NULL;
	return line + n + strspn(line + n, " \t");
}

static void read_line(struct dockerfile_says *says, const char *line)
{
	const char *user = instruction(line, "USER");
	const char *health = instruction(line, "HEALTHCHECK");

	if (instruction(line, "FROM")) {
		says->healthcheck = false;
		says->user = DOCKERFILE_ROOT;
	}
	if (user) {
		size_t n = strcspn(user, ": \t\r");
		bool root = (n == 4 && memcmp(user, "root", 4) == 0) ||
			    (n == 1 && *user == '0');

		says->user = root ? DOCKERFILE_ROOT : DOCKERFILE_USER;
	}
	if (health)
		says->healthcheck = find_ignoring_case(health, "NONE") != health;
}

static struct dockerfile_says read_dockerfile(struct arena *a, const char *path)
{
	struct dockerfile_says says = { DOCKERFILE_NONE, false };
	struct buf b CLEANUP(buf_release);
	struct err e = { .code = ERR_NONE };
	struct stat st;
	char *line;

	buf_init(&b, LIMIT_DOCKERFILE);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || !fd_read_file(path, &b, &e))
		return says;
	says.user = DOCKERFILE_ROOT;
	for (line = arena_strdup(a, buf_text(&b)); line;) {
		char *next = strchr(line, '\n');

		if (next)
			*next++ = '\0';
		read_line(&says, line);
		line = next;
	}
	return says;
}

static const char *build_member(struct arena *a, const struct compose_service *s,
				const char *key)
{
	const char *text = compose_scalar(compose_get(s, "build", key, NULL));

	return text ? compose_interpolate(a, text, NULL) : NULL;
}

/* What the Dockerfile of the service says; nothing where it is not ours to find. */
static struct dockerfile_says dockerfile(struct arena *a, const struct compose_service *s)
{
	struct dockerfile_says none = { DOCKERFILE_NONE, false };
	const char *context = compose_scalar(compose_get(s, "build", NULL));
	const char *file = build_member(a, s, "dockerfile");
	char *path;

	if (!s->file->file->on_disk || build_member(a, s, "target"))
		return none;
	context = context ? compose_interpolate(a, context, NULL)
			  : build_member(a, s, "context");
	if (!context || strstr(context, "://") || (file && strchr(file, COMPOSE_UNKNOWN)))
		return none;
	path = compose_path(
		a, s->file,
		arena_printf(a, "%s/%s", context, file ? file : "Dockerfile"));
	return path ? read_dockerfile(a, path) : none;
}

static bool has_health_check(struct arena *a, const struct compose_service *s)
{
	const struct node *n = compose_get(s, "healthcheck", NULL);
	const struct node *off = node_get(n, "disable"), *test = node_get(n, "test");

	if (!n)
		return compose_get(s, "build", NULL) && dockerfile(a, s).healthcheck;
	if (test && test->kind == NODE_ARRAY)
		test = test->first;
	return !(off && off->kind == NODE_BOOL && off->truth) &&
	       !str_eq(node_str(test), "NONE");
}

/* What is wrong with this dependency, or NULL. */
static const char *unhealthy(struct rule_run *r, const struct compose_service *s,
			     const struct node *depends, const struct node *c)
{
	bool list = depends->kind == NODE_ARRAY;
	const char *name = list ? node_str(c) : c->key;
	const struct compose_service *other = name ? compose_find(s->file, name) : NULL;

	if (!other || !compose_complete(other))
		return NULL;
	if (list)
		return compose_store(other)
			       ? arena_printf(r->arena,
					      "does not wait until \"%s\" is ready",
					      other->name)
			       : NULL;
	if (!str_eq(node_str(node_get(c, "condition")), "service_healthy") ||
	    has_health_check(r->arena, other))
		return NULL;
	return arena_printf(r->arena,
			    "waits for the health of \"%s\", which has no check",
			    other->name);
}

static void dependencies(struct rule_run *r, const struct compose_service *s)
{
	const struct node *depends = node_get(s->node, "depends_on");
	struct compose_item at = { .key = "depends_on" };
	const char *first = NULL;
	size_t more = 0;

	for (const struct node *c = depends ? depends->first : NULL; c; c = c->next) {
		const char *what = unhealthy(r, s, depends, c);

		more += what && first;
		first = first ? first : what;
	}
	if (!first)
		return;
	at.line = depends->key_line;
	at.col = depends->key_col;
	if (more > 0)
		dc_fail(r, SEV_MEDIUM, s, &at, "The service \"%s\" %s (and %zu more)",
			s->name, first, more);
	else
		dc_fail(r, SEV_MEDIUM, s, &at, "The service \"%s\" %s", s->name, first);
}

void check_dc_008(struct rule_run *r)
{
	dc_each(r, dependencies);
}

/* Images whose service process gives up root by itself. */
static bool drops_root(const struct compose_image *i)
{
	static const char *const names[] = {
		"postgres", "redis",   "valkey",      "mysql",	    "mariadb",
		"mongo",    "grafana", "grafana-oss", "prometheus", "nginx-unprivileged"
	};

	if (i->tag && strstr(i->tag, "nonroot"))
		return true;
	for (size_t k = 0; k < ARRAY_LEN(names); k++)
		if (str_eq(i->name, names[k]))
			return true;
	return false;
}

static void root(struct rule_run *r, const struct compose_service *s)
{
	const char *user = compose_scalar(compose_get(s, "user", NULL));
	struct compose_image image = compose_image_of(s);
	size_t n = user ? strcspn(user, ":") : 0;
	struct dockerfile_says says;

	if (!compose_complete(s))
		return;
	if (user) {
		struct compose_item at =
			compose_item_of(r->arena, "user", node_get(s->node, "user"));

		if (at.text && ((n == 4 && memcmp(user, "root", 4) == 0) ||
				(n == 1 && *user == '0')))
			dc_fail(r, SEV_LOW, s, &at, "The service \"%s\" runs as root",
				s->name);
		return;
	}
	if (compose_get(s, "build", NULL)) {
		says = dockerfile(r->arena, s);
		if (says.user == DOCKERFILE_ROOT)
			dc_fail_service(r, SEV_LOW, s,
					"The service \"%s\" runs as root: its Dockerfile "
					"sets no other user",
					s->name);
	} else if (!strchr(image.name, COMPOSE_UNKNOWN) && !drops_root(&image)) {
		dc_fail_service(r, SEV_LOW, s,
				"The service \"%s\" sets no user, and its image may run "
				"as root",
				s->name);
	}
}

void check_dc_011(struct rule_run *r)
{
	dc_each(r, root);
}

/* Paths of one service that are reported already. */
struct missing {
	struct rule_run *r;
	const struct compose_service *s;
	struct strs seen;
};

#define MAX_SEEN 64

/* True when the path, once resolved, is one that can be looked up and is not there. */
static bool is_missing(struct missing *m, const char *value)
{
	char *path = compose_path(m->r->arena, m->s->file, value);

	if (!m->s->file->file->on_disk || !path || access(path, F_OK) == 0)
		return false;
	for (size_t i = 0; i < m->seen.n; i++)
		if (str_eq(m->seen.v[i], path))
			return false;
	if (m->seen.n < MAX_SEEN)
		m->seen.v[m->seen.n++] = path;
	return true;
}

static void path_missing(struct missing *m, enum severity sev,
			 const struct compose_item *at, const char *what)
{
	if (at->text && !strchr(at->text, '$') && is_missing(m, at->value))
		dc_fail(m->r, sev, m->s, at, "%s %s of \"%s\" does not exist", what,
			str_printable(m->r->arena, at->value, 120), m->s->name);
}

/* A folder the service is to fill: that it is empty at first does no harm. */
static bool to_be_filled(const struct compose_mount *m)
{
	static const char *const words[] = { "data",	"log",	    "logs",   "cache",
					     "tmp",	"temp",	    "db",     "storage",
					     "upload",	"uploads",  "output", "outputs",
					     "backup",	"backups",  "volume", "volumes",
					     "results", "downloads" };
	const char *p = m->at.value, *slash = strrchr(p, '/');

	/* a name with an ending is a file */
	if (m->read_only || !m->makes_folder || strchr(slash ? slash + 1 : p + 1, '.'))
		return false;
	for (size_t n; *p != '\0'; p += n + (p[n] != '\0')) {
		struct span part = { p, strcspn(p, "/.-_") };

		n = part.n;
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (span_ieq(part, words[i]))
				return true;
	}
	return false;
}

/* A folder of this project: not a repository, an archive or another kind of source. */
static bool local_context(const char *s)
{
	return s && !strstr(s, "://") && !str_starts(s, "git@") &&
	       !str_starts(s, "github.com/");
}

static void build_missing(struct missing *m)
{
	const struct compose_service *s = m->s;
	const struct node *file = node_get(node_get(s->node, "build"), "dockerfile");
	struct compose_item at = compose_item_of(m->r->arena, "build", file);
	const char *context = s->build.value;
	size_t before = m->seen.n;

	if (!local_context(context))
		return;
	path_missing(m, SEV_HIGH, &s->build, "The build folder");
	if (m->seen.n > before || !at.text || strchr(at.text, '$'))
		return;
	if (at.value[0] != '/')
		at.value = arena_printf(m->r->arena, "%s/%s", context, at.value);
	path_missing(m, SEV_HIGH, &at, "The Dockerfile");
}

static bool defined(const struct compose_service *s, int set, const char *name)
{
	if (strchr(name, '$'))
		return true;
	if (set < 0)
		return compose_find(s->file, name) != NULL;
	return (set == COMPOSE_NETWORKS && str_eq(name, "default")) ||
	       compose_defines(s->file, (enum compose_set)set, name);
}

/* A name under `key` that nothing in the file, or in its base, defines. */
static void name_missing(struct rule_run *r, const struct compose_service *s,
			 const char *key, int set, const char *what)
{
	const struct node *list = node_get(s->node, key);

	for (const struct node *c = list ? list->first : NULL; c; c = c->next) {
		struct compose_item at = compose_item_of(r->arena, key, c);
		const struct node *required = node_get(c, "required");

		at.element = list->kind == NODE_ARRAY;
		if (!at.element) {
			at.text = c->key;
			at.line = c->key_line;
			at.col = c->key_col;
			at.element = true;
		} else if (c->kind == NODE_OBJECT) {
			at = compose_item_of(r->arena, key, node_get(c, "source"));
			at.element = true;
		}
		if (at.text && !defined(s, set, at.text) &&
		    !(required && required->kind == NODE_BOOL && !required->truth))
			dc_fail(r, SEV_HIGH, s, &at, "The %s %s of \"%s\" is not defined",
				what, str_printable(r->arena, at.text, 80), s->name);
	}
}

/* Files of other names are handed to Compose together with some we do not know of. */
static bool stands_alone(const struct compose_file *f)
{
	return !f->includes && (f->is_base || (f->base && !f->base->includes));
}

static void names_missing(struct rule_run *r, const struct compose_service *s)
{
	name_missing(r, s, "depends_on", -1, "service");
	name_missing(r, s, "networks", COMPOSE_NETWORKS, "network");
	name_missing(r, s, "secrets", COMPOSE_SECRETS, "secret");
	for (size_t i = 0; i < s->n_mounts; i++) {
		const struct compose_mount *m = &s->mounts[i];

		if (!m->bind && m->at.value[0] != '\0' && !strchr(m->at.text, '$') &&
		    !defined(s, COMPOSE_VOLUMES, m->at.value))
			dc_fail(r, SEV_HIGH, s, &m->at,
				"The volume %s of \"%s\" is not defined",
				str_printable(r->arena, m->at.value, 80), s->name);
	}
}

/* .env itself is not kept with a project: everybody makes it. */
static enum severity env_file_severity(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_eq(slash ? slash + 1 : path, ".env") ? SEV_LOW : SEV_HIGH;
}

static void service_references(struct rule_run *r, const struct compose_service *s)
{
	const char *seen[MAX_SEEN];
	struct missing m = { r, s, { seen, 0 } };

	build_missing(&m);
	for (size_t i = 0; i < s->n_env_files; i++)
		if (s->env_files[i].required)
			path_missing(&m, env_file_severity(s->env_files[i].at.value),
				     &s->env_files[i].at, "The env_file");
	for (size_t i = 0; i < s->n_mounts; i++)
		if (s->mounts[i].bind && !s->mounts[i].creates)
			path_missing(&m, to_be_filled(&s->mounts[i]) ? SEV_LOW : SEV_HIGH,
				     &s->mounts[i].at, "The bind source");
	if (stands_alone(s->file))
		names_missing(r, s);
}

static void secret_files(struct rule_run *r, const struct compose_file *f)
{
	const struct node *secrets = node_get(f->top, "secrets");

	for (const struct node *c = secrets ? secrets->first : NULL; c; c = c->next) {
		struct compose_item at =
			compose_item_of(r->arena, "file", node_get(c, "file"));
		struct finding found = { .severity = SEV_HIGH,
					 .line = at.line,
					 .col = at.col };
		char *path = at.text && !strchr(at.text, '$')
				     ? compose_path(r->arena, f, at.value)
				     : NULL;

		if (!path || !f->file->on_disk || access(path, F_OK) == 0)
			continue;
		found.pointer =
			arena_printf(r->arena, "secrets/%s/file",
				     str_printable(r->arena, c->key ? c->key : "", 100));
		found.message = arena_printf(r->arena, "The file %s does not exist",
					     str_printable(r->arena, at.value, 120));
		rule_fail_at(r, &found);
	}
}

void check_dc_016(struct rule_run *r)
{
	bool nowhere = false;

	dc_each(r, service_references);
	for (size_t i = 0; i < r->project->n_files; i++) {
		const struct compose_file *f = r->project->files[i]->compose;

		r->file = r->project->files[i];
		if (f)
			secret_files(r, f);
		nowhere |= f && !f->file->on_disk;
	}
	r->file = NULL;
	if (nowhere)
		rule_skip(r, "the compose file does not lie in a folder");
}
