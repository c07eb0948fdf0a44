/* SPDX-License-Identifier: Apache-2.0 */
/* What other tools add to the set: kustomize, and the controllers of custom objects. */
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/k8s.h"

#define LIMIT_DEPTH 8 /* of names in custom objects */

struct made {
	struct k8s *k;
	struct k8s_index files; /* paths of the set */
	size_t cap_made, cap_images, cap_scaled, cap_patches, cap_files;
};

/* Custom objects that start no pods and fill no Services. */
static const char *const quiet_groups[] = {
	"cert-manager.io",
	"monitoring.coreos.com",
	"external-secrets.io",
	"bitnami.com",
	"traefik.io",
	"traefik.containo.us",
	"istio.io",
	"cilium.io",
	"projectcalico.org",
	"keda.sh",
	"kyverno.io",
	"secrets-store.csi.x-k8s.io",
	"cloud.google.com",
	"networking.gke.io",
	"k8s.aws",
	"getambassador.io",
	"gatekeeper.sh",
	"linkerd.io",
	"projectcontour.io",
	"secrets.hashicorp.com",
	"sealedsecrets.bitnami.com",
	"konghq.com",
	"configuration.konghq.com",
	"isindir.github.com",
};

static bool is_quiet(const struct k8s_object *o)
{
	const char *api = node_str(node_get(o->node, "apiVersion"));
	size_t n = strcspn(api, "/");

	for (size_t i = 0; i < ARRAY_LEN(quiet_groups); i++) {
		size_t m = strlen(quiet_groups[i]);

		if (n >= m && memcmp(api + n - m, quiet_groups[i], m) == 0 &&
		    (n == m || api[n - m - 1] == '.'))
			return true;
	}
	return false;
}

/* Whatever a custom object calls by a name may be what its controller makes. */
static void add_named(struct made *m, const struct node *n, int depth)
{
	for (const struct node *c = n ? n->first : NULL; c; c = c->next) {
		const char *text = node_str(c);

		if (text && (str_eq(c->key, "name") || str_eq(c->key, "secretName")))
			k8s_add_key(m->k->arena, &m->k->made, &m->cap_made, text, 0);
		if (depth < LIMIT_DEPTH)
			add_named(m, c, depth + 1);
	}
}

static void add_custom(struct made *m, const struct k8s_object *o)
{
	k8s_add_key(m->k->arena, &m->k->made, &m->cap_made, o->name, 0);
	add_named(m, o->spec, 0);
	m->k->open |= !is_quiet(o);
}

/* The names of a list of objects with a name. */
static void add_names(struct made *m, struct k8s_index *x, size_t *cap,
		      const struct node *list)
{
	for (const struct node *n = list ? list->first : NULL; n; n = n->next) {
		const char *name = k8s_text(node_get(n, "name"));

		if (name)
			k8s_add_key(m->k->arena, x, cap, name, 0);
	}
}

/* The path as seen from the folder of the file, without "." and ".." */
static char *path_from(struct arena *a, const struct config_file *f, const char *path)
{
	const char *slash = strrchr(f->real, '/');
	const char *p = arena_printf(a, "%.*s/%s", slash ? (int)(slash - f->real) : 0,
				     f->real, path);
	char *out = arena_alloc(a, strlen(p) + 2);
	size_t len = 0;

	for (size_t n; *p != '\0'; p += n + (p[n] == '/')) {
		n = strcspn(p, "/");
		if (n == 0 || (n == 1 && p[0] == '.'))
			continue;
		if (n == 2 && p[0] == '.' && p[1] == '.') {
			while (len > 0 && out[--len] != '/')
				;
			continue;
		}
		out[len++] = '/';
		memcpy(out + len, p, n);
		len += n;
	}
	out[len] = '\0';
	return out;
}

static bool in_set(const struct made *m, const char *path)
{
	size_t n = strlen(path);
	char *below = arena_printf(m->k->arena, "%s/", path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	for (size_t i = 0; i < m->files.n; i++) {
		const char *file = m->files.v[i].text;

		if (strncmp(file, below, n) == 0 && (file[n] == '\0' || file[n] == '/'))
			return true;
	}
	return false;
}

static void add_patches(struct made *m, const struct k8s_object *o,
			const struct node *list)
{
	struct arena *a = m->k->arena;

	for (const struct node *n = list ? list->first : NULL; n; n = n->next) {
		const char *path =
			node_str(n) ? node_str(n) : node_str(node_get(n, "path"));

		if (path && !strchr(path, '\n'))
			k8s_add_key(a, &m->k->patches, &m->cap_patches,
				    path_from(a, o->file, path), 0);
	}
}

static void add_kustomization(struct made *m, const struct k8s_object *o)
{
	static const char *const generators[] = { "configMapGenerator",
						  "secretGenerator" };
	static const char *const patches[] = { "patches", "patchesStrategicMerge" };
	static const char *const parts[] = { "resources", "bases", "components" };
	struct k8s *k = m->k;

	for (size_t i = 0; i < ARRAY_LEN(generators); i++)
		add_names(m, &k->made, &m->cap_made, node_get(o->node, generators[i]));
	add_names(m, &k->images, &m->cap_images, node_get(o->node, "images"));
	add_names(m, &k->scaled, &m->cap_scaled, node_get(o->node, "replicas"));
	for (size_t i = 0; i < ARRAY_LEN(patches); i++)
		add_patches(m, o, node_get(o->node, patches[i]));
	for (size_t i = 0; i < ARRAY_LEN(parts) && !k->open; i++) {
		const struct node *list = node_get(o->node, parts[i]);

		for (const struct node *n = list ? list->first : NULL; n && !k->open;
		     n = n->next)
			k->open |= !node_str(n) ||
				   !in_set(m, path_from(k->arena, o->file, node_str(n)));
	}
	k->open |= node_get(o->node, "helmCharts") || node_get(o->node, "generators");
}

void k8s_made(struct k8s *k)
{
	struct made m = { .k = k };

	for (size_t i = 0; i < k->n; i++)
		if (i == 0 || k->objects[i].file != k->objects[i - 1].file)
			k8s_add_key(k->arena, &m.files, &m.cap_files,
				    k->objects[i].file->real, i);
	for (size_t i = 0; i < k->of[K8S_CUSTOM].n; i++)
		add_custom(&m, k->of[K8S_CUSTOM].v[i]);
	for (size_t i = 0; i < k->of[K8S_KUSTOMIZATION].n; i++)
		add_kustomization(&m, k->of[K8S_KUSTOMIZATION].v[i]);
	k8s_sort(&k->made);
	k8s_sort(&k->images);
	k8s_sort(&k->scaled);
	k8s_sort(&k->patches);
}
