/* SPDX-License-Identifier: Apache-2.0 */
/* Field tables as Markdown. */
#include "common/field/doc.h"

#include <inttypes.h>

#define NAME_MAX_LEN 64
#define PREFIX_MAX   256

void doc_cell(struct buf *b, const char *text)
{
	for (const char *p = text ? text : ""; *p; p++) {
		if (*p == '|')
			buf_adds(b, "\\|");
		else
			buf_addc(b, *p == '\n' || *p == '\r' ? ' ' : *p);
	}
}

static void add_code(struct buf *b, const char *text)
{
	buf_addc(b, '`');
	doc_cell(b, text);
	buf_addc(b, '`');
}

static void add_names(const struct field *f, struct buf *b)
{
	for (size_t i = 1; f->names[i]; i++) {
		buf_adds(b, i > 1 ? ", " : "");
		add_code(b, f->names[i]);
	}
}

static void add_type(const struct field *f, struct buf *b)
{
	switch (f->kind) {
	case KIND_STR:
		buf_adds(b, "string");
		break;
	case KIND_ENUM:
		buf_adds(b, "one of ");
		add_names(f, b);
		break;
	case KIND_BOOL:
	case KIND_OPT_BOOL:
		buf_adds(b, "boolean");
		break;
	case KIND_I64:
	case KIND_OPT_I64:
		buf_adds(b, "integer");
		break;
	case KIND_F64:
	case KIND_OPT_F64:
		buf_adds(b, "number");
		break;
	case KIND_STAMP:
		buf_adds(b, "date-time");
		break;
	case KIND_JSON:
		buf_adds(b, f->flags & FIELD_OBJECT ? "object" : "any value");
		break;
	case KIND_STRS:
		buf_adds(b, f->names ? "array of " : "array of strings");
		if (f->names)
			add_names(f, b);
		break;
	case KIND_FLOATS:
		buf_adds(b, "array of numbers");
		break;
	case KIND_ITEMS:
		buf_adds(b, "array of objects");
		break;
	}
}

static void add_count(int64_t min, int64_t max, const char *unit, struct buf *b)
{
	if (min > 0 && max > 0)
		buf_addf(b, "%" PRId64 " to %" PRId64 " %s", min, max, unit);
	else if (min > 0)
		buf_addf(b, "at least %" PRId64 " %s", min, unit);
	else if (max > 0)
		buf_addf(b, "at most %" PRId64 " %s", max, unit);
}

static void add_range(const struct field *f, struct buf *b)
{
	switch (f->kind) {
	case KIND_STR:
		add_count(f->min, f->max, "characters", b);
		break;
	case KIND_I64:
	case KIND_F64:
	case KIND_OPT_I64:
	case KIND_OPT_F64:
		if (f->min < f->max)
			buf_addf(b, "%" PRId64 " to %" PRId64, f->min, f->max);
		break;
	case KIND_STRS:
	case KIND_FLOATS:
	case KIND_ITEMS:
		add_count(f->min, f->max, "elements", b);
		if (f->item_max > 0)
			buf_addf(b, "%seach at most %" PRId64 " characters",
				 f->min > 0 || f->max > 0 ? ", " : "", f->item_max);
		break;
	case KIND_ENUM:
	case KIND_BOOL:
	case KIND_OPT_BOOL:
	case KIND_STAMP:
	case KIND_JSON:
		break;
	}
}

static void add_rows(const struct field *fields, const char *prefix, struct buf *b)
{
	for (const struct field *f = fields; f->name; f++) {
		char name[NAME_MAX_LEN], inner[PREFIX_MAX];

		if (f->flags & FIELD_HIDDEN)
			continue;
		snprintf(inner, sizeof(inner), "%s%s", prefix,
			 field_json_name(f, name, sizeof(name)));
		buf_adds(b, "| ");
		add_code(b, inner);
		buf_adds(b, " | ");
		add_type(f, b);
		buf_adds(b, " | ");
		if (f->def)
			add_code(b, f->def);
		else if (f->req)
			buf_adds(b, "required");
		buf_adds(b, " | ");
		add_range(f, b);
		buf_adds(b, " | ");
		doc_cell(b, f->doc);
		buf_adds(b, " |\n");
		if (f->kind == KIND_ITEMS) {
			size_t n = strlen(inner);

			snprintf(inner + n, sizeof(inner) - n, "[].");
			add_rows(f->of, inner, b);
		}
	}
}

void doc_fields(const struct field *fields, struct buf *b)
{
	buf_adds(b, "| Name | Type | Required or default | Range | Meaning |\n"
		    "|---|---|---|---|---|\n");
	add_rows(fields, "", b);
}
