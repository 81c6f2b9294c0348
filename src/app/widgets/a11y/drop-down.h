/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Names for a GtkDropDown of strings. Main loop. */
void heddle_drop_down_set_name (GtkDropDown *drop_down, const char *name);
void heddle_drop_down_set_description (GtkDropDown *drop_down, const char *description);

G_END_DECLS
