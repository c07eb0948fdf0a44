/* SPDX-License-Identifier: Apache-2.0 */
/* Private to common/db: what a driver must offer, connections, prepared statements. */
#ifndef COMMON_DB_DRIVER_H
#define COMMON_DB_DRIVER_H

#include <pthread.h>

#include "common/base/buf.h"
#include "common/db/db.h"

#define DB_MAX_PARAMS  48
#define DB_MAX_COLUMNS 96
#define DB_MAX_ROWS    100000
#define DB_MAX_TRIES   4     /* the first and three more */
#define DB_CHECK_AFTER 30000 /* ms idle before a borrowed connection is asked */
#define DB_LIFE	       (30 * 60 * 1000) /* ms, +-10 % */
#define DB_ROLLBACK_MS 2000 /* an ending transaction does not obey the deadline */

enum conn_role { CONN_READ = 1, CONN_WRITE };
enum tx_mode { TX_READ = 1, TX_WRITE, TX_SCHEMA };

/* A statement as one connection knows it. */
struct prep {
	const struct stmt *stmt;
	const char *sql;
	void *handle; /* the driver's own */
	const struct field *in[DB_MAX_PARAMS];
	size_t in_n;
	const struct field **out; /* by column; heap */
	size_t out_n;
};

struct db_conn { /* first member of each driver's connection */
	const struct driver *drv;
	struct db *db;
	struct db_conn *next;
	enum conn_role role;
	int64_t idle_since, expires; /* monotonic ms */
	bool broken;		     /* close, do not give back */
	bool in_tx, read_only, doomed;
	bool again; /* the whole transaction may run again */
	struct prep **preps;
	size_t preps_n;
};

/* Where rows go. */
struct sink {
	struct arena *arena;
	const struct field *fields;
	size_t size, max, cap; /* max: at most so many rows are kept */
	struct rows rows;
	int64_t changed;
};

struct driver {
	enum db_dialect dialect;
	bool split; /* reading and writing connections differ */
	/* NULL with e set. A CONN_READ never creates a database. */
	struct db_conn *(*open)(struct ctx *c, struct db *db, enum conn_role role,
				struct err *e);
	void (*close)(struct db_conn *k, bool final); /* final: the process is leaving */
	/* False: not usable. ask: a round trip to the server is worth it. NULL: always
	 * fine. */
	bool (*alive)(struct ctx *c, struct db_conn *k, bool ask);
	bool (*begin)(struct ctx *c, struct db_conn *k, enum tx_mode m, struct err *e);
	bool (*commit)(struct ctx *c, struct db_conn *k, struct err *e);
	void (*rollback)(struct db_conn *k);
	bool (*prepare)(struct ctx *c, struct db_conn *k, struct prep *p, struct err *e);
	void (*forget)(struct db_conn *k, struct prep *p); /* releases p->handle */
	bool (*run)(struct ctx *c, struct db_conn *k, struct prep *p, const void *in,
		    struct sink *out, struct err *e);
	bool (*script)(struct ctx *c, struct db_conn *k, const char *sql, struct err *e);
	/* Compares the prepared statement's types with the field tables. */
	bool (*check)(struct ctx *c, struct db_conn *k, struct prep *p, struct err *e);
	bool (*version)(struct ctx *c, struct db_conn *k, const char **ret,
			struct err *e);
	/* Migration: keeps others out until schema_unlock; a copy of a database that has
	 * content. */
	bool (*schema_lock)(struct ctx *c, struct db_conn *k, struct err *e);
	void (*schema_unlock)(struct db_conn *k);
	bool (*backup)(struct ctx *c, struct db_conn *k, struct err *e);
	bool (*has_vector)(struct ctx *c, struct db_conn *k, bool create, bool *ret,
			   struct err *e);
};

extern const struct driver driver_sqlite, driver_pg;

