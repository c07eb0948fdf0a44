/* SPDX-License-Identifier: Apache-2.0 */
/* The fixture server: tools, resources and prompts that the conformance suite and the
 * library's own tests ask for. It has no database and no configuration. */
#ifndef TEST_FIXTURE_SERVER_FIXTURE_H
#define TEST_FIXTURE_SERVER_FIXTURE_H

#include "common/rpc/task.h"

extern const char fixture_png[], fixture_wav[]; /* base64 */

extern const struct tool *const content_tools[]; /* closed by NULL */
extern const struct tool *const work_tools[];
extern const struct tool *const ask_tools[];
extern const struct tool *const task_tools[];
extern const struct task_store fixture_tasks;
extern const struct resource *const fixture_resources[];
extern const struct prompt *const fixture_prompts[];

/* "content":[{"type":"text","text":…}] */
void fixture_text(struct jsonw *out, const char *text);
/* Sleeps in small steps; false when the call must stop. */
bool fixture_nap(const struct ctx *c, int64_t ms, struct err *e);

#endif
