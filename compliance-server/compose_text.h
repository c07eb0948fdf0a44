/* SPDX-License-Identifier: Apache-2.0 */
/* The small languages inside a compose file: references, images, ports, mounts, commands.
 */
#ifndef COMPLIANCE_COMPOSE_TEXT_H
#define COMPLIANCE_COMPOSE_TEXT_H

#include "common/base/arena.h"
#include "common/base/defs.h"

/* Stands for what only the environment of the deployment knows. */
#define COMPOSE_UNKNOWN '\x01'

/* "${X:-d}" becomes d, "$$" becomes "$", HOME becomes "~", each other reference one
 * COMPOSE_UNKNOWN. *ret_default (may be NULL): a default was taken. Linear; a default in
 * a default more than 8 deep is unknown. */
char *compose_interpolate(struct arena *a, const char *text, bool *ret_default);
/* A reference at p ("${…}", "$NAME", "$$"): its length, else 0. */
size_t compose_reference(const char *p);

struct compose_image {
	const char *text;
	const char *name; /* last part without tag and digest, lower case */
	const char *tag;  /* NULL: none */
	bool digest;	  /* @sha256:… */
	bool unknown;	  /* holds a reference without a default */
};

void compose_image_split(struct arena *a, const char *text, struct compose_image *ret);
/* postgres, redis and so on, by the name of an image. */
bool compose_is_store(const char *image_name);

struct compose_port_text {
	const char *host; /* address; NULL: none is given */
	bool host_unknown;
	long first, last; /* in the container; 0: unknown */
	bool tcp;
};

/* The short form "[HOST:][PUBLISHED:]TARGET[/PROTOCOL]" after interpolation; text is the
 * same as written. False when nothing can be said about it. */
bool compose_port_split(struct arena *a, const char *value, const char *text,
			struct compose_port_text *ret);
bool compose_port_range(const char *s, long *ret_first, long *ret_last);
bool compose_all_interfaces(const char *host); /* NULL, 0.0.0.0, :: */

struct compose_mount_text {
	const char *source; /* NULL: none, an anonymous volume */
	bool bind;	    /* the source is a path */
	bool read_only;
};

void compose_mount_split(struct arena *a, const char *value,
			 struct compose_mount_text *ret);

struct compose_word {
	const char *text; /* without the quotes around it */
	size_t at;	  /* where it begins, in bytes */
};

struct compose_words {
	struct compose_word *v;
	size_t n;
	bool cut; /* there were more than max */
};

/* A command as a shell cuts it, at most max words; a reference is never cut. */
struct compose_words compose_split(struct arena *a, const char *command, size_t max);

#endif
