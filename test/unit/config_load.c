/* SPDX-License-Identifier: Apache-2.0 */
/* Merging of the configuration: order and origin, wrong values, files, secrets. */
#include <errno.h>
#include <sys/stat.h>

#include "common/base/arena.h"
#include "common/base/fd.h"
#include "common/config/config.h"
#include "test/tap.h"

static char dir[] = "/tmp/config-test-XXXXXX";
static struct arena *arena;

/* A run of config_load: what it gets and what it gave. */
struct run {
	const char *env[16];
	const char *flag_name, *flag_value;
	const char *yaml, *dotenv; /* paths */
	char *block[16];
	struct config_set set;
	struct err e;
	bool ok;
};

static void load(struct run *r)
{
	struct config_source src = { .server = KEY_MEMORY,
				     .file = r->yaml,
				     .env_file = r->dotenv,
				     .environ_ = r->block };

	for (size_t i = 0; i < 15; i++)
		r->block[i] = arena_strdup(arena, r->env[i]);
	if (r->flag_name) {
		src.flag_names = &r->flag_name;
		src.flag_values = &r->flag_value;
		src.flags_n = 1;
	}
	err_clear(&r->e);
	r->ok = config_load(arena, &src, &r->set, &r->e);
}

static char *write_file(const char *name, const char *text, mode_t mode)
{
	char *path = arena_printf(arena, "%s/%s", dir, name);
	struct err e = { 0 };

	if (!fd_replace_file(path, text, strlen(text), mode, &e) ||
	    chmod(path, mode) != 0)
		OK(false, "cannot write %s: %s", path, e.msg);
	return path;
}

static size_t key_index(const char *env)
{
	size_t i = 0;

	while (config_keys[i].name && !str_eq(config_keys[i].env, env))
		i++;
	return i;
}

static const char *origin(const struct run *r, const char *env)
{
	return r->set.origin[key_index(env)];
}

static const char *shown(const struct run *r, const char *env)
{
	return r->set.shown[key_index(env)];
}

static bool warned(const struct run *r, const char *text)
{
	for (const struct config_warning *w = r->set.warnings; w; w = w->next)
		if (strstr(w->text, text))
			return true;
	return false;
}

/* The message has to hold each of the words, which stand one behind the other, apart by
 * |. */
static void is_refused(const struct run *r, const char *words, const char *what)
{
	const char *at = words;
	bool all = !r->ok && r->e.code == ERR_CONFIG;

	while (all && *at) {
		size_t n = strcspn(at, "|");

		all = strstr(r->e.msg, arena_strndup(arena, at, n)) != NULL;
		at += n + (at[n] == '|');
	}
	if (!OK(all, "%s", what))
		printf("#   got:  %d %s\n#   want: %s\n", r->e.code,
		       r->ok ? "no error" : r->e.msg, words);
}

static void test_defaults(void)
{
	struct run r = { .env = { "PATH=/bin" } };

	load(&r);
	OK(r.ok, "nothing configured is fine: %s", r.e.msg);
	IS_INT(r.set.v.workers, 4, "WORKERS");
	IS_INT(r.set.v.pool_min, 0, "DATABASE_POOL_MIN");
	IS_INT(r.set.v.pool_max, 5, "DATABASE_POOL_MAX is WORKERS + 1");
	IS_INT(r.set.v.pool_acquire, 5000, "DATABASE_POOL_ACQUIRE");
	IS_INT(r.set.v.pool_idle, 30000, "DATABASE_POOL_IDLE");
	IS_INT(r.set.v.request_timeout, 30000, "REQUEST_TIMEOUT");
	IS_INT(r.set.v.request_max_size, 10485760, "REQUEST_MAX_SIZE");
	IS_INT(r.set.v.log_level, LOG_WARN, "LOG_LEVEL");
	IS_INT(r.set.v.role, ROLE_ADMIN, "LOCAL_ROLE");
	OK(!r.set.v.log_file, "LOG_FILE is not set");
	OK(!r.set.v.database_url, "DATABASE_URL is not set");
	IS_STR(shown(&r, "DATABASE_URL"),
	       arena_printf(arena, "sqlite:%s/data/kilocode-mcp/memory.db", dir),
	       "the file in its place is shown");
	IS_STR(r.set.v.state_dir, arena_printf(arena, "%s/state/kilocode-mcp", dir),
	       "STATE_DIR");
	IS_STR(origin(&r, "WORKERS"), "default", "origin of a default");
	IS_STR(shown(&r, "REQUEST_MAX_SIZE"), "10MB", "a size as text");
	IS_STR(shown(&r, "REQUEST_TIMEOUT"), "30s", "a duration as text");
	OK(!r.set.warnings, "no warnings");
}

