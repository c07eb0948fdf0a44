/* SPDX-License-Identifier: Apache-2.0 */
/* Forms of files: which one a name or a text is, and how it is read. Private to the facts
 * files. */
#ifndef COMPLIANCE_FACTS_FORM_H
#define COMPLIANCE_FACTS_FORM_H

#include "compliance-server/facts.h"

/* By the name alone; YAML files are FORM_KUBERNETES until their text says otherwise. */
enum file_form form_of_name(const char *path);
/* By the name without folders: ".env", "prod.env", ".env.local", "env.example". */
bool is_dotenv_name(const char *name);
/* By the name alone: a pattern to copy, such as .env.example. */
bool form_is_sample(const char *path);
/* Sets form, top, docs, vars, strict. f->state becomes FILE_OTHER, with f->error, for a
 * text that is of no form we know. On bad syntax false, f->error_at and e. */
bool form_parse(struct arena *a, struct config_file *f, const char *text, size_t n,
		struct err *e) MUST_CHECK;
/* Sets f->vars_sorted, when f->vars is complete. */
void vars_sort(struct arena *a, struct config_file *f);

bool is_kustomization(const char *path); /* by its name: it needs no kind */

/* "line 3, column 7: what" -> "what": the place is a fact of its own. */
const char *form_without_place(struct arena *a, const char *msg);

/* Sets projects and hosts from files and entries. */
void facts_group(struct facts *f);

#endif
