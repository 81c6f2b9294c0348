/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A stretch of rows, by their positions. */
typedef struct {
  guint begin;
  guint end; /* not in it */
} HeddleTableRange;

/*
 * Which rows of a table are selected: stretches in ascending order that do not touch, so that a
 * million rows are one. Main loop.
 */
typedef struct {
  GArray *ranges; /* owned: HeddleTableRange; NULL: none yet */
  guint anchor;   /* where a stretch begins that Shift extends */
} HeddleTableSelection;

void heddle_table_selection_clear    (HeddleTableSelection       *self);
void heddle_table_selection_free     (HeddleTableSelection       *self);
void heddle_table_selection_set      (HeddleTableSelection       *self,
                                      guint                       begin,
                                      guint                       end);
void heddle_table_selection_toggle   (HeddleTableSelection       *self,
                                      guint                       position);
void heddle_table_selection_extend   (HeddleTableSelection       *self,
                                      guint                       position);
void heddle_table_selection_shift    (HeddleTableSelection       *self,
                                      guint                       position,
                                      guint                       removed,
                                      guint                       added);
gboolean heddle_table_selection_has  (const HeddleTableSelection *self,
                                      guint                       position);
guint heddle_table_selection_count   (const HeddleTableSelection *self);

G_END_DECLS
