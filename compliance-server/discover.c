/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts and their files: two const tables and the look-ups over them. */
#include "compliance-server/discover.h"

#include <string.h>
#include <unistd.h>

#include "common/base/buf.h"
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
};

/* Ends of paths, at a "/" boundary; the first that fits names the host. */
static const struct path_row {
	const char *end;
	enum host host;
	enum file_place place; /* where discovery looks for it */
} paths[] = {
	{ ".kilocode/mcp.json", HOST_KILO_LEGACY, PLACE_PROJECT },
	{ "kilo.json", HOST_KILO, PLACE_PROJECT },
	{ "kilo.jsonc", HOST_KILO, PLACE_PROJECT },
	{ ".kilo/kilo.json", HOST_KILO, PLACE_PROJECT },
	{ ".kilo/kilo.jsonc", HOST_KILO, PLACE_PROJECT },
	{ ".mcp.json", HOST_CLAUDE_CODE, PLACE_PROJECT },
	{ ".cursor/mcp.json", HOST_CURSOR, PLACE_PROJECT },
	{ ".vscode/mcp.json", HOST_VSCODE, PLACE_PROJECT },
	{ ".roo/mcp.json", HOST_ROO, PLACE_PROJECT },
	{ ".kiro/settings/mcp.json", HOST_KIRO, PLACE_PROJECT },
	{ ".gemini/settings.json", HOST_GEMINI, PLACE_PROJECT },
	{ "opencode.json", HOST_OPENCODE, PLACE_PROJECT },
	{ "opencode.jsonc", HOST_OPENCODE, PLACE_PROJECT },
	{ ".amazonq/mcp.json", HOST_AMAZON_Q, PLACE_PROJECT },
	{ ".zed/settings.json", HOST_ZED, PLACE_PROJECT },
	{ ".windsurf/mcp.json", HOST_WINDSURF, PLACE_PROJECT },
	{ "claude_desktop_config.json", HOST_CLAUDE_DESKTOP, PLACE_PROJECT },
	{ ".config/kilo/kilo.json", HOST_KILO, PLACE_USER },
	{ ".config/kilo/kilo.jsonc", HOST_KILO, PLACE_USER },
	{ ".config/Code/User/globalStorage/kilocode.kilo-code/settings/mcp_settings.json",
	  HOST_KILO_LEGACY, PLACE_USER },
	{ ".config/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json",
	  HOST_ROO, PLACE_USER },
	{ ".config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/"
	  "cline_mcp_settings.json",
	  HOST_CLINE, PLACE_USER },
	{ "kilocode.kilo-code/settings/mcp_settings.json", HOST_KILO_LEGACY,
	  PLACE_GIVEN },
	{ "rooveterinaryinc.roo-cline/settings/mcp_settings.json", HOST_ROO,
	  PLACE_GIVEN },
	{ "cline_mcp_settings.json", HOST_CLINE, PLACE_GIVEN },
	{ ".config/Code/User/mcp.json", HOST_VSCODE, PLACE_USER },
	{ ".config/Code/User/settings.json", HOST_VSCODE, PLACE_USER },
	{ "Code/User/mcp.json", HOST_VSCODE, PLACE_GIVEN },
	{ ".config/Claude/claude_desktop_config.json", HOST_CLAUDE_DESKTOP, PLACE_USER },
	{ ".claude.json", HOST_CLAUDE_CODE, PLACE_USER },
	{ ".codeium/windsurf/mcp_config.json", HOST_WINDSURF, PLACE_USER },
	{ ".cursor/mcp.json", HOST_CURSOR, PLACE_USER },
	{ ".gemini/settings.json", HOST_GEMINI, PLACE_USER },
	{ ".gemini/antigravity/mcp_config.json", HOST_GEMINI, PLACE_USER },
	{ ".kiro/settings/mcp.json", HOST_KIRO, PLACE_USER },
	{ ".aws/amazonq/mcp.json", HOST_AMAZON_Q, PLACE_USER },
	{ ".config/opencode/opencode.json", HOST_OPENCODE, PLACE_USER },
	{ ".config/opencode/opencode.jsonc", HOST_OPENCODE, PLACE_USER },
	{ ".config/zed/settings.json", HOST_ZED, PLACE_USER },
	{ ".warp/mcp.json", HOST_WARP, PLACE_USER },
	{ ".copilot/mcp-config.json", HOST_COPILOT_CLI, PLACE_USER },
	{ "mcp.json", HOST_GENERIC, PLACE_PROJECT },
};

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

static bool path_ends(const char *path, const char *end)
{
	size_t n = strlen(path), m = strlen(end);

	return n >= m && str_eq(path + n - m, end) && (n == m || path[n - m - 1] == '/');
}

static bool below_home(const char *path, const char *home, const char *end)
{
	size_t n = home ? strlen(home) : 0;

	while (n > 0 && home[n - 1] == '/')
		n--;
	return n > 0 && strncmp(path, home, n) == 0 && path[n] == '/' &&
	       str_eq(path + n + 1, end);
}

const struct host_row *host_of_path(const char *path, const char *home,
				    enum file_place *ret_place)
{
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (paths[i].place == PLACE_USER &&
		    below_home(path, home, paths[i].end)) {
			*ret_place = PLACE_USER;
			return host_by_id(paths[i].host);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (path_ends(path, paths[i].end)) {
			*ret_place = paths[i].place;
			return host_by_id(paths[i].host);
		}
	}
	*ret_place = PLACE_GIVEN;
	return host_by_id(HOST_GENERIC);
}

char *host_project_root(struct arena *a, const char *path)
{
	static const char *const folders[] = {
		"/.kilocode",	   "/.kilo",   "/.vscode",  "/.cursor", "/.roo",
		"/.kiro/settings", "/.gemini", "/.amazonq", "/.zed",	"/.windsurf"
	};
	const char *slash = strrchr(path, '/');
	char *dir;

	if (!slash)
		return arena_strdup(a, ".");
	dir = arena_strndup(a, path, slash == path ? 1 : (size_t)(slash - path));
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		size_t n = strlen(dir), m = strlen(folders[i]);

		if (str_eq(dir, folders[i] + 1))
			return arena_strdup(a, ".");
		if (n > m && str_ends(dir, folders[i])) {
			dir[n - m] = '\0';
			break;
		}
	}
	return dir;
}

struct strs discover_files(struct arena *a, const char *folder, const char *home)
{
	struct strs out = { arena_array(a, ARRAY_LEN(paths), sizeof(char *)), 0 };
	static const enum file_place order[] = { PLACE_PROJECT, PLACE_USER };

	for (size_t k = 0; k < ARRAY_LEN(order); k++) {
		const char *base = order[k] == PLACE_PROJECT ? folder : home;

		for (size_t i = 0; base && i < ARRAY_LEN(paths); i++) {
			char *path;

			if (paths[i].place != order[k])
				continue;
			path = str_eq(base, ".")
				       ? arena_strdup(a, paths[i].end)
				       : arena_printf(a, "%s/%s", base, paths[i].end);
			if (access(path, F_OK) == 0)
				out.v[out.n++] = path;
		}
	}
	return out;
}
