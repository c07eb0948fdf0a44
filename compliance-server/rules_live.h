/* SPDX-License-Identifier: Apache-2.0 */
/* Check functions of the live rules; private to the rules_live files. */
#ifndef COMPLIANCE_RULES_LIVE_H
#define COMPLIANCE_RULES_LIVE_H

#include "compliance-server/live.h"
#include "compliance-server/rules.h"

/* True when the server could be spoken to; else the outcome is unknown, and says why. */
bool live_spoken(struct rule_run *r);
/* The same, and its tool list was read. */
bool live_has_tools(struct rule_run *r);
/* The server could be spoken to, and its texts can be judged; unknown for those that were
 * not listed. */
bool live_texts_read(struct rule_run *r);
/* The same, to its end; a list without one is the finding of LIV-022. */
bool live_has_all_tools(struct rule_run *r);
/* Unknown, for want of an answer: budget over or process ended before. */
void live_unasked(struct rule_run *r);
/* "tool:<name>", printable. */
const char *live_tool_pointer(struct rule_run *r, const struct node *tool);

/* The texts of a server made ready; made once for all rules. */
const struct texts *live_texts_of(struct rule_run *r, const struct live *live);

void check_liv_001(struct rule_run *r);
void check_liv_002(struct rule_run *r);
void check_liv_003(struct rule_run *r);
void check_liv_004(struct rule_run *r);
void check_liv_005(struct rule_run *r);
void check_liv_006(struct rule_run *r);
void check_liv_007(struct rule_run *r);
void check_liv_008(struct rule_run *r);
void check_liv_009(struct rule_run *r);
void check_liv_010(struct rule_run *r);
void check_liv_011(struct rule_run *r);
void check_liv_012(struct rule_run *r);
void check_liv_013(struct rule_run *r);
void check_liv_014(struct rule_run *r);
void check_liv_015(struct rule_run *r);
void check_liv_016(struct rule_run *r);
void check_liv_017(struct rule_run *r);
void check_liv_018(struct rule_run *r);
void check_liv_019(struct rule_run *r);
void check_liv_020(struct rule_run *r);
void check_liv_021(struct rule_run *r);
void check_liv_022(struct rule_run *r);
void check_liv_023(struct rule_run *r);
void check_liv_024(struct rule_run *r);
void check_liv_025(struct rule_run *r);
void check_liv_041(struct rule_run *r);
void check_liv_042(struct rule_run *r);
void check_liv_043(struct rule_run *r);
void check_liv_044(struct rule_run *r);
void check_liv_phrases(struct rule_run *r); /* LIV-045 to 056 by r->rule */
void check_liv_057(struct rule_run *r);
void check_pin_001(struct rule_run *r);
void check_pin_002(struct rule_run *r);
void check_pin_003(struct rule_run *r);
void check_pin_004(struct rule_run *r);
void check_pin_005(struct rule_run *r);
void check_prf_001(struct rule_run *r);
void check_prf_002(struct rule_run *r);
void check_prf_003(struct rule_run *r);
void check_prf_004(struct rule_run *r);
void check_prf_005(struct rule_run *r);
void check_prf_006(struct rule_run *r);
void check_prf_007(struct rule_run *r);
void check_prf_008(struct rule_run *r);
void check_cmd_017(struct rule_run *r);

#endif
