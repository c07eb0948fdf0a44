/* SPDX-License-Identifier: Apache-2.0 */
/* The driver of a SARIF run: every rule in fixed order, and the lists it refers to. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/names.h"
#include "common/base/str.h"
#include "compliance-server/report_sarif.h"

#define TEXT_MAX      1024 /* of descriptions */
#define RULE_NAME_MAX 255
#define TAGS_MAX      20
#define IDS_MAX	      512

enum taxonomy { OWASP, CWE, TAXONOMIES };

static const struct {
	const char *name, *full, *organization;
} taxonomies[TAXONOMIES] = {
	[OWASP] = { "OWASP MCP Top 10", "Ten risks of Model Context Protocol set-ups.",
		    "OWASP" },
	[CWE] = { "CWE", "Common Weakness Enumeration.", "MITRE" },
};

static const struct {
	const char *id, *name;
} owasp[] = {
	{ "MCP01", "Token mismanagement and secret exposure" },
	{ "MCP02", "Privilege escalation via scope creep" },
	{ "MCP03", "Tool poisoning" },
	{ "MCP04", "Supply chain and dependency tampering" },
	{ "MCP05", "Command injection and execution" },
	{ "MCP06", "Intent flow subversion" },
	{ "MCP07", "Insufficient authentication and authorization" },
	{ "MCP08", "Lack of audit and telemetry" },
	{ "MCP09", "Shadow MCP servers" },
	{ "MCP10", "Context injection and over-sharing" },
};

struct ids { /* numbers of CWE, ascending */
	int v[IDS_MAX];
	size_t n;
};

/* The next "MCP04" or "CWE-798" of a rule's references; false at the end. A revision such
 * as "MCP 2025-11-25" is none. */
static bool next_ref(const char **p, enum taxonomy *which, int *number)
{
	for (const char *s = *p; *s; s++) {
		size_t skip = strncmp(s, "CWE-", 4) == 0  ? 4
			      : strncmp(s, "MCP", 3) == 0 ? 3
							  : 0;
		char *end;
		long n;

		if (skip == 0 || !isdigit((unsigned char)s[skip]) ||
		    (s > *p && isalnum((unsigned char)s[-1])))
			continue;
		n = strtol(s + skip, &end, 10);
		*which = skip == 4 ? CWE : OWASP;
		if (n < 1 || n > 9999 || (*which == OWASP && n > (long)ARRAY_LEN(owasp)))
			continue;
		*number = (int)n;
		*p = end;
		return true;
	}
	return false;
}

static void collect(struct ids *ids)
{
	const struct rule *r;

	for (size_t i = 0; (r = rule_at(i)); i++) {
		const char *p = r->ref;
		enum taxonomy which;
		int n;

		while (next_ref(&p, &which, &n)) {
			size_t k = 0;

			while (k < ids->n && ids->v[k] < n)
				k++;
			if (which != CWE || ids->n == IDS_MAX ||
			    (k < ids->n && ids->v[k] == n))
				continue;
			memmove(&ids->v[k + 1], &ids->v[k],
				(ids->n++ - k) * sizeof(ids->v[0]));
			ids->v[k] = n;
		}
	}
}

const char *sarif_level(enum severity s)
{
	return s >= SEV_HIGH ? "error" : s == SEV_MEDIUM ? "warning" : "note";
}

const char *sarif_text(struct arena *a, const char *s)
{
	char *out = arena_alloc(a, 2 * strlen(s) + 1);
	size_t n = 0;

	for (; *s; s++) {
		if (*s == '{' || *s == '}')
			out[n++] = *s;
		else if (*s == '[' || *s == ']' || *s == '\\')
			out[n++] = '\\';
		out[n++] = *s;
	}
	return out;
}

static void put_text(struct jsonw *w, struct arena *a, const char *key, const char *s)
{
	jsonw_obj(w, key);
	jsonw_str(w, "text", arena_strndup(a, s, utf8_cut(s, MIN(strlen(s), TEXT_MAX))));
	jsonw_end(w);
}

/* In the tables, code stands in single quotes: here it gets the marks of Markdown. */
static const char *with_code(struct arena *a, const char *s)
{
	char *out = arena_strdup(a, s);
	char *open = NULL;

	for (char *p = out; *p; p++) {
		bool before = p == out || strchr(" (", p[-1]),
		     after = p[1] == '\0' || strchr(" ,.;:)", p[1]);

		if (*p != '\'')
			continue;
		if (open && after) {
			*open = *p = '`';
			open = NULL;
		} else if (!open && before) {
			open = p;
		}
	}
	return out;
}

static void put_help(struct jsonw *w, struct arena *a, const struct rule *r)
{
	const char *text = arena_printf(a, "%s\n\nFix: %s\n\nDetects: %s", r->why, r->fix,
					r->detect);
	const char *md = arena_printf(a, "%s\n\n**Fix:** %s\n\n**Detects:** %s", r->why,
				      r->fix, r->detect);

	if (r->guard) {
		text = arena_printf(a, "%s\n\nLets pass: %s", text, r->guard);
		md = arena_printf(a, "%s\n\n**Lets pass:** %s", md, r->guard);
	}
	jsonw_obj(w, "help");
	jsonw_str(w, "text", arena_printf(a, "%s\n\nSee: %s", text, r->ref));
	jsonw_str(w, "markdown",
		  with_code(a, arena_printf(a, "%s\n\n**See:** %s\n", md, r->ref)));
	jsonw_end(w);
}

