/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Values that gather: each ends with a NUL. */
typedef struct {
  GString *text;
  guint32 n;
} HeddleValues;

/* Blanks at the ends of a value that are taken away. */
typedef enum {
  HEDDLE_TRIM_DEFAULT, /* both where a regular expression separates columns, else none */
  HEDDLE_TRIM_NONE,
  HEDDLE_TRIM_LEFT,
  HEDDLE_TRIM_RIGHT,
  HEDDLE_TRIM_BOTH,
} HeddleTrim;

/* How a record is split. */
typedef struct {
  GRegex *separator; /* (nullable): owned by whoever filled it in */
  char csv;          /* what separates fields of CSV; '\0': it is no CSV */
  HeddleTrim trim;   /* not HEDDLE_TRIM_DEFAULT */
} HeddleColumns;

/* Where in a record of CSV one is. */
typedef enum {
  HEDDLE_CSV_START,  /* of a field */
  HEDDLE_CSV_PLAIN,
  HEDDLE_CSV_QUOTED,
  HEDDLE_CSV_QUOTE,  /* behind a quote in a quoted field: its end, or the first of two */
} HeddleCsvState;

HeddleCsvState heddle_csv_step (HeddleCsvState state, char byte, char separator);
gboolean heddle_trim_parse (const char *text, HeddleTrim *trim, GError **error);

void heddle_values_add (HeddleValues *self, const char *value, gsize length);
gboolean heddle_columns_split (const HeddleColumns *self, const char *record, gsize length,
                               HeddleValues *to, GError **error);

G_END_DECLS
