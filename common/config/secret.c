/* SPDX-License-Identifier: Apache-2.0 */
/* What stands where a secret should: variables that a host left in place, values copied
 * from a sample. */
#include "common/base/str.h"
#include "common/config/value.h"

static size_t variable_length(const char *s)
{
	size_t n = 0;

	while ((s[n] >= 'A' && s[n] <= 'Z') || (s[n] >= 'a' && s[n] <= 'z') ||
	       s[n] == '_' || (n > 0 && s[n] >= '0' && s[n] <= '9'))
		n++;
	return n;
}

/* Which hosts replace which form. The first that fits decides. */
static const struct {
	const char *open;
	const char *way;
} forms[] = {
	{ "${env:",
	  "Kilo, Roo, Cline, VS Code and Cursor replace it when the variable is set in "
	  "the environment the editor was started from" },
	{ "{env:",
	  "Kilo 7 and OpenCode replace it when the variable is set in the environment "
	  "they were started from" },
	{ "${input:",
	  "VS Code asks for it when \"inputs\" of mcp.json has an entry of that id" },
	{ "${user_config.",
	  "the host replaces it when the setting of the bundle has a value" },
	{ "${", "Claude Code and Gemini CLI replace it when the variable is set in their "
		"environment; for Kilo, Roo, Cline and VS Code write ${env:NAME}" },
};

bool value_unreplaced(struct arena *a, const char *text, struct unreplaced *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const char *name = text + strlen(forms[i].open);
		size_t len;

		if (!str_starts(text, forms[i].open))
			continue;
		/* ids of inputs and settings may hold dashes and dots */
		len = i == 2 || i == 3 ? strcspn(name, "{}$ \t\n\r")
				       : variable_length(name);
		if (len == 0)
			continue;
		if (!str_eq(name + len, "}") &&
		    !(i == 4 && str_starts(name + len, ":-") && strchr(name, '}') &&
		      strchr(name, '}')[1] == '\0'))
			continue;
		*ret = (struct unreplaced){ arena_strndup(a, name, len), forms[i].way,
					    true };
		return true;
	}
	if (text[0] == '$' && variable_length(text + 1) > 0 &&
	    text[1 + variable_length(text + 1)] == '\0') {
		*ret = (struct unreplaced){
			arena_strdup(a, text + 1),
			"Gemini CLI replaces it when the variable is set", false
		};
		return true;
	}
	return false;
}

bool value_placeholder(const char *text)
{
	static const char *const samples[] = { "secret", "changeme", "change-me",
					       "change_me", "your-secret-key-here" };

	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		if (str_ieq(text, samples[i]))
			return true;
	return str_starts(text, "your-") || strstr(text, "YOUR/WEBHOOK/URL");
}
