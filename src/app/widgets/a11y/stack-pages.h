/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void heddle_stack_pages_track (GtkStack *stack);

G_END_DECLS
