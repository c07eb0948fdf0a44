/* SPDX-License-Identifier: Apache-2.0 */
/* CMD rules about what is started and with which arguments: CMD-001 to 005, 010 to 012,
 * 016. */
#define _GNU_SOURCE /* S_ISVTX */
#include <ctype.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/str.h"
#include "compliance-server/entry_look.h"
#include "compliance-server/predicate.h"
#include "compliance-server/rules_checks.h"

void check_cmd_001(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const struct value *text = look_shell_text(e);
	const char *option;

	if (!text)
		return;
	option = text > e->args.v ? text[-1].text : "";
	rule_fail(r,
		  str_ieq(option, "-encodedcommand") || str_ieq(option, "-enc")
			  ? SEV_HIGH
			  : SEV_MEDIUM,
		  text, "%s interprets a text to start \"%s\"", e->program, e->name);
}

static bool downloads(const char *from, const char *to, struct arena *a)
{
	static const char *const words[] = {
		"curl", "wget", "iwr", "irm", "Invoke-WebRequest", "Invoke-RestMethod"
	};
	const char *part = arena_strndup(a, from, (size_t)(to - from));

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (has_word(part, words[i]))
			return true;
	return false;
}

/* The word at p, past "sudo" and its options, is an interpreter. */
static bool interpreter(const char *p)
{
	static const char *const words[] = { "sh",   "bash", "zsh",  "python", "python3",
					     "node", "perl", "ruby", "iex",    "dash" };

	for (;;) {
		const char *base;
		size_t n;

		p += strspn(p, " \t(");
		n = strcspn(p, " \t\n;|&)\"'");
		base = p;
		for (size_t i = 0; i < n; i++)
			if (p[i] == '/')
				base = p + i + 1;
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (strlen(words[i]) == n - (size_t)(base - p) &&
			    strncmp(base, words[i], strlen(words[i])) == 0)
				return true;
		if (n == 0 || !(strncmp(p, "sudo", n) == 0 || strncmp(p, "env", n) == 0 ||
				p[0] == '-'))
			return false;
		p += n;
	}
}

static bool pipes_download(struct arena *a, const char *s)
{
	const char *begin = s;

	for (const char *p = s; *p != '\0'; p++) {
		if (*p == ';' || *p == '\n' || (p[0] == '&' && p[1] == '&') ||
		    (p[0] == '|' && p[1] == '|')) {
			begin = p + 1;
			p += p[0] == '|' || p[0] == '&';
			continue;
		}
		if (*p == '|' && downloads(begin, p, a) && interpreter(p + 1))
			return true;
	}
	return false;
}

/* bash <(curl …), sh -c "$(curl …)", iex (irm …) */
static bool runs_download(struct arena *a, const char *s, bool shell)
{
	for (const char *p = s; *p != '\0'; p++) {
		const char *close;
		bool sub = (p[0] == '<' || p[0] == '$') && p[1] == '(';

		if (strncmp(p, "iex", 3) == 0 && strchr(" (\"", p[3]) && p[3] != '\0' &&
		    downloads(p, p + strlen(p), a))
			return true;
		if (!sub)
			continue;
		close = strchr(p, ')');
		if (!downloads(p, close ? close : p + strlen(p), a))
			continue;
		if (p[0] == '<' || (shell && strspn(s, " \"'") >= (size_t)(p - s)))
			return true;
	}
	return false;
}

void check_cmd_002(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const struct value *shell = look_shell_text(e);

	for (size_t i = 0; i < e->args.n; i++) {
		const struct value *v = &e->args.v[i];
		bool python =
			str_starts(e->program, "python") && i > 0 &&
			str_eq(v[-1].text, "-c") && strstr(v->text, "exec(") &&
			(strstr(v->text, "urlopen") || strstr(v->text, "requests.get"));

		if (python || pipes_download(r->arena, v->text) ||
		    runs_download(r->arena, v->text, v == shell))
			rule_fail(r, SEV_CRITICAL, v,
				  "\"%s\" downloads code and runs it at each start",
				  e->name);
	}
}

void check_cmd_003(struct rule_run *r)
{
	static const char *const raised[] = { "sudo", "doas", "pkexec", "runas", "su" };
	const struct entry *e = r->entry;
	const struct value *shell = look_shell_text(e);

	for (size_t i = 0; i < ARRAY_LEN(raised); i++)
		if (str_eq(e->program, raised[i]))
			rule_fail(r, SEV_HIGH, &e->command, "\"%s\" is started by %s",
				  e->name, raised[i]);
	if (shell && has_word(shell->text, "sudo"))
		rule_fail(r, SEV_HIGH, shell, "The shell text of \"%s\" uses sudo",
			  e->name);
}