static void test_order(void)
{
	struct run r = { 0 };

	r.yaml = write_file("order.yaml",
			    "server: {workers: 5}\n"
			    "database:\n"
			    "  pool:\n"
			    "    min: 1\n"
			    "    max: 20\n"
			    "log.level: info\n"
			    "request:\n"
			    "  timeout: 1m\n",
			    0644);
	r.dotenv = write_file("order.env", "# x\nWORKERS=6\nLOG_LEVEL=error\nOTHER=1\n",
			      0644);
	r.env[0] = "WORKERS=7";
	r.env[1] = "DATABASE_POOL_IDLE=";
	r.flag_name = "workers";
	r.flag_value = "8";
	load(&r);
	OK(r.ok, "four sources: %s", r.e.msg);
	IS_INT(r.set.v.workers, 8, "the flag wins");
	IS_STR(origin(&r, "WORKERS"), "flag --workers", "origin of a flag");
	IS_INT(r.set.v.log_level, LOG_ERROR, ".env wins over YAML");
	IS_STR(origin(&r, "LOG_LEVEL"), arena_printf(arena, "%s:3", r.dotenv),
	       "origin in .env");
	IS_INT(r.set.v.pool_max, 20, "nested key of YAML");
	IS_STR(origin(&r, "DATABASE_POOL_MAX"), arena_printf(arena, "%s:5", r.yaml),
	       "origin in YAML");
	IS_INT(r.set.v.request_timeout, 60000, "a duration in YAML");
	IS_STR(origin(&r, "DATABASE_POOL_IDLE"), "default",
	       "an empty value counts as unset");
	r.flag_name = NULL;
	load(&r);
	IS_INT(r.set.v.workers, 7, "the environment wins over .env");
	IS_STR(origin(&r, "WORKERS"), "environment", "origin in the environment");
	r.env[0] = NULL;
	load(&r);
	IS_INT(r.set.v.workers, 6, "then .env");
}

static void test_own_folder(void)
{
	struct run r = { .env = { "A=1" } };
	char *config = arena_printf(arena, "%s/config/kilocode-mcp", dir);

	OK(fd_make_dirs(config, 0700, NULL), "folder for the configuration");
	write_file("config/kilocode-mcp/config.yaml", "server.workers: 9\n", 0644);
	write_file("config/kilocode-mcp/.env", "LOG_LEVEL=debug\n", 0644);
	load(&r);
	IS_INT(r.set.v.workers, 9, "config.yaml in our folder is read");
	IS_INT(r.set.v.log_level, LOG_DEBUG, ".env in our folder is read");
	r.env[0] = arena_printf(arena, "CONFIG_FILE=%s",
				write_file("named.yaml", "server.workers: 10\n", 0644));
	load(&r);
	IS_INT(r.set.v.workers, 10, "CONFIG_FILE names another");
	r.env[0] = "ENV_FILE=/nonexistent/.env";
	load(&r);
	is_refused(&r, "/nonexistent/.env|no such file|ENV_FILE",
		   "a named file has to be there");
	unlink(arena_printf(arena, "%s/config.yaml", config));
	unlink(arena_printf(arena, "%s/.env", config));
}

