/* SPDX-License-Identifier: Apache-2.0 */
/* The order in which rules claim a value, and the values they look at. */
#include "compliance-server/claim.h"

#include <string.h>

#include "common/base/str.h"
#include "compliance-server/compose_facts.h"

static bool reference_inside(struct span s)
{
	return memchr(s.p, '{', s.n) || memchr(s.p, '$', s.n);
}

enum claim claim_url(struct arena *a, const char *text, struct url *ret)
{
	size_t from = 0;

	while (url_next(text, &from, ret)) {
		const char *pass;

		if (!ret->has_pass || ret->pass.n == 0 || reference_inside(ret->pass))
			continue;
		pass = span_dup(a, ret->pass);
		if (is_ref(pass))
			continue;
		return is_default_password(pass) || is_place(pass) ? CLAIM_URL_DEFAULT
								   : CLAIM_URL_PASSWORD;
	}
	return CLAIM_NONE;
}

bool credential_header(const char *name)
{
	static const char *const parts[] = { "auth", "key", "token", "secret", "cookie" };

	for (size_t i = 0; name && i < ARRAY_LEN(parts); i++)
		if (find_ignoring_case(name, parts[i]))
			return true;
	return false;
}

const char *after_scheme(const char *v)
{
	static const char *const schemes[] = { "Bearer ", "Basic ", "token " };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (find_ignoring_case(v, schemes[i]) == v && v[n] != '\0')
			return v + n;
	}
	return v;
}

bool publishable(const char *v)
{
	return str_starts(v, "pk_live_") || str_starts(v, "pk_test_") ||
	       str_starts(v, "sb_publishable_") || str_starts(v, "phc_");
}

static bool literal_guard(const struct named *v)
{
	static const char *const made_up[] = { "test", "demo", "example", "fake" };

	for (size_t i = 0; i < ARRAY_LEN(made_up); i++)
		if (find_ignoring_case(v->text, made_up[i]))
			return true;
	if (strchr(v->text, ';') && !find_ignoring_case(v->text, "pwd=") &&
	    !find_ignoring_case(v->text, "password="))
		return true;
	return publishable(v->text) || str_ends(v->name, "_ID") ||
	       str_ends(v->name, "_NAME");
}

/* "POSTGRES_PASSWORD", "PGPASSWORD", "RABBITMQ_DEFAULT_PASS", "DB_ROOT_PASSWORD". */
static bool password_of_store(const char *name)
{
	static const char *const stores[] = { "POSTGRES", "PG",	     "MYSQL",
					      "MARIADB",  "MONGO",   "REDIS",
					      "RABBITMQ", "ADMIN",   "MINIO",
					      "GRAFANA",  "KEYCLOAK" };
	size_t n = strlen(name);

	if (!str_ends(name, "PASS") && !str_ends(name, "PASSWORD"))
		return false;
	if (str_ends(name, "ROOT_PASSWORD") || str_eq(name, "PGPASSWORD"))
		return true;
	for (const char *p = name; p < name + n; p += strcspn(p, "_"), p += *p == '_') {
		struct span word = { p, strcspn(p, "_") };

		for (size_t i = 0; i < ARRAY_LEN(stores); i++)
			if (span_eq(word, stores[i]))
				return true;
	}
	return false;
}

/* The value of PG_USER or PG_USERNAME for PG_PASSWORD. */
static const char *user_of(struct arena *a, const struct config_file *f,
			   const struct value *v)
{
	static const char *const ends[] = { "PASSWORD", "PASS" };
	static const char *const users[] = { "USER", "USERNAME" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		size_t n = strlen(v->pointer), m = strlen(ends[i]);

		if (!str_ends(v->pointer, ends[i]))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(users); k++) {
			const struct value *u =
				file_var(f, arena_printf(a, "%.*s%s", (int)(n - m),
							 v->pointer, users[k]));

			if (u)
				return u->text;
		}
		return NULL;
	}
	return NULL;
}

static bool default_password_of_store(struct arena *a, const struct named *v)
{
	return password_of_store(v->name) &&
	       (is_default_password(v->text) ||
		str_eq(v->text, user_of(a, v->file, v->at)));
}

/* The part of the value that is the password. */
static const char *password_in(const struct named *v)
{
	const char *slash = str_eq(v->name, "NEO4J_AUTH") ? strchr(v->text, '/') : NULL;

	return slash ? slash + 1 : v->text;
}

/* What listens takes a placeholder for the real password. */
static bool known_password(const struct named *v)
{
	bool asked;

	if (v->place == LOOK_SERVICE_ARG)
		asked = str_eq(v->name, "requirepass") || str_eq(v->name, "masterauth");
	else
		asked = str_eq(v->name, "NEO4J_AUTH") ||
			((str_ends(v->name, "_PASSWORD") || str_ends(v->name, "_PASS")) &&
			 compose_asks_password(v->compose->service, v->name));
	return asked &&
	       (is_default_password(password_in(v)) || is_place(password_in(v))) &&
	       !(str_eq(v->name, "NEO4J_AUTH") && str_eq(v->text, "none"));
}

static enum claim claim_env(struct arena *a, const struct named *v)
{
	bool secret = secret_key(v->name);

