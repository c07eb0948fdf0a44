/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the person at the terminal, whatever stdin and stdout are. */
#ifndef COMMON_BASE_TTY_H
#define COMMON_BASE_TTY_H

#include "common/base/buf.h"
#include "common/base/ctx.h"

/* The terminal of the process, or -1: nobody sits there. */
int tty_open(void);
/* Shows the text and wants the first n characters of code typed: Enter alone is a no, and
 * so is anything else. ERR_DENIED then; ERR_TIMEOUT without an answer in ten minutes. */
bool tty_confirm(struct ctx *c, int fd, const struct buf *text, const char *code, int n,
		 struct err *e);

#endif
