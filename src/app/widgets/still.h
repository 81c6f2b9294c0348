/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define HEDDLE_TYPE_STILL (heddle_still_get_type ())
G_DECLARE_FINAL_TYPE (HeddleStill, heddle_still, HEDDLE, STILL, AdwBin)

gboolean heddle_still_is_picture (HeddleStill *self);

G_END_DECLS
