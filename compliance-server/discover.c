/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and where their files lie: const tables and the look-ups over them. */
#include "compliance-server/discover.h"

#include <string.h>

#include "common/base/str.h"

#define KILO_FLAGS                                                                  \
	(HOST_STRICT_JSON | HOST_NEEDS_TYPE | HOST_SECONDS | HOST_ONE_REJECTS_ALL | \
	 HOST_REDUCED_ENV | HOST_VAR_KILO | HOST_TYPES_KILO)
#define LOCAL_REMOTE (HOST_MILLISECONDS | HOST_VAR_BRACE | HOST_TYPES_LOCAL)

static const struct host_row hosts[] = {
	{ HOST_GENERIC, "generic", "unknown host", 0, NULL },
	{ HOST_KILO_LEGACY, "kilocode-legacy", "Kilo Code (legacy extension)", KILO_FLAGS,
	  "mcpServers" },
	{ HOST_KILO, "kilo", "Kilo", LOCAL_REMOTE, "mcp" },
	{ HOST_ROO, "roo", "Roo Code", KILO_FLAGS, "mcpServers" },
	{ HOST_CLINE, "cline", "Cline", HOST_STRICT_JSON | HOST_REDUCED_ENV,
	  "mcpServers" },
	{ HOST_VSCODE, "vscode", "VS Code", HOST_VAR_VSCODE, "servers" },
	{ HOST_CLAUDE_CODE, "claude-code", "Claude Code",
	  HOST_STRICT_JSON | HOST_FLAT | HOST_VAR_DOLLAR, "mcpServers" },
	{ HOST_CLAUDE_DESKTOP, "claude-desktop", "Claude Desktop",
	  HOST_STRICT_JSON | HOST_REDUCED_ENV, "mcpServers" },
	{ HOST_CURSOR, "cursor", "Cursor", HOST_VAR_VSCODE, "mcpServers" },
	{ HOST_WINDSURF, "windsurf", "Windsurf", 0, "mcpServers" },
	{ HOST_GEMINI, "gemini", "Gemini CLI", HOST_MILLISECONDS | HOST_VAR_DOLLAR,
	  "mcpServers" },
	{ HOST_KIRO, "kiro", "Kiro", HOST_VAR_DOLLAR, "mcpServers" },
	{ HOST_AMAZON_Q, "amazon-q", "Amazon Q", HOST_STRICT_JSON, "mcpServers" },
	{ HOST_OPENCODE, "opencode", "opencode", LOCAL_REMOTE, "mcp" },
	{ HOST_ZED, "zed", "Zed", 0, "context_servers" },
	{ HOST_COPILOT_CLI, "copilot-cli", "Copilot CLI", HOST_STRICT_JSON,
	  "mcpServers" },
	{ HOST_AMP, "amp", "Amp", 0, "amp.mcpServers" },
	{ HOST_WARP, "warp", "Warp", 0, "mcpServers" },
	{ HOST_CODEX, "codex", "Codex", 0, "mcp_servers" },
	{ HOST_ANTIGRAVITY, "antigravity", "Antigravity", 0, "mcpServers" },
	{ HOST_CONTINUE, "continue", "Continue", 0, "mcpServers" },
};

/* What a path of the table is relative to. */
enum base {
	BELOW_PROJECT = 1,
	BELOW_HOME,
	BELOW_CONFIG, /* where programs keep their settings: configs, below home */
	BELOW_EDITOR, /* VS Code and editors made from it: editors, below that */
	BELOW_ROOT,
	ANYWHERE, /* a copy, told by its name alone */
};

/* A component may hold one "*"; "**" stands for any number of folders. Of two rows that
 * fit the end of a path the first names the host. */
