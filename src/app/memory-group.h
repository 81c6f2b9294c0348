/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define HEDDLE_TYPE_MEMORY_GROUP (heddle_memory_group_get_type ())
G_DECLARE_FINAL_TYPE (HeddleMemoryGroup, heddle_memory_group, HEDDLE, MEMORY_GROUP,
                      AdwPreferencesGroup)

G_END_DECLS
