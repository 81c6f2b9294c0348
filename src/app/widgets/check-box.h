/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define HEDDLE_TYPE_CHECK_BOX (heddle_check_box_get_type ())
G_DECLARE_FINAL_TYPE (HeddleCheckBox, heddle_check_box, HEDDLE, CHECK_BOX, GtkCheckButton)

G_END_DECLS
