/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*HeddleOnScreenFunc) (gpointer data);

/*
 * Whether a widget may be seen: it is mapped, and its window is not minimised. GTK goes on drawing
 * a window that is minimised on X11; what is drawn by the clock stops itself by this. (What else
 * hides a window is not known there; a Wayland compositor asks for no frames while it shows none.)
 * Main loop only.
 */
typedef struct {
  GtkWidget *widget;          /* borrowed: the owner */
  HeddleOnScreenFunc changed; /* called after it has become seen or unseen */
  gpointer data;              /* borrowed: for changed */
  GdkSurface *surface;        /* owned: of the window, while the widget is mapped */
  gboolean seen;
} HeddleOnScreen;

void heddle_on_screen_init (HeddleOnScreen *self, GtkWidget *widget, HeddleOnScreenFunc changed,
                            gpointer data);
void heddle_on_screen_map (HeddleOnScreen *self);
void heddle_on_screen_unmap (HeddleOnScreen *self);

G_END_DECLS
