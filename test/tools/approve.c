/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program at a terminal of its own and approves what it asks there: for
 * transcripts in shell. usage: approve PROGRAM ARGUMENT...; prints what stood on the
 * terminal and exits as the program did. */
#define _GNU_SOURCE
#include <stdio.h>

#include "test/tools/terminal.h"

#define ENDS_MS (SANITIZED ? 300000 : 60000)

int main(int argc, char **argv)
{
	struct terminal t = { .ms = ENDS_MS };
	char *const *args = argv + 1, *const *env = environ;
	int status;

	if (argc < 2)
		return 64;
	memcpy(&t.argv, &args, sizeof(args));
	memcpy(&t.envp, &env, sizeof(env));
	buf_init(&t.shown, 8 << 20);
	status = terminal_approve(&t);
	fputs(buf_text(&t.shown), stdout);
	buf_release(&t.shown);
	return status < 0 ? 99 : status;
}
