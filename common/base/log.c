/* SPDX-License-Identifier: Apache-2.0 */
/* Log: one line an event. */
#define _GNU_SOURCE /* explicit_bzero */
#include "common/base/log.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/log_file.h"
#include "common/base/mem.h"
#include "common/base/names.h"
#include "common/base/str.h"

#define LINE_FILE (64 * 1024)
#define LINE_STDERR \
	4096 /* PIPE_BUF: a pipe that polls writable takes it without waiting */
#define SECRET_MIN 6
#define MASK	   "***"

const char *const log_levels[] = { "", "off", "error", "warn", "info", "debug", NULL };
const char *const log_formats[] = { "", "text", "json", NULL };
static const char *const marks[] = { "", "", "ERROR", "WARN", "INFO", "DEBUG" };

static atomic_int level_now = LOG_WARN;

/* All of it guarded by lock. */
static struct {
	pthread_mutex_t lock;
	const char *program;
	enum log_format format;
	struct log_file file;
	int64_t dropped; /* lines that stderr did not take */
	char **secrets;	 /* longest first */
	size_t secrets_n;
} state = { .lock = PTHREAD_MUTEX_INITIALIZER, .file = { .fd = -1 } };

bool log_open(const struct log_options *o, struct err *e)
{
	bool ok = true;

	log_close();
	pthread_mutex_lock(&state.lock);
	atomic_store(&level_now, (int)o->level);
	state.program = o->program;
	state.format = o->format;
	if (o->file) {
		state.file.max_size = o->max_size;
		state.file.max_files = o->max_files;
		state.file.daily = o->daily;
		ok = log_file_open(&state.file, o->file, e);
	}
	pthread_mutex_unlock(&state.lock);
	return ok;
}

/* The secrets stay registered: what is logged during the way out needs masking too. */
void log_close(void)
{
	pthread_mutex_lock(&state.lock);
	log_file_close(&state.file);
	atomic_store(&level_now, LOG_WARN);
	state.program = NULL;
	state.format = LOG_TEXT;
	pthread_mutex_unlock(&state.lock);
}

bool log_enabled(enum log_level level)
{
	return level > LOG_OFF &&
	       (int)level <= atomic_load_explicit(&level_now, memory_order_relaxed);
}

void log_mask(const char *secret)
{
	size_t n = secret ? strlen(secret) : 0, at = 0;
	bool known = n < SECRET_MIN;

	pthread_mutex_lock(&state.lock);
	for (size_t i = 0; i < state.secrets_n; i++) {
		known = known || str_eq(state.secrets[i], secret);
		at += strlen(state.secrets[i]) >= n;
	}
	if (!known) {
		state.secrets =
			mem_grow(state.secrets, state.secrets_n + 1, sizeof(char *));
		memmove(state.secrets + at + 1, state.secrets + at,
			(state.secrets_n - at) * sizeof(char *));
		state.secrets[at] = mem_strdup(secret);
		state.secrets_n++;
	}
	pthread_mutex_unlock(&state.lock);
}

/* Length of the longest secret that text begins with, 0 when there is none. */
static size_t secret_at(const char *text)
{
	for (size_t i = 0; i < state.secrets_n; i++)
		if (str_starts(text, state.secrets[i]))
			return strlen(state.secrets[i]);
	return 0;
}

/* Called with the lock held. */
static char *masked(struct arena *a, const char *text)
{
	struct buf out CLEANUP(buf_release) = { 0 };

	buf_init(&out, SIZE_MAX);
	while (*text) {
		size_t n = secret_at(text);

		if (n > 0)
			buf_adds(&out, MASK);
		else
			buf_addc(&out, *text);
		text += n > 0 ? n : 1;
	}
	return arena_strndup(a, buf_text(&out), out.len);
}

char *log_masked(struct arena *a, const char *text)
{
	char *copy;

	pthread_mutex_lock(&state.lock);
	copy = masked(a, text);
	pthread_mutex_unlock(&state.lock);
	return copy;
}