static void test_wrong_values(void)
{
	static const struct {
		const char *env, *words;
	} cases[] = {
		{ "WORKERS=many",
		  "environment: WORKERS is \"many\"|whole number from 1 to 64" },
		{ "WORKERS=0", "WORKERS is \"0\"|from 1 to 64" },
		{ "WORKERS=4.5", "WORKERS is \"4.5\"" },
		{ "LOG_LEVEL=loud",
		  "LOG_LEVEL is \"loud\"|off, error, warn, info, debug" },
		{ "REQUEST_TIMEOUT=-1", "REQUEST_TIMEOUT|duration from 10ms to 1h" },
		{ "REQUEST_TIMEOUT=5 parsecs", "milliseconds" },
		{ "MONITORING_INTERVAL=0", "MONITORING_INTERVAL|seconds" },
		{ "REQUEST_MAX_SIZE=10TB", "a size from 1KB to 1GB" },
		{ "CACHE_ENABLED=maybe", "true or false" },
		{ "MEMORY_SIMILARITY_THRESHOLD=1.5", "a number from 0 to 1" },
		{ "SSL_MIN_VERSION=ssl3", "tls1.2, tls1.3" },
		{ "LOCAL_ROLE=root", "admin, user, viewer, guest" },
		{ "DATABASE_POOL_MIN=9", "DATABASE_POOL_MIN is 9|DATABASE_POOL_MAX" },
		{ "KILOCODE_PROJECT_NAME=\xff", "KILOCODE_PROJECT_NAME" },
		{ "DATABASE_URL=mysql://u:hunter22@h/d",
		  "sqlite:, postgresql:// or postgres://" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct run r = { .env = { cases[i].env } };

		load(&r);
		is_refused(&r, cases[i].words, cases[i].words);
		OK(!strstr(r.e.msg, "hunter22"), "no secret in the message");
	}
}

static void test_wrong_files(void)
{
	static const struct {
		const char *text, *words;
	} yaml[] = {
		{ "database:\n  pool: {mxa: 5}\n",
		  "y.yaml:2: |did you mean \"database.pool.max\"" },
		{ "WORKERS: 5\n", "y.yaml:1: |did you mean \"server.workers\"" },
		{ "frobnicate: 5\n", "y.yaml:1: unknown key \"frobnicate\"" },
		{ "database:\n  pol:\n    max: 3\n", "did you mean \"database.pool\"?" },
		{ "\n\nserver.workers: lots\n",
		  "y.yaml:3: server.workers is \"lots\"|1 to 64" },
		{ "server.workers: [1]\n",
		  "y.yaml:1: server.workers is an array|1 to 64" },
		{ "server.workers: 1\nserver: {workers: 2}\n",
		  "y.yaml:2: |before, in line 1" },
		{ "- a\n", "accepted is one document" },
		{ "a: 1\n---\nb: 2\n", "accepted is one document" },
		{ "a: [\n", "y.yaml|line" },
	};
	struct run r = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(yaml); i++) {
		r.yaml = write_file("y.yaml", yaml[i].text, 0600);
		load(&r);
		is_refused(&r, yaml[i].words, str_printable(arena, yaml[i].text, 100));
	}
	r.yaml = write_file("y.yaml", "# nothing\n", 0600);
	r.dotenv = write_file("e.env", "A=1\nCACHE_TTL=soon\n", 0600);
	load(&r);
	is_refused(&r, "e.env:2: CACHE_TTL is \"soon\"|seconds",
		   "line of a wrong value in .env");
	r.dotenv = write_file("e.env", "A=1\nB\nREDIS_PASSWORD=ab#cd\n", 0600);
	load(&r);
	OK(r.ok, "oddities of .env are no errors");
	OK(warned(&r, "e.env:2: "), "but a line without sign is told");
	OK(warned(&r, "e.env:3: the value of REDIS_PASSWORD ends"), "and a cut password");
	r.yaml = arena_strdup(arena, dir);
	load(&r);
	is_refused(&r, "not a regular file", "a folder is no file");
}

static void test_flags(void)
{
	struct run r = { .flag_name = "DATABASE_POOL_MAX", .flag_value = "7" };

	load(&r);
	IS_INT(r.set.v.pool_max, 7, "a flag by the name of the variable");
	IS_STR(origin(&r, "DATABASE_POOL_MAX"), "flag --database-pool-max", "its origin");
	r.flag_name = "log-level";
	r.flag_value = "x";
	load(&r);
	is_refused(&r, "--log-level is \"x\"|warn", "a wrong value of a flag");
	r.flag_name = "workesr";
	load(&r);
	IS_INT(r.e.code, ERR_USAGE, "an unknown flag");
	OK(strstr(r.e.msg, "--workers"), "the nearest flag is named");
	r.flag_name = "jwt-secret";
	load(&r);
	IS_INT(r.e.code, ERR_USAGE, "a secret as flag");
	OK(strstr(r.e.msg, "JWT_SECRET_FILE"), "the message tells the other way");
}

