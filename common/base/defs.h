/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes and small macros that every file may use. */
#ifndef COMMON_BASE_DEFS_H
#define COMMON_BASE_DEFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/banned.h"

#define MUST_CHECK	       __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN	       __attribute__((noreturn))
#define UNUSED		       __attribute__((unused))
#define CLEANUP(fn)	       __attribute__((cleanup(fn)))

/* 1 in builds with AddressSanitizer or ThreadSanitizer: frames are several times as
 * large, address space is reserved by the terabyte, everything is slower. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)    ((a) < (b) ? (a) : (b))
#define MAX(a, b)    ((a) > (b) ? (a) : (b))

/* Limits named in more than one place; each has a test. */
#define LIMIT_JSON_DEPTH    128
#define LIMIT_JSON_KEYS	    4096
#define LIMIT_JSON_ELEMENTS 65536
#define LIMIT_RESULT	    (48 * 1024)	      /* a tool result, serialized */
#define LIMIT_LINE_OUT	    (4 * 1024 * 1024) /* one line on stdout */

#endif