struct db {
	const struct driver *drv;
	char *url, *path, *where, *app_name; /* path: SQLite file */
	int64_t pool_min, pool_max, acquire_ms, idle_ms, slow_ms, statement_ms;
	const struct migration_set *const *sets;
	const struct stmt *tx_first;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t freed; /* borrowers, and calls that wait for the migration */
	pthread_cond_t ends;  /* the reaper, for the end of the pool */
	struct db_conn *idle; /* last used first */
	int64_t open;	      /* idle and lent */
	bool ready, readying, closing, warned;
	pthread_t reaper;
	bool reaper_on;
};

/* conns.c */
bool conns_init(struct db *db, struct err *e);
void conns_release(struct db *db);
/* A connection without asking for migrations. Waits at most acquire_ms. */
struct db_conn *conns_take_raw(struct ctx *c, enum conn_role role, struct err *e);
/* The same once the database has been brought up to date. */
struct db_conn *conns_take(struct ctx *c, enum conn_role role, struct err *e);
void conns_give(struct db_conn *k);
void conns_flush(struct db *db); /* closes every idle connection */
void conn_forget_all(struct db_conn *k);

/* db.c: begin, run and end on one connection */
struct prep *conn_prep(struct ctx *c, struct db_conn *k, const struct stmt *s,
		       struct err *e);
const char *stmt_text(const struct stmt *s, enum db_dialect d);

/* migrate.c: called once by the first connection of the process */
bool migrate_ready(struct ctx *c, struct err *e);

enum oid {
	OID_BOOL = 16,
	OID_NAME = 19,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_JSON = 114,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_INET = 869,
	OID_TEXTS = 1009,
	OID_VARCHARS = 1015,
	OID_FLOAT4S = 1021,
	OID_VARCHAR = 1043,
	OID_TIMESTAMP = 1114,
	OID_NUMERIC = 1700,
	OID_UUID = 2950,
	OID_JSONB = 3802,
	OID_EXTENSIONS = 16384 /* from here on: vector */
};

/* pg_table.c: the errors return false */
bool pg_error(struct db_conn *k, const char *state, struct err *e);
bool pg_connect_error(const struct db *db, const char *text, struct err *e);
bool pg_fits(enum kind k, unsigned oid); /* a column or parameter of this type */

/* sqlite_file.c */
/* The resolved path (free()), created with mode 0600 when asked; ERR_NOT_FOUND without.
 */
char *sqlite_file_find(const char *path, bool create, struct err *e);
bool sqlite_file_remote(const char *path);	   /* network or FUSE: no shared memory */
char *sqlite_file_backup(const char *path, int i); /* PATH.backup-I; mem_free */
void sqlite_file_shift(const char *path); /* backup-1 becomes backup-2 ... of three */

/* value.c */
/* Splits s->bind into fields of s->in. */
bool value_binds(const struct stmt *s, struct prep *p, struct err *e);
/* Column i of n has this name: p->out[i] is its field. */
bool value_column(struct prep *p, size_t i, size_t n, const char *name, struct err *e);
void *sink_row(struct sink *k, struct err *e); /* next zeroed row, NULL with e set */
void value_stamp_text(struct stamp s, char out[STAMP_LEN]); /* 2026-01-02 03:04:05.120 */
double value_rounded(const struct field *f, double v);
const char *value_strs_json(struct arena *a, const struct strs *v);
const char *value_strs_array(struct arena *a, const struct strs *v);
const char *value_floats_text(struct arena *a, const struct floats *v, char open,
			      char close);
/* False: not a kind of number. */
bool value_set_number(const struct field *f, void *at, int64_t i, double d);
/* Text of a column into a member; text NULL is NULL. lists: LIST_JSON or LIST_ARRAY. */
enum list_form { LIST_JSON = 1, LIST_ARRAY };
bool value_from_text(struct arena *a, const struct field *f, void *obj, const char *text,
		     enum list_form lists, struct err *e);
bool value_null(const struct field *f, struct err *e);
bool value_bad(const struct field *f, const char *what, struct err *e);

#endif
