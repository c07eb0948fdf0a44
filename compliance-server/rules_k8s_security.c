/* SPDX-License-Identifier: Apache-2.0 */
/* What a container runs and what it may do (K8S-005 to 013, 021 and 023). */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_k8s.h"

enum image { IMAGE_NONE, IMAGE_MOVING, IMAGE_TAGGED, IMAGE_PINNED };

/* A kustomization may set tag or digest of an image by its name. */
static enum image image_of(struct rule_run *r, const char *image)
{
	const char *slash, *colon;
	struct span tag;

	if (str_empty(image) || k8s_templated(image) || strchr(image, '<'))
		return IMAGE_NONE;
	if (strstr(image, "@sha256:"))
		return IMAGE_PINNED;
	slash = strrchr(image, '/');
	colon = strchr(slash ? slash : image, ':');
	tag = colon ? span_trim(colon + 1) : (struct span){ "", 0 };
	if (k8s_listed(&r->project->k8s->images,
		       colon ? arena_strndup(r->arena, image, (size_t)(colon - image))
			     : image))
		return IMAGE_NONE;
	for (size_t i = 0; i < tag.n; i++)
		if (is_digit(tag.p[i]))
			return IMAGE_TAGGED;
	return IMAGE_MOVING;
}

static void moving_image(struct rule_run *r, const struct k8s_object *o,
			 const struct k8s_container *c)
{
	if (image_of(r, c->image) == IMAGE_MOVING)
		k8s_fail(r, SEV_MEDIUM, o, node_get(c->node, "image"),
			 k8s_inner(r, c, "image"),
			 "The image %s has no tag that names a version", c->image);
}

void check_k8s_005(struct rule_run *r)
{
	k8s_each_container(r, moving_image);
}

static void tagged_image(struct rule_run *r, const struct k8s_object *o,
			 const struct k8s_container *c)
{
	if (image_of(r, c->image) == IMAGE_TAGGED)
		k8s_fail(r, SEV_INFO, o, node_get(c->node, "image"),
			 k8s_inner(r, c, "image"), "The image %s has no digest",
			 c->image);
}

void check_k8s_006(struct rule_run *r)
{
	k8s_each_container(r, tagged_image);
}

static const struct node *own(const struct k8s_container *c, const char *key)
{
	return node_get(node_get(c->node, "securityContext"), key);
}

static void privileged(struct rule_run *r, const struct k8s_object *o,
		       const struct k8s_container *c)
{
	const struct node *n = own(c, "privileged");

	if (k8s_true(n))
		k8s_fail(r, SEV_CRITICAL, o, n,
			 k8s_inner(r, c, "securityContext/privileged"),
			 "The container %s is privileged", c->name);
}

void check_k8s_007(struct rule_run *r)
{
	k8s_each_container(r, privileged);
}

/* These settings are of Linux. */
static bool on_windows(const struct k8s_object *o)
{
	return str_eq(k8s_text(node_path(o->pod, "os", "name", NULL)), "windows") ||
	       str_eq(k8s_text(node_path(o->pod, "nodeSelector", "kubernetes.io/os",
					 NULL)),
		      "windows");
}

/* At the setting that is wrong, or at the container that lacks it. */
static const struct node *place(const struct node *setting, const struct k8s_container *c)
{
	return setting ? setting : c->at;
}

static void escalation(struct rule_run *r, const struct k8s_object *o,
		       const struct k8s_container *c)
{
	const struct node *n = own(c, "allowPrivilegeEscalation");

	if (!k8s_false(n) && !on_windows(o))
		k8s_fail(r, SEV_MEDIUM, o, place(n, c), k8s_inner(r, c, NULL),
			 "A process in %s may gain more rights than it was started with",
			 c->name);
}

void check_k8s_008(struct rule_run *r)
{
	k8s_each_whole(r, escalation);
}

static void root_user(struct rule_run *r, const struct k8s_object *o,
		      const struct k8s_container *c)
{
	const struct node *user = k8s_security(o, c, "runAsUser");
	const char *id = k8s_text(user);

	if (k8s_true(k8s_security(o, c, "runAsNonRoot")) || on_windows(o) ||
	    (id && !str_eq(id, "0") && !str_starts(id, "-")))
		return;
	k8s_fail(r, SEV_MEDIUM, o, place(own(c, "runAsUser"), c), k8s_inner(r, c, NULL),
		 id ? "The container %s runs as root"
		    : "The container %s may run as root",
		 c->name);
}

void check_k8s_009(struct rule_run *r)
{
	k8s_each_whole(r, root_user);
}