void check_cmd_004(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const char *c = e->command.text;

	if (!c || !strpbrk(c, "/\\") || strchr("/\\~$%{<", c[0]) || look_drive(c) ||
	    look_joined_command(r->arena, e))
		return;
	if (e->cwd.text && (e->cwd.text[0] == '/' || look_drive(e->cwd.text)))
		return;
	rule_fail(r, SEV_MEDIUM, &e->command,
		  "The command of \"%s\" is a path relative to wherever the host starts",
		  e->name);
}

/* The temporary folder the path lies below, without the last slash, or NULL. */
static const char *temp_of(const char *p)
{
	static const char *const folders[] = { "/tmp", "/var/tmp", "/dev/shm",
					       "/private/tmp" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (str_starts(p, folders[i]) && p[strlen(folders[i])] == '/')
			return folders[i];
	if (find_ignoring_case(p, "%TEMP%") == p)
		return "%TEMP%";
	return find_ignoring_case(p, "C:\\Windows\\Temp\\") == p ? "C:\\Windows\\Temp"
								 : NULL;
}

/* The path goes through a folder directly below temp that only we or root can write, and
 * that the sticky bit of temp keeps there. */
static bool own_below(struct arena *a, const char *path, const char *temp)
{
	size_t n = strlen(temp) + 1, m = strcspn(path + n, "/");
	struct stat top, dir;

	if (temp[0] != '/' || path[n + m] != '/' || strstr(path, "/.."))
		return false;
	if (stat(temp, &top) != 0 || !(top.st_mode & S_ISVTX) ||
	    lstat(arena_printf(a, "%.*s", (int)(n + m), path), &dir) != 0)
		return false;
	return S_ISDIR(dir.st_mode) && (dir.st_uid == getuid() || dir.st_uid == 0) &&
	       !(dir.st_mode & (S_IWGRP | S_IWOTH));
}

static void fail_temp(struct rule_run *r, const struct value *at, const char *what,
		      const char *path)
{
	const char *temp = temp_of(path);

	if (!temp)
		return;
	if (own_below(r->arena, path, temp))
		rule_fail(r, SEV_LOW, at,
			  "The %s of \"%s\" lies below %s, in a folder of yours that may "
			  "be cleared",
			  what, r->entry->name, temp);
	else
		rule_fail(r, SEV_HIGH, at,
			  "The %s of \"%s\" lies below %s, where anybody can put files",
			  what, r->entry->name, temp);
}

void check_cmd_005(struct rule_run *r)
{
	const struct entry *e = r->entry;
	const struct value *script = look_script(e);

	if (e->command.text)
		fail_temp(r, &e->command, "program", e->command.text);
	if (script)
		fail_temp(r, script, "script",
			  look_foreign(script->text)
				  ? script->text
				  : look_path(r->arena, e, script->text));
}

static bool is_filesystem_server(const struct entry *e)
{
	static const char *const names[] = { "server-filesystem", "filesystem-mcp" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (e->command.text && strstr(e->command.text, names[i]))
			return true;
		for (size_t k = 0; k < e->args.n; k++)
			if (strstr(e->args.v[k].text, names[i]))
				return true;
	}
	return false;
}

static bool too_wide(const char *p)
{
	static const char *const roots[] = { "/",	"~",	      "~/",	"$HOME",
					     "${HOME}", "/home",      "/Users", "/etc",
					     "/var",	"${env:HOME}" };
	static const char *const homes[] = { "/home/", "/Users/" };
	size_t n = strlen(p);

	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (str_eq(p, roots[i]))
			return true;
	if (look_drive(p) && n == 3)
		return true;
	while (n > 1 && p[n - 1] == '/')
		n--;
	for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
		size_t m = strlen(homes[i]);

		if (str_starts(p, homes[i]) && n > m && !memchr(p + m, '/', n - m))
			return true;
	}
	return false;
}

void check_cmd_010(struct rule_run *r)
{
	const struct entry *e = r->entry;

	if (!is_filesystem_server(e))
		return;
	for (size_t i = 0; i < e->args.n; i++)
		if (too_wide(e->args.v[i].text) && !is_place(e->args.v[i].text))
			rule_fail(r, SEV_HIGH, &e->args.v[i],
				  "\"%s\" may read and write %s", e->name,
				  str_printable(r->arena, e->args.v[i].text, 60));
}

