/* SPDX-License-Identifier: Apache-2.0 */
/* The other servers of the host's mcp.json: what could be called, how it is started, and
 * if it cannot be, why. Read anew for each call, so that an edit counts at once. */
#ifndef COORDINATOR_SERVER_ENTRIES_H
#define COORDINATOR_SERVER_ENTRIES_H

#include "common/base/digest.h"
#include "coordinator-server/policy.h"

struct entry {
	const char *name;
	const char *reason;		       /* why it cannot be called, or NULL */
	const char *description;	       /* of the file, or NULL */
	const char *const *argv, *const *envp; /* closed by NULL */
	const char *cwd;
	struct strs secrets;	     /* values that must never be shown */
	char launch[DIGEST_HEX_LEN]; /* of argv, folder, names of its own variables */
	const struct target_policy *policy;
};

struct entries {
	const char *file;	  /* NULL: none was found */
	const char *looked;	  /* where, for the error text */
	const char *policy_error; /* NULL: the policy is good */
	struct entry *v;
	size_t n;
};

struct entries_options {
	const char *file;    /* MCP_CONFIG; NULL: look for one */
	const char *project; /* folder to look in; NULL: the working directory */
	const char *self;    /* resolved path of this program, or NULL */
	char *const *environ_;
};

/* False when the file named cannot be read or is no configuration; a file that is simply
 * not there without MCP_CONFIG gives no entries. Everything lives in the arena. */
bool entries_read(struct arena *a, const struct entries_options *o, struct entries *ret,
		  struct err *e);
/* ERR_NOT_FOUND with the nearest name, or the reason why it cannot be called. */
const struct entry *entries_find(struct arena *a, const struct entries *es,
				 const char *name, struct err *e);

#endif
