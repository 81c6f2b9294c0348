/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void heddle_give_way (int nice_value);
void heddle_ask_for_slices (int nice_value, gint64 length);

G_END_DECLS
