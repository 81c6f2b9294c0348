/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A chart drawn without a window, as pixels that can be looked at. */
typedef struct {
  guchar *data;
  int width, height;
} Pixels;

Pixels draw (GtkWidget *chart, int width, int height);
void pixels_clear (Pixels *pixels);
GdkRGBA pixel (const Pixels *pixels, int x, int y);
guint count_pixels (const Pixels *pixels, gboolean (*is) (GdkRGBA));
gboolean is_red (GdkRGBA c);
gboolean is_blue (GdkRGBA c);
gboolean is_grey (GdkRGBA c);
gboolean is_purple (GdkRGBA c);
gboolean is_orange (GdkRGBA c);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pixels, pixels_clear)

G_END_DECLS
