/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @hint: (nullable): what is wrong with what stands in @spin, translated; %NULL: nothing */
typedef void (*HeddleNumberHintFunc) (GtkWidget *spin, const char *hint, gpointer data);

/* What a user types into a spin button. Main loop. */
void heddle_number_input_watch (GtkSpinButton *spin, int width, HeddleNumberHintFunc show,
                                gpointer data);
double heddle_number_input_get_value (GtkSpinButton *spin);
gboolean heddle_number_input_check (GtkSpinButton *spin, const char *name, GError **error);
void heddle_number_input_forget (GtkSpinButton *spin);

G_END_DECLS
