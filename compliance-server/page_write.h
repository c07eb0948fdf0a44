/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of the HTML report. Private to page*.c. */
#ifndef COMPLIANCE_PAGE_WRITE_H
#define COMPLIANCE_PAGE_WRITE_H

#include "compliance-server/page.h"

/* Text into HTML, also inside a quoted attribute: markup characters as references,
 * characters that cannot be seen as their code point. */
void page_text(struct buf *b, const char *text);
void page_ring(struct buf *b, int score, char grade, bool big);
void page_trend_line(struct buf *b, const struct page_target *t);
void page_targets(struct buf *b, const struct page *p, struct arena *a);
void page_issues(struct buf *b, const struct page *p);

#endif
