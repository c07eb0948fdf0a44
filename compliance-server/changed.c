/* SPDX-License-Identifier: Apache-2.0 */
/* Tells subscribers which resources a call has changed. */
#include "compliance-server/changed.h"

#include <string.h>

#include "common/base/buf.h"
#include "common/rpc/tool.h"

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789-._~";

static void tell(struct ctx *c, const char *front, const char *name, const char *back)
{
	struct buf b CLEANUP(buf_release);

	buf_init(&b, 4096);
	buf_adds(&b, front);
	for (; *name; name++)
		buf_addf(&b, strchr(plain, *name) ? "%c" : "%%%02X",
			 (unsigned char)*name);
	buf_adds(&b, back);
	if (!b.overflow)
		call_resource_updated(c, buf_text(&b));
}

void changed_status(struct ctx *c)
{
	call_resource_updated(c, "compliance://status");
	call_resource_updated(c, "compliance://report.html");
}

void changed_server(struct ctx *c, const char *name)
{
	tell(c, "compliance://servers/", name, "");
}

void changed_check(struct ctx *c, const char *check_id)
{
	tell(c, "compliance://checks/", check_id, "/report");
	tell(c, "compliance://checks/", check_id, "/report.html");
}
