/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_ADAPTIVE_SPLIT (heddle_adaptive_split_get_type ())
G_DECLARE_FINAL_TYPE (HeddleAdaptiveSplit, heddle_adaptive_split, HEDDLE, ADAPTIVE_SPLIT,
                      HeddleContainer)

G_END_DECLS
