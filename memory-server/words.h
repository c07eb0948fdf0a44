/* SPDX-License-Identifier: Apache-2.0 */
/* Text -> words, the same for the index and the question on every database. */
#ifndef MEMORY_SERVER_WORDS_H
#define MEMORY_SERVER_WORDS_H

#include "common/base/arena.h"
#include "common/db/db.h"

/* The words of text, joined by blanks: runs of letters and digits in lower case, Latin
 * letters without their marks, * at most 64 bytes each. What stands between words never
 * reaches an index as syntax. */
char *words_text(struct arena *a, const char *text);
/* A question as query text of the dialect: its words joined by OR, stop words left out
 * unless there are no others, at most 32. NULL when it has no word at all. */
char *words_query(struct arena *a, const char *question, enum db_dialect dialect);
/* About 160 code points of content around the first word of the question that occurs. */
char *words_snippet(struct arena *a, const char *content, const char *question);

#endif