static void test_units(void)
{
	struct run r = { .env = { "CACHE_TTL=90", "MONITORING_INTERVAL=30",
				  "JWT_EXPIRES=24h", "BACKUP_INTERVAL=daily",
				  "MEMORY_CONSOLIDATION_INTERVAL=weekly",
				  "DATABASE_POOL_ACQUIRE=30000", "DATABASE_POOL_IDLE=10s",
				  "LOG_MAX_SIZE=512KB", "LOG_MAX_FILES=14d" } };

	load(&r);
	OK(r.ok, "units: %s", r.e.msg);
	IS_INT(r.set.v.cache_ttl, 90000, "CACHE_TTL counts seconds");
	IS_INT(r.set.v.monitoring_interval, 30000, "MONITORING_INTERVAL counts seconds");
	IS_INT(r.set.v.jwt_expires, 86400000, "24h");
	IS_INT(r.set.v.backup_interval, 86400000, "daily");
	IS_INT(r.set.v.memory_consolidation_interval, 7 * 86400000, "weekly");
	IS_INT(r.set.v.pool_acquire, 30000, "DATABASE_POOL_ACQUIRE counts ms");
	IS_INT(r.set.v.pool_idle, 10000, "10s");
	IS_INT(r.set.v.log_max_size, 512 * 1024, "512KB");
	IS_INT(r.set.v.log_max_files, 14, "14d");
	IS_STR(shown(&r, "JWT_EXPIRES"), "1d", "shown in the largest unit");
}

static void test_paths(void)
{
	struct run r = { .env = { arena_printf(arena, "HOME=%s", dir), "LOG_FILE=~/x.log",
				  "KILOCODE_PROJECT_PATH=sub",
				  "DATABASE_URL=sqlite:~/a b.db" } };
	char cwd[4096];

	load(&r);
	OK(r.ok, "paths: %s", r.e.msg);
	IS_STR(r.set.v.log_file, arena_printf(arena, "%s/x.log", dir), "~/ is the home");
	IS_STR(r.set.v.database_url, arena_printf(arena, "sqlite:%s/a b.db", dir),
	       "behind sqlite: too");
	IS_STR(r.set.v.project_path,
	       arena_printf(arena, "%s/sub", getcwd(cwd, sizeof(cwd)) ? cwd : "?"),
	       "a relative path is made absolute");
}

static void test_unreplaced(void)
{
	static const char *const forms[] = {
		"${JWT}",	"${env:JWT}",	      "{env:JWT}",
		"${input:JWT}", "${user_config.JWT}", "${JWT:-none}"
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct run r = { .env = { arena_printf(arena, "JWT_SECRET=%s",
						       forms[i]) } };

		load(&r);
		OK(r.ok && !r.set.v.jwt_secret, "%s counts as unset", forms[i]);
		OK(warned(&r, "variable JWT was not replaced"),
		   "and the variable is named");
		OK(warned(&r, "JWT_SECRET_FILE"), "and a way to set it");
	}
	struct run r = { .env = { "JWT_SECRET=$ecret_of_32_bytes",
				  "REDIS_PASSWORD=a${x}b", "WORKERS=${env:W}" } };
	r.dotenv = write_file("w.env", "WORKERS=3\n", 0644);
	load(&r);
	IS_STR(r.set.v.jwt_secret, "$ecret_of_32_bytes", "a bare $NAME is kept");
	OK(warned(&r, "JWT_SECRET looks like") && !warned(&r, "ecret_of"),
	   "with a warning that does not tell it");
	IS_STR(r.set.v.redis_password, "a${x}b", "a variable inside a value is kept");
	IS_INT(r.set.v.workers, 3, "a weaker source takes the place of what is unset");
}

