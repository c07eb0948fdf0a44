/* SPDX-License-Identifier: Apache-2.0 */
/* The layers of configuration: what file, environment and flags say. For config only. */
#ifndef COMMON_CONFIG_LAYER_H
#define COMMON_CONFIG_LAYER_H

#include "common/config/config.h"
#include "common/config/source.h"

/* The value a layer gave to a key; a stronger layer replaces it. */
struct raw {
	const char *text; /* NULL: not set by any layer */
	const char *file; /* NAME_FILE: the value is in this file, text is NULL */
	const char
		*name; /* as it stood in the layer: WORKERS, server.workers, --workers */
	const char
		*origin; /* "FILE:LINE", "environment", "flag --workers"; NULL: default */
};

struct loader {
	struct arena *a;
	const struct config_source *src;
	const char *home;
	size_t keys;
	struct raw *raw;
	struct config_set set;
	struct config_warning **tail;
};

void loader_warn(struct loader *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* ERR_CONFIG when the file holds the secret k in text and others may read it. */
bool loader_check_secret(struct loader *l, const struct source_file *f,
			 const struct key *k, const char *text, struct err *e);
/* Each puts what it finds into l->raw; called from the weakest to the strongest. */
bool layer_yaml(struct loader *l, struct err *e);
bool layer_dotenv(struct loader *l, struct err *e);
bool layer_environment(struct loader *l, struct err *e);
bool layer_flags(struct loader *l, struct err *e);

#endif