static const struct path_row {
	const char *path;
	enum host host;
	enum base base;
} paths[] = {
	{ ".kilocode/mcp.json", HOST_KILO_LEGACY, BELOW_PROJECT },
	{ "kilo.json", HOST_KILO, BELOW_PROJECT },
	{ "kilo.jsonc", HOST_KILO, BELOW_PROJECT },
	{ ".kilo/kilo.json", HOST_KILO, BELOW_PROJECT },
	{ ".kilo/kilo.jsonc", HOST_KILO, BELOW_PROJECT },
	{ ".mcp.json", HOST_CLAUDE_CODE, BELOW_PROJECT },
	{ ".cursor/mcp.json", HOST_CURSOR, BELOW_PROJECT },
	{ ".vscode/mcp.json", HOST_VSCODE, BELOW_PROJECT },
	{ ".codex/config.toml", HOST_CODEX, BELOW_PROJECT },
	{ ".roo/mcp.json", HOST_ROO, BELOW_PROJECT },
	{ ".kiro/settings/mcp.json", HOST_KIRO, BELOW_PROJECT },
	{ ".gemini/settings.json", HOST_GEMINI, BELOW_PROJECT },
	{ "opencode.json", HOST_OPENCODE, BELOW_PROJECT },
	{ "opencode.jsonc", HOST_OPENCODE, BELOW_PROJECT },
	{ ".amazonq/mcp.json", HOST_AMAZON_Q, BELOW_PROJECT },
	{ ".zed/settings.json", HOST_ZED, BELOW_PROJECT },
	{ ".amp/settings.json", HOST_AMP, BELOW_PROJECT },
	{ ".windsurf/mcp.json", HOST_WINDSURF, BELOW_PROJECT },
	{ "claude_desktop_config.json", HOST_CLAUDE_DESKTOP, BELOW_PROJECT },
	{ "kilo/kilo.json", HOST_KILO, BELOW_CONFIG },
	{ "kilo/kilo.jsonc", HOST_KILO, BELOW_CONFIG },
	{ "globalStorage/kilocode.kilo-code/settings/mcp_settings.json", HOST_KILO_LEGACY,
	  BELOW_EDITOR },
	{ "globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json", HOST_ROO,
	  BELOW_EDITOR },
	{ "globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
	  HOST_CLINE, BELOW_EDITOR },
	{ ".cline/data/settings/cline_mcp_settings.json", HOST_CLINE, BELOW_HOME },
	{ ".cline/mcp.json", HOST_CLINE, BELOW_HOME },
	{ "mcp.json", HOST_VSCODE, BELOW_EDITOR },
	{ "settings.json", HOST_VSCODE, BELOW_EDITOR },
	{ "profiles/*/mcp.json", HOST_VSCODE, BELOW_EDITOR },
	{ ".vscode/mcp.json", HOST_VSCODE, BELOW_HOME },
	{ "Claude/claude_desktop_config.json", HOST_CLAUDE_DESKTOP, BELOW_CONFIG },
	{ ".claude.json", HOST_CLAUDE_CODE, BELOW_HOME },
	{ ".claude/plugins/cache/**/.mcp.json", HOST_CLAUDE_CODE, BELOW_HOME },
	{ "etc/claude-code/managed-mcp.json", HOST_CLAUDE_CODE, BELOW_ROOT },
	{ "Library/Application Support/ClaudeCode/managed-mcp.json", HOST_CLAUDE_CODE,
	  BELOW_ROOT },
	{ ".codeium/windsurf/mcp_config.json", HOST_WINDSURF, BELOW_HOME },
	{ ".cursor/mcp.json", HOST_CURSOR, BELOW_HOME },
	{ ".gemini/settings.json", HOST_GEMINI, BELOW_HOME },
	{ ".gemini/antigravity/mcp_config.json", HOST_ANTIGRAVITY, BELOW_HOME },
	{ ".codex/config.toml", HOST_CODEX, BELOW_HOME },
	{ ".codex/*.config.toml", HOST_CODEX, BELOW_HOME },
	{ "etc/codex/config.toml", HOST_CODEX, BELOW_ROOT },
	{ ".kiro/settings/mcp.json", HOST_KIRO, BELOW_HOME },
	{ ".aws/amazonq/mcp.json", HOST_AMAZON_Q, BELOW_HOME },
	{ ".aws/amazonq/agents/*.json", HOST_AMAZON_Q, BELOW_HOME },
	{ "opencode/opencode.json", HOST_OPENCODE, BELOW_CONFIG },
	{ "opencode/opencode.jsonc", HOST_OPENCODE, BELOW_CONFIG },
	{ "zed/settings.json", HOST_ZED, BELOW_CONFIG },
	{ "amp/settings.json", HOST_AMP, BELOW_CONFIG },
	{ ".warp/mcp.json", HOST_WARP, BELOW_HOME },
	{ ".continue/config.json", HOST_CONTINUE, BELOW_HOME },
	{ ".copilot/mcp-config.json", HOST_COPILOT_CLI, BELOW_HOME },
	{ "kilocode.kilo-code/settings/mcp_settings.json", HOST_KILO_LEGACY, ANYWHERE },
	{ "rooveterinaryinc.roo-cline/settings/mcp_settings.json", HOST_ROO, ANYWHERE },
	{ "cline_mcp_settings.json", HOST_CLINE, ANYWHERE },
	{ "managed-mcp.json", HOST_CLAUDE_CODE, ANYWHERE },
	{ "mcp.json", HOST_GENERIC, BELOW_PROJECT },
};

