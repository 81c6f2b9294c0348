/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define HEDDLE_TYPE_PROGRESS_LINE (heddle_progress_line_get_type ())
G_DECLARE_FINAL_TYPE (HeddleProgressLine, heddle_progress_line, HEDDLE, PROGRESS_LINE, GtkWidget)

void heddle_progress_line_set_fraction (HeddleProgressLine *self, double fraction);
void heddle_progress_line_set_unknown (HeddleProgressLine *self, gint64 elapsed_ns);

G_END_DECLS
