/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The tooltip of a chart, which has to be asked for again when what it tells of has changed below a pointer that rests. Main loop only. */
typedef struct {
  GtkWidget *widget; /* borrowed: the owner */
  gboolean shown;    /* the last question had an answer, and the pointer is still there */
  guint source;      /* asks again; 0: none */
} HeddleTip;

void heddle_tip_init (HeddleTip *self, GtkWidget *widget);
gboolean heddle_tip_told (HeddleTip *self, gboolean shown);
void heddle_tip_changed (HeddleTip *self);

G_END_DECLS