static const char *const configs[] = { ".config", "Library/Application Support",
				       "AppData/Roaming" };
static const char *const editors[] = { "Code", "Code - Insiders", "VSCodium", "Cursor",
				       "Windsurf" };
/* editors on the far side of a remote connection */
static const char *const remote[] = { ".vscode-server/data", ".cursor-server/data" };

const struct host_row *host_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (str_ieq(hosts[i].name, name))
			return &hosts[i];
	return NULL;
}

const struct host_row *host_by_id(enum host id)
{
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (hosts[i].id == id)
			return &hosts[i];
	return &hosts[0];
}

char *host_names(struct arena *a)
{
	char *all = arena_strdup(a, hosts[0].name);

	for (size_t i = 1; i < ARRAY_LEN(hosts); i++)
		all = arena_printf(a, "%s, %s", all, hosts[i].name);
	return all;
}

/* One component of a path, against one of a pattern. */
static bool part_fits(const char *pattern, size_t n, const char *part, size_t m)
{
	const char *star = memchr(pattern, '*', n);
	size_t before = star ? (size_t)(star - pattern) : n;

	if (!star)
		return n == m && memcmp(pattern, part, n) == 0;
	return m + 1 >= n && memcmp(pattern, part, before) == 0 &&
	       memcmp(star + 1, part + m - (n - before - 1), n - before - 1) == 0;
}

bool path_fits(const char *pattern, const char *path)
{
	for (;;) {
		size_t n = strcspn(pattern, "/"), m = strcspn(path, "/");

		if (str_starts(pattern, "**/")) {
			pattern += 3;
			while (!path_fits(pattern, path)) {
				path += strcspn(path, "/");
				if (*path++ == '\0')
					return false;
			}
			return true;
		}
		if (!part_fits(pattern, n, path, m))
			return false;
		if (pattern[n] == '\0' || path[m] == '\0')
			return pattern[n] == path[m];
		pattern += n + 1;
		path += m + 1;
	}
}

/* The rest of path behind the folder, NULL when it does not lie below. */
static const char *below(const char *path, const char *folder)
{
	size_t n = folder ? strlen(folder) : 0;

	while (n > 0 && folder[n - 1] == '/')
		n--;
	return path && n > 0 && strncmp(path, folder, n) == 0 && path[n] == '/'
		       ? path + n + 1
		       : NULL;
}

/* path: relative to home. */
static bool fits_below_home(const struct path_row *row, const char *path)
{
	const char *in;

	if (row->base == BELOW_HOME)
		return path_fits(row->path, path);
	for (size_t i = 0; row->base >= BELOW_CONFIG && i < ARRAY_LEN(configs); i++) {
		in = below(path, configs[i]);
		if (row->base == BELOW_CONFIG && in && path_fits(row->path, in))
			return true;
		for (size_t k = 0; row->base == BELOW_EDITOR && k < ARRAY_LEN(editors);
		     k++) {
			const char *user = below(below(in, editors[k]), "User");

			if (user && path_fits(row->path, user))
				return true;
		}
	}
	for (size_t k = 0; row->base == BELOW_EDITOR && k < ARRAY_LEN(remote); k++) {
		in = below(below(path, remote[k]), "User");
		if (in && path_fits(row->path, in))
			return true;
	}
	return false;
}

