/* SPDX-License-Identifier: Apache-2.0 */
/* Events of a session's audit trail, and the names of those who act. */
#include "coordinator-server/trail.h"

#include <pwd.h>
#include <unistd.h>

#include "common/base/digest.h"
#include "common/base/str.h"
#include "common/field/jsonw.h"
#include "common/rpc/tool.h"
#include "coordinator-server/trail_store.h"

#define KEPT 37 /* bytes of a long name; ~ and 12 digits follow */

const char *trail_short(struct arena *a, const char *name)
{
	char hex[DIGEST_HEX_LEN];

	if (strlen(name) <= PRINCIPAL_MAX)
		return name;
	digest_sha256_hex(name, strlen(name), hex);
	return arena_printf(a, "%.*s~%.12s", (int)utf8_cut(name, KEPT), name, hex);
}

const char *trail_agent(struct ctx *c)
{
	const char *host = call_client_name(c);

	host = str_empty(host) ? "unknown" : str_printable(c->arena, host, 200);
	return trail_short(c->arena,
			   arena_printf(c->arena, "agent:%s/%s", host, c->who->name));
}

const char *trail_person(struct ctx *c)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *name = pw ? arena_printf(c->arena, "user:%s", pw->pw_name)
			      : arena_printf(c->arena, "user:uid-%u", (unsigned)getuid());

	return trail_short(c->arena, name);
}

struct json trail_facts(struct arena *a, const struct fact *facts)
{
	struct json ret;
	struct jsonw w;
	struct buf b;

	buf_init(&b, 64 * 1024);
	jsonw_init(&w, &b);
	jsonw_obj(&w, NULL);
	for (const struct fact *f = facts; f && f->name; f++)
		jsonw_str(&w, f->name, f->text);
	jsonw_end(&w);
	ret.text = arena_strdup(a, buf_text(&b));
	buf_release(&b);
	return ret;
}

bool trail_session(struct ctx *c, const struct session *s, const char *action,
		   const char *actor, struct json facts, struct err *e)
{
	return trail_add(c, s->id,
			 &(struct event){ .action = action,
					  .actor = actor,
					  .target_type = "integration_session",
					  .target_id = s->session_id,
					  .details = facts },
			 e);
}

bool trail_approval(struct ctx *c, const struct approval *a, const char *action,
		    const char *actor, struct json facts, struct err *e)
{
	return trail_add(c, a->session_uuid,
			 &(struct event){ .action = action,
					  .actor = actor,
					  .target_type = "approval_request",
					  .target_id = a->approval_id,
					  .details = facts },
			 e);
}
