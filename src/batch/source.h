/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/record-reader.h"

G_BEGIN_DECLS

/* Where values come from. */
typedef struct {
  char *path;      /* of a file, or - for standard input; NULL: words */
  GPtrArray *words; /* char * */
  gboolean linked; /* side by side with the source before */
} HeddleSourceSpec;

/* One source: each of its records is split into values. One thread at a time. */
typedef struct _HeddleSource HeddleSource;

HeddleSourceSpec *heddle_source_spec_new (const char *path, gboolean linked);
void heddle_source_spec_free (HeddleSourceSpec *self);

HeddleSource *heddle_source_new (const HeddleSourceSpec *spec, char terminator,
                                 const HeddleColumns *columns, gboolean skip_blank, GError **error);
void heddle_source_free (HeddleSource *self);
void heddle_source_set_before_read (HeddleSource *self, HeddleBeforeRead before_read,
                                    gpointer data);
void heddle_source_set_width (HeddleSource *self, guint32 width);
gboolean heddle_source_next (HeddleSource *self, HeddleValues *to, GError **error);

G_END_DECLS