struct event {
	enum log_level level;
	int64_t ms;
	const char *name, *text;
};

/* Quotes and backslashes escaped; str_printable then adds only escapes that JSON knows.
 */
static const char *quoted(struct arena *a, const char *s)
{
	struct buf out CLEANUP(buf_release) = { 0 };

	buf_init(&out, SIZE_MAX);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_addc(&out, '\\');
		buf_addc(&out, *s);
	}
	return arena_strndup(a, buf_text(&out), out.len);
}

static char *format(struct arena *a, const struct event *v, const char *text)
{
	const char *program = state.program ? state.program : "kilocode-mcp";
	char time[STAMP_LEN];

	stamp_iso((struct stamp){ v->ms }, time);
	if (state.format == LOG_JSON)
		return arena_printf(
			a,
			"{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\","
			"\"pid\":%d,\"event\":\"%s\",\"message\":\"%s\"}\n",
			time, marks[v->level], program, (int)getpid(), v->name,
			str_printable(a, quoted(a, text), SIZE_MAX / 2));
	return arena_printf(a, "%s %s %s[%d] %s: %s\n", time, marks[v->level], program,
			    (int)getpid(), v->name, str_printable(a, text, SIZE_MAX / 2));
}

/* A line of at most max bytes. Escapes make a text up to six times as long, so it is the
 * text before them that is cut until all fits. */
static char *fit(struct arena *a, const struct event *v, size_t max)
{
	size_t n = strlen(v->text);
	char *line = format(a, v, v->text);

	while (strlen(line) > max && n > 0) {
		n = utf8_cut(v->text, MIN(n / 2, max));
		line = format(a, v, arena_printf(a, "%.*s…", (int)n, v->text));
	}
	return line;
}

/* stderr may be a pipe that nobody empties, and its O_NONBLOCK flag belongs to all who
 * share it: so ask first and write no more than a pipe takes at once. */
static bool to_stderr(const char *line)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	size_t n = strlen(line);

	if (poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) &&
	    !(p.revents & (POLLERR | POLLHUP)) &&
	    write(STDERR_FILENO, line, n) == (ssize_t)n)
		return true;
	state.dropped++;
	return false;
}

static int64_t take(int64_t *count)
{
	int64_t n = *count;

	*count = 0;
	return n;
}

static const char *loss(struct arena *a, const struct event *now, int64_t lines,
			size_t max)
{
	struct event v = { LOG_WARN, now->ms, "log", NULL };

	v.text = arena_printf(a, "dropped=%lld lines could not be written before this",
			      (long long)lines);
	return fit(a, &v, max);
}

static void emit(struct arena *a, const struct event *v)
{
	const char *line;

	if (state.file.path) {
		line = fit(a, v, LINE_FILE);
		if (log_file_write(&state.file, line, strlen(line), v->ms) &&
		    state.file.dropped > 0) {
			line = loss(a, v, take(&state.file.dropped), LINE_FILE);
			log_file_write(&state.file, line, strlen(line), v->ms);
		}
		if (v->level > LOG_WARN)
			return;
	}
	if (to_stderr(fit(a, v, LINE_STDERR)) && state.dropped > 0)
		to_stderr(loss(a, v, take(&state.dropped), LINE_STDERR));
}

void log_event(enum log_level level, const char *event, const char *fmt, ...)
{
	struct event v = { .level = level, .name = event };
	struct timespec now;
	struct arena *a;
	va_list ap;

	if (!log_enabled(level))
		return;
	a = arena_new();
	va_start(ap, fmt);
	v.text = arena_vprintf(a, fmt, ap);
	va_end(ap);
	/* not clock_now: a line more or less must not move the clock of a test */
	clock_gettime(CLOCK_REALTIME, &now);
	v.ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	pthread_mutex_lock(&state.lock);
	v.text = masked(a, v.text);
	emit(a, &v);
	pthread_mutex_unlock(&state.lock);
	arena_free(a);
}
