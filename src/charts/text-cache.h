/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  HEDDLE_TEXT_SMALL, /* small print: axis, utilisation */
  HEDDLE_TEXT_NAME,  /* of a lane, of a bar */
  HEDDLE_TEXT_HEADING, /* above bars */
  HEDDLE_N_TEXTS
} HeddleTextKind;

/* Texts laid out once and drawn often. One a widget; main loop only. */
typedef struct {
  GtkWidget *widget;   /* borrowed: the owner */
  GHashTable *layouts[HEDDLE_N_TEXTS]; /* text to PangoLayout */
} HeddleTextCache;

void heddle_text_cache_init (HeddleTextCache *self, GtkWidget *widget);
void heddle_text_cache_clear (HeddleTextCache *self);
PangoLayout *heddle_text_cache_get (HeddleTextCache *self, HeddleTextKind kind, const char *text,
                                    int *width, int *height);
void heddle_text_cache_draw (HeddleTextCache *self, GtkSnapshot *snapshot, HeddleTextKind kind,
                             const char *text, int x, int y, const GdkRGBA *colour);

G_END_DECLS
