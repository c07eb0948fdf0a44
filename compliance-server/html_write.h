/* SPDX-License-Identifier: Apache-2.0 */
/* Pieces of the HTML report. Private to html*.c. */
#ifndef COMPLIANCE_HTML_WRITE_H
#define COMPLIANCE_HTML_WRITE_H

#include "compliance-server/html.h"

/* Text into HTML, also inside a quoted attribute: markup characters as references,
 * characters that cannot be seen as their code point. */
void html_text(struct buf *b, const char *text);
void html_ring(struct buf *b, int score, char grade, bool big);
void html_trend_line(struct buf *b, const struct html_target *t);
void html_targets(struct buf *b, const struct html_page *p, struct arena *a);
void html_issues(struct buf *b, const struct html_page *p);

#endif
