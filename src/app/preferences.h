/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define HEDDLE_TYPE_PREFERENCES (heddle_preferences_get_type ())
G_DECLARE_FINAL_TYPE (HeddlePreferences, heddle_preferences, HEDDLE, PREFERENCES,
                      AdwPreferencesWindow)

GtkWidget *heddle_preferences_new (void);

G_END_DECLS
