/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * The tooltip of a chart, which goes on telling when what it tells of changes below a pointer that
 * rests. Its text stands in a label of its own, which changes while it is on the screen. (GTK 4.8,
 * asked to ask again, hides a tip that is there and counts anew for one that is to come.)
 *
 * The widget answers "query-tooltip" with these functions. Between times it is asked without a
 * GtkTooltip: then %NULL is given on to them. Main loop only.
 */
typedef struct {
  GtkWidget *widget; /* borrowed: the owner */
  GtkWidget *label;  /* owned */
  gboolean shown;    /* the last question had an answer; neither tip nor pointer has gone */
  int x, y;          /* where that was asked for */
  guint source;      /* asks again; 0: none */
} HeddleTip;

void heddle_tip_init (HeddleTip *self, GtkWidget *widget);
gboolean heddle_tip_show (HeddleTip *self, GtkTooltip *tooltip, int x, int y, const char *text,
                          const GdkRectangle *area);
void heddle_tip_changed (HeddleTip *self);

G_END_DECLS
