/* SPDX-License-Identifier: Apache-2.0 */
/* Policy: reads the "coordinator" object of an mcp.json and answers for one tool. */
#include "coordinator-server/policy.h"

#include "common/base/names.h"
#include "common/base/str.h"

#define IN_FLIGHT 8

const char *const modes[] = { "", "allow", "ask", "deny", NULL };

#define ASK_FIRST                                                                   \
	{                                                                           \
		.mode = MODE_ASK, .type = TYPE_CONFIGURATION, .effect = EFFECT_ONCE \
	}

static const struct target_policy unnamed = { .other = ASK_FIRST,
					      .max_in_flight = IN_FLIGHT,
					      .host_starts = true };

bool target_name_ok(const char *name)
{
	size_t n = strlen(name);

	return n >= 1 && n <= TARGET_MAX && !strchr("_.-", name[0]) &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789_.-") == n &&
	       !strstr(name, "__");
}

static bool wrong(struct err *e, const struct node *n, const char *what,
		  const char *accepted)
{
	return err_set(e, ERR_CONFIG, "line %d, column %d: %s; accepted is %s", n->line,
		       n->col, what, accepted);
}

/* Members of an object by name; anything else, and anything twice, is refused. */
static bool only(const struct node *obj, const char *const *names, struct err *e)
{
	for (const struct node *m = obj->first; m; m = m->next) {
		if (m->duplicate)
			return err_set(e, ERR_CONFIG,
				       "line %d, column %d: \"%.60s\" stands there twice",
				       m->key_line, m->key_col, m->key);
		if (names && !names_find(names, m->key))
			return err_set(e, ERR_CONFIG,
				       "line %d, column %d: unknown member \"%.60s\"",
				       m->key_line, m->key_col, m->key);
	}
	return true;
}

static bool is_object(const struct node *n, const char *what, struct err *e)
{
	return n->kind == NODE_OBJECT || wrong(e, n, what, "an object");
}

static bool read_name(const struct node *n, const char *const *names, const char *what,
		      const char *accepted, unsigned *ret, struct err *e)
{
	int v = names_find(names, node_str(n));

	if (!v)
		return wrong(e, n, what, accepted);
	*ret = (unsigned)v;
	return true;
}

static bool read_rule_object(const struct node *n, struct rule *r, struct err *e)
{
	static const char *const members[] = { "",	 "mode",      "type",
					       "effect", "timeoutMs", NULL };
	const struct node *mode = node_get(n, "mode"), *type = node_get(n, "type");
	const struct node *effect = node_get(n, "effect");
	const struct node *limit = node_get(n, "timeoutMs");

	if (!only(n, members, e))
		return false;
	if (!mode)
		return wrong(e, n, "\"mode\" is missing", "allow, ask or deny");
	if (!read_name(mode, modes, "unknown mode", "allow, ask or deny", &r->mode, e))
		return false;
	if (type && !read_name(type, approval_types, "unknown type",
			       "assessment, remediation, configuration or deployment",
			       &r->type, e))
		return false;
	if (effect && !read_name(effect, effects, "unknown effect", "read, key or once",
				 &r->effect, e))
		return false;
	if (limit && (!node_i64(limit, &r->timeout_ms) || r->timeout_ms < 100 ||
		      r->timeout_ms > 600000))
		return wrong(e, limit, "\"timeoutMs\" is out of range",
			     "a number from 100 to 600000");
	return true;
}

/* "allow" or {"mode":"ask","type":…} */
static bool read_rule(const struct node *n, struct rule *r, struct err *e)
{
	r->line = n->line;
	r->col = n->col;
	if (n->kind == NODE_STRING)
		return read_name(n, modes, "unknown mode", "allow, ask or deny", &r->mode,
				 e);
	return is_object(n, "a tool's policy", e) && read_rule_object(n, r, e);
}

static bool pattern_ok(const char *s)
{
	size_t n = strlen(s);
	const char *star = strchr(s, '*');

	return n >= 1 && n <= TOOL_MAX && (!star || star == s + n - 1);
}

static bool fits(const char *pattern, const char *tool)
{
	size_t n = strlen(pattern);

	if (n && pattern[n - 1] == '*')
		return !strncmp(pattern, tool, n - 1);
	return str_eq(pattern, tool);
}

/* True when some tool may fit both; a pattern is compared by its beginning. */
static bool overlap(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);

	if (a[n - 1] == '*' && b[m - 1] == '*')
		return !strncmp(a, b, MIN(n, m) - 1);
	return fits(a, b) || fits(b, a);
}