static void put_tags(struct jsonw *w, struct arena *a, const struct rule *r)
{
	const char *p = r->ref;
	enum taxonomy which;
	size_t n = 2;
	int number;

	jsonw_arr(w, "tags");
	jsonw_str(w, NULL, names_text(categories, (int)r->category));
	jsonw_str(w, NULL, "mcp");
	if (rule_is_preview(r) && n++)
		jsonw_str(w, NULL, "preview");
	while (next_ref(&p, &which, &number) && n++ < TAGS_MAX)
		jsonw_str(w, NULL,
			  which == CWE ? arena_printf(a, "external/cwe/cwe-%03d", number)
				       : owasp[number - 1].id);
	jsonw_end(w);
}

static void put_properties(struct jsonw *w, struct arena *a, const struct rule *r)
{
	static const struct {
		const char *security, *problem;
	} by[SEV_CRITICAL + 1] = { [SEV_INFO] = { NULL, "recommendation" },
				   [SEV_LOW] = { "2.0", "recommendation" },
				   [SEV_MEDIUM] = { "5.5", "warning" },
				   [SEV_HIGH] = { "8.0", "error" },
				   [SEV_CRITICAL] = { "9.5", "error" } };
	bool security = r->category == CAT_SECURITY && by[r->severity].security;

	jsonw_obj(w, "properties");
	put_tags(w, a, r);
	jsonw_str(w, "precision", names_text(confidences, (int)r->confidence));
	if (security)
		jsonw_str(w, "security-severity", by[r->severity].security);
	else
		jsonw_str(w, "problem.severity", by[r->severity].problem);
	jsonw_end(w);
}

static void put_relationships(struct jsonw *w, struct arena *a, const struct rule *r,
			      const struct ids *cwe)
{
	const char *p = r->ref;
	enum taxonomy which;
	int number;

	jsonw_arr(w, "relationships");
	while (next_ref(&p, &which, &number)) {
		size_t at = 0;

		while (which == CWE && at + 1 < cwe->n && cwe->v[at] != number)
			at++;
		jsonw_obj(w, NULL);
		jsonw_obj(w, "target");
		jsonw_str(w, "id",
			  which == CWE ? arena_printf(a, "CWE-%d", number)
				       : owasp[number - 1].id);
		jsonw_i64(w, "index", which == CWE ? (int64_t)at : number - 1);
		jsonw_obj(w, "toolComponent");
		jsonw_str(w, "name", taxonomies[which].name);
		jsonw_i64(w, "index", which);
		jsonw_end(w);
		jsonw_end(w);
		jsonw_arr(w, "kinds");
		jsonw_str(w, NULL, "relevant");
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void put_rule(struct jsonw *w, struct arena *a, const struct rule *r,
		     const struct ids *cwe)
{
	jsonw_obj(w, NULL);
	jsonw_str(w, "id", r->id);
	jsonw_str(
		w, "name",
		arena_strndup(a, r->title,
			      utf8_cut(r->title, MIN(strlen(r->title), RULE_NAME_MAX))));
	put_text(w, a, "shortDescription", r->title);
	put_text(w, a, "fullDescription", r->why);
	put_help(w, a, r);
	jsonw_obj(w, "defaultConfiguration");
	jsonw_str(w, "level", sarif_level(r->severity));
	jsonw_end(w);
	put_relationships(w, a, r, cwe);
	put_properties(w, a, r);
	jsonw_end(w);
}

static void put_taxonomy(struct jsonw *w, struct arena *a, enum taxonomy which,
			 const struct ids *cwe)
{
	jsonw_obj(w, NULL);
	jsonw_str(w, "name", taxonomies[which].name);
	jsonw_str(w, "organization", taxonomies[which].organization);
	put_text(w, a, "shortDescription", taxonomies[which].full);
	jsonw_arr(w, "taxa");
	for (size_t i = 0; which == OWASP && i < ARRAY_LEN(owasp); i++) {
		jsonw_obj(w, NULL);
		jsonw_str(w, "id", owasp[i].id);
		jsonw_str(w, "name", owasp[i].name);
		put_text(w, a, "shortDescription", owasp[i].name);
		jsonw_end(w);
	}
	for (size_t i = 0; which == CWE && i < cwe->n; i++) {
		jsonw_obj(w, NULL);
		jsonw_str(w, "id", arena_printf(a, "CWE-%d", cwe->v[i]));
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

void sarif_put_tool(struct jsonw *w, struct arena *a)
{
	struct ids *cwe = arena_alloc(a, sizeof(*cwe));
	const struct rule *r;
	char sha[65];

	collect(cwe);
	rules_sha256(sha);
	jsonw_obj(w, "tool");
	jsonw_obj(w, "driver");
	jsonw_str(w, "name", "compliance-server");
	jsonw_str(w, "semanticVersion", SUITE_VERSION);
	jsonw_arr(w, "rules");
	for (size_t i = 0; (r = rule_at(i)); i++)
		put_rule(w, a, r, cwe);
	jsonw_end(w);
	jsonw_arr(w, "supportedTaxonomies");
	for (int t = 0; t < TAXONOMIES; t++) {
		jsonw_obj(w, NULL);
		jsonw_str(w, "name", taxonomies[t].name);
		jsonw_i64(w, "index", t);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_obj(w, "properties");
	jsonw_str(w, "ruleset.version", rules_version());
	jsonw_str(w, "ruleset.sha256", sha);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_arr(w, "taxonomies");
	for (int t = 0; t < TAXONOMIES; t++)
		put_taxonomy(w, a, (enum taxonomy)t, cwe);
	jsonw_end(w);
}
