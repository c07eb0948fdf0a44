/* SPDX-License-Identifier: Apache-2.0 */
/* Which host a path names, and which files a folder and a home yield. */
#define _GNU_SOURCE /* nftw */
#include "test/rule_bench.h"

#include "compliance-server/discover.h"

static const struct {
	const char *path, *host;
	enum file_place place;
} paths[] = {
	{ "/p/.mcp.json", "claude-code", PLACE_PROJECT },
	{ ".mcp.json", "claude-code", PLACE_PROJECT },
	{ "/p/x.mcp.json", "generic", PLACE_GIVEN },
	{ "/p/mcp.json", "generic", PLACE_PROJECT },
	{ "/p/.vscode/mcp.json", "vscode", PLACE_PROJECT },
	{ "/p/.kilo/kilo.jsonc", "kilo", PLACE_PROJECT },
	{ "/p/.codex/config.toml", "codex", PLACE_PROJECT },
	{ "/p/codex/config.toml", "generic", PLACE_GIVEN },
	{ "/p/.amp/settings.json", "amp", PLACE_PROJECT },
	{ "/p/settings.json", "generic", PLACE_GIVEN },
	{ "/h/ann/.mcp.json", "claude-code", PLACE_PROJECT },
	{ "/h/ann/.claude.json", "claude-code", PLACE_USER },
	{ "/h/bob/.claude.json", "claude-code", PLACE_GIVEN },
	{ "/h/ann/.cursor/mcp.json", "cursor", PLACE_USER },
	{ "/h/ann/p/.cursor/mcp.json", "cursor", PLACE_PROJECT },
	{ "/h/ann/.codex/config.toml", "codex", PLACE_USER },
	{ "/h/ann/.codex/work.config.toml", "codex", PLACE_USER },
	{ "/h/ann/.codex/deep/work.config.toml", "generic", PLACE_GIVEN },
	{ "/h/ann/.config/Claude/claude_desktop_config.json", "claude-desktop",
	  PLACE_USER },
	{ "/h/ann/Library/Application Support/Claude/claude_desktop_config.json",
	  "claude-desktop", PLACE_USER },
	{ "/h/ann/AppData/Roaming/Claude/claude_desktop_config.json", "claude-desktop",
	  PLACE_USER },
	{ "/h/ann/AppData/Roaming/Code/User/mcp.json", "vscode", PLACE_USER },
	{ "/h/ann/.config/VSCodium/User/settings.json", "vscode", PLACE_USER },
	{ "/h/ann/.config/Code/User/profiles/1a2b/mcp.json", "vscode", PLACE_USER },
	{ "/h/ann/.vscode-server/data/User/mcp.json", "vscode", PLACE_USER },
	{ "/h/ann/.config/Cursor/User/globalStorage/rooveterinaryinc.roo-cline/settings/"
	  "mcp_settings.json",
	  "roo", PLACE_USER },
	{ "/backup/kilocode.kilo-code/settings/mcp_settings.json", "kilocode-legacy",
	  PLACE_GIVEN },
	{ "/backup/cline_mcp_settings.json", "cline", PLACE_GIVEN },
	{ "/h/ann/.gemini/antigravity/mcp_config.json", "antigravity", PLACE_USER },
	{ "/h/ann/.gemini/settings.json", "gemini", PLACE_USER },
	{ "/h/ann/.aws/amazonq/agents/work.json", "amazon-q", PLACE_USER },
	{ "/h/ann/.config/opencode/opencode.jsonc", "opencode", PLACE_USER },
	{ "/h/ann/.config/kilo/kilo.json", "kilo", PLACE_USER },
	{ "/h/ann/.config/zed/settings.json", "zed", PLACE_USER },
	{ "/h/ann/.continue/config.json", "continue", PLACE_USER },
	{ "/h/ann/.warp/mcp.json", "warp", PLACE_USER },
	{ "/h/ann/.copilot/mcp-config.json", "copilot-cli", PLACE_USER },
	{ "/h/ann/.claude/plugins/cache/a/b/c/.mcp.json", "claude-code", PLACE_USER },
	{ "/h/ann/.claude/plugins/cache/.mcp.json", "claude-code", PLACE_USER },
	{ "/etc/codex/config.toml", "codex", PLACE_SYSTEM },
	{ "/etc/claude-code/managed-mcp.json", "claude-code", PLACE_SYSTEM },
	{ "/Library/Application Support/ClaudeCode/managed-mcp.json", "claude-code",
	  PLACE_SYSTEM },
	{ "C/Program Files/ClaudeCode/managed-mcp.json", "claude-code", PLACE_GIVEN },
};

