/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A widget as a picture. */
typedef struct _HeddlePicture HeddlePicture;

HeddlePicture *heddle_picture_new (GtkWidget *widget, gboolean as_svg);
void heddle_picture_free (HeddlePicture *self);
gboolean heddle_picture_write (HeddlePicture *self, const char *path, GError **error);

G_END_DECLS
