/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that must not compile: unbounded copies, silent number parsing, shells. */
#ifndef COMMON_BASE_BANNED_H
#define COMMON_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Some libcs have it as a macro as well, which clang does not like to see poisoned. */
#undef sprintf

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok
#pragma GCC poison atoi atol atoll atof sscanf fscanf system popen

#endif
