/* SPDX-License-Identifier: Apache-2.0 */
/* Resources and templates: list items, matching a URI, reading. */
#include "common/rpc/resource.h"

#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/mcp.h"

enum { MAX_VARS = 8 };

void resource_item(const struct resource *r, enum rev rev, struct jsonw *w)
{
	jsonw_obj(w, NULL);
	jsonw_str(w, r->is_template ? "uriTemplate" : "uri", r->uri);
	jsonw_str(w, "name", r->name);
	if (rev >= REV_2025_06)
		jsonw_str(w, "title", r->title);
	jsonw_str(w, "description", r->doc);
	jsonw_str(w, "mimeType", r->mime);
	jsonw_end(w);
}

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;

	if (c >= 'A' && c <= 'F')
		c = (char)(c - 'A' + 'a');
	at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* Decodes once; NULL when the value could lead anywhere else than one name. */
static const char *decode(struct arena *a, const char *p, size_t n)
{
	char *out = arena_alloc(a, n + 1);
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		int c = (unsigned char)p[i];

		if (c == '%') {
			int hi = i + 2 < n ? hex(p[i + 1]) : -1;
			int lo = i + 2 < n ? hex(p[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return NULL;
			c = hi * 16 + lo;
			i += 2;
		}
		if (c < 0x20 || c == 0x7f || c == '/' || c == '\\')
			return NULL;
		out[k++] = (char)c;
	}
	if (k == 0 || str_eq(out, ".") || str_eq(out, "..") ||
	    utf8_valid_prefix(out, k) != k)
		return NULL;
	return out;
}

/* Matches a level 1 template; a variable takes everything up to the literal that follows.
 */
static bool match(const struct resource *r, const char *uri, struct arena *a,
		  const char **vars)
{
	const char *t = r->uri;
	size_t n_vars = 0;

	while (*t) {
		const char *close, *next, *to;
		size_t lit;

		if (*t != '{') {
			if (*t++ != *uri++)
				return false;
			continue;
		}
		close = strchr(t, '}');
		if (!close || n_vars == MAX_VARS)
			return false;
		t = close + 1;
		next = strchr(t, '{');
		lit = next ? (size_t)(next - t) : strlen(t);
		for (to = uri; *to && !(lit > 0 && strncmp(to, t, lit) == 0); to++)
			if (*to == '/' || *to == '?' || *to == '#')
				break;
		vars[n_vars] = decode(a, uri, (size_t)(to - uri));
		if (!vars[n_vars++])
			return false;
		uri = to;
	}
	return *uri == '\0';
}

const struct resource *resource_find(const struct offer *o, const char *uri,
				     struct arena *a, const char *const **ret_vars)
{
	const char **vars = arena_array(a, MAX_VARS + 1, sizeof(*vars));

	for (size_t i = 0; o->resources && o->resources[i]; i++) {
		const struct resource *r = o->resources[i];

		if (r->is_template ? match(r, uri, a, vars) : str_eq(r->uri, uri)) {
			if (ret_vars)
				*ret_vars = vars;
			return r;
		}
	}
	return NULL;
}

/* The next byte, decoded; -1 at the end. */
static int next_byte(const char **p)
{
	int hi = **p == '%' ? hex((*p)[1]) : -1;
	int lo = hi >= 0 ? hex((*p)[2]) : -1;

	if (**p == '\0')
		return -1;
	if (lo < 0)
		return (unsigned char)*(*p)++;
	*p += 3;
	return hi * 16 + lo;
}

bool resource_same(const char *a, const char *b)
{
	int one;

	while ((one = next_byte(&a)) == next_byte(&b))
		if (one < 0)
			return true;
	return false;
}

bool resource_has_var(const struct resource *r, const char *name)
{
	const char *at = r->uri;
	size_t n = strlen(name);

	while ((at = strchr(at, '{'))) {
		at++;
		if (strncmp(at, name, n) == 0 && at[n] == '}')
			return n > 0;
	}
	return false;
}

bool resource_unknown(struct ctx *c, const char *uri, struct err *e)
{
	CLEANUP(buf_release) struct buf b;
	struct jsonw w;

	buf_init(&b, 64 * 1024);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	jsonw_str(&w, "uri", uri);
	jsonw_end(&w);
	err_set(e, ERR_NO_RESOURCE, "resource not found");
	e->data = b.overflow ? NULL : arena_strdup(c->arena, buf_text(&b));
	return false;
}

void resource_text(struct jsonw *contents, const char *uri, const char *mime,
		   const char *text)
{
	jsonw_obj(contents, NULL);
	jsonw_str(contents, "uri", uri);
	jsonw_str(contents, "mimeType", mime);
	jsonw_str(contents, "text", text);
	jsonw_end(contents);
}

void resource_app(struct jsonw *contents, const char *uri, const char *html)
{
	jsonw_obj(contents, NULL);
	jsonw_str(contents, "uri", uri);
	jsonw_str(contents, "mimeType", MIME_APP);
	jsonw_str(contents, "text", html);
	jsonw_raw(contents, "_meta",
		  "{\"ui\":{\"csp\":{\"connectDomains\":[],\"resourceDomains\":[],"
		  "\"frameDomains\":[],\"baseUriDomains\":[]},\"permissions\":{},"
		  "\"prefersBorder\":true}}");
	jsonw_end(contents);
}

void resource_blob(struct jsonw *contents, const char *uri, const char *mime,
		   const char *base64)
{
	jsonw_obj(contents, NULL);
	jsonw_str(contents, "uri", uri);
	jsonw_str(contents, "mimeType", mime);
	jsonw_str(contents, "blob", base64);
	jsonw_end(contents);
}

struct reading {
	const struct resource *r;
	const char *uri;
	const char *const *vars;
	struct jsonw w, fresh;
	size_t mark;
};

static bool run(struct ctx *c, void *arg, struct err *e)
{
	struct reading *d = arg;

	return d->r->read(c, d->uri, d->vars, &d->w, e);
}

static void rewind_run(void *arg)
{
	struct reading *d = arg;

	buf_cut(d->w.b, d->mark);
	d->w = d->fresh;
}

static bool job(struct call *k, struct err *e)
{
	struct reading d = { .r = k->target,
			     .vars = k->vars,
			     .uri = node_str(node_get(k->params, "uri")) };
	struct work w = { .name = d.r->name,
			  .order = ORDER_READ,
			  .perm = d.r->perm,
			  .run = run,
			  .rewind = rewind_run,
			  .arg = &d };

	reply_open(k, &d.w);
	jsonw_arr(&d.w, "contents");
	d.mark = k->line.len;
	d.fresh = d.w;
	if (!call_pass(k, &w, e))
		return e->code == ERR_NOT_FOUND ? resource_unknown(&k->ctx, d.uri, e)
						: false;
	if (k->line.len == d.mark)
		return resource_unknown(&k->ctx, d.uri, e);
	jsonw_end(&d.w);
	reply_close(k, &d.w, d.r->immutable ? CACHE_STATIC : CACHE_ONCE);
	return true;
}

bool resources_read(struct call *k, struct err *e)
{
	const char *uri = node_str(node_get(k->params, "uri"));
	const struct resource *r;

	if (!uri)
		return err_set(e, ERR_PARAMS, "uri must be given as a string");
	r = resource_find(k->srv->opt.offer, uri, k->ctx.arena, &k->vars);
	if (!r)
		return resource_unknown(&k->ctx, uri, e);
	k->target = r;
	k->order = ORDER_READ;
	k->job = job;
	return true;
}
