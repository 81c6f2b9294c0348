/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define HEDDLE_TYPE_CACHED_BIN (heddle_cached_bin_get_type ())
G_DECLARE_FINAL_TYPE (HeddleCachedBin, heddle_cached_bin, HEDDLE, CACHED_BIN, AdwBin)

gboolean heddle_cached_bin_is_picture (HeddleCachedBin *self);

G_END_DECLS
