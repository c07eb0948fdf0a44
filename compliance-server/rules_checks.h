/* SPDX-License-Identifier: Apache-2.0 */
/* Check functions of the static rules, named after their rule; private to the rule files.
 */
#ifndef COMPLIANCE_RULES_CHECKS_H
#define COMPLIANCE_RULES_CHECKS_H

#include "compliance-server/rules.h"

/* The key of a server entry that this one may be a typing error of, or NULL. */
const char *known_key_near(const char *key);

void check_cfg_001(struct rule_run *r);
void check_cfg_002(struct rule_run *r);
void check_cfg_003(struct rule_run *r);
void check_cfg_004(struct rule_run *r);
void check_cfg_005(struct rule_run *r);
void check_cfg_006(struct rule_run *r);
void check_cfg_007(struct rule_run *r);
void check_cfg_008(struct rule_run *r);
void check_cfg_009(struct rule_run *r);
void check_cfg_010(struct rule_run *r);
void check_cfg_011(struct rule_run *r);
void check_cfg_012(struct rule_run *r);
void check_cfg_013(struct rule_run *r);
void check_cfg_014(struct rule_run *r);
void check_cfg_015(struct rule_run *r);
void check_cfg_016(struct rule_run *r);
void check_cfg_017(struct rule_run *r);
void check_cfg_018(struct rule_run *r);
void check_cfg_019(struct rule_run *r);
void check_cfg_020(struct rule_run *r);
void check_cfg_021(struct rule_run *r);
void check_cfg_022(struct rule_run *r);
void check_cfg_023(struct rule_run *r);
void check_cfg_024(struct rule_run *r);
void check_cfg_025(struct rule_run *r);
void check_sec_001(struct rule_run *r);
void check_sec_002(struct rule_run *r);
void check_sec_003(struct rule_run *r);
void check_sec_004(struct rule_run *r);
void check_sec_005(struct rule_run *r);
void check_sec_006(struct rule_run *r);
void check_sec_007(struct rule_run *r);
void check_sec_008(struct rule_run *r);
void check_sec_009(struct rule_run *r);
void check_sec_010(struct rule_run *r);
void check_sec_011(struct rule_run *r);
void check_sec_012(struct rule_run *r);
void check_sec_013(struct rule_run *r);
void check_cmd_001(struct rule_run *r);
void check_cmd_002(struct rule_run *r);
void check_cmd_003(struct rule_run *r);
void check_cmd_004(struct rule_run *r);
void check_cmd_005(struct rule_run *r);
void check_cmd_006(struct rule_run *r);
void check_cmd_007(struct rule_run *r);
void check_cmd_008(struct rule_run *r);
void check_cmd_009(struct rule_run *r);
void check_cmd_010(struct rule_run *r);
void check_cmd_011(struct rule_run *r);
void check_cmd_012(struct rule_run *r);
void check_cmd_013(struct rule_run *r);
void check_cmd_014(struct rule_run *r);
void check_cmd_015(struct rule_run *r);
void check_cmd_016(struct rule_run *r);
void check_sup_001(struct rule_run *r);
void check_sup_002(struct rule_run *r);
void check_sup_003(struct rule_run *r);
void check_sup_004(struct rule_run *r);
void check_sup_005(struct rule_run *r);
void check_sup_006(struct rule_run *r);
void check_sup_007(struct rule_run *r);
void check_sup_008(struct rule_run *r);
void check_sup_009(struct rule_run *r);
void check_net_001(struct rule_run *r);
void check_net_002(struct rule_run *r);
void check_net_002_project(struct rule_run *r);
void check_net_003(struct rule_run *r);
void check_net_004(struct rule_run *r);
void check_env_001(struct rule_run *r);
void check_env_002(struct rule_run *r);
void check_env_003(struct rule_run *r);
void check_env_004(struct rule_run *r);
void check_env_005(struct rule_run *r);
void check_env_006(struct rule_run *r);
void check_env_007(struct rule_run *r);
void check_env_008(struct rule_run *r);
void check_env_009(struct rule_run *r);
void check_env_010(struct rule_run *r);
void check_env_011(struct rule_run *r);
void check_env_012(struct rule_run *r);
void check_env_013(struct rule_run *r);
void check_dc_001(struct rule_run *r);
void check_dc_002(struct rule_run *r);
void check_dc_003(struct rule_run *r);
void check_dc_004(struct rule_run *r);
void check_dc_005(struct rule_run *r);
void check_dc_006(struct rule_run *r);
void check_dc_007(struct rule_run *r);
void check_dc_008(struct rule_run *r);
void check_dc_009(struct rule_run *r);
void check_dc_010(struct rule_run *r);
void check_dc_011(struct rule_run *r);
void check_dc_012(struct rule_run *r);
void check_dc_013(struct rule_run *r);
void check_dc_014(struct rule_run *r);
void check_dc_015(struct rule_run *r);
void check_dc_016(struct rule_run *r);

/* HOST=0.0.0.0 and the like. */
bool listens_everywhere(const char *name, const char *text);
/* A folder that is much more than a container needs (CMD-009, DC-013), and how bad. */
bool broad_mount(const char *source, bool read_only, enum severity *ret);
void check_ops_001(struct rule_run *r);
void check_ops_002(struct rule_run *r);
void check_ops_003(struct rule_run *r);
void check_ops_004(struct rule_run *r);
void check_ops_005(struct rule_run *r);
void check_ops_006(struct rule_run *r);
void check_ops_007(struct rule_run *r);
void check_ops_008(struct rule_run *r);
void check_prv_001(struct rule_run *r);
void check_prv_002(struct rule_run *r);
void check_prv_003(struct rule_run *r);
void check_prv_004(struct rule_run *r);
void check_tox_001(struct rule_run *r);
void check_tox_002(struct rule_run *r);
void check_tox_003(struct rule_run *r);
void check_tox_004(struct rule_run *r);
void check_tox_005(struct rule_run *r);
void check_tox_006(struct rule_run *r);

#endif
