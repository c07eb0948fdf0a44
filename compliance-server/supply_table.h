/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of packages: bad ones, archived ones, and names that others imitate. */
#ifndef COMPLIANCE_SUPPLY_TABLE_H
#define COMPLIANCE_SUPPLY_TABLE_H

#include "compliance-server/entry_look.h"
#include "compliance-server/rules.h"

/* The day the tables were last looked through: "2026-11-22". */
extern const char supply_table_date[];

/* Versions from..below (exclusive); NULL: no bound. Kept to what an advisory confirms. */
struct bad_package {
	enum ecosystem eco;
	const char *name, *from, *below;
	enum severity severity;
	const char *why;
};
extern const struct bad_package bad_packages[];
extern const size_t n_bad_packages;

/* Reference servers that get no fixes any more. */
extern const char *const archived_packages[];
extern const size_t n_archived_packages;

/* Well-known names, closed by NULL; those of PyPI with - for each of - _ . */
extern const char *const known_npm[], *const known_pypi[];

#endif
