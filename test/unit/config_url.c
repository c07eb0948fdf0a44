/* SPDX-License-Identifier: Apache-2.0 */
/* What is shown of an address never holds a part of its password. */
#include "common/config/url.h"

#include "common/base/log.h"
#include "common/base/str.h"
#include "test/tap.h"

#define PG "postgresql://"

static struct arena *arena;

static const struct {
	const char *url, *masked, *where, *password;
} rows[] = {
	{ PG "h/d", PG "h/d", PG "h/d", NULL },
	{ PG "u@h/d", PG "u@h/d", PG "u@h/d", NULL },
	{ PG "h:5432/d?options=a@b", PG "h:5432/d?options=a@b", PG "h:5432/d", NULL },
	{ PG "[::1]:5/d?options=a@b", PG "[::1]:5/d?options=a@b", PG "[::1]:5/d", NULL },
	{ PG "u:s3cret00@h:5/d?x=1", PG "u:***@h:5/d?x=1", PG "u@h:5/d", "s3cret00" },
	{ "postgres://u:s3cret00@h/d", "postgres://u:***@h/d", PG "u@h/d", "s3cret00" },
	{ PG "u:s3cr?et00@h/d", PG "u:***@h/d", PG "u@h/d", "s3cr?et00" },
	{ PG "u:s3?x=et00@h/d", PG "u:***@h/d", PG "u@h/d", "s3?x=et00" },
	{ PG "u:s3cr?et00@h/d?a=1&host=/run/x", PG "u:***@h/d?a=1&host=/run/x",
	  PG "u@h/d?host=/run/x", "s3cr?et00" },
	{ PG "u:s3cr@et00@h/d", PG "u:***@h/d", PG "u@h/d", "s3cr@et00" },
	{ PG "u:s3cr:et00@h/d", PG "u:***@h/d", PG "u@h/d", "s3cr:et00" },
	{ PG "u:s3cr/et00@h/d", PG "u:***@h/d", PG "u@h/d", "s3cr/et00" },
	{ PG "u:s3cr@e/t00@h/d", PG "u:***@h/d", PG "u@h/d", "s3cr@e/t00" },
	{ PG "u:s3cr?e/t00@h/d", PG "u:***@h/d", PG "u@h/d", "s3cr?e/t00" },
	{ PG "u:s3?x=cr/et00@h/d", PG "u:***@h/d", PG "u@h/d", "s3?x=cr/et00" },
	{ PG "u:s3cr#et00@h/d", PG "u:***@h/d", PG "u@h/d", "s3cr#et00" },
	{ PG "u:s3cr%40et%300@h/d", PG "u:***@h/d", PG "u@h/d", "s3cr%40et%300" },
	{ PG ":s3cret00@h/d", PG ":***@h/d", PG "@h/d", "s3cret00" },
	{ PG "u:s3cret00@a:1,b:2/d", PG "u:***@a:1,b:2/d", PG "u@a:1,b:2/d", "s3cret00" },
	{ PG "u:s3cret00@[::1]:5/d", PG "u:***@[::1]:5/d", PG "u@[::1]:5/d", "s3cret00" },
	{ PG "h/d?password=s3cret00&x=1", PG "h/d?password=***&x=1", PG "h/d",
	  "s3cret00" },
	{ PG "h/d?user=a@b&password=s3cret00", PG "h/d?user=a@b&password=***", PG "h/d",
	  "s3cret00" },
	{ PG "h/d?sslpassword=s3cret00", PG "h/d?sslpassword=***", PG "h/d", "s3cret00" },
	{ "redis://:s3cr?et00@h:6379/0", "redis://:***@h:6379/0", NULL, "s3cr?et00" },
	{ "https://h/s3cret00", "https://h/***", NULL, NULL },
	{ "https://u:s3cret00@h/x", "***", NULL, "s3cret00" },
};

static void check_rows(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *url = rows[i].url, *log;

		IS_STR(url_masked(arena, url), rows[i].masked, "masked");
		if (rows[i].where)
			IS_STR(url_where(arena, url), rows[i].where, "where");
		IS_STR(url_password(arena, url), rows[i].password, "the password");
		url_hide(arena, url);
		log = log_masked(arena, arena_printf(arena, "at %s", url));
		OK(!rows[i].password || !strstr(log, rows[i].password), "the log: %s",
		   log);
	}
}

static void check_many(void)
{
	const char *url = PG "u:first000@h/d?password=second00&sslpassword=third000";

	IS_STR(url_masked(arena, url), PG "u:***@h/d?password=***&sslpassword=***",
	       "all of several passwords");
	url_hide(arena, url);
	IS_STR(log_masked(arena, "first000 second00 third000"), "*** *** ***",
	       "in the log too");
}

static void check_parts(void)
{
	url_hide(arena, PG "u:ab%40cdefgh@h/d");
	IS_STR(log_masked(arena, "no ab@cdefgh"), "no ***", "as the server sees it");
	url_hide(arena, PG "u:partone1@parttwo2@h/d");
	IS_STR(log_masked(arena, "password partone1, host parttwo2@h"),
	       "password ***, host ***@h", "what libpq takes for the host");
}

int main(void)
{
	arena = arena_new();
	check_rows();
	check_many();
	check_parts();
	arena_free(arena);
	return tap_done();
}
