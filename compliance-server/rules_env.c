/* SPDX-License-Identifier: Apache-2.0 */
/* ENV rules about one variable, or about a few that belong together. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/str.h"
#include "compliance-server/claim.h"
#include "compliance-server/rules_checks.h"
#include "compliance-server/rules_env.h"

#define DAY (24 * 3600.0)

static bool one_of(const char *text, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ieq(text, list[i]))
			return true;
	return false;
}

#define ONE_OF(text, list) one_of((text), (list), ARRAY_LEN(list))

static bool switched_off(const char *v)
{
	static const char *const words[] = { "0", "false", "off", "no", "disable" };

	return ONE_OF(v, words);
}

static bool switched_on(const char *v)
{
	static const char *const words[] = { "1", "true", "on", "yes", "enable" };

	return ONE_OF(v, words);
}

static const char *var_text(const struct config_file *f, const char *name)
{
	const struct value *v = file_var(f, name);

	return v ? v->text : NULL;
}

/* .env.test, ci.env: what they set, nobody signs for others with. */
static bool for_tests(const struct config_file *f)
{
	static const char *const words[] = { "test", "tests", "testing", "e2e", "ci" };
	const char *slash = strrchr(f->path, '/');
	const char *p = slash ? slash + 1 : f->path;

	if (f->form != FORM_DOTENV)
		return false;
	for (size_t n; *p != '\0'; p += n + (p[n] != '\0')) {
		struct span part = { p, strcspn(p, ".-_") };

		n = part.n;
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (span_ieq(part, words[i]))
				return true;
	}
	return false;
}

static void report_signing(struct rule_run *r, const struct named *v)
{
	const char *why = weak_signing_secret(v->text);

	rule_fail(r, for_tests(r->file) ? SEV_LOW : SEV_HIGH, v->at,
		  "%s is a signing secret, and it is %s", claim_name(r, v), why);
	rule_evidence(r, "signing-secret", "%s: %s", claim_name(r, v), why);
}

void check_env_001(struct rule_run *r)
{
	claim_each(r, CLAIM_SIGNING, report_signing);
}

static void report_store(struct rule_run *r, const struct named *v)
{
	rule_fail(r, SEV_HIGH, v->at, "%s is %s", claim_name(r, v),
		  is_default_password(v->text) ? "a default password"
					       : "the same as the name of the user");
	rule_evidence(r, "default", "%s: default password", claim_name(r, v));
}

void check_env_002(struct rule_run *r)
{
	claim_each(r, CLAIM_SERVICE, report_store);
}

static enum severity by_host(struct span host)
{
	bool near = host.n > 0 && (host_is_loop(host) || host_is_private(host));

	return near ? SEV_MEDIUM : SEV_HIGH;
}

/* The value of a parameter of a connection string, "sslmode=…". */
static struct span parameter(const char *text, const char *name)
{
	const char *p = text;
	size_t n = strlen(name);

	while ((p = find_ignoring_case(p, name))) {
		if (p[n] == '=' && (p == text || strchr("?&; ", p[-1])))
			return (struct span){ p + n + 1, strcspn(p + n + 1, "&; '\"#") };
		p += n;
	}
	return (struct span){ text, 0 };
}

static bool open_sslmode(struct rule_run *r, const struct named *v)
{
	static const char *const modes[] = { "disable", "allow", "prefer" };
	struct span mode = parameter(v->text, "sslmode"), host;
	size_t from = 0;
	struct url u;

	if (mode.n == 0 || !ONE_OF(span_dup(r->arena, mode), modes))
		return false;
	host = url_next(v->text, &from, &u) ? u.host : parameter(v->text, "host");
	rule_fail(r, by_host(host), v->at, "%s connects with sslmode=%s",
		  claim_name(r, v), span_dup(r->arena, mode));
	return true;
}

static void open_redis(struct rule_run *r, const struct named *v)
{
	size_t from = 0;
	struct url u;

	while (url_next(v->text, &from, &u)) {
		if (!span_ieq(u.scheme, "redis") || u.host.n == 0 ||
		    memchr(u.host.p, '$', u.host.n) || memchr(u.host.p, '{', u.host.n) ||
		    host_is_loop(u.host))
			continue;
		rule_fail(r, by_host(u.host), v->at, "%s reaches %s without TLS",
			  claim_name(r, v),
			  str_printable(r->arena, span_dup(r->arena, u.host), 80));
		rule_fix(r, "Write rediss:// and let the server offer TLS.");
		return;
	}
}

