/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a screen reader is told where GTK 4.8 tells nothing or too much. Main loop. */
void heddle_accessible_set_name (GtkWidget *control, const char *name);
void heddle_accessible_set_description (GtkWidget *control, const char *description);
void heddle_accessible_drop_mnemonics (GtkWidget *above);

G_END_DECLS
