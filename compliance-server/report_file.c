/* SPDX-License-Identifier: Apache-2.0 */
/* A report into a file. */
#define _GNU_SOURCE /* realpath */
#include "compliance-server/report_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/fd.h"

#define REPORT_MAX (64u * 1024 * 1024)

static bool write_through(const char *path, const struct buf *b, struct err *e)
{
	int fd CLEANUP(fd_close_ptr) = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	size_t done = 0;

	while (fd >= 0 && done < b->len) {
		ssize_t n = write(fd, b->data + done, b->len - done);

		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	return (fd >= 0 && done == b->len) ||
	       err_set(e, ERR_IO, "%s: %s", path, strerror(errno));
}

static mode_t file_mode(void)
{
	mode_t mask = umask(077);

	umask(mask);
	return 0666 & ~mask;
}

bool report_to_file(const struct check_report *r, const struct report_format *format,
		    const struct report_options *opt, const char *path, struct err *e)
{
	struct report_options o = *opt;
	struct buf b CLEANUP(buf_release);
	struct stat st;
	char *real;
	bool ok;

	o.colour = false;
	o.width = 0;
	buf_init(&b, REPORT_MAX);
	format->write(r, &o, &b);
	if (b.overflow)
		return err_set(e, ERR_LIMIT, "%s: the report is longer than %u bytes",
			       path, REPORT_MAX);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_through(path, &b, e);
	/* a link stays one: what it points to is replaced */
	real = realpath(path, NULL);
	ok = fd_replace_file(real ? real : path, buf_text(&b), b.len, file_mode(), e);
	free(real);
	return ok;
}
