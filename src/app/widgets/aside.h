/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define HEDDLE_TYPE_ASIDE (heddle_aside_get_type ())
G_DECLARE_FINAL_TYPE (HeddleAside, heddle_aside, HEDDLE, ASIDE, GtkWidget)

G_END_DECLS
