/* SPDX-License-Identifier: Apache-2.0 */
/* The specification's own kubernetes.yaml reports exactly what it must; large and hostile
 * sets of objects are judged quickly, or said to be too large. */
#define _GNU_SOURCE /* nftw */
#include <stdio.h>

#include "common/base/clock.h"
#include "compliance-server/k8s.h"
#include "test/rule_bench.h"

struct expected {
	const char *rule;
	enum severity severity;
	int line, col;
	const char *place;
};

#define SERVER	  "Deployment/kilocode/compliance-server"
#define CONTAINER SERVER " containers/compliance-server"

static const struct expected spec[] = {
	{ "K8S-001", SEV_HIGH, 19, 15, "ConfigMap/kilocode/app-config data/JWT_SECRET" },
	{ "K8S-002", SEV_MEDIUM, 17, 17,
	  "ConfigMap/kilocode/app-config data/DATABASE_URL" },
	{ "K8S-003", SEV_HIGH, 29, 22,
	  "Secret/kilocode/app-secrets data/database-password" },
	{ "K8S-003", SEV_HIGH, 30, 19,
	  "Secret/kilocode/app-secrets data/redis-password" },
	{ "K8S-003", SEV_HIGH, 31, 15, "Secret/kilocode/app-secrets data/jwt-secret" },
	{ "K8S-005", SEV_MEDIUM, 51, 16, CONTAINER "/image" },
	{ "K8S-008", SEV_MEDIUM, 50, 15, CONTAINER },
	{ "K8S-009", SEV_MEDIUM, 50, 15, CONTAINER },
	{ "K8S-010", SEV_MEDIUM, 50, 15, CONTAINER },
	{ "K8S-011", SEV_LOW, 50, 15, CONTAINER },
	{ "K8S-018", SEV_LOW, 37, 9, SERVER },
	{ "K8S-021", SEV_INFO, 48, 5, SERVER " spec/template/spec" },
	{ "K8S-023", SEV_LOW, 50, 15, CONTAINER },
};

static const struct check_options options = { .read = { .home = "/nonexistent",
							.path_env = "/nonexistent" } };

static const struct check_report *check_text(struct arena *a, const char *folder,
					     const char *text, size_t n)
{
	const char *path = arena_printf(a, "%s/kubernetes.yaml", folder);
	struct check_report *r = NULL;
	struct err e = { .code = ERR_NONE };

	if (!OK(bench_write(a, path, text, n, 0600) &&
			check_files(a, &path, 1, &options, &r, &e),
		"the check runs %s", e.msg))
		return NULL;
	return r;
}

static void test_spec(struct arena *a, const char *folder)
{
	struct buf b CLEANUP(buf_release) = { .max = 0 };
	const struct check_report *r;
	size_t n = 0;

	if (!OK(bench_read("test/data/spec/kubernetes.yaml", &b), "the sample is there"))
		return;
	r = check_text(a, folder, b.data, b.len);
	for (size_t i = 0; r && i < r->rules->findings.n; i++) {
		const struct finding *f = &r->rules->findings.v[i];
		const struct expected *x = n < ARRAY_LEN(spec) ? &spec[n] : NULL;

		if (!str_starts(f->rule->id, "K8S-")) {
			OK(false, "%s is silent: %s", f->rule->id, f->message);
			continue;
		}
		n++;
		OK(x && str_eq(f->rule->id, x->rule) && f->severity == x->severity &&
			   f->line == x->line && f->col == x->col &&
			   str_eq(f->pointer, x->place),
		   "%s %d:%d %s %s", f->rule->id, f->line, f->col, f->pointer,
		   f->message);
	}
	IS_INT(n, ARRAY_LEN(spec), "and nothing else");
	for (size_t i = 0; r && i < r->rules->n_judgements; i++)
		if (r->rules->judgements[i].outcome == OUTCOME_UNKNOWN)
			OK(false, "%s could not be judged",
			   r->rules->judgements[i].rule->id);
}

static void put_app(struct buf *b, size_t i)
{
	buf_addf(b,
		 "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n"
		 "  {name: app-%zu, namespace: shop}\nspec:\n  replicas: 2\n"
		 "  selector: {matchLabels: {app: app-%zu, tier: web}}\n  template:\n"
		 "    metadata: {labels: {app: app-%zu, tier: web}}\n    spec:\n"
		 "      containers:\n      - name: app\n        image: shop/app:1\n"
		 "        ports: [{name: http, containerPort: 80}]\n"
		 "        envFrom: [{configMapRef: {name: settings-%zu}}]\n",
		 i, i, i, i);
	buf_addf(b,
		 "---\napiVersion: v1\nkind: Service\nmetadata:\n"
		 "  {name: app-%zu, namespace: shop}\n"
		 "spec: {selector: {app: app-%zu, tier: web}, "
		 "ports: [{port: 80, targetPort: http}]}\n",
		 i, i);
	buf_addf(b,
		 "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n"
		 "  {name: settings-%zu, namespace: shop}\ndata: {LEVEL: info}\n",
		 i);
	buf_addf(b,
		 "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n"
		 "  {name: app-%zu, namespace: shop}\n"
		 "spec: {minAvailable: 1, selector: {matchLabels: {app: app-%zu}}}\n",
		 i, i);
	buf_addf(b,
		 "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n"
		 "  {name: app-%zu, namespace: shop}\nspec:\n"
		 "  tls: [{hosts: [a%zu.example.org], secretName: all}]\n"
		 "  rules: [{host: a%zu.example.org, http: {paths: [{path: /, backend: "
		 "{service: {name: app-%zu, port: {number: 80}}}}]}}]\n",
		 i, i, i, i);
}

