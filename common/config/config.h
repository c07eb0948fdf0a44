/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration: one table of keys (keys.c), values merged from defaults < YAML file <
 * .env file < environment < flags, each remembering where it came from. */
#ifndef COMMON_CONFIG_CONFIG_H
#define COMMON_CONFIG_CONFIG_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/err.h"
#include "common/base/log.h"

enum key_kind {
	KEY_TEXT = 1,
	KEY_NAME, /* one of .names, stored as an unsigned int enum */
	KEY_BOOL,
	KEY_INT,
	KEY_NUMBER,
	KEY_DURATION, /* stored in ms */
	KEY_SIZE,     /* stored in bytes */
	KEY_PATH,     /* a leading ~/ is replaced, a relative one is made absolute */
	KEY_URL	      /* shown without its password */
};

enum key_flag {
	KEY_SECRET = 1 << 0,	 /* masked everywhere; no flag; accepts NAME_FILE */
	KEY_NO_EFFECT = 1 << 1,	 /* accepted, its function is not built yet */
	KEY_COMPLIANCE = 1 << 2, /* servers that use it; none given: all three */
	KEY_MEMORY = 1 << 3,
	KEY_COORDINATOR = 1 << 4
};

struct key {
	const char *name;  /* dotted name in the YAML file: database.pool.max */
	const char *env;   /* the specification's name: DATABASE_POOL_MAX */
	const char *group; /* heading in the documents: "Database" */
	const char *def;   /* default as text, NULL: unset */
	const char
		*def_doc; /* how the documents tell a default that is computed, or NULL */
	const char *unit; /* "ms", "days" … or NULL; for a bare number of a duration */
	/* KEY_NAME: its values; KEY_TEXT: the texts accepted, NULL: any; KEY_URL: how it
	 * begins */
	const char *const *names;
	const char *doc; /* one line */
	size_t off;
	int64_t min, max; /* bounds when min < max */
	enum key_kind kind;
	unsigned flags;
};

/* Values, one member per key. Texts may be NULL (unset). Durations ms, sizes bytes. */
struct config {
	/* application */
	const char *node_env, *kilocode_env, *project_path, *project_name;
	/* server */
	int64_t port, workers;
	const char *host;
	/* database */
	const char *database_url;
	int64_t pool_min, pool_max, pool_acquire, pool_idle;
	/* redis */
	const char *redis_url, *redis_password;
	int64_t redis_db;
	/* security */
	const char *jwt_secret;
	int64_t jwt_expires, jwt_refresh, bcrypt_rounds;
	unsigned role; /* LOCAL_ROLE: what the local account may do; enum role, roles[] */
	/* logging */
	unsigned log_level, log_format;
	const char *log_file, *log_rotation;
	int64_t log_max_size, log_max_files;
	/* performance */
	bool performance_enabled, performance_metrics, performance_logging;
	int64_t request_timeout, request_max_size;
	/* caching */
	bool cache_enabled;
	int64_t cache_ttl, cache_max_size;
	const char *cache_redis_url, *cache_redis_prefix;
	/* tls */
	bool ssl_enabled;
	const char *ssl_cert_path, *ssl_key_path, *ssl_min_version;
	/* monitoring */
	bool monitoring_enabled;
	int64_t monitoring_interval, monitoring_retention_days;
	/* backup */
	bool backup_enabled;
	int64_t backup_interval, backup_retention_days;
	const char *backup_path;
	/* email */
	bool email_enabled;
	const char *email_host, *email_user, *email_password, *email_from;
	int64_t email_port;
	/* notification */
	bool notification_enabled;
	const char *notification_webhook_url, *notification_email;
	/* compliance */
	bool compliance_enabled;
	int64_t compliance_interval, compliance_retention_days;
	/* memory */
	bool memory_enabled;
	int64_t memory_retention_days, memory_consolidation_interval;
	int64_t memory_vector_dimension, vector_dimension;
	double memory_similarity_threshold;
	const char *chroma_db_path;
	/* ours, not in the specification */
	const char *mcp_config; /* MCP_CONFIG: the mcp.json whose servers are targets */
	const char *state_dir;	/* STATE_DIR: keys, trust records; default XDG state */
};

enum role { ROLE_ADMIN = 1, ROLE_USER, ROLE_VIEWER, ROLE_GUEST };
extern const char *const roles[];

extern const struct key config_keys[]; /* closed by name == NULL */

struct config_source {
	unsigned server; /* KEY_COMPLIANCE, KEY_MEMORY or KEY_COORDINATOR */
	/* flags "--database-pool-max=5": pairs of name (the env name; case and '-' or '_'
	 * are the same) and value */
	const char *const *flag_names, *const *flag_values;
	size_t flags_n;
	const char *file; /* --config FILE, or NULL: CONFIG_FILE, else config.yaml in XDG
			     config */
	const char *env_file; /* --env-file FILE, or NULL: ENV_FILE, else .env in XDG
				 config */
	char **environ_;      /* the process environment */
};

struct config_warning {
	const char *text; /* "file:line: …" */
	struct config_warning *next;
};

struct config_set {
	struct config v;
	struct config_warning *warnings; /* in order */
	/* per key: "default", "FILE:LINE", "environment", "flag --x"; with "(from FILE)"
	 * behind it for a value that NAME_FILE gave */
	const char **origin;
	/* per key: effective value as text, secrets "***", unset NULL. DATABASE_URL that
	 * is unset shows the file that stands in for it. */
	const char **shown;
};

/* Reads and checks everything; all texts live in the arena. A wrong value is ERR_CONFIG
 * and names key, value (never a secret's), source file and line, and what is accepted. A
 * value that is still "${NAME}", "${env:NAME}", "{env:NAME}" or "${input:x}" counts as
 * unset and gives a warning. Secrets are registered with log_mask and wiped from
 * environ_. */
bool config_load(struct arena *a, const struct config_source *src, struct config_set *ret,
		 struct err *e);

/* The `config` sub-command: key, value, origin, "no effect yet". json: one JSON object.
 */
void config_print(const struct config_set *s, unsigned server, bool json, struct buf *b);
void config_print_docs(struct buf *b);	      /* docs/configuration.md */
void config_print_env_example(struct buf *b); /* .env.example */

#endif
