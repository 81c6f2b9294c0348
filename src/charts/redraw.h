/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/on-screen.h"

G_BEGIN_DECLS

/* Tells whether a redraw at @now would look different from the last one. */
typedef gboolean (*HeddleRedrawFunc) (GtkWidget *widget, gint64 now);

/*
 * When a chart redraws: part of every chart. A tick callback exists only while the widget may be
 * seen and is live; it asks the shared budget first and the chart second, and queues a draw only
 * if both agree. Main loop only.
 */
typedef struct {
  GtkWidget *widget; /* borrowed: the owner */
  HeddleRedrawFunc stale;
  gboolean live;
  HeddleOnScreen on_screen;
  guint tick_id;
  guint64 round;     /* of the last redraw asked for */
  guint64 n_draws;   /* how often the content was drawn */
  gint64 cost;       /* processor time of all of them, nanoseconds */
  gint64 began;      /* processor time when drawing began */
} HeddleRedraw;

void heddle_redraw_init (HeddleRedraw *self, GtkWidget *widget, HeddleRedrawFunc stale);
void heddle_redraw_set_live (HeddleRedraw *self, gboolean live);
void heddle_redraw_set_mapped (HeddleRedraw *self, gboolean mapped);
gint64 heddle_redraw_now (HeddleRedraw *self);
void heddle_redraw_begin (HeddleRedraw *self);
void heddle_redraw_end (HeddleRedraw *self);
GskRenderNode *heddle_redraw_take (HeddleRedraw *self, GtkSnapshot *snapshot);

G_END_DECLS
