/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_CARD_GRID (heddle_card_grid_get_type ())
G_DECLARE_FINAL_TYPE (HeddleCardGrid, heddle_card_grid, HEDDLE, CARD_GRID, HeddleContainer)

G_END_DECLS