/* Also with the prefix that the kernel gives them. */
static const struct node *capability(const struct node *list, const char *name)
{
	for (const struct node *n = list ? list->first : NULL; n; n = n->next) {
		const char *text = k8s_text(n);

		if (str_ieq(text, name) ||
		    (text && find_ignoring_case(text, "CAP_") == text &&
		     str_ieq(text + 4, name)))
			return n;
	}
	return NULL;
}

static void capabilities(struct rule_run *r, const struct k8s_object *o,
			 const struct k8s_container *c)
{
	/* NET_ADMIN, all else dropped, is "the one that is needed" */
	static const char *const strong[] = { "ALL", "SYS_ADMIN", "NET_ADMIN" };
	const struct node *list = own(c, "capabilities"), *added = NULL;
	bool dropped = capability(node_get(list, "drop"), "ALL") != NULL;

	if (on_windows(o))
		return;
	for (size_t i = 0; i < ARRAY_LEN(strong) - dropped && !added; i++)
		added = capability(node_get(list, "add"), strong[i]);
	if (added)
		k8s_fail(r, SEV_HIGH, o, added, k8s_inner(r, c, NULL),
			 "The container %s gets the capability %s", c->name, added->text);
	else if (!dropped && !o->partial)
		k8s_fail(r, SEV_MEDIUM, o, c->at, k8s_inner(r, c, NULL),
			 "The container %s keeps capabilities it may not need", c->name);
}

void check_k8s_010(struct rule_run *r)
{
	k8s_each_container(r, capabilities);
}

static void writable_root(struct rule_run *r, const struct k8s_object *o,
			  const struct k8s_container *c)
{
	const struct node *n = own(c, "readOnlyRootFilesystem");

	if (!k8s_true(n) && !on_windows(o))
		k8s_fail(r, SEV_LOW, o, place(n, c), k8s_inner(r, c, NULL),
			 "The root file system of %s is writable", c->name);
}

void check_k8s_011(struct rule_run *r)
{
	k8s_each_whole(r, writable_root);
}

void check_k8s_012(struct rule_run *r)
{
	static const struct {
		const char *key, *what;
	} flags[] = { { "hostNetwork", "network" },
		      { "hostPID", "processes" },
		      { "hostIPC", "shared memory" } };
	const struct k8s *k = r->project->k8s;

	if (k->workloads.n == 0)
		rule_skip(r, "the files hold no workload");
	for (size_t i = 0; i < ARRAY_LEN(flags) * k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i / ARRAY_LEN(flags)];
		const char *key = flags[i % ARRAY_LEN(flags)].key;
		const struct node *n = node_get(o->pod, key);

		if (k8s_true(n))
			k8s_fail(r, SEV_HIGH, o, n,
				 arena_printf(r->arena, "%s/%s", o->pod_pointer, key),
				 "The pods of %s share the %s of the node", o->name,
				 flags[i % ARRAY_LEN(flags)].what);
	}
}

/* "/etc//" and "/./etc" are "/etc". */
static const char *plain_path(struct arena *a, const char *path)
{
	char *out = arena_alloc(a, strlen(path) + 2), *to = out;

	while (*path != '\0') {
		size_t n = strcspn(path, "/");

		if (n > 0 && !(n == 1 && *path == '.')) {
			*to++ = '/';
			memcpy(to, path, n);
			to += n;
		}
		path += n + (path[n] == '/');
	}
	return out[0] != '\0' ? out : "/";
}

static enum severity path_severity(const char *path)
{
	static const struct {
		const char *path;
		enum severity s;
	} paths[] = { { "/", SEV_CRITICAL },   { "/etc", SEV_CRITICAL },
		      { "/root", SEV_HIGH },   { "/home", SEV_HIGH },
		      { "/var", SEV_HIGH },    { "/proc", SEV_HIGH },
		      { "/sys", SEV_HIGH },    { "/dev", SEV_HIGH },
		      { "/boot", SEV_HIGH },   { "/run", SEV_HIGH },
		      { "/var/run", SEV_HIGH } };
	static const char *const sockets[] = { "/docker.sock",	   "/containerd.sock",
					       "/crio.sock",	   "/podman.sock",
					       "/dockershim.sock", "/cri-dockerd.sock" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (str_eq(path, paths[i].path))
			return paths[i].s;
	for (size_t i = 0; i < ARRAY_LEN(sockets); i++)
		if (str_ends(path, sockets[i]))
			return SEV_CRITICAL;
	return SEV_INFO;
}

/* Mounted, and everywhere without the right to write. */
static bool only_read(struct rule_run *r, const struct k8s_object *o, const char *volume,
		      size_t *steps)
{
	bool any = false;

	for (size_t i = 0; i < o->n_containers; i++) {
		const struct node *list = node_get(o->containers[i].node, "volumeMounts");

		for (const struct node *m = list ? list->first : NULL; m; m = m->next) {
			if (!k8s_step(r, steps))
				return false;
			if (!str_eq(k8s_text(node_get(m, "name")), volume))
				continue;
			if (!k8s_true(node_get(m, "readOnly")))
				return false;
			any = true;
		}
	}
	return any;
}

void check_k8s_013(struct rule_run *r)
{
	const struct k8s *k = r->project->k8s;
	size_t steps = 0;

	if (k->workloads.n == 0)
		rule_skip(r, "the files hold no workload");
	for (size_t i = 0; i < k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i];
		const struct node *list = node_get(o->pod, "volumes");

		for (const struct node *v = list ? list->first : NULL; v; v = v->next) {
			const struct node *at = node_path(v, "hostPath", "path", NULL);
			const char *path = k8s_text(at);
			const char *name = k8s_text(node_get(v, "name"));
			enum severity s;

			if (!path || !name)
				continue;
			path = plain_path(r->arena, path);
			s = path_severity(path);
			if (s == SEV_INFO)
				continue;
			if (only_read(r, o, name, &steps))
				s--;
			k8s_fail(r, s, o, at, k8s_member(r, "volumes", name),
				 "The pods of %s get %s of the node", o->name, path);
		}
	}
}

