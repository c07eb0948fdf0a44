/* SPDX-License-Identifier: Apache-2.0 */
/* Policy of targets: what is read, what is refused with its place, what wins. */
#include "coordinator-server/policy.h"

#include "common/base/names.h"
#include "test/tap.h"

static struct arena *a;

static bool read_policy(const char *text, struct policy *p, struct err *e)
{
	const struct node *n =
		jsonr_parse(a, text, strlen(text), JSONR_DUPLICATES, NULL, e);

	return n && policy_read(a, n, p, e);
}

static const char *mode_of(const struct policy *p, const char *target, const char *tool)
{
	return names_text(modes, (int)policy_rule(policy_target(p, target), tool)->mode);
}

static void test_rules(void)
{
	struct policy p;
	struct err e = { 0 };
	const struct rule *r;

	OK(read_policy("{\"targets\":{\"m\":{\"tools\":{\"get_*\":\"allow\","
		       "\"get_secret\":\"deny\",\"wipe\":{\"mode\":\"ask\",\"type\":"
		       "\"deployment\",\"effect\":\"key\",\"timeoutMs\":5000}},"
		       "\"default\":\"deny\",\"maxInFlight\":2,\"envPass\":[\"LANG\"],"
		       "\"hostStarts\":false}}}",
		       &p, &e),
	   "a policy is read: %s", e.msg);
	IS_STR(mode_of(&p, "m", "get_all"), "allow", "a beginning fits");
	IS_STR(mode_of(&p, "m", "get_secret"), "deny", "deny wins");
	IS_STR(mode_of(&p, "m", "other"), "deny", "the target's default");
	IS_STR(mode_of(&p, "unnamed", "get_all"), "ask",
	       "without a policy it has to ask");
	r = policy_rule(policy_target(&p, "m"), "wipe");
	OK(r->type == TYPE_DEPLOYMENT && r->effect == EFFECT_KEY && r->timeout_ms == 5000,
	   "all members of a tool's policy");
	OK(policy_target(&p, "m")->max_in_flight == 2 &&
		   !policy_target(&p, "m")->host_starts &&
		   policy_target(&p, "m")->env_pass.n == 1,
	   "all members of a target's policy");
	r = policy_rule(policy_target(&p, "unnamed"), "x");
	OK(r->type == TYPE_CONFIGURATION && r->effect == EFFECT_ONCE,
	   "asks for a configuration approval, once");
	OK(policy_read(a, NULL, &p, &e) && p.n == 0, "no policy at all");
}

static void test_refused(void)
{
	static const struct {
		const char *text, *what;
	} bad[] = {
		{ "{\"targets\":{\"m\":{\"tools\":{\"x\":\"perhaps\"}}}}",
		  "unknown mode" },
		{ "{\"targets\":{\"m\":{\"tool\":{}}}}", "unknown member \"tool\"" },
		{ "{\"targets\":{\"m\":{\"tools\":{\"x\":\"allow\",\"x\":\"deny\"}}}}",
		  "twice" },
		{ "{\"targets\":{\"m\":{},\"m\":{}}}", "twice" },
		{ "{\"targets\":{\"a__b\":{}}}", "name" },
		{ "{\"targets\":{\"m\":{\"tools\":{\"a*b\":\"allow\"}}}}", "*" },
		{ "{\"targets\":{\"m\":{\"tools\":{\"get_*\":\"allow\",\"get_x\":\"ask\"}}}}",
		  "different" },
		{ "{\"targets\":{\"m\":{\"tools\":{\"x\":{\"type\":\"deployment\"}}}}}",
		  "mode" },
		{ "{\"targets\":{\"m\":{\"tools\":{\"x\":{\"mode\":\"ask\",\"type\":\"big\"}}}}}",
		  "type" },
		{ "{\"targets\":{\"m\":{\"maxInFlight\":0}}}", "maxInFlight" },
		{ "{\"targets\":{\"m\":{\"envPass\":[\"PGPASSWORD\"]}}}", "passed on" },
		{ "{\"targets\":{\"m\":{\"envPass\":[\"COORD_DEPTH\"]}}}", "passed on" },
		{ "{\"targets\":[]}", "object" },
		{ "{\"target\":{}}", "unknown member \"target\"" },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct policy p;
		struct err e = { 0 };

		OK(!read_policy(bad[i].text, &p, &e) && e.code == ERR_CONFIG &&
			   strstr(e.msg, bad[i].what) && strstr(e.msg, "line 1, column"),
		   "%s: %s", bad[i].text, e.msg);
	}
}

int main(void)
{
	a = arena_new();
	test_rules();
	test_refused();
	OK(target_name_ok("a.b-c_1") && !target_name_ok("") && !target_name_ok("-a") &&
		   !target_name_ok("a b") && !target_name_ok("é"),
	   "names of targets");
	arena_free(a);
	return tap_done();
}
