/* SPDX-License-Identifier: Apache-2.0 */
/* compliance://status, servers/{name}, checks/{checkId}/report, rules/{ruleId}, and
 * pages.
 */
#include "common/base/buf.h"
#include "common/base/str.h"
#include "compliance-server/complete.h"
#include "compliance-server/configuration.h"
#include "compliance-server/html.h"
#include "compliance-server/issue_store.h"
#include "compliance-server/rules_doc.h"
#include "compliance-server/server_store.h"
#include "compliance-server/stored_report.h"
#include "compliance-server/tools.h"

#define TEXT_MAX (1024 * 1024)
#define HTML_MAX (3 * 1024 * 1024)
#define LINES	 1000
#define ROWS	 100

static bool put(struct ctx *c, struct buf *b, const char *uri, const char *mime,
		struct jsonw *contents, struct err *e)
{
	if (b->overflow)
		return err_set(
			e, ERR_LIMIT,
			"the report is too long for a resource\nhint: compliance-server"
			" report --format html");
	resource_text(contents, uri, mime, arena_strdup(c->arena, buf_text(b)));
	return true;
}

static bool read_status(struct ctx *c, const char *uri, const char *const *vars,
			struct jsonw *contents, struct err *e)
{
	const struct server_filter f = { .limit = ROWS };
	struct buf b CLEANUP(buf_release);
	struct severity_counts n;
	struct rows rows;
	struct jsonw w;

	(void)vars;
	buf_init(&b, TEXT_MAX);
	if (!issue_severities(c, NULL, &n, e) || !server_overviews(c, &f, &rows, e))
		return false;
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_obj(&w, "openIssues");
	fields_json(severity_counts_fields, &n, &w);
	jsonw_end(&w);
	fields_json_array(server_overview_fields, "servers", rows.at,
			  MIN(rows.n, (size_t)ROWS), sizeof(struct server_overview), &w);
	jsonw_end(&w);
	return put(c, &b, uri, "application/json", contents, e);
}

static bool read_server(struct ctx *c, const char *uri, const char *const *vars,
			struct jsonw *contents, struct err *e)
{
	const struct issue_filter open = { .server_name = vars[0], .limit = ROWS };
	struct buf b CLEANUP(buf_release);
	struct server s;
	struct rows rows;
	struct jsonw w;

	buf_init(&b, TEXT_MAX);
	if (!server_by_name(c, vars[0], &s, e) || !issue_list(c, &open, &rows, e))
		return false;
	s.configuration.text = configuration_shown(c->arena, s.configuration.text);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	fields_json(server_fields, &s, &w);
	fields_json_array(compliance_issue_fields, "issues", rows.at,
			  MIN(rows.n, (size_t)ROWS), sizeof(struct compliance_issue), &w);
	jsonw_end(&w);
	return put(c, &b, uri, "application/json", contents, e);
}

static bool read_report(struct ctx *c, const char *uri, const char *const *vars,
			struct jsonw *contents, struct err *e)
{
	struct buf b CLEANUP(buf_release);
	struct stored_report r;

	buf_init(&b, TEXT_MAX);
	if (!stored_report_load(c, vars[0], &r, e))
		return false;
	stored_report_text(&r, LINES, &b);
	return put(c, &b, uri, "text/markdown", contents, e);
}

static bool put_html(struct ctx *c, struct html_page *p, const char *uri,
		     struct jsonw *contents, struct err *e)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, HTML_MAX);
	html_write(p, c->arena, &b);
	return put(c, &b, uri, "text/html", contents, e);
}

static bool read_page(struct ctx *c, const char *uri, const char *const *vars,
		      struct jsonw *contents, struct err *e)
{
	struct stored_report r;
	struct html_page p;

	return stored_report_load(c, vars[0], &r, e) && html_of_stored(c, &r, &p, e) &&
	       put_html(c, &p, uri, contents, e);
}

static bool read_pages(struct ctx *c, const char *uri, const char *const *vars,
		       struct jsonw *contents, struct err *e)
{
	struct html_page p;

	(void)vars;
	return html_of_registry(c, &p, e) && put_html(c, &p, uri, contents, e);
}

/* The same look; what it shows arrives from the host. */
static bool read_app(struct ctx *c, const char *uri, const char *const *vars,
		     struct jsonw *contents, struct err *e)
{
	struct buf b CLEANUP(buf_release);

	(void)c;
	(void)vars;
	(void)e;
	buf_init(&b, HTML_MAX);
	html_app(&b);
	resource_app(contents, uri, buf_text(&b));
	return true;
}

static bool read_rule(struct ctx *c, const char *uri, const char *const *vars,
		      struct jsonw *contents, struct err *e)
{
	const struct rule *r = rule_get(c->arena, vars[0], e);
	struct buf b CLEANUP(buf_release) = { .max = 0 };

	if (!r)
		return false;
	buf_init(&b, TEXT_MAX);
	rule_print(&b, r, 1);
	return put(c, &b, uri, "text/markdown", contents, e);
}

const struct resource resource_status = {
	.uri = "compliance://status",
	.name = "status",
	.title = "Compliance status",
	.doc = "Servers with their scores, and open issues by severity.",
	.mime = "application/json",
	.perm = PERM_READ,
	.read = read_status,
};

const struct resource resource_server = {
	.uri = "compliance://servers/{name}",
	.name = "server",
	.title = "A server",
	.doc = "One registered server with its issues.",
	.mime = "application/json",
	.is_template = true,
	.perm = PERM_READ,
	.read = read_server,
	.complete = complete_server,
};

const struct resource resource_report = {
	.uri = "compliance://checks/{checkId}/report",
	.name = "report",
	.title = "Report of a check",
	.doc = "One check in full, as Markdown.",
	.mime = "text/markdown",
	.is_template = true,
	.perm = PERM_READ,
	.read = read_report,
	.complete = complete_check,
};

const struct resource resource_rule = {
	.uri = "compliance://rules/{ruleId}",
	.name = "rule",
	.title = "A rule",
	.doc = "What a rule looks for, lets pass, why, and how to repair it.",
	.mime = "text/markdown",
	.is_template = true,
	.immutable = true,
	.perm = PERM_READ,
	.read = read_rule,
	.complete = complete_rule,
};

const struct resource resource_page = {
	.uri = "compliance://checks/{checkId}/report.html",
	.name = "report-page",
	.title = "Report of a check as a page",
	.doc = "One check as a self-contained HTML page.",
	.mime = "text/html",
	.is_template = true,
	.perm = PERM_READ,
	.read = read_page,
	.complete = complete_check,
};

const struct resource resource_pages = {
	.uri = "compliance://report.html",
	.name = "registry-page",
	.title = "Newest report of every server",
	.doc = "The newest checks of all registered servers as one HTML page.",
	.mime = "text/html",
	.perm = PERM_READ,
	.read = read_pages,
};

const struct resource resource_app_report = {
	.uri = COMPLIANCE_APP,
	.name = "report-app",
	.title = "Compliance report",
	.doc = "Shows the result of a check in the host.",
	.mime = MIME_APP,
	.perm = PERM_READ,
	.immutable = true,
	.read = read_app,
};
