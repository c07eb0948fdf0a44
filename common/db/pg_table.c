/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of the PostgreSQL driver: which types fit a kind, what its error codes mean to
 * us. Its own texts may quote data and connection strings: they stay in the log. */
#include "common/base/str.h"
#include "common/db/driver.h"

struct row {
	const char *state; /* SQLSTATE or a class of two characters */
	enum err_code code;
	bool again, broken;
	const char *text;
};

/* The first row that fits. */
static const struct row rows[] = {
	{ "40001", ERR_CONFLICT, true, false,
	  "another change came in between; try again" },
	{ "40P01", ERR_CONFLICT, true, false,
	  "another change came in between; try again" },
	{ "40", ERR_CONFLICT, false, false,
	  "the transaction was rolled back; try again" },
	{ "23505", ERR_CONFLICT, false, false, "a row with this key exists already" },
	{ "23503", ERR_CONFLICT, false, false,
	  "the row refers to another one that does not exist" },
	{ "23", ERR_ARG, false, false, "the database refuses a value of this row" },
	{ "22", ERR_ARG, false, false, "the database refuses a value of this row" },
	{ "54", ERR_LIMIT, false, false, "a value is too large for the database" },
	{ "57014", ERR_TIMEOUT, false, false,
	  "the database stopped a statement that took too long" },
	{ "55P03", ERR_TIMEOUT, false, false,
	  "a lock in the database was not free in time" },
	{ "25006", ERR_UNAVAILABLE, false, false,
	  "the database is read-only (a standby?)" },
	{ "25P03", ERR_TIMEOUT, false, true,
	  "the database ended a transaction that was idle" },
	{ "57P", ERR_UNAVAILABLE, false, true,
	  "the database is shutting down or starting" },
	{ "53100", ERR_UNAVAILABLE, false, false, "the database server's disk is full" },
	{ "53300", ERR_UNAVAILABLE, false, true,
	  "the database server has no free connection\n"
	  "hint: DATABASE_POOL_MAX counts for each running server" },
	{ "53", ERR_UNAVAILABLE, false, false,
	  "the database server is short of resources" },
	{ "58", ERR_UNAVAILABLE, false, false, "the database server has a system error" },
	{ "08", ERR_UNAVAILABLE, false, true, "the connection to the database was lost" },
	{ "28", ERR_CONFIG, false, true,
	  "the database refuses the user or the password" },
	{ "3D", ERR_CONFIG, false, true, "the database does not exist" },
	{ "42501", ERR_CONFIG, false, false,
	  "the database user lacks a permission that is needed" },
	/* prepared statements that a pooler or a changed table has made useless */
	{ "26", ERR_UNAVAILABLE, true, true, "the database forgot a prepared statement" },
	{ "0A000", ERR_UNAVAILABLE, true, true,
	  "the database refuses a prepared statement" },
	{ "XX", ERR_CORRUPT, false, true, "the database server reports damage or a bug" },
};

bool pg_error(struct db_conn *k, const char *state, struct err *e)
{
	size_t i;

	for (i = 0; state && i < ARRAY_LEN(rows); i++) {
		if (!str_starts(state, rows[i].state))
			continue;
		k->again = k->again || rows[i].again;
		k->broken = k->broken || rows[i].broken;
		/* our own session setting, not a standby */
		if (!strcmp(state, "25006") && (!k->in_tx || k->read_only))
			return err_set(e, ERR_INTERNAL, "a write outside a transaction");
		return err_set(e, rows[i].code, "%s", rows[i].text);
	}
	return err_set(e, ERR_INTERNAL, "the database refused a statement (SQLSTATE %s)",
		       state ? state : "unknown");
}

#define NOT_UNDERSTOOD                      \
	"the URL is not understood\n"       \
	"hint: in user and password write " \
	"%2F for /, %40 for @, %3A for :, %23 for #, %3F for ?"

static const struct {
	const char *part;
	enum err_code code;
	const char *text;
} connect_rows[] = {
	/* these quote names, which may hold any of the words below */
	{ "could not translate host name", ERR_UNAVAILABLE,
	  "the host name is not known" },
	{ "Connection refused", ERR_UNAVAILABLE, "connection refused" },
	{ "No such file", ERR_UNAVAILABLE, "nothing listens on the socket" },
	{ "password authentication failed", ERR_CONFIG, "the password is refused" },
	{ "no password supplied", ERR_CONFIG, "a password is needed" },
	{ "authentication failed", ERR_CONFIG, "the user is refused" },
	{ "no pg_hba.conf entry", ERR_CONFIG, "the server does not let this user in" },
	{ "does not exist", ERR_CONFIG, "the database or the user does not exist" },
	{ "invalid", ERR_CONFIG, NOT_UNDERSTOOD },
	{ "missing", ERR_CONFIG, NOT_UNDERSTOOD },
	{ "end of string", ERR_CONFIG, NOT_UNDERSTOOD },
	{ "unexpected", ERR_CONFIG, NOT_UNDERSTOOD },
	{ "certificate", ERR_CONFIG, "the server's certificate is refused" },
	{ "SSL", ERR_CONFIG, "no agreement on encryption (sslmode)" },
	{ "starting up", ERR_UNAVAILABLE, "the server is starting" },
	{ "shutting down", ERR_UNAVAILABLE, "the server is shutting down" },
	{ "too many", ERR_UNAVAILABLE, "the server has no free connection" },
	{ "remaining connection slots", ERR_UNAVAILABLE,
	  "the server has no free connection" },
	{ "timed out", ERR_UNAVAILABLE, "no answer" },
};

bool pg_connect_error(const struct db *db, const char *text, struct err *e)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(connect_rows); i++)
		if (strstr(text, connect_rows[i].part))
			return err_set(e, connect_rows[i].code,
				       "cannot connect to %s: %s", db->where,
				       connect_rows[i].text);
	return err_set(e, ERR_UNAVAILABLE, "cannot connect to %s", db->where);
}

static bool oid_in(unsigned o, const unsigned *list)
{
	while (*list && *list != o)
		list++;
	return *list != 0;
}

bool pg_fits(enum kind k, unsigned o)
{
	static const unsigned text[] = { OID_TEXT, OID_VARCHAR, OID_UUID,
					 OID_INET, OID_NAME,	0 };
	static const unsigned whole[] = { OID_INT8, OID_INT4, OID_INT2, OID_NUMERIC, 0 };
	static const unsigned number[] = { OID_NUMERIC, OID_FLOAT4, OID_FLOAT8, OID_INT8,
					   OID_INT4,	OID_INT2,   0 };
	static const unsigned json[] = { OID_JSONB, OID_JSON, OID_TEXT, 0 };
	static const unsigned strs[] = { OID_TEXTS, OID_VARCHARS, OID_JSONB, OID_JSON,
					 0 };

	switch (k) {
	case KIND_STR:
	case KIND_ENUM:
		return oid_in(o, text);
	case KIND_BOOL:
	case KIND_OPT_BOOL:
		return o == OID_BOOL;
	case KIND_I64:
	case KIND_OPT_I64:
		return oid_in(o, whole);
	case KIND_F64:
	case KIND_OPT_F64:
		return oid_in(o, number);
	case KIND_STAMP:
		return o == OID_TIMESTAMP;
	case KIND_JSON:
		return oid_in(o, json);
	case KIND_STRS:
		return oid_in(o, strs);
	case KIND_FLOATS:
		return o == OID_FLOAT4S || o >= OID_EXTENSIONS;
	case KIND_ITEMS:
		break;
	}
	return false;
}
