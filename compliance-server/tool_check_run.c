/* SPDX-License-Identifier: Apache-2.0 */
/* run_compliance_check: checks servers of a file or of the registry, keeps the result. */
#include "common/base/str.h"
#include "common/rpc/page.h"
#include "compliance-server/changed.h"
#include "compliance-server/input.h"
#include "compliance-server/keep.h"
#include "compliance-server/run.h"
#include "compliance-server/tools.h"

#define CONFIG_MAX (1024 * 1024)
#define NAMES_MAX  100
#define TOP	   5		      /* issues of a server that the result tells */
#define ROOM	   (LIMIT_RESULT / 3) /* bytes of all lines: they stand twice, once escaped */

struct in {
	struct strs server_names;
	const char *path;
	struct json config;
	const char *host;
	enum check_type check_type;
	bool live;
};

struct top {
	const char *issue_id;
	enum severity severity;
	const char *title, *place;
};

struct line {
	const char *server_name, *check_id;
	enum check_status status;
	struct opt_f64 overall_score;
	const char *grade;
	int64_t critical, high, medium, low;
	int64_t opened, resolved;
	struct items top_issues;
	const char *unknown; /* why there is no score */
};

struct out {
	const char *mode;
	bool complete;
	struct opt_f64 overall_score;
	int64_t servers, critical, high, medium, low;
	struct items checks;
	struct opt_bool truncated;
	const char *note;
};

static const struct field in_fields[] = {
	FIELD(struct in, path, .min = 1, .max = 4096,
	      .doc = "mcp.json or another host's file, or a project folder."),
	FIELD(struct in, server_names, .max = NAMES_MAX, .item_max = NAME_MAX_CHARS,
	      .flags = FIELD_LENIENT,
	      .doc = "Registered servers in place of a path; default all."),
	FIELD(struct in, config, .flags = FIELD_OBJECT,
	      .doc = "An mcp.json in place of a path."),
	FIELD(struct in, host, .max = 40, .doc = "Host it is read as, such as vscode."),
	FIELD(struct in, check_type, .names = check_types, .def = "\"full\"",
	      .doc = "Which rules."),
	FIELD(struct in, live, .def = "false",
	      .doc = "Also start the servers and speak to them; a person allows it first."),
	FIELDS_END
};

static const struct field top_fields[] = {
	FIELD(struct top, issue_id, .req = true),
	FIELD(struct top, severity, .names = severities, .req = true),
	FIELD(struct top, title, .req = true),
	FIELD(struct top, place, .doc = "file:line:column"), FIELDS_END
};

static const struct field line_fields[] = {
	FIELD(struct line, server_name, .req = true),
	FIELD(struct line, check_id, .req = true),
	FIELD(struct line, status, .names = check_statuses, .req = true),
	FIELD(struct line, overall_score, .scale = 2,
	      .doc = "Absent: something could not be judged, see unknown."),
	COLUMN(struct line, grade),
	FIELD(struct line, critical, .req = true),
	FIELD(struct line, high, .req = true),
	FIELD(struct line, medium, .req = true),
	FIELD(struct line, low, .req = true),
	FIELD(struct line, opened, .req = true, .doc = "New issues."),
	FIELD(struct line, resolved, .req = true, .doc = "Gone since the last check."),
	FIELD(struct line, top_issues, .of = top_fields, .of_size = sizeof(struct top),
	      .req = true),
	COLUMN(struct line, unknown),
	FIELDS_END
};

static const struct field out_fields[] = {
	FIELD(struct out, mode, .req = true, .doc = "static or live"),
	FIELD(struct out, complete, .req = true,
	      .doc = "false: not everything could be examined; no verdict."),
	FIELD(struct out, overall_score, .scale = 2),
	FIELD(struct out, servers, .req = true),
	FIELD(struct out, critical, .req = true, .doc = "Issues."),
	FIELD(struct out, high, .req = true),
	FIELD(struct out, medium, .req = true),
	FIELD(struct out, low, .req = true),
	FIELD(struct out, checks, .of = line_fields, .of_size = sizeof(struct line),
	      .req = true),
	COLUMN(struct out, truncated),
	COLUMN(struct out, note),
	FIELDS_END
};

static bool request(struct ctx *c, const struct in *in, struct run_request *q,
		    struct err *e)
{
	const struct services *s = c->app;
	int given =
		(in->path != NULL) + (in->config.text != NULL) + (in->server_names.n > 0);

	if (given > 1)
		return err_set(e, ERR_ARG,
			       "give one of path, serverNames and config, not several");
	if (in->config.text && strlen(in->config.text) > CONFIG_MAX)
		return err_set(e, ERR_ARG, "argument \"config\": longer than 1 MiB");
	*q = (struct run_request){ .names = in->server_names,
				   .config = in->config.text,
				   .host = in->host,
				   .type = in->check_type,
				   .live = in->live,
				   .state_dir = c->env ? c->env->state_dir : NULL,
				   .keep = s ? s->keep : NULL };
	return input_host(c, in->host, e) &&
	       (!in->path || input_paths(c, input_base(c), in->path, &q->paths, e));
}

static int64_t *count_of(struct line *l, enum severity s)
{
	int64_t *const counts[] = { [SEV_INFO] = NULL,
				    [SEV_LOW] = &l->low,
				    [SEV_MEDIUM] = &l->medium,
				    [SEV_HIGH] = &l->high,
				    [SEV_CRITICAL] = &l->critical };

	return counts[s];
}

static const char *place_of(struct ctx *c, const struct run_target *rt,
			    const struct compliance_issue *i)
{
	for (size_t k = 0; k < rt->t->n_issues; k++) {
		const struct check_issue *is = &rt->t->issues[k];
		const struct finding *f = is->findings[0];

		if (!is->preview && is->category == i->category && f->file &&
		    str_starts(i->issue_id, is->rule->id))
			return arena_printf(c->arena, "%s:%d:%d",
					    str_printable(c->arena, f->file->shown, 200),
					    f->line, f->col);
	}
	return NULL;
}

static const char *why_unknown(struct ctx *c, const struct check_target *t)
{
	const struct check_unknown *u = t->unknown;

	if (t->overall != SCORE_NONE || t->n_unknown == 0)
		return NULL;
	return arena_printf(
		c->arena, "%s%s%s%s", u->rule ? u->rule->id : "", u->rule ? ": " : "",
		u->reason ? str_printable(c->arena, u->reason, 300) : "not judged",
		t->n_unknown > 1 ? "; and more" : "");
}

static void fill(struct ctx *c, const struct run_target *rt, struct line *l)
{
	const char grade[2] = { rt->t->grade, '\0' };
	struct top *tops = arena_array(c->arena, TOP, sizeof(*tops));

	*l = (struct line){ .server_name = rt->server.name,
			    .check_id = rt->check.check_id,
			    .status = rt->check.status,
			    .overall_score = rt->check.overall_score,
			    .opened = rt->settled.opened,
			    .resolved = rt->settled.resolved,
			    .top_issues = { tops, 0 },
			    .unknown = why_unknown(c, rt->t) };
	if (l->overall_score.set)
		l->grade = arena_strdup(c->arena, grade);
	for (size_t i = 0; i < rt->n_issues; i++) {
		const struct compliance_issue *is = &rt->issues[i];

		(*count_of(l, is->severity))++;
		if (i < TOP)
			tops[l->top_issues.n++] =
				(struct top){ is->issue_id, is->severity, is->title,
					      place_of(c, rt, is) };
	}
}

/* Bytes of a line, a little more than it has. */
static size_t cost(const struct line *l)
{
	const struct top *t = l->top_issues.v;
	size_t n = 300 + 2 * strlen(l->server_name) +
		   (l->unknown ? 2 * strlen(l->unknown) : 0);

	for (size_t i = 0; i < l->top_issues.n; i++)
		n += 90 + strlen(t[i].issue_id) + strlen(t[i].title) +
		     (t[i].place ? 2 * strlen(t[i].place) : 0);
	return n;
}

static void write_out(struct ctx *c, const struct run *r, struct jsonw *out)
{
	struct line *lines = arena_array(c->arena, r->n_targets + 1, sizeof(*lines));
	struct out o = { .mode = r->report->live ? "live" : "static", .complete = true };
	size_t n = 0, used = 0;

	for (size_t i = 0; i < r->n_targets; i++) {
		struct line *l = &lines[n];

		if (!r->targets[i].wanted)
			continue;
		fill(c, &r->targets[i], l);
		o.complete &= r->targets[i].t->complete;
		o.servers += r->targets[i].t->entry != NULL;
		o.critical += l->critical;
		o.high += l->high;
		o.medium += l->medium;
		o.low += l->low;
		n++;
	}
	if (o.servers == 0 && r->q->names.n == 0) {
		o.complete = false;
		o.note = "no servers were found, so nothing has passed: a host keeps them"
			 " under mcpServers, servers or mcp";
	}
	if (r->q->names.n == 0 && o.complete && r->report->overall != SCORE_NONE)
		o.overall_score = (struct opt_f64){ r->report->overall / 100.0, true };
	o.checks = (struct items){ lines, 0 };
	while (o.checks.n < n && (used += cost(&lines[o.checks.n])) < ROOM)
		o.checks.n++;
	o.truncated = (struct opt_bool){ true, o.checks.n < n };
	if (o.truncated.set)
		o.note = "not all servers are shown; get_compliance_status and"
			 " list_compliance_checks page through them";
	fields_json(out_fields, &o, out);
}

/* So that the next check of these servers can go by their names. */
static void keep_inline(struct ctx *c, const struct run_request *q, const struct run *r)
{
	const char **names = arena_array(c->arena, r->n_servers + 1, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < r->n_targets && n < r->n_servers; i++) {
		if (r->targets[i].t->entry)
			names[n++] = r->targets[i].server.name;
	}
	keep_put(q->keep, names, n, q->config, q->host);
}

static void tell(struct ctx *c, const struct run *r)
{
	changed_status(c);
	for (size_t i = 0; i < r->n_targets; i++) {
		if (!r->targets[i].wanted)
			continue;
		changed_server(c, r->targets[i].server.name);
		changed_check(c, r->targets[i].check.check_id);
	}
}

static bool run(struct ctx *c, const void *args, struct jsonw *out, struct err *e)
{
	struct run_request q;
	struct run r;

	if (!request(c, args, &q, e) || !run_all(c, &q, &r, e))
		return false;
	if (q.config)
		keep_inline(c, &q, &r);
	tell(c, &r);
	write_out(c, &r, out);
	return true;
}

const struct tool tool_run_compliance_check = {
	.name = "run_compliance_check",
	.title = "Check MCP servers",
	.doc = "Checks servers of an MCP configuration against the rules; stores scores and"
	       " issues. Run it again after a repair.",
	.in = in_fields,
	.in_size = sizeof(struct in),
	.out = out_fields,
	.out_schema = OBJECT_SCHEMA(
		SCHEMA_STR("mode") "," SCHEMA_OF("complete", "boolean") "," SCHEMA_OF(
			"overallScore", "number") "," SCHEMA_ROWS("checks"),
		"\"complete\",\"checks\""),
	.app = COMPLIANCE_APP,
	.slow_if = "live",
	.run = run,
	.order = ORDER_LONG,
	.perm = PERM_WRITE,
	.hints = HINT_OPEN_WORLD,
	.audit = "check.run",
	.resource = "compliance_check",
};
