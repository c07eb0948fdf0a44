/* SPDX-License-Identifier: Apache-2.0 */
/* Time: wall clock in ms since 1970 UTC, monotonic clock for every wait. */
#ifndef COMMON_BASE_CLOCK_H
#define COMMON_BASE_CLOCK_H

#include "common/base/defs.h"

#define STAMP_LEN 25 /* 2026-01-02T03:04:05.120Z and NUL */

struct stamp {
	int64_t ms; /* 0: not set */
};

/* Wall clock. With KILOCODE_TEST_CLOCK (ms, or an ISO time) in the environment at
 * clock_init, it starts there and advances 1 ms with every reading. */
void clock_init(void);
struct stamp clock_now(void);
int64_t clock_mono(void);    /* ms, never goes back */
int64_t clock_mono_us(void); /* microseconds, for measurements */
int64_t
clock_left(int64_t deadline); /* ms until deadline, >= 0; deadline 0: none = INT64_MAX */

void stamp_iso(struct stamp s, char out[STAMP_LEN]);
/* ISO 8601 date-time: T or blank, 0-9 fraction digits, Z, ±hh:mm or none (= UTC);
 * or a date alone. Years 1 to 9999. */
bool stamp_parse(const char *s, struct stamp *ret) MUST_CHECK;

#endif
