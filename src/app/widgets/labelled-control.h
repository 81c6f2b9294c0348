/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A small frame around one control, with what it is called in front and, where it has one, its unit
 * behind: "Workers 4 − +". */
#define HEDDLE_TYPE_LABELLED_CONTROL (heddle_labelled_control_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLabelledControl, heddle_labelled_control, HEDDLE, LABELLED_CONTROL,
                      GtkWidget)

GtkWidget *heddle_labelled_control_new (const char *label, const char *unit,
                                        const char *description, GtkWidget *child);

G_END_DECLS