static void test_secrets(void)
{
	struct run r = {
		.env = { "DATABASE_URL=postgresql://me:hunter22@db:5432/x?a=b",
			 "JWT_SECRET=0123456789abcdef0123456789abcdef",
			 "NOTIFICATION_WEBHOOK_URL=https://hooks.test/services/T0/B0" }
	};

	load(&r);
	OK(r.ok, "secrets in the environment: %s", r.e.msg);
	IS_STR(r.set.v.database_url, "postgresql://me:hunter22@db:5432/x?a=b",
	       "the URL is whole");
	IS_STR(shown(&r, "DATABASE_URL"), "postgresql://me:***@db:5432/x?a=b",
	       "shown without password");
	IS_STR(shown(&r, "JWT_SECRET"), "***", "a secret is masked");
	IS_STR(shown(&r, "NOTIFICATION_WEBHOOK_URL"), "https://hooks.test/***",
	       "the path of a webhook is masked");
	IS_STR(log_masked(arena, "x hunter22 y"), "x *** y",
	       "the log masks the password");
	IS_STR(r.block[0] + strlen("DATABASE_URL="), "", "the environment is wiped");
	OK(r.block[0][strlen("DATABASE_URL=postgresql://me:hunter22@db:5432/x?a=")] ==
		   '\0',
	   "to the last byte");
	IS_STR(r.block[1] + strlen("JWT_SECRET="), "", "each secret");
	r = (struct run){
		.env = { "DATABASE_URL=postgresql://h/d?password=hunter22&x=1" }
	};
	load(&r);
	IS_STR(shown(&r, "DATABASE_URL"), "postgresql://h/d?password=***&x=1",
	       "a password among the parameters");
	r = (struct run){
		.env = { "DATABASE_URL=postgresql://me:hun?ter22pass@db/x?a=b" }
	};
	load(&r);
	IS_STR(shown(&r, "DATABASE_URL"), "postgresql://me:***@db/x?a=b",
	       "a password with a raw question mark");
	r = (struct run){ .env = { "JWT_SECRET=hunter2222", "WORKERS=x" } };
	load(&r);
	IS_STR(r.block[0] + strlen("JWT_SECRET="), "", "wiped after a failure too");
}

static void test_secret_files(void)
{
	const char *path = write_file("secret", "from-a-file-1234\n", 0600);
	struct run r = { .env = { arena_printf(arena, "JWT_SECRET_FILE=%s", path) } };

	load(&r);
	IS_STR(r.set.v.jwt_secret, "from-a-file-1234", "NAME_FILE, without the line end");
	IS_STR(origin(&r, "JWT_SECRET"),
	       arena_printf(arena, "environment (from %s)", path), "its origin");
	r.env[1] = "JWT_SECRET=both";
	load(&r);
	is_refused(&r, "JWT_SECRET and JWT_SECRET_FILE are both set",
		   "both forms at once");
	r.env[1] = NULL;
	chmod(path, 0644);
	load(&r);
	is_refused(&r, "JWT_SECRET|mode 0644|chmod 600",
		   "a secret file that others may read");
	r.env[0] = "JWT_SECRET_FILE=/nonexistent/s";
	load(&r);
	is_refused(&r, "JWT_SECRET_FILE|/nonexistent/s",
		   "a secret file that is not there");
	chmod(path, 0600);
	r = (struct run){ 0 };
	r.yaml = write_file("s.yaml",
			    arena_printf(arena, "jwt: {secret_file: %s}\n", path), 0644);
	load(&r);
	IS_STR(r.set.v.jwt_secret, "from-a-file-1234", "name_file in YAML");
}

