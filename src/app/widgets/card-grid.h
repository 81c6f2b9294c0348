/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define HEDDLE_TYPE_CARD_GRID (heddle_card_grid_get_type ())
G_DECLARE_FINAL_TYPE (HeddleCardGrid, heddle_card_grid, HEDDLE, CARD_GRID, GtkWidget)

G_END_DECLS
