/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void heddle_tab_names_update (AdwTabBar *bar);

G_END_DECLS
