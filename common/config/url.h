/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses that may hold a password: what of them may be shown, and what never. */
#ifndef COMMON_CONFIG_URL_H
#define COMMON_CONFIG_URL_H

#include "common/base/arena.h"

/* The password (user:password@ or ?password=) with all that may be a part of it, or NULL.
 */
const char *url_password(struct arena *a, const char *url);
/* The URL with "***" for its passwords; of a web address only the host is left. */
const char *url_masked(struct arena *a, const char *url);
/* Where a database is: the URL without password and without parameters other than host,
 * which may be the folder of a socket. */
const char *url_where(struct arena *a, const char *url);
/* Gives every password in url to log_mask, as it stands and decoded. */
void url_hide(struct arena *a, const char *url);

#endif
