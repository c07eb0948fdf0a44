/* SPDX-License-Identifier: Apache-2.0 */
/* The way out. O_NONBLOCK is never set: the flag would hit everybody who shares the open
 * description. Sockets are written with MSG_DONTWAIT; all else at most PIPE_BUF bytes
 * after poll said that there is room, an empty pipe as much as it holds. */
#define _GNU_SOURCE /* F_GETPIPE_SZ */
#include "common/rpc/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "common/base/fd.h"
#include "common/base/mem.h"

enum { CHUNK = 64 * 1024 };

struct wire_chunk {
	struct wire_chunk *next;
	size_t from, to;
	char data[CHUNK];
};

void wire_init(struct wire *w, int fd)
{
	struct stat st;

	*w = (struct wire){ .fd = fd };
	if (fstat(fd, &st) == 0) {
		w->is_socket = S_ISSOCK(st.st_mode);
		w->pipe_size = S_ISFIFO(st.st_mode) ? fcntl(fd, F_GETPIPE_SZ) : 0;
	}
	pthread_mutex_init(&w->lock, NULL);
}

void wire_release(struct wire *w)
{
	while (w->head) {
		struct wire_chunk *next = w->head->next;

		mem_free(w->head);
		w->head = next;
	}
	mem_free(w->spare);
	pthread_mutex_destroy(&w->lock);
}

void wire_lock(struct wire *w)
{
	pthread_mutex_lock(&w->lock);
}

void wire_unlock(struct wire *w)
{
	pthread_mutex_unlock(&w->lock);
}

static void lose(struct wire *w)
{
	if (!atomic_exchange(&w->lost, true))
		fd_wake('l');
}

/* What may be written without waiting once poll has said that there is room. */
static size_t room(const struct wire *w, size_t n)
{
	int held = 0;

	if (n > PIPE_BUF && w->pipe_size > PIPE_BUF &&
	    ioctl(w->fd, FIONREAD, &held) == 0 && held == 0)
		return MIN(n, (size_t)w->pipe_size);
	return MIN(n, (size_t)PIPE_BUF);
}

/* Bytes written, 0 when the reader takes none now. */
static size_t push(struct wire *w, const char *p, size_t n)
{
	struct pollfd pfd = { .fd = w->fd, .events = POLLOUT };
	ssize_t k;

	for (;;) {
		if (w->is_socket) {
			k = send(w->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		} else {
			if (poll(&pfd, 1, 0) != 1)
				return 0;
			if (!(pfd.revents & POLLOUT)) {
				if (pfd.revents)
					lose(w);
				return 0;
			}
			k = write(w->fd, p, room(w, n));
		}
		if (k >= 0)
			return (size_t)k;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK && errno != ENOBUFS)
			lose(w);
		return 0;
	}
}

static void queue(struct wire *w, const char *p, size_t n)
{
	while (n > 0) {
		struct wire_chunk *c = w->tail;
		size_t k;

		if (!c || c->to == CHUNK) {
			c = w->spare ? w->spare : mem_alloc(sizeof(*c));
			w->spare = NULL;
			c->next = NULL;
			c->from = c->to = 0;
			if (w->tail)
				w->tail->next = c;
			else
				w->head = c;
			w->tail = c;
		}
		k = MIN(n, CHUNK - c->to);
		memcpy(c->data + c->to, p, k);
		c->to += k;
		p += k;
		n -= k;
	}
}

static void drop_head(struct wire *w)
{
	struct wire_chunk *c = w->head;

	w->head = c->next;
	if (!w->head)
		w->tail = NULL;
	mem_free(w->spare);
	w->spare = c;
}

void wire_put(struct wire *w, const char *line, size_t n)
{
	bool idle = !w->head;
	size_t k;

	if (w->closed || w->lost)
		return;
	while (idle && n > 0 && (k = push(w, line, n)) > 0) {
		line += k;
		n -= k;
	}
	if (n == 0 || w->lost)
		return;
	w->pending += n;
	queue(w, line, n);
	if (idle)
		fd_wake('o');
}

void wire_flush(struct wire *w)
{
	wire_lock(w);
	while (w->head && !w->lost) {
		struct wire_chunk *c = w->head;
		size_t k = push(w, c->data + c->from, c->to - c->from);

		if (k == 0)
			break;
		c->from += k;
		w->pending -= k;
		if (c->from == c->to)
			drop_head(w);
	}
	wire_unlock(w);
}
