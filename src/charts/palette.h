/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "charts/state-colours.h"

G_BEGIN_DECLS

/* The colours of a widget as its style has them now. Read at each redraw and never kept: it costs a
 * dozen hash look-ups. */
typedef struct {
  GdkRGBA text;       /* the widget's own colour */
  GdkRGBA dim;        /* small print */
  GdkRGBA grid;       /* lines behind data */
  GdkRGBA base;       /* what the chart lies on */
  GdkRGBA shade[3];   /* on CPU: the accent colour, and two nearer to the base */
  /* what a lane's time was made of, and the lines of the patterns over that */
  GdkRGBA states[HEDDLE_N_STATE_FILLS];
  GdkRGBA lines[HEDDLE_N_STATE_FILLS];
  GdkRGBA kinds[HEDDLE_N_TASK_KINDS];
  GdkRGBA cancelled;
  GdkRGBA failed;
  GdkRGBA lost;
  GdkRGBA good, slow, stuck; /* the pulse */
} HeddlePalette;

void heddle_palette_init (HeddlePalette *self, GtkWidget *widget);
GdkRGBA heddle_palette_mix (const GdkRGBA *a, const GdkRGBA *b, float share);
GdkRGBA heddle_palette_fade (const GdkRGBA *colour, float alpha);
GdkRGBA heddle_palette_get_tone (const HeddlePalette *self, guint tone);
void heddle_palette_install (GtkWidget *widget);

G_END_DECLS