static void test_paths(void)
{
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		enum file_place place = 0;
		const struct host_row *h = host_of_path(paths[i].path, "/h/ann/", &place);

		OK(str_eq(h->name, paths[i].host) && place == paths[i].place,
		   "%s: %s, place %d", paths[i].path, h->name, (int)place);
	}
}

static void test_patterns(void)
{
	OK(path_fits("a/**/z", "a/z") && path_fits("a/**/z", "a/b/c/z"),
	   "** is any number of folders");
	OK(!path_fits("a/**/z", "a/b/c") && !path_fits("a/**/z", "b/z"), "and no more");
	OK(path_fits("*.x", ".x") && path_fits("*.x", "a.x") &&
		   !path_fits("*.x", "a/b.x"),
	   "* stays within a component");
	OK(!path_fits("ab*ba", "aba") && path_fits("ab*ba", "abba"),
	   "its ends do not overlap");
	OK(!path_fits("a", "a/b") && !path_fits("a/b", "a"), "the whole path counts");
}

#define SERVER "{\"mcpServers\":{\"a\":{\"command\":\"x\"}}}"

static const struct {
	const char *path, *text;
	bool in_folder, in_project;
} files[] = {
	{ ".env", "A=1\n", true, true },
	{ ".env.example", "A=\n", true, true },
	{ ".git/mcp.json", SERVER, false, false },
	{ ".vscode/mcp.json", "{}", true, true },
	{ "chart/deployment.yaml",
	  "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .x }}\n", false, false },
	{ "compose.yaml", "services: {}\n", true, true },
	{ "deep/a/b/c/.mcp.json", SERVER, true, false },
	{ "docker-compose.prod.yml", "services: {}\n", true, true },
	{ "env.example", "A=\n", true, true },
	{ "env.example.json", "{}", false, false },
	{ "k8s/pod.yaml", "# x\napiVersion: v1\nkind: Pod\n", true, false },
	{ "k8s/values.yaml", "replicas: 1\n", false, false },
	{ "notes.json", "{\"mcpServers\":{\"a\":{\"note\":1}}}", false, false },
	{ "odd.json", "{\"mcpServers\":{\"a\":", true, true },
	{ "other.toml", "[mcp_servers.x]\ncommand=\"x\"\n", true, true },
	{ "package.json", "{\"name\":\"x\"}", false, false },
	{ "servers.json", SERVER, true, true },
	{ "servers.json.example", SERVER, true, true },
	{ "sub/node_modules/x/mcp.json", SERVER, false, false },
};

static bool lists(const struct discovered *f, const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < f->files.n; i++)
		n += str_eq(f->files.v[i], path);
	return n == 1;
}