static bool check_contradiction(const struct target_policy *t, const struct rule *r,
				struct err *e)
{
	for (const struct rule *o = t->rules; o < r; o++)
		if (o->mode != r->mode && o->mode != MODE_DENY && r->mode != MODE_DENY &&
		    overlap(o->pattern, r->pattern))
			return err_set(
				e, ERR_CONFIG,
				"line %d, column %d: \"%.60s\" and \"%.60s\" fit one"
				" tool and say different things",
				r->line, r->col, o->pattern, r->pattern);
	return true;
}

static bool read_tools(struct arena *a, const struct node *n, struct target_policy *t,
		       struct err *e)
{
	if (!is_object(n, "\"tools\"", e) || !only(n, NULL, e))
		return false;
	t->rules = arena_array(a, n->n + 1, sizeof(struct rule));
	for (const struct node *m = n->first; m; m = m->next) {
		struct rule *r = &t->rules[t->n];

		*r = (struct rule)ASK_FIRST;
		r->pattern = m->key;
		if (!pattern_ok(m->key))
			return wrong(e, m, "a tool's name that cannot be",
				     "a name, with one * at most, at its end");
		if (!read_rule(m, r, e) || !check_contradiction(t, r, e))
			return false;
		t->n++;
	}
	return true;
}

/* Variables that carry access to our own stores never go to a target. */
static bool may_pass(const char *name)
{
	static const char *const ours[] = { "COORD", "PG", "REDIS", "DATABASE", "JWT" };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (str_starts(name, ours[i]))
			return false;
	return *name && !strchr(name, '=');
}

static bool read_env_pass(struct arena *a, const struct node *n, struct strs *ret,
			  struct err *e)
{
	if (n->kind != NODE_ARRAY)
		return wrong(e, n, "\"envPass\"", "an array of names");
	ret->v = arena_array(a, n->n + 1, sizeof(char *));
	for (const struct node *m = n->first; m; m = m->next) {
		if (!node_str(m) || !may_pass(node_str(m)))
			return wrong(e, m, "a variable that is not passed on",
				     "a name other than COORD*, PG*, REDIS*, DATABASE*,"
				     " JWT*");
		ret->v[ret->n++] = node_str(m);
	}
	return true;
}

static bool read_target(struct arena *a, const struct node *n, struct target_policy *t,
			struct err *e)
{
	static const char *const members[] = {
		"", "tools", "default", "maxInFlight", "envPass", "hostStarts", NULL
	};
	const struct node *m;

	*t = unnamed;
	t->target = n->key;
	if (!target_name_ok(n->key))
		return wrong(e, n, "a target's name that cannot be",
			     "letters, digits, _ . - (50 at most, no __)");
	if (!is_object(n, "a target's policy", e) || !only(n, members, e))
		return false;
	if ((m = node_get(n, "default")) && !read_rule(m, &t->other, e))
		return false;
	if ((m = node_get(n, "tools")) && !read_tools(a, m, t, e))
		return false;
	if ((m = node_get(n, "maxInFlight")) &&
	    (!node_i64(m, &t->max_in_flight) || t->max_in_flight < 1 ||
	     t->max_in_flight > 64))
		return wrong(e, m, "\"maxInFlight\" is out of range",
			     "a number from 1 to 64");
	if ((m = node_get(n, "hostStarts"))) {
		if (m->kind != NODE_BOOL)
			return wrong(e, m, "\"hostStarts\"", "true or false");
		t->host_starts = m->truth;
	}
	return !(m = node_get(n, "envPass")) || read_env_pass(a, m, &t->env_pass, e);
}

bool policy_read(struct arena *a, const struct node *node, struct policy *ret,
		 struct err *e)
{
	static const char *const members[] = { "", "targets", NULL };
	const struct node *targets = node_get(node, "targets");
	struct policy p = { 0 };

	if (node && (!is_object(node, "\"coordinator\"", e) || !only(node, members, e)))
		return false;
	if (targets) {
		if (!is_object(targets, "\"targets\"", e) || !only(targets, NULL, e))
			return false;
		p.targets = arena_array(a, targets->n + 1, sizeof(*p.targets));
		for (const struct node *m = targets->first; m; m = m->next)
			if (!read_target(a, m, &p.targets[p.n++], e))
				return false;
	}
	*ret = p;
	return true;
}

const struct target_policy *policy_target(const struct policy *p, const char *target)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->targets[i].target, target))
			return &p->targets[i];
	return &unnamed;
}

const struct rule *policy_rule(const struct target_policy *t, const char *tool)
{
	const struct rule *found = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct rule *r = &t->rules[i];

		if (!fits(r->pattern, tool))
			continue;
		if (r->mode == MODE_DENY)
			return r;
		if (!found || strlen(r->pattern) > strlen(found->pattern))
			found = r;
	}
	return found ? found : &t->other;
}