/* At the end of any path; the folder of an editor must be named. */
static bool fits_end(const struct path_row *row, const char *path)
{
	const char *slash = strrchr(path, '/'), *last = strrchr(row->path, '/');

	slash = slash ? slash + 1 : path;
	last = last ? last + 1 : row->path;
	if (!part_fits(last, strlen(last), slash, strlen(slash)))
		return false;
	for (const char *p = path; p; p = strchr(p, '/'), p = p ? p + 1 : NULL) {
		const char *in = row->base == BELOW_EDITOR ? below(p, "User") : p;

		if (in && path_fits(row->path, in))
			return true;
	}
	return false;
}

const struct host_row *host_of_path(const char *path, const char *home,
				    enum file_place *ret_place)
{
	const char *in = below(path, home);

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		bool root = paths[i].base == BELOW_ROOT && path[0] == '/';

		if (root ? path_fits(paths[i].path, path + 1)
			 : in && fits_below_home(&paths[i], in)) {
			*ret_place = root ? PLACE_SYSTEM : PLACE_USER;
			return host_by_id(paths[i].host);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (fits_end(&paths[i], path)) {
			*ret_place = paths[i].base == BELOW_PROJECT ? PLACE_PROJECT
								    : PLACE_GIVEN;
			return host_by_id(paths[i].host);
		}
	}
	*ret_place = PLACE_GIVEN;
	return host_by_id(HOST_GENERIC);
}

/* Folders of a project that hold the files of a host. */
static const char *const host_folders[] = { ".kilocode", ".kilo",  ".vscode",
					    ".cursor",	 ".roo",   ".kiro/settings",
					    ".gemini",	 ".codex", ".amp",
					    ".amazonq",	 ".zed",   ".windsurf" };

bool host_folder(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(host_folders); i++) {
		size_t n = strcspn(host_folders[i], "/");

		if (strlen(name) == n && strncmp(name, host_folders[i], n) == 0)
			return true;
	}
	return str_eq(name, "settings");
}

char *host_project_root(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir;

	if (!slash)
		return arena_strdup(a, ".");
	dir = arena_strndup(a, path, slash == path ? 1 : (size_t)(slash - path));
	for (size_t i = 0; i < ARRAY_LEN(host_folders); i++) {
		size_t n = strlen(dir), m = strlen(host_folders[i]);

		if (str_eq(dir, host_folders[i]))
			return arena_strdup(a, ".");
		if (n > m + 1 && str_ends(dir, host_folders[i]) &&
		    dir[n - m - 1] == '/') {
			dir[n - m - 1] = '\0';
			break;
		}
	}
	return dir;
}

bool host_knows_path(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		if (fits_end(&paths[i], path))
			return true;
	return false;
}

static void add_pattern(struct arena *a, struct strs *out, const char *folder,
			const struct path_row *row)
{
	out->v[out->n++] = arena_printf(a, "%s/%s", folder, row->path);
}

static void add_below_home(struct arena *a, struct strs *out, const char *home,
			   const struct path_row *row)
{
	if (row->base == BELOW_HOME) {
		add_pattern(a, out, home, row);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(configs); i++) {
		const char *config = arena_printf(a, "%s/%s", home, configs[i]);

		if (row->base == BELOW_CONFIG)
			add_pattern(a, out, config, row);
		for (size_t k = 0; row->base == BELOW_EDITOR && k < ARRAY_LEN(editors);
		     k++)
			add_pattern(a, out,
				    arena_printf(a, "%s/%s/User", config, editors[k]),
				    row);
	}
	for (size_t k = 0; row->base == BELOW_EDITOR && k < ARRAY_LEN(remote); k++)
		add_pattern(a, out, arena_printf(a, "%s/%s/User", home, remote[k]), row);
}

struct strs host_paths(struct arena *a, const char *home)
{
	size_t each = ARRAY_LEN(configs) * ARRAY_LEN(editors) + ARRAY_LEN(remote);
	struct strs out = { arena_array(a, ARRAY_LEN(paths) * each, sizeof(*out.v)), 0 };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		enum base b = paths[i].base;

		if (b == BELOW_ROOT)
			add_pattern(a, &out, "", &paths[i]);
		else if (home &&
			 (b == BELOW_HOME || b == BELOW_CONFIG || b == BELOW_EDITOR))
			add_below_home(a, &out, home, &paths[i]);
	}
	return out;
}
