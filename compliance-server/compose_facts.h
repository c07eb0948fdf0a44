/* SPDX-License-Identifier: Apache-2.0 */
/* Compose files in one form: short and long syntax alike, values with their
 * places. Part of the facts: built once, never changed afterwards. */
#ifndef COMPLIANCE_COMPOSE_FACTS_H
#define COMPLIANCE_COMPOSE_FACTS_H

#include "compliance-server/compose_text.h"
#include "compliance-server/facts.h"

/* One scalar of a service and where it stands. */
struct compose_item {
	const char *key;   /* member of the service it stands in: "ports" */
	const char *name;  /* of a variable or option; NULL: none */
	const char *text;  /* as written; NULL: nothing, or no scalar */
	const char *value; /* text after interpolation */
	bool defaulted;	   /* value holds the default of a reference */
	bool element;	   /* of a list, at index */
	size_t index;
	int line, col;
};

struct compose_items {
	struct compose_item *v;
	size_t n;
};

struct compose_port {
	struct compose_item at;
	struct compose_port_text is;
};

struct compose_mount {
	struct compose_item at; /* text and value are the source alone */
	bool makes_folder;	/* Compose makes one where the source is missing */
	bool bind, read_only;
	bool creates; /* says itself that a missing folder is to be created */
};

struct compose_env_file {
	struct compose_item at;
	bool required; /* Compose stops without it */
};

struct compose_service {
	const char *name;
	const struct node *node;
	const struct compose_file *file;
	const struct compose_service *parent; /* it extends, in the same file */
	const struct compose_service *base;   /* of an override: what it overrides */
	bool elsewhere;			      /* extends a service of another file */
	bool awaited;			      /* another waits until it has ended */
	struct compose_items env;
	struct compose_items args; /* of entrypoint and command */
	bool args_cut;		   /* more of them than are looked at */
	struct compose_port *ports;
	struct compose_mount *mounts;
	struct compose_env_file *env_files;
	size_t n_ports, n_mounts, n_env_files;
	struct compose_item build; /* its context; .text NULL: not built here */
	struct compose_item image; /* .text NULL: none */
	struct compose_image image_is;
};

/* A variable or a word of a command, in the form of other values. */
struct compose_value {
	struct value
		at; /* pointer "services/NAME/environment/KEY", "services/NAME/command" */
	const struct compose_service *service;
	const struct compose_item *item;
	bool variable; /* of environment */
	bool again;    /* the same text as an earlier one: an anchor puts it in both */
};

enum compose_set { COMPOSE_VOLUMES, COMPOSE_NETWORKS, COMPOSE_SECRETS, COMPOSE_SETS };
extern const char *const compose_sets[]; /* volumes networks secrets */

struct compose_file {
	const struct config_file *file;
	const struct node *top;
	struct compose_service *services;
	size_t n;
	struct compose_service **by_name; /* sorted */
	struct compose_value *values;	  /* of all services, in order */
	size_t n_values;
	struct strs names[COMPOSE_SETS]; /* what it defines, sorted */
	bool is_base;	  /* compose.yaml and the other names that are found alone */
	bool is_override; /* compose.override.yaml and the like */
	bool includes;	  /* takes in other files */
	const struct compose_file *base; /* of an override, in the same folder */
};

/* Reads top into f->compose, and the variables into f->vars; for files of FORM_COMPOSE.
 */
void compose_read(struct arena *a, struct config_file *f);
/* Joins override files with the base beside them. */
void compose_link(const struct project *p);

/* A scalar as an item; .text NULL when it is none. */
struct compose_item compose_item_of(struct arena *a, const char *key,
				    const struct node *n);
/* The text of a string, number or truth value, else NULL. */
const char *compose_scalar(const struct node *n);
/* A member of the service, of what it extends or of what it overrides, by a path such as
 * "deploy", "resources", NULL; NULL when none has it or it is null. */
const struct node *compose_get(const struct compose_service *s, const char *key, ...)
	__attribute__((sentinel));
/* All that makes up the service stands in files we have: it has an image or is built. */
bool compose_complete(const struct compose_service *s);
/* In this file, else in its base. */
const struct compose_service *compose_find(const struct compose_file *f,
					   const char *name);
bool compose_defines(const struct compose_file *f, enum compose_set set,
		     const char *name);
/* Its image, or with none that is known its name, is that of a data store. */
bool compose_store(const struct compose_service *s);
/* The image it has by itself, by what it extends or overrides; .name NULL: none. */
struct compose_image compose_image_of(const struct compose_service *s);
/* Others reach it: one of its ports is published on more than this computer. */
bool compose_published(const struct compose_service *s);
/* A password of this name is one that the service asks for, not one that it sends. */
bool compose_asks_password(const struct compose_service *s, const char *name);
bool compose_store_port(const struct compose_port_text *p); /* 5432, 6379 and so on */

/* A path of the file as Compose resolves it; NULL: not to be resolved here (absolute, of
 * the home folder, or with a reference). */
char *compose_path(struct arena *a, const struct compose_file *f, const char *value);

/* Some service of the project gets this .env file through env_file. */
bool compose_loads(struct arena *a, const struct project *p, const struct config_file *f);

#endif
