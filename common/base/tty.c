/* SPDX-License-Identifier: Apache-2.0 */
/* A question to the person at the terminal. */
#include "common/base/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_MS (10 * 60 * 1000)

int tty_open(void)
{
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static bool put(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return false;
		p += w;
		n -= (size_t)w;
	}
	return true;
}

static bool get_line(struct ctx *c, int fd, char *line, size_t size, struct err *e)
{
	int64_t until = clock_mono() + ANSWER_MS;
	size_t n = 0;
	char ch;

	while (!ctx_stop(c, e)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = clock_left(until);
		ssize_t got;

		if (!left)
			return err_set(e, ERR_TIMEOUT, "no answer at the terminal");
		if (poll(&p, 1, (int)MIN(left, 1000)) <= 0)
			continue;
		got = read(fd, &ch, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || ch == '\n') {
			line[n] = '\0';
			return true;
		}
		if (n + 1 < size)
			line[n++] = ch;
	}
	return false;
}

bool tty_confirm(struct ctx *c, int fd, const struct buf *text, const char *code, int n,
		 struct err *e)
{
	struct buf b CLEANUP(buf_release);
	char line[64];

	buf_init(&b, 200);
	buf_addf(&b,
		 "\nTo approve, type %.*s and press Enter; anything else does nothing: ",
		 n, code);
	if (!put(fd, buf_text(text), text->len) || !put(fd, buf_text(&b), b.len))
		return err_set(e, ERR_IO, "the terminal cannot be written");
	if (!get_line(c, fd, line, sizeof(line), e))
		return false;
	return (strlen(line) == (size_t)n && strncmp(line, code, (size_t)n) == 0) ||
	       err_set(e, ERR_DENIED, "not approved: that is not what was to be typed");
}