/* The other switch of a mail or data client says that TLS is on after all. */
static bool upgraded(const struct rule_run *r, const char *prefix)
{
	static const char *const ends[] = { "_TLS",	     "_USE_TLS", "_STARTTLS",
					    "_USE_STARTTLS", "_SSL",	 "_USE_SSL" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		const char *v = var_text(r->file,
					 arena_printf(r->arena, "%s%s", prefix, ends[i]));

		if (v && switched_on(v))
			return true;
	}
	return str_eq(var_text(r->file, arena_printf(r->arena, "%s_PORT", prefix)),
		      "587");
}

static enum severity severity_of_host(const struct rule_run *r, const char *prefix)
{
	const char *text = var_text(r->file, arena_printf(r->arena, "%s_HOST", prefix));
	size_t from = 0;
	struct url u;

	if (!text)
		text = var_text(r->file, arena_printf(r->arena, "%s_URL", prefix));
	if (str_empty(text) || is_ref(text))
		return SEV_MEDIUM;
	return by_host(url_next(text, &from, &u) ? u.host : span_trim(text));
}

/* DB_SSL=false, SMTP_USE_TLS=0. */
static void tls_switch(struct rule_run *r, const struct named *v)
{
	static const char *const ends[] = { "_USE_SSL", "_USE_TLS", "_SSL", "_TLS" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t n = strlen(v->name), m = strlen(ends[i]);
		const char *prefix;

		if (!str_ends(v->name, ends[i]) || n == m)
			continue;
		prefix = arena_strndup(r->arena, v->name, n - m);
		if (!upgraded(r, prefix))
			rule_fail(r, severity_of_host(r, prefix), v->at,
				  "%s switches transport encryption off",
				  claim_name(r, v));
		return;
	}
}

void check_env_003(struct rule_run *r)
{
	struct claim_walk w = { 0 };
	struct named v;

	while (claim_next(r, &w, &v)) {
		if (open_sslmode(r, &v))
			continue;
		if (switched_off(v.text))
			tls_switch(r, &v);
		else
			open_redis(r, &v);
	}
}

static const char *production_name(const struct config_file *f)
{
	static const char *const names[] = { "NODE_ENV",    "APP_ENV",	 "ENV",
					     "ENVIRONMENT", "RAILS_ENV", "FLASK_ENV" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *v = var_text(f, names[i]);

		if (v && (str_ieq(v, "prod") || str_ieq(v, "production")))
			return names[i];
	}
	return NULL;
}

void check_env_004(struct rule_run *r)
{
	static const char *const names[] = { "DEBUG", "APP_DEBUG", "FLASK_DEBUG" };
	static const char *const on[] = { "true", "1", "*" };
	static const char *const levels[] = { "debug", "trace", "silly" };
	struct claim_walk w = { 0 };
	struct named v;

	while (claim_next(r, &w, &v)) {
		bool debug = ONE_OF(v.name, names) && ONE_OF(v.text, on);
		const char *production;

		debug |= str_ieq(v.name, "LOG_LEVEL") && ONE_OF(v.text, levels);
		production = debug ? production_name(r->file) : NULL;
		if (production)
			rule_fail(r, SEV_MEDIUM, v.at,
				  "%s=%s in an environment that %s calls production",
				  v.name, v.text, production);
	}
}

void check_env_005(struct rule_run *r)
{
	static const char *const names[] = { "LOG",	      "LOGGING",
					     "AUDIT",	      "AUDIT_LOG",
					     "LOG_ENABLED",   "LOGGING_ENABLED",
					     "AUDIT_ENABLED", "AUDIT_LOG_ENABLED" };
	static const char *const off[] = { "false", "0", "off" };
	static const char *const levels[] = { "off", "silent", "none", "fatal" };
	struct claim_walk w = { 0 };
	struct named v;

	while (claim_next(r, &w, &v))
		if ((ONE_OF(v.name, names) && ONE_OF(v.text, off)) ||
		    (str_ieq(v.name, "LOG_LEVEL") && ONE_OF(v.text, levels)))
			rule_fail(r, SEV_MEDIUM, v.at,
				  "%s=%s leaves no trace of what happens", v.name,
				  v.text);
}

static bool has_part(const char *name, const char *part)
{
	size_t n = strlen(part);

	for (const char *p = name; *p != '\0'; p += strcspn(p, "_"), p += *p == '_')
		if (strcspn(p, "_") == n && strncmp(p, part, n) == 0)
			return true;
	return false;
}

/* What the BACKUP variables of a file say. */
struct backup {
	const struct value *first, *off, *on, *keep, *place;
};

