/* SPDX-License-Identifier: Apache-2.0 */
/* What the list tools share: page positions, and names that must exist. */
#include "compliance-server/pos.h"

#include "common/base/id.h"
#include "common/rpc/page.h"
#include "compliance-server/server_store.h"

bool pos_read(struct ctx *c, const char *pos, int64_t *rank, struct stamp *at,
	      const char **id, struct err *e)
{
	if (!pos)
		return true;
	if (rank && !page_read_pos(c, pos, rank, &pos, e))
		return false;
	if (!page_read_pos(c, pos, &at->ms, id, e))
		return false;
	return id_is_uuid(*id) ||
	       err_set(e, ERR_ARG, "argument \"cursor\" is not one of this list");
}

bool known_server(struct ctx *c, const char *name, struct err *e)
{
	struct server s;

	return !name || server_by_name(c, name, &s, e);
}
