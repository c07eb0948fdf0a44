/* SPDX-License-Identifier: Apache-2.0 */
/* Sorts the lines of a server under test: messages, noise, requests, secrets. */
#include "compliance-server/live_watch.h"

#include <string.h>

#include "common/base/str.h"
#include "common/field/jsonr.h"
#include "compliance-server/predicate.h"

#define SECRET_MIN 8 /* shorter values turn up by chance */

void watch_init(struct watch *w, const struct secret *secrets, size_t n)
{
	*w = (struct watch){ .secrets = secrets, .n_secrets = n };
	pthread_mutex_init(&w->mu, NULL);
	buf_init(&w->words, (size_t)4 * WATCH_WORDS);
}

void watch_release(struct watch *w)
{
	pthread_mutex_destroy(&w->mu);
	buf_release(&w->words);
}

static void keep(char *to, size_t size, const char *text, size_t n)
{
	n = utf8_valid_prefix(text, MIN(n, size - 1));
	memcpy(to, text, n);
	to[n] = '\0';
}

static const char *find_bytes(const char *text, size_t n, const char *what)
{
	size_t k = strlen(what);

	for (const char *p = text; n - (size_t)(p - text) >= k; p++) {
		p = memchr(p, what[0], n - (size_t)(p - text) - k + 1);
		if (!p)
			return NULL;
		if (!memcmp(p, what, k))
			return p;
	}
	return NULL;
}

static void look_for_secrets(struct watch *w, char direction, const char *line, size_t n)
{
	for (size_t i = 0; i < w->n_secrets && !w->leak; i++) {
		if (!find_bytes(line, n, w->secrets[i].value))
			continue;
		w->leak = &w->secrets[i];
		w->leak_stderr = direction == 'e';
	}
}

static void take_request(struct watch *w, const char *method, const struct node *id)
{
	if (!id) {
		w->list_changed += str_eq(method, "notifications/tools/list_changed");
		return;
	}
	if (str_eq(method, "ping"))
		return;
	if (!w->asked++)
		keep(w->asked_method, sizeof(w->asked_method), method, strlen(method));
}

static void take_message(struct watch *w, const struct node *msg)
{
	const struct node *id = node_get(msg, "id");
	const char *method = node_str(node_get(msg, "method"));

	w->messages++;
	if (method) {
		take_request(w, method, id);
		return;
	}
	if (!id || id->kind == NODE_NULL)
		w->null_replies += w->notified;
	else if (id->raw)
		keep(w->last_id, sizeof(w->last_id), id->raw, id->raw_len);
}

static void take_noise(struct watch *w, const char *line, size_t n)
{
	if (w->noise++)
		return;
	w->noise_first = w->messages == 0;
	keep(w->noise_text, sizeof(w->noise_text), line, n);
}

static bool blank(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return false;
	return true;
}

static void take_stdout(struct watch *w, const char *line, size_t n)
{
	struct arena *a;
	const struct node *msg;

	if (blank(line, n))
		return;
	a = arena_new();
	if (n && line[n - 1] == '\r')
		n--;
	msg = jsonr_parse(a, line, n, JSONR_DUPLICATES | JSONR_NUL, NULL, NULL);
	if (msg && msg->kind == NODE_OBJECT &&
	    str_eq(node_str(node_get(msg, "jsonrpc")), "2.0"))
		take_message(w, msg);
	else
		take_noise(w, line, n);
	arena_free(a);
}

static void take_stderr(struct watch *w, const char *line, size_t n)
{
	buf_add(&w->words, line, MIN(n, (size_t)WATCH_WORDS));
	buf_addc(&w->words, '\n');
	if (w->words.len > WATCH_WORDS)
		buf_drop_front(&w->words, w->words.len - WATCH_WORDS);
}

void watch_line(void *arg, char direction, const char *line, size_t n)
{
	struct watch *w = arg;

	pthread_mutex_lock(&w->mu);
	if (direction == '>') {
		if (find_bytes(line, n, "\"method\":\"notifications/"))
			w->notified = true;
		pthread_mutex_unlock(&w->mu);
		return;
	}
	look_for_secrets(w, direction, line, n);
	if (direction == '<')
		take_stdout(w, line, n);
	else if (direction == 'e')
		take_stderr(w, line, n);
	else if (!blank(line, n))
		w->unended = true;
	pthread_mutex_unlock(&w->mu);
}

int watch_null_replies(struct watch *w)
{
	int n;

	pthread_mutex_lock(&w->mu);
	n = w->null_replies;
	pthread_mutex_unlock(&w->mu);
	return n;
}

int watch_list_changed(struct watch *w)
{
	int n;

	pthread_mutex_lock(&w->mu);
	n = w->list_changed;
	pthread_mutex_unlock(&w->mu);
	return n;
}

const char *watch_last_id(struct watch *w, struct arena *a)
{
	const char *id;

	pthread_mutex_lock(&w->mu);
	id = arena_strdup(a, w->last_id);
	pthread_mutex_unlock(&w->mu);
	return id;
}

static bool secret_at(const struct watch *w, const char *p, size_t *ret_n)
{
	for (size_t i = 0; i < w->n_secrets; i++) {
		if (!str_starts(p, w->secrets[i].value))
			continue;
		*ret_n = strlen(w->secrets[i].value);
		return true;
	}
	return false;
}

const char *watch_masked(const struct watch *w, struct arena *a, const char *text,
			 size_t max)
{
	struct span token;
	const char *out;
	struct buf b;
	size_t n, from;

	buf_init(&b, 64 * 1024);
	while (*text) {
		if (secret_at(w, text, &n)) {
			buf_adds(&b, "***");
			text += n;
		} else if (*text == '\n' || *text == '\t' || *text == '\r') {
			buf_addc(&b, ' ');
			text++;
		} else {
			buf_addc(&b, *text++);
		}
	}
	while (b.len && b.data[b.len - 1] == ' ')
		buf_cut(&b, b.len - 1);
	/* what is masked already must not make the rest look like a placeholder */
	for (const char *p = buf_text(&b); token_kind(p, NULL, &token);
	     p = token.p + token.n)
		memset(b.data + (token.p - b.data), '*', token.n);
	for (size_t i = 0; b.len && utf8_valid_prefix(b.data, b.len) < b.len && i < b.len;
	     i++)
		if ((unsigned char)b.data[i] >= 0x80)
			b.data[i] = '?';
	from = b.len > max ? b.len - max : 0;
	while (from < b.len && ((unsigned char)b.data[from] & 0xC0) == 0x80)
		from++;
	out = str_printable(a, buf_text(&b) + from, max);
	buf_release(&b);
	return out;
}

struct secret *watch_secrets(struct arena *a, const struct entry *entry,
			     const char *const *envp, size_t *ret_n)
{
	struct secret *out = arena_array(a, entry->env.n + 1, sizeof(*out));
	size_t n = 0;

	for (size_t i = 0; i < entry->env.n; i++) {
		const char *name = entry->env.v[i].name, *value = NULL;

		for (size_t k = 0; envp[k]; k++)
			if (str_starts(envp[k], name) && envp[k][strlen(name)] == '=')
				value = envp[k] + strlen(name) + 1;
		if (!value || strlen(value) < SECRET_MIN)
			continue;
		if (secret_key(name) || looks_secret(value) ||
		    token_kind(value, name, NULL))
			out[n++] = (struct secret){ name, value };
	}
	*ret_n = n;
	return out;
}
