/* SPDX-License-Identifier: Apache-2.0 */
/* Test Anything Protocol for test programs: OK(), IS_INT(), IS_STR(), tap_done(). */
#ifndef TEST_TAP_H
#define TEST_TAP_H

#include <inttypes.h>
#include <stdarg.h>

#include "common/base/defs.h"
#include "common/base/str.h"

static int tap_count, tap_failed;
/* Set: a point that does not hold is skipped for this reason, and says so. */
static const char *tap_excuse;

static inline bool PRINTF_LIKE(4, 5)
	tap_ok(bool pass, const char *file, int line, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ' ';
	if (!pass && tap_excuse) {
		printf("ok %d - %s # SKIP %s\n", ++tap_count, text, tap_excuse);
		fflush(stdout);
		return pass;
	}
	printf("%sok %d - %s\n", pass ? "" : "not ", ++tap_count, text);
	if (!pass) {
		tap_failed++;
		printf("#   at %s:%d\n", file, line);
	}
	fflush(stdout);
	return pass;
}

static inline void tap_is_str(const char *got, const char *want, const char *file,
			      int line, const char *what)
{
	if (!tap_ok(str_eq(got, want), file, line, "%s", what))
		printf("#   got:  %s\n#   want: %s\n", got ? got : "(null)",
		       want ? want : "(null)");
}

static inline void tap_is_int(int64_t got, int64_t want, const char *file, int line,
			      const char *what)
{
	if (!tap_ok(got == want, file, line, "%s", what))
		printf("#   got:  %" PRId64 "\n#   want: %" PRId64 "\n", got, want);
}

#define OK(cond, ...)		tap_ok((cond), __FILE__, __LINE__, __VA_ARGS__)
#define IS_STR(got, want, what) tap_is_str((got), (want), __FILE__, __LINE__, (what))
#define IS_INT(got, want, what) \
	tap_is_int((int64_t)(got), (int64_t)(want), __FILE__, __LINE__, (what))

/* Prints the plan; the value is main's exit status. */
static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif
