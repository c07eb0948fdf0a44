/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to lines: length limit, skipping to the next newline, in bounded memory. */
#ifndef COMMON_RPC_FRAME_H
#define COMMON_RPC_FRAME_H

#include "common/base/defs.h"

struct frame {
	char *data;
	size_t start, end, cap; /* unread bytes are data[start..end) */
	size_t seen;		/* of those, bytes known to hold no newline */
	size_t max;		/* longest line, without its newline */
	bool skipping;		/* inside a line that is too long */
	bool first;		/* nothing was taken yet: a byte order mark may come */
};

enum frame_got { FRAME_NONE = 1, FRAME_LINE, FRAME_TOO_LONG };

void frame_init(struct frame *f, size_t max);
void frame_release(struct frame *f);
/* Room for at least 64 KiB; frame_added says how much of it was filled. */
char *frame_space(struct frame *f, size_t *ret_n);
void frame_added(struct frame *f, size_t n);
/* The next line that is not blank, without newline, trailing CR and first BOM; borrowed
 * until frame_space. FRAME_TOO_LONG comes once per such line. At the end of input (last)
 * a line needs no newline. */
enum frame_got frame_next(struct frame *f, bool last, const char **ret_line,
			  size_t *ret_n);

#endif
