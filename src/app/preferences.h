/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The preferences window; what is changed of runs holds from the next one on. */
#define HEDDLE_TYPE_PREFERENCES (heddle_preferences_get_type ())
G_DECLARE_FINAL_TYPE (HeddlePreferences, heddle_preferences, HEDDLE, PREFERENCES,
                      AdwPreferencesWindow)

G_END_DECLS
