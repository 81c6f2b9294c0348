/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define HEDDLE_TYPE_WRAP_LAYOUT (heddle_wrap_layout_get_type ())
G_DECLARE_FINAL_TYPE (HeddleWrapLayout, heddle_wrap_layout, HEDDLE, WRAP_LAYOUT, GtkLayoutManager)

GtkLayoutManager *heddle_wrap_layout_new (guint spacing);
void heddle_wrap_layout_set_more (HeddleWrapLayout *self, GtkToggleButton *more, guint narrow);

G_END_DECLS