	if (!publishable(v->text) && token_kind(v->text, v->name, NULL))
		return CLAIM_TOKEN;
	if (is_private_key(v->text))
		return CLAIM_PRIVATE_KEY;
	if (is_signing_key(v->name) && weak_signing_secret(v->text))
		return CLAIM_SIGNING;
	if (v->place == LOOK_VAR ? default_password_of_store(a, v)
				 : v->place == LOOK_SERVICE && known_password(v))
		return CLAIM_SERVICE;
	if (secret && is_default_password(v->text))
		return CLAIM_TRIVIAL;
	if (secret && is_place(v->text))
		return CLAIM_PLACE;
	if (secret && looks_secret(v->text) && !literal_guard(v))
		return CLAIM_LITERAL;
	return CLAIM_NONE;
}

static enum claim claim_now(struct arena *a, const struct named *v)
{
	struct url u;
	enum claim c = claim_url(a, v->text, &u);

	if (c != CLAIM_NONE || v->place == LOOK_URL)
		return c;
	/* put together from references: only a token in it is told for certain */
	if (v->compose && v->compose->item->value && strchr(v->text, '$') &&
	    strchr(v->compose->item->value, COMPOSE_UNKNOWN))
		return v->place == LOOK_SERVICE && token_kind(v->text, v->name, NULL)
			       ? CLAIM_TOKEN
			       : CLAIM_NONE;
	if (v->place == LOOK_SERVICE_ARG && known_password(v))
		return CLAIM_SERVICE;
	if (v->place == LOOK_ENV || v->place == LOOK_VAR || v->place == LOOK_SERVICE)
		return claim_env(a, v);
	if (is_private_key(v->text))
		return CLAIM_PRIVATE_KEY;
	if (v->place == LOOK_HEADER)
		return credential_header(v->name) && is_place(after_scheme(v->text))
			       ? CLAIM_PLACE
			       : CLAIM_NONE;
	if (!secret_key(v->name))
		return CLAIM_NONE;
	return is_default_password(v->text) ? CLAIM_TRIVIAL
	       : is_place(v->text)	    ? CLAIM_PLACE
					    : CLAIM_NONE;
}

/* Several rules ask about each variable of a long file. */
enum claim claim_of(struct arena *a, const struct named *v)
{
	unsigned char *known = v->file ? &v->file->claims[v->at - v->file->vars.v] : NULL;
	enum claim c;

	if (known && *known > 0)
		return (enum claim)(*known - 1);
	c = claim_now(a, v);
	if (known)
		*known = (unsigned char)(c + 1);
	return c;
}

/* Value i of the entry with its name; an argument that is the value of the option before
 * it goes by the option. False behind the last. */
static bool entry_value(const struct rule_run *r, size_t i, struct named *ret)
{
	const struct entry *e = r->entry;
	enum look_place place;
	const struct value *v = look_value(e, i, &place);
	struct look_pair pair;

	if (!v)
		return false;
	*ret = (struct named){
		.place = place, .name = v->name, .text = v->text ? v->text : "", .at = v
	};
	if (place != LOOK_ARG)
		return true;
	ret->name = NULL;
	if (v > e->args.v && look_pair(r->arena, e, (size_t)(v - e->args.v) - 1, &pair) &&
	    pair.at == v)
		ret->name = pair.name;
	else if (look_pair(r->arena, e, (size_t)(v - e->args.v), &pair) && pair.at == v) {
		ret->name = pair.name;
		ret->text = pair.text;
	}
	return true;
}

/* "$$" is a "$"; what holds references stays as it is written. */
static const char *service_text(const struct compose_item *it)
{
	return !it->text			    ? ""
	       : it->defaulted || !it->value	    ? it->text
	       : strchr(it->value, COMPOSE_UNKNOWN) ? it->text
						    : it->value;
}

static bool service_value(const struct config_file *f, struct claim_walk *w,
			  struct named *ret)
{
	const struct compose_file *c = f->compose;

	while (c && w->i < c->n_values) {
		const struct compose_value *v = &c->values[w->i++];

		if (v->again)
			continue;
		*ret = (struct named){ .place = v->variable ? LOOK_SERVICE
							    : LOOK_SERVICE_ARG,
				       .name = v->at.name,
				       .text = service_text(v->item),
				       .at = &v->at,
				       .compose = v };
		return true;
	}
	return false;
}

static bool dotenv_value(const struct config_file *f, struct claim_walk *w,
			 struct named *ret)
{
	const struct value *v;

	if (f->sample || w->i >= f->vars.n)
		return false;
	v = &f->vars.v[w->i++];
	*ret = (struct named){ .place = LOOK_VAR,
			       .name = v->name,
			       .text = v->text ? v->text : "",
			       .at = v,
			       .file = f };
	return true;
}

static bool project_value(struct rule_run *r, struct claim_walk *w, struct named *ret)
{
	const struct project *p = r->project;

	for (; w->file < p->n_files; w->file++, w->i = 0) {
		const struct config_file *f = p->files[w->file];

		r->file = f;
		if ((r->rule->forms & 1u << f->form) &&
		    (f->form == FORM_COMPOSE ? service_value(f, w, ret)
					     : dotenv_value(f, w, ret)))
			return true;
	}
	r->file = NULL;
	return false;
}

bool claim_next(struct rule_run *r, struct claim_walk *w, struct named *ret)
{
	return r->project ? project_value(r, w, ret) : entry_value(r, w->i++, ret);
}

void claim_each(struct rule_run *r, enum claim wanted, claim_report *report)
{
	struct claim_walk w = { 0 };
	struct named v;

	while (claim_next(r, &w, &v))
		if (v.text[0] != '\0' && claim_of(r->arena, &v) == wanted)
			report(r, &v);
}

const char *claim_name(const struct rule_run *r, const struct named *v)
{
	return v->name		      ? str_printable(r->arena, v->name, 80)
	       : v->place == LOOK_URL ? "url"
				      : "an argument";
}