static void test_open_files(void)
{
	struct run r = { 0 };
	char *link = arena_printf(arena, "%s/link.env", dir);

	r.dotenv = write_file("open.env", "DATABASE_URL=postgresql://u:hunter22@h/d\n",
			      0644);
	load(&r);
	is_refused(&r, "open.env holds DATABASE_URL|0644|chmod 600",
		   "an open .env with a password");
	r.dotenv = write_file("open.env",
			      "DATABASE_URL=postgresql://u@h/d\nJWT_SECRET=\n", 0644);
	load(&r);
	OK(r.ok, "an open .env without a password is fine: %s", r.e.msg);
	r.dotenv = NULL;
	r.yaml = write_file("open.yaml", "redis: {password: abcdef}\n", 0640 | 04);
	load(&r);
	is_refused(&r, "open.yaml holds REDIS_PASSWORD|0644",
		   "an open YAML file with a password");
	r.yaml = NULL;
	if (symlink(write_file("own.env", "WORKERS=2\n", 0600), link) != 0)
		OK(false, "symlink: %s", strerror(errno));
	r.dotenv = link;
	load(&r);
	IS_INT(r.set.v.workers, 2, "a symlink of the user is followed");
	if (geteuid() != 0)
		return;
	if (lchown(link, 65534, 65534) != 0)
		OK(false, "lchown: %s", strerror(errno));
	load(&r);
	is_refused(&r, "link.env|symbolic link|another user",
		   "a symlink of another user is not");
}

static void test_placeholders(void)
{
	struct run r = { .env = { "JWT_SECRET=your-secret-key-here",
				  "REDIS_PASSWORD=changeme" } };

	load(&r);
	OK(r.ok, "the sample's secrets have no effect yet");
	OK(warned(&r, "JWT_SECRET is the placeholder"), "a warning tells of JWT_SECRET");
	OK(warned(&r, "REDIS_PASSWORD is the placeholder"), "and of REDIS_PASSWORD");
}

/* The .env file of the specification, as it is. */
static void test_specification(void)
{
	struct run r = { 0 };
	struct buf b;
	size_t unread = 0;

	buf_init(&b, 1 << 20);
	OK(fd_read_file("test/unit/data/specification.env", &b, &r.e),
	   "the sample is there");
	r.dotenv = write_file("spec.env", buf_text(&b), 0600);
	load(&r);
	OK(r.ok, "the sample is accepted: %s", r.e.msg);
	IS_STR(r.set.v.database_url, "postgresql://user:password@localhost:5432/kilocode",
	       "DATABASE_URL");
	IS_INT(r.set.v.pool_max, 10, "DATABASE_POOL_MAX");
	IS_INT(r.set.v.pool_acquire, 30000, "DATABASE_POOL_ACQUIRE");
	IS_INT(r.set.v.log_max_size, 10 * 1024 * 1024, "LOG_MAX_SIZE");
	IS_INT(r.set.v.compliance_interval, 86400000, "COMPLIANCE_INTERVAL");
	for (const char *s = buf_text(&b); *s; s += strcspn(s, "\n"), s += *s == '\n') {
		size_t n = strcspn(s, "=\n");

		if (s[0] == '#' || s[n] != '=')
			continue;
		unread += !config_keys[key_index(arena_strndup(arena, s, n))].name ||
			  str_eq(origin(&r, arena_strndup(arena, s, n)), "default");
	}
	IS_INT(unread, 0, "each of its names is a key");
	buf_release(&b);
}

static void remove_dir(void)
{
	static const char *const names[] = { "order.yaml", "order.env",
					     "named.yaml", "y.yaml",
					     "e.env",	   "w.env",
					     "secret",	   "s.yaml",
					     "open.env",   "spec.env",
					     "open.yaml",  "own.env",
					     "link.env",   "config/kilocode-mcp",
					     "config",	   "" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (remove(arena_printf(arena, "%s/%s", dir, names[i])) != 0)
			OK(false, "remove %s: %s", names[i], strerror(errno));
}

int main(void)
{
	arena = arena_new();
	if (!mkdtemp(dir))
		return 1;
	setenv("XDG_CONFIG_HOME", arena_printf(arena, "%s/config", dir), 1);
	setenv("XDG_DATA_HOME", arena_printf(arena, "%s/data", dir), 1);
	setenv("XDG_STATE_HOME", arena_printf(arena, "%s/state", dir), 1);
	test_defaults();
	test_order();
	test_own_folder();
	test_wrong_values();
	test_wrong_files();
	test_flags();
	test_units();
	test_paths();
	test_unreplaced();
	test_secrets();
	test_secret_files();
	test_open_files();
	test_placeholders();
	test_specification();
	remove_dir();
	arena_free(arena);
	return tap_done();
}