/* The service account that a workload runs as. */
static const char *account_of(const struct k8s_object *o)
{
	const char *name = k8s_text(node_get(o->pod, "serviceAccountName"));

	name = name ? name : k8s_text(node_get(o->pod, "serviceAccount"));
	return str_empty(name) ? "default" : name;
}

/* "<namespace>\x1f<account>" of every subject of a binding, sorted. */
static struct k8s_index bound_accounts(struct rule_run *r)
{
	static const enum k8s_kind kinds[] = { K8S_ROLE_BINDING,
					       K8S_CLUSTER_ROLE_BINDING };
	const struct k8s *k = r->project->k8s;
	struct k8s_index x = { NULL, 0 };
	size_t cap = 0;

	for (size_t b = 0; b < ARRAY_LEN(kinds); b++) {
		for (size_t i = 0; i < k->of[kinds[b]].n; i++) {
			const struct k8s_object *o = k->of[kinds[b]].v[i];
			const struct node *s = node_get(o->node, "subjects");

			for (s = s ? s->first : NULL; s; s = s->next) {
				const char *name = k8s_text(node_get(s, "name"));
				const char *ns = k8s_text(node_get(s, "namespace"));

				if (!name || !str_eq(k8s_text(node_get(s, "kind")),
						     "ServiceAccount"))
					continue;
				ns = ns ? ns : o->ns ? o->ns : "";
				k8s_add_key(r->arena, &x, &cap,
					    arena_printf(r->arena, "%s\x1f%s", ns, name),
					    i);
			}
		}
	}
	k8s_sort(&x);
	return x;
}

static bool is_bound(struct rule_run *r, const struct k8s_index *x,
		     const struct k8s_object *o, const char *account)
{
	return k8s_listed(
		x, arena_printf(r->arena, "%s\x1f%s", o->ns ? o->ns : "", account));
}

void check_k8s_021(struct rule_run *r)
{
	static const char key[] = "automountServiceAccountToken";
	const struct k8s *k = r->project->k8s;
	struct k8s_index bound = bound_accounts(r);

	if (k->workloads.n == 0)
		rule_skip(r, "the files hold no workload");
	for (size_t i = 0; i < k->workloads.n; i++) {
		const struct k8s_object *o = k->workloads.v[i];
		const char *name = account_of(o);
		const struct k8s_object *account =
			k8s_find(k, K8S_SERVICE_ACCOUNT, o->ns, name);
		const struct node *own_key = node_get(o->pod, key);
		bool rights = is_bound(r, &bound, o, name);

		if (o->partial || k8s_false(own_key) ||
		    (!own_key && account && k8s_false(node_get(account->node, key))))
			continue;
		k8s_fail_key(r, rights ? SEV_LOW : SEV_INFO, o, o->pod, o->pod_pointer,
			     "The token of the service account %s is mounted%s", name,
			     rights ? ", and a binding gives the account rights" : "");
	}
}

static void seccomp(struct rule_run *r, const struct k8s_object *o,
		    const struct k8s_container *c)
{
	const struct node *n = k8s_security(o, c, "seccompProfile");
	const char *type = k8s_text(node_get(n, "type"));

	if ((type && !str_ieq(type, "Unconfined")) || on_windows(o))
		return;
	k8s_fail(r, SEV_LOW, o, place(type ? node_get(n, "type") : NULL, c),
		 k8s_inner(r, c, NULL),
		 type ? "System calls of %s are not filtered"
		      : "%s has no seccomp profile",
		 c->name);
}

void check_k8s_023(struct rule_run *r)
{
	k8s_each_whole(r, seccomp);
}
