/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: global options, configuration flags, one sub-command with its own. */
#ifndef COMMON_APP_OPTIONS_H
#define COMMON_APP_OPTIONS_H

#include "common/app/app.h"

struct options {
	bool help, version, json;
	const char *print_docs; /* name, or NULL */
	const char *config_file, *env_file;
	const char **flag_names, **flag_values; /* configuration keys given as flags */
	size_t flags_n;
	const struct command *command; /* NULL: serve */
	const char
		*group; /* with help: first word of the commands it is about, or NULL */
	void *in;	/* the command's options, bound */
};

/* ERR_USAGE names the word that was wrong and the nearest right one. */
bool options_parse(struct arena *a, const struct app *app, int argc, char **argv,
		   struct options *ret, struct err *e);
void options_help(const struct app *app, const struct command *cmd, struct buf *out);
/* Help of all commands of two words that begin with this one. */
void options_help_group(const struct app *app, const char *word, struct buf *out);
/* "fail_on" -> "--fail-on", "DATABASE_URL" -> "--database-url" */
const char *options_flag(struct arena *a, const char *name);
/* An option of the command, not the member its words fill. */
bool options_is_flag(const struct command *cmd, const struct field *f);

/* Own commands of the server, then the common ones; NULL at the end. */
const struct command *options_command(const struct app *app, size_t i);

#endif
