/* SPDX-License-Identifier: Apache-2.0 */
/* One server under test: how it was started, what was noted of it. */
#include "compliance-server/live.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "common/base/str.h"
#include "compliance-server/live_session.h"
#include "compliance-server/live_strays.h"

#define WORDS_SHOWN 200

#define NEAR 40 /* bytes between what is wanted and the name of it */

static const char *find(const char *text, size_t n, const char *const *words,
			size_t n_words,
			int (*compare)(const char *, const char *, size_t))
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n_words; k++)
			if (i + strlen(words[k]) <= n &&
			    !compare(text + i, words[k], strlen(words[k])))
				return text + i;
	return NULL;
}

/* "API_KEY … is required": the entry lacks what only its owner knows. */
static bool wants_credential(const char *words)
{
	static const char *const wishes[] = {
		"missing",     "required",     "not set",	"please set", "must set",
		"must be set", "not provided", "not specified", "provide a"
	};
	static const char *const names[] = { "KEY", "TOKEN", "SECRET", "PASSWORD",
					     "CREDENTIAL" };
	const char *end = words + strlen(words), *p = words;

	while ((p = find(p, (size_t)(end - p), wishes, ARRAY_LEN(wishes), strncasecmp))) {
		const char *from = p - MIN((size_t)(p - words), (size_t)NEAR);
		size_t n = MIN((size_t)(p - from) + 2 * NEAR, (size_t)(end - from));

		if (find(from, n, names, ARRAY_LEN(names), strncmp))
			return true;
		p++;
	}
	return false;
}

static const char *phase_of(const struct err *e)
{
	if (strstr(e->msg, "cannot start"))
		return "spawn";
	if (e->code == ERR_TIMEOUT)
		return "silence";
	return strstr(e->msg, "ended") ? "exit" : "refused";
}

static void note_failed_start(struct session *s, const struct err *e)
{
	struct live *live = s->live;
	const char *nl = strchr(e->msg, '\n');

	live->state = LIVE_FAILED;
	live->phase = phase_of(e);
	if (str_eq(live->phase, "exit") && wants_credential(buf_text(&s->watch.words)))
		live->state = LIVE_NEEDS_CREDENTIAL;
	live->error =
		watch_masked(&s->watch, s->c.arena,
			     arena_strndup(s->c.arena, e->msg,
					   nl ? (size_t)(nl - e->msg) : strlen(e->msg)),
			     300);
}

static void note_handshake(struct session *s)
{
	const struct client_info *info = client_info(s->cl);
	struct arena *a = s->c.arena;
	const char *caps = arena_strdup(a, info->capabilities);
	struct live *live = s->live;

	live->state = LIVE_OK;
	live->modern = info->modern;
	live->respawned = info->respawned;
	live->version = arena_strdup(a, info->version);
	live->server_name = arena_strdup(a, info->server_name);
	live->server_version = arena_strdup(a, info->server_version);
	live->instructions = arena_strdup(a, info->instructions);
	live->capabilities = jsonr_parse(a, caps, strlen(caps),
					 JSONR_DUPLICATES | JSONR_NUL, NULL, NULL);
	if (!live->capabilities)
		live->capabilities = jsonr_parse(a, "{}", 2, 0, NULL, NULL);
	live->start_ms = info->start_ms;
}

/* A server that was started twice says twice why it cannot. */
static const char *once(struct arena *a, const char *words)
{
	size_t half = strlen(words) / 2;

	return strlen(words) % 2 && words[half] == ' ' &&
			       !strncmp(words, words + half + 1, half)
		       ? arena_strndup(a, words, half)
		       : words;
}

/* After the last process has ended: nobody writes to the watch any more. */
static void note_watch(struct session *s)
{
	const struct watch *w = &s->watch;
	struct live *live = s->live;
	struct arena *a = s->c.arena;

	live->noise = w->noise;
	live->noise_first_only = w->noise == 1 && w->noise_first;
	live->noise_text = watch_masked(w, a, w->noise_text, sizeof(w->noise_text));
	live->unended = w->unended;
	live->asked_us = w->asked;
	live->asked_method = str_printable(a, w->asked_method, sizeof(w->asked_method));
	live->words =
		once(a, watch_masked(w, a, buf_text(&w->words), 2 * WORDS_SHOWN + 1));
	if (strlen(live->words) > WORDS_SHOWN)
		live->words = watch_masked(w, a, buf_text(&w->words), WORDS_SHOWN);
	if (w->leak) {
		live->leak = w->leak->name;
		live->leak_where = w->leak_stderr ? "stderr" : "stdout";
	}
}

/* What ended it was we, and its size is all we know. */
static void note_too_big(struct session *s)
{
	int64_t kib = atomic_load(&s->state->too_big_kib);
	int64_t many = atomic_load(&s->state->too_many);
	struct live *live = s->live;

	if (many)
		live->error = arena_printf(
			s->c.arena, "it started %" PRId64 " processes and was ended",
			many);
	if (!kib)
		return;
	live->metrics.peak_kib = MAX(live->metrics.peak_kib, kib);
	live->too_big = true;
	live->error = arena_printf(s->c.arena,
				   "it took %" PRId64 " MiB of memory and was ended",
				   kib / 1024);
}

static const char **tagged(struct arena *a, const char *const *envp, const char *tag)
{
	const char **out;
	size_t n = 0;

	while (envp[n])
		n++;
	out = arena_array(a, n + 2, sizeof(*out));
	/* in front: of a long environment only the beginning is looked at */
	out[0] = tag;
	for (size_t i = 0; i < n; i++)
		out[i + 1] = envp[i];
	return out;
}

void session_run(struct session *s)
{
	const struct session_start how = { .era = CLIENT_AUTO,
					   .linger_ms = s->o.linger_ms,
					   .wire = watch_line,
					   .wire_arg = &s->watch };
	struct live *live = s->live;
	struct secret *secrets = NULL;
	struct err e = { 0 };
	size_t n = 0;

	if (!live_command(s->c.arena, s->entry, s->o.environ_in, &s->command, &e)) {
		live->state = LIVE_NEEDS_CREDENTIAL;
		live->phase = "spawn";
		live->error = arena_strdup(s->c.arena, e.msg);
		live->words = "";
		return;
	}
	s->tag = strays_tag(s->c.arena);
	s->command.envp = tagged(s->c.arena, s->command.envp, s->tag);
	secrets = watch_secrets(s->c.arena, s->entry, s->command.envp, &n);
	watch_init(&s->watch, secrets, n);
	s->cl = session_open(s, &how, &e);
	if (s->cl) {
		note_handshake(s);
		session_measure_begin(s);
		session_examine(s);
		if (!s->o.lists_only) {
			session_examine_starts(s);
			session_measure_end(s);
		}
	} else {
		note_failed_start(s, &e);
	}
	strays_end(s->tag, 0);
	note_too_big(s);
	note_watch(s);
	watch_release(&s->watch);
}