static void test_folder(struct arena *a, const char *dir)
{
	struct discovered all, project, again;
	size_t n_all = 0, n_project = 0;
	bool same;

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		OK(bench_write(a, arena_printf(a, "%s/%s", dir, files[i].path),
			       files[i].text, strlen(files[i].text), 0600),
		   "%s is written", files[i].path);
	OK(symlink("..", arena_printf(a, "%s/deep/loop", dir)) == 0 &&
		   symlink("servers.json", arena_printf(a, "%s/linked.json", dir)) == 0 &&
		   mkfifo(arena_printf(a, "%s/.env.fifo", dir), 0600) == 0,
	   "a loop, a link and a pipe");
	discover_folder(a, dir, &all);
	discover_project(a, dir, &project);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const char *path = arena_printf(a, "%s/%s", dir, files[i].path);

		n_all += files[i].in_folder;
		n_project += files[i].in_project;
		OK(lists(&all, path) == files[i].in_folder, "%s in a folder",
		   files[i].path);
		OK(lists(&project, path) == files[i].in_project, "%s in a project",
		   files[i].path);
	}
	OK(lists(&all, arena_printf(a, "%s/linked.json", dir)),
	   "a link to a file counts");
	IS_INT(all.files.n, n_all + 1, "and nothing else");
	IS_INT(project.files.n, n_project + 1, "in the project neither");
	OK(!all.cut && !project.cut, "everything was looked at");
	discover_folder(a, dir, &again);
	same = again.files.n == all.files.n;
	for (size_t i = 0; same && i < all.files.n; i++)
		same = str_eq(all.files.v[i], again.files.v[i]);
	OK(same, "the order is fixed");
}

static void test_bounds(struct arena *a, const char *dir)
{
	const char *deep = arena_printf(a, "%s/deeper", dir);
	struct discovered f;

	for (int i = 0; i < 45; i++)
		deep = arena_printf(a, "%s/d", deep);
	OK(bench_write(a, arena_printf(a, "%s/.mcp.json", deep), "{}", 2, 0600),
	   "a file far below");
	discover_folder(a, dir, &f);
	IS_STR(f.cut, "it is more than 40 folders deep", "what was left out is said");
	for (int i = 0; i < 4001; i++)
		if (!bench_write(a, arena_printf(a, "%s/many/.env.%d", dir, i), "A=1", 3,
				 0600))
			break;
	discover_folder(a, arena_printf(a, "%s/many", dir), &f);
	IS_INT(f.files.n, 4000, "no more files than a check takes");
	IS_STR(f.cut, "it holds more than 4000 configuration files", "and it says so");
	discover_folder(a, arena_printf(a, "%s/absent", dir), &f);
	OK(f.files.n == 0 && f.cut, "a folder that is not there is said");
}

static void test_home(struct arena *a, const char *dir)
{
	static const char *const user[] = {
		".claude.json",
		".claude/plugins/cache/one/1.0/.mcp.json",
		".codex/config.toml",
		".codex/work.config.toml",
		".config/Code/User/profiles/ab/mcp.json",
		"Library/Application Support/Code/User/mcp.json",
		".aws/amazonq/agents/work.json",
	};
	const char *home = arena_printf(a, "%s/home", dir);
	struct discovered f;
	size_t below = 0;

	for (size_t i = 0; i < ARRAY_LEN(user); i++)
		OK(bench_write(a, arena_printf(a, "%s/%s", home, user[i]), "{}", 2, 0600),
		   "%s is written", user[i]);
	OK(bench_write(a, arena_printf(a, "%s/work/.mcp.json", home), "{}", 2, 0600),
	   "and a file of a project");
	discover_hosts(a, home, &f);
	for (size_t i = 0; i < ARRAY_LEN(user); i++)
		OK(lists(&f, arena_printf(a, "%s/%s", home, user[i])), "%s is found",
		   user[i]);
	for (size_t i = 0; i < f.files.n; i++)
		below += str_starts(f.files.v[i], home);
	IS_INT(below, ARRAY_LEN(user), "and nothing else below home");
	OK(!f.cut, "a host that is not installed is no gap");
}

int main(void)
{
	struct arena *a = arena_new();
	const char *dir = mkdtemp(arena_strdup(a, "/tmp/suite-discover-XXXXXX"));

	test_paths();
	test_patterns();
	if (OK(dir != NULL, "a folder of its own")) {
		test_folder(a, arena_printf(a, "%s/a", dir));
		test_bounds(a, dir);
		test_home(a, dir);
		nftw(dir, bench_remove, 64, FTW_DEPTH | FTW_PHYS);
	}
	arena_free(a);
	return tap_done();
}
