/* SPDX-License-Identifier: Apache-2.0 */
/* A database from its options: what its URL says, what of it may be shown. */
#include "common/base/log.h"
#include "common/base/mem.h"
#include "common/base/str.h"
#include "common/config/url.h"
#include "common/db/driver.h"

#define ACCEPTED \
	"accepted are sqlite:PATH, sqlite:///absolute/path and postgresql://host/name"

static bool set_url(struct db *db, const struct db_options *o, struct err *e)
{
	const char *url = o->url, *path = o->default_path;
	struct arena *a;

	if (url && (str_starts(url, "postgresql://") || str_starts(url, "postgres://"))) {
		db->drv = &driver_pg;
		db->url = mem_strdup(url);
		a = arena_new();
		db->where = mem_strdup(url_where(a, url));
		url_hide(a, url);
		arena_free(a);
		return true;
	}
	if (url) {
		if (!str_starts(url, "sqlite:"))
			return err_set(e, ERR_CONFIG,
				       "DATABASE_URL: unknown form; " ACCEPTED);
		path = url + 7;
		if (str_starts(path, "//"))
			path += 2;
		if (path != url + 7 && path[0] != '/')
			return err_set(e, ERR_CONFIG,
				       "DATABASE_URL: sqlite:// is followed by"
				       " an absolute path; " ACCEPTED);
	}
	if (str_empty(path) || path[0] == ':')
		return err_set(e, ERR_CONFIG,
			       "DATABASE_URL: the path is missing; " ACCEPTED);
	if (strlen(path) > 3500)
		return err_set(e, ERR_CONFIG, "DATABASE_URL: the path is too long");
	db->drv = &driver_sqlite;
	db->path = mem_strdup(path);
	db->where = mem_alloc(strlen(path) + 8);
	snprintf(db->where, strlen(path) + 8, "sqlite:%s", path);
	return true;
}

struct db *db_new(const struct db_options *o, struct err *e)
{
	static const struct migration_set *const none[] = { NULL };
	struct db *db = mem_alloc(sizeof(*db));

	db->app_name = mem_strdup(o->app_name ? o->app_name : "kilocode-mcp");
	db->pool_max = o->pool_max > 0 ? o->pool_max : 5;
	db->pool_min = MIN(MAX(o->pool_min, 0), db->pool_max);
	db->acquire_ms = o->acquire_ms > 0 ? o->acquire_ms : 5000;
	db->idle_ms = o->idle_ms > 0 ? o->idle_ms : 30000;
	db->slow_ms = o->slow_ms;
	db->statement_ms = o->statement_ms;
	db->sets = o->sets ? o->sets : none;
	db->tx_first = o->tx_first;
	if (set_url(db, o, e) && conns_init(db, e))
		return db;
	mem_free(db->url);
	mem_free(db->path);
	mem_free(db->where);
	mem_free(db->app_name);
	mem_free(db);
	return NULL;
}

void db_free(struct db *db)
{
	if (!db)
		return;
	conns_release(db);
	mem_free(db->url);
	mem_free(db->path);
	mem_free(db->where);
	mem_free(db->app_name);
	mem_free(db);
}

enum db_dialect db_dialect(const struct db *db)
{
	return db->drv->dialect;
}

const char *db_where(const struct db *db)
{
	return db->where;
}