static size_t count(const struct check_report *r, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; r && i < r->rules->findings.n; i++)
		n += str_eq(r->rules->findings.v[i].rule->id, id);
	return n;
}

static enum outcome outcome_of(const struct check_report *r, const char *id)
{
	for (size_t i = 0; r && i < r->rules->n_judgements; i++)
		if (str_eq(r->rules->judgements[i].rule->id, id))
			return r->rules->judgements[i].outcome;
	return OUTCOME_NOT_APPLICABLE;
}

static void test_large(struct arena *a, const char *folder)
{
	const struct check_report *r;
	struct buf b CLEANUP(buf_release);
	int64_t start = clock_mono();

	buf_init(&b, 8 << 20);
	for (size_t i = 0; i < 1000; i++)
		put_app(&b, i);
	r = check_text(a, folder, b.data, b.len);
	OK(clock_mono() - start < (SANITIZED ? 60000 : 10000), "in bounded time: %d ms",
	   (int)(clock_mono() - start));
	IS_INT(r ? r->facts->projects[0]->k8s->n : 0, 5000, "all objects are seen");
	IS_INT(count(r, "K8S-015"), 500, "each Service leads to its pods, up to a limit");
	IS_INT(count(r, "K8S-018"), 0, "each budget finds its pods");
	IS_INT(count(r, "K8S-024"), 1, "one Secret is missing, and it is said once");
}

/* Every selector selects every pod: more pairs than anybody looks at. */
static void test_hostile(struct arena *a, const char *folder)
{
	const struct check_report *r;
	struct buf b CLEANUP(buf_release);
	int64_t start = clock_mono();

	buf_init(&b, 8 << 20);
	for (size_t i = 0; i < 3000; i++)
		buf_addf(&b,
			 "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%zu}\n"
			 "spec: {selector: {a: b}, ports: [{port: 80}]}\n---\n"
			 "apiVersion: v1\nkind: Pod\nmetadata: {name: p%zu, labels: {a: "
			 "b}}\nspec: {containers: [{name: c, image: \"c:1\"}]}\n",
			 i, i);
	r = check_text(a, folder, b.data, b.len);
	OK(clock_mono() - start < (SANITIZED ? 60000 : 10000), "in bounded time: %d ms",
	   (int)(clock_mono() - start));
	IS_INT(outcome_of(r, "K8S-015"), OUTCOME_UNKNOWN, "what was not compared");
	IS_INT(outcome_of(r, "K8S-024"), OUTCOME_UNKNOWN, "is not passed");
	IS_INT(outcome_of(r, "K8S-007"), OUTCOME_PASS, "the rest is judged");
}

static void test_odd(struct arena *a, const char *folder)
{
	static const char *const texts[] = {
		"apiVersion: v1\nkind: Pod\n",
		"apiVersion: v1\nkind: Pod\nmetadata: x\nspec: [1]\n",
		"apiVersion: apps/v1\nkind: Deployment\nspec:\n  selector: x\n  template:\n"
		"    metadata: {labels: [a]}\n    spec: {containers: [1, {name: {}}, "
		"{name: a, image: [], env: {a: b}, envFrom: x, ports: 1, "
		"volumeMounts: {a: b}, securityContext: []}], volumes: {a: b}}\n",
		"apiVersion: v1\nkind: Secret\ndata: [a]\nstringData: {a: {b: c}}\n",
		"apiVersion: v1\nkind: ConfigMap\ndata: {? '' : '', a: 1, b: null}\n",
		"apiVersion: v1\nkind: List\nitems: [1, {kind: List, apiVersion: v1, "
		"items: [{kind: Pod, apiVersion: v1}]}]\n",
		"apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {rules: {a: b}, "
		"tls: 1, defaultBackend: x}\n",
		"apiVersion: v1\nkind: Service\nspec: {selector: [a], ports: {a: b}}\n",
		"apiVersion: kustomize.config.k8s.io/v1\nkind: Kustomization\n"
		"resources: {a: b}\nimages: [1]\npatches: [{path: ../../../../../x}, 1]\n",
		"apiVersion: kustomize.config.k8s.io/v1\nkind: Kustomization\n"
		"resources: [base, ./x/../y, ../z/, '', /, .., a//b]\n",
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n"
		"subjects: {a: b}\nroleRef: [1]\n",
		"apiVersion: x/v1\nkind: Y\nmetadata: []\nspec: {name: [a]}\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		OK(check_text(a, folder, texts[i], strlen(texts[i])) != NULL,
		   "odd objects %zu", i);
}

int main(void)
{
	struct arena *a = arena_new();
	const char *folder;

	umask(077);
	folder = bench_folder(a);
	if (OK(folder != NULL, "there is a folder")) {
		test_spec(a, folder);
		test_large(a, folder);
		test_hostile(a, folder);
		test_odd(a, folder);
		bench_clean(folder);
	}
	arena_free(a);
	return tap_done();
}
