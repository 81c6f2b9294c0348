/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "charts/tip.h"

G_BEGIN_DECLS

/* Which of the things that @chart draws lies at this place of it, or -1. */
typedef int (*HeddleHoverFind) (GtkWidget *chart, double x, double y);

/* What the pointer rests on, in a chart that shows it and has a tooltip for it. One a widget; main loop only. */
typedef struct {
  GtkWidget *widget;    /* borrowed: the owner */
  HeddleHoverFind find;
  int at;               /* -1: nothing */
  HeddleTip tip;
} HeddleHover;

void heddle_hover_init (HeddleHover *self, GtkWidget *widget, HeddleHoverFind find);

G_END_DECLS