static void read_backup(const struct config_file *f, struct backup *b)
{
	static const char *const keeps[] = { "RETENTION", "KEEP" };
	static const char *const places[] = { "DIR", "PATH", "S3", "URL", "BUCKET" };

	for (size_t i = 0; i < f->vars.n; i++) {
		const struct value *v = &f->vars.v[i];
		bool is = has_part(v->name, "BACKUP") || has_part(v->name, "BACKUPS");

		if (!is)
			continue;
		if (!b->first)
			b->first = v;
		if (has_part(v->name, "ENABLED"))
			*(switched_off(v->text) ? &b->off : &b->on) = v;
		for (size_t k = 0; k < ARRAY_LEN(keeps); k++)
			if (has_part(v->name, keeps[k]))
				b->keep = v;
		for (size_t k = 0; k < ARRAY_LEN(places); k++)
			if (has_part(v->name, places[k]) && !str_empty(v->text))
				b->place = v;
	}
}

static void judge_backup(struct rule_run *r)
{
	struct backup b = { .first = NULL };
	char *end;

	read_backup(r->file, &b);
	if (!b.first)
		return;
	if (b.off && !b.on) {
		rule_fail(r, SEV_MEDIUM, b.off, "%s switches the backup off",
			  b.off->name);
		return;
	}
	if (b.on && !b.keep)
		rule_fail(r, SEV_MEDIUM, b.on,
			  "The backup is on, and nothing says how long it is kept");
	if (b.keep && !is_ref(b.keep->text) && strtol(b.keep->text, &end, 10) <= 0 &&
	    end > b.keep->text)
		rule_fail(r, SEV_MEDIUM, b.keep, "%s keeps no backup", b.keep->name);
	if (!b.place)
		rule_fail(r, SEV_MEDIUM, b.on ? b.on : b.first,
			  "Nothing says where the backup goes");
}

void check_env_006(struct rule_run *r)
{
	env_each_file(r, judge_backup);
}

void check_env_010(struct rule_run *r)
{
	static const char *const names[] = { "CORS_ORIGIN", "CORS_ORIGINS",
					     "ALLOWED_ORIGINS", "ALLOWED_HOSTS" };
	struct claim_walk w = { 0 };
	struct named v;

	while (claim_next(r, &w, &v))
		if (ONE_OF(v.name, names) && str_eq(v.text, "*"))
			rule_fail(r, SEV_MEDIUM, v.at, "%s lets everybody in", v.name);
}

void check_env_011(struct rule_run *r)
{
	struct claim_walk w = { 0 };
	struct named v;

	while (claim_next(r, &w, &v))
		if (str_starts(v.name, "RATE_LIMIT") &&
		    (str_eq(v.text, "0") || str_ieq(v.text, "false")))
			rule_fail(r, SEV_LOW, v.at, "%s=%s leaves requests unlimited",
				  v.name, v.text);
}

static bool lifetime_name(const char *name)
{
	static const char *const ends[] = { "EXPIRES", "EXPIRES_IN", "EXPIRY", "TTL",
					    "MAX_AGE" };

	if (!has_part(name, "JWT") && !has_part(name, "TOKEN") &&
	    !has_part(name, "SESSION"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t n = strlen(name), m = strlen(ends[i]);

		if (n > m && str_ends(name, ends[i]) && name[n - m - 1] == '_')
			return true;
	}
	return false;
}

/* Days of "365d", "12h", "1y"; a bare number is seconds, but one beyond any sensible
 * number of seconds, and one of a MAX_AGE, is milliseconds. Negative: no lifetime. */
static double days_of(const char *name, const char *text)
{
	static const struct {
		const char *unit;
		double seconds;
	} units[] = { { "ms", 0.001 },	    { "s", 1 },		{ "sec", 1 },
		      { "m", 60 },	    { "min", 60 },	{ "h", 3600 },
		      { "hours", 3600 },    { "hour", 3600 },	{ "d", DAY },
		      { "days", DAY },	    { "day", DAY },	{ "w", 7 * DAY },
		      { "weeks", 7 * DAY }, { "y", 365 * DAY }, { "years", 365 * DAY } };
	char *end;
	double v = strtod(text, &end);
	bool milliseconds = v >= 4e7 || str_ends(name, "MAX_AGE");

	if (end == text || v < 0)
		return -1;
	while (*end == ' ')
		end++;
	if (*end == '\0')
		return v / DAY / (milliseconds ? 1000 : 1);
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (str_ieq(end, units[i].unit))
			return v * units[i].seconds / DAY;
	return -1;
}

void check_env_012(struct rule_run *r)
{
	static const char *const ever[] = { "0", "never", "none" };
	struct claim_walk w = { 0 };
	struct named v;

	while (claim_next(r, &w, &v)) {
		if (!lifetime_name(v.name))
			continue;
		if (ONE_OF(v.text, ever))
			rule_fail(r, SEV_MEDIUM, v.at, "%s=%s: the token never expires",
				  v.name, v.text);
		else if (days_of(v.name, v.text) > 30)
			rule_fail(r, SEV_MEDIUM, v.at,
				  "%s lets a token live for %.0f days", v.name,
				  days_of(v.name, v.text));
	}
}