void check_cmd_011(struct rule_run *r)
{
	static const char *const whole[] = {
		"--allow-all",	      "--no-sandbox", "--disable-web-security",
		"--disable-security", "--yolo",	      "--trust-all",
		"--skip-ssl-verify"
	};
	const struct entry *e = r->entry;
	struct look_container box;
	bool container = look_container(e, &box);

	for (size_t i = 0; i < e->args.n; i++) {
		const char *a = e->args.v[i].text;
		size_t n = strcspn(a, "=");
		bool hit = str_starts(a, "--dangerously-") || str_starts(a, "--unsafe");
		bool off = a[n] == '=' &&
			   (str_ieq(a + n + 1, "false") || str_eq(a + n + 1, "0"));

		for (size_t k = 0; k < ARRAY_LEN(whole); k++)
			hit |= strlen(whole[k]) == n && strncmp(a, whole[k], n) == 0;
		if (hit && !off)
			rule_fail(r,
				  container && i > box.image && str_eq(a, "--no-sandbox")
					  ? SEV_LOW
					  : SEV_MEDIUM,
				  &e->args.v[i], "%s switches a protection of \"%s\" off",
				  str_printable(r->arena, a, 60), e->name);
	}
}

static bool loads_code(const char *name, const char *v)
{
	static const char *const names[] = {
		"LD_PRELOAD", "LD_AUDIT",	"DYLD_INSERT_LIBRARIES",
		"BASH_ENV",   "PYTHONSTARTUP",	"PERL5OPT",
		"RUBYOPT",    "GIT_SSH_COMMAND"
	};
	static const char *const options[] = { "--require", "-r", "--import", "--loader",
					       "--experimental-loader" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_eq(name, names[i]))
			return true;
	/* ENV names a start file for sh; "production" is what programs mean by it */
	if (str_eq(name, "ENV"))
		return strchr(v, '/') != NULL;
	if (str_eq(name, "JAVA_TOOL_OPTIONS"))
		return strstr(v, "-javaagent") != NULL;
	for (size_t i = 0; str_eq(name, "NODE_OPTIONS") && i < ARRAY_LEN(options); i++) {
		const char *p = strstr(v, options[i]);
		size_t n = strlen(options[i]);

		if (p && (p == v || p[-1] == ' ') && (p[n] == ' ' || p[n] == '='))
			return true;
	}
	return false;
}

void check_cmd_012(struct rule_run *r)
{
	const struct entry *e = r->entry;

	for (size_t i = 0; i < e->env.n; i++) {
		const struct value *v = &e->env.v[i];

		if (!str_empty(v->text) && loads_code(v->name, v->text))
			rule_fail(r, SEV_HIGH, v, "%s makes \"%s\" load other code",
				  v->name, e->name);
	}
}

static bool shell_characters(const char *s)
{
	const char *quote = strchr(s, '`'), *semi;

	if (strchr("{[<(", s[0]) || find_ignoring_case(s, "SELECT") == s ||
	    strpbrk(s, "\\^") || strstr(s, "://"))
		return false;
	if (strstr(s, "$(") || (quote && strchr(quote + 1, '`')) || strstr(s, "&&") ||
	    strstr(s, "||") || strstr(s, "| sh"))
		return true;
	for (semi = strchr(s, ';'); semi; semi = strchr(semi + 1, ';')) {
		const char *p = semi + 1 + strspn(semi + 1, " ");

		if (isalpha((unsigned char)*p) && semi > s)
			return true;
	}
	return false;
}

void check_cmd_016(struct rule_run *r)
{
	static const char *const shells[] = { "sh",  "bash", "zsh",	   "dash",
					      "ksh", "fish", "powershell", "pwsh",
					      "cmd", "wsl",  "ssh" };
	const struct entry *e = r->entry;

	for (size_t i = 0; i < ARRAY_LEN(shells); i++)
		if (str_eq(e->program, shells[i])) {
			rule_skip(r, "the program is a shell");
			return;
		}
	for (size_t i = 0; i < e->args.n; i++) {
		bool script = i > 0 && (str_eq(e->args.v[i - 1].text, "-c") ||
					str_eq(e->args.v[i - 1].text, "-e"));

		if (!script && shell_characters(e->args.v[i].text))
			rule_fail(
				r, SEV_MEDIUM, &e->args.v[i],
				"An argument of \"%s\" holds characters only a shell would "
				"understand",
				e->name);
	}
}
