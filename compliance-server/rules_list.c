/* SPDX-License-Identifier: Apache-2.0 */
/* All rules, in the order of their ids. */
#include <pthread.h>

#include "common/base/buf.h"
#include "common/base/digest.h"
#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/rules.h"

#define RULES_VERSION "1.0.0"

const char *const severities[] = { "", "low", "medium", "high", "critical", NULL };
const char *const categories[] = {
	"", "security", "configuration", "operational", "performance", NULL
};
const char *const confidences[] = { "", "low", "medium", "high", "very-high", NULL };
const char *const outcomes[] = { "",	    "pass",	  "fail", "not-applicable",
				 "unknown", "suppressed", NULL };

const struct rule_family rule_families[] = {
	{ "CFG", "Configuration files", rules_config },
	{ "CMD", "Command and arguments", rules_command },
	{ "DC", "docker-compose", rules_compose },
	{ "ENV", "Environment", rules_env },
	{ "K8S", "Kubernetes", rules_k8s },
	{ "LIV", "Live protocol", rules_live },
	{ "LIV", "Tool texts", rules_text },
	{ "NET", "Network", rules_net },
	{ "OPS", "Operations", rules_ops },
	{ "PIN", "Pinned tools", rules_pin },
	{ "PRF", "Performance", rules_prf },
	{ "PRV", "Permissions", rules_prv },
	{ "SEC", "Secrets", rules_secret },
	{ "SUP", "Supply chain", rules_supply },
	{ "TOX", "Servers together", rules_tox },
};
const size_t n_rule_families = ARRAY_LEN(rule_families);

const char *severity_text(enum severity s)
{
	return s == SEV_INFO ? "info" : names_text(severities, (int)s);
}

/* All rows by number, because everything that is done for each rule asks for them. */
static struct {
	pthread_once_t once;
	const struct rule *v[512];
	size_t n;
} all = { .once = PTHREAD_ONCE_INIT };

static void collect(void)
{
	for (size_t f = 0; f < n_rule_families; f++)
		for (const struct rule *r = rule_families[f].rules; r->id; r++)
			if (all.n < ARRAY_LEN(all.v))
				all.v[all.n++] = r;
}

size_t rules_count(void)
{
	pthread_once(&all.once, collect);
	return all.n;
}

const struct rule *rule_at(size_t i)
{
	return i < rules_count() ? all.v[i] : NULL;
}

const struct rule *rule_find(const char *id)
{
	const struct rule *r;

	for (size_t i = 0; (r = rule_at(i)); i++)
		if (str_ieq(r->id, id))
			return r;
	return NULL;
}

const struct rule *rule_get(struct arena *a, const char *id, struct err *e)
{
	const struct rule *r = rule_find(id);
	const char **ids;
	const char *near;

	if (r)
		return r;
	ids = arena_array(a, rules_count() + 1, sizeof(*ids));
	for (size_t i = 0; (r = rule_at(i)); i++)
		ids[i] = r->id;
	near = str_nearest(id, ids, rules_count());
	err_set(e, ERR_NOT_FOUND, "no rule \"%s\"%s%s%s", str_printable(a, id, 40),
		near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return NULL;
}

bool rule_is_preview(const struct rule *r)
{
	return r->confidence < CONF_HIGH;
}

const char *rules_version(void)
{
	return RULES_VERSION;
}

void rules_sha256(char out[65])
{
	struct buf b CLEANUP(buf_release);
	const struct rule *r;

	buf_init(&b, 1024 * 1024);
	for (size_t i = 0; (r = rule_at(i)); i++)
		buf_addf(&b, "%s\n%s\n%s\n%s\n%s\n%s\n%s\n", r->id,
			 severity_text(r->severity),
			 names_text(confidences, (int)r->confidence), r->title, r->detect,
			 r->fix, r->ref);
	digest_sha256_hex(buf_text(&b), b.len, out);
}
