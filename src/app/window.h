/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/application.h"
#include "app/model/launch.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_WINDOW (heddle_window_get_type ())
G_DECLARE_FINAL_TYPE (HeddleWindow, heddle_window, HEDDLE, WINDOW, AdwApplicationWindow)

HeddleWindow *heddle_window_new (HeddleApplication *application);
void heddle_window_launch (HeddleWindow *self, const HeddleLaunch *launch);
gboolean heddle_window_is_closing (HeddleWindow *self);
gboolean heddle_window_show_run (HeddleWindow *self, guint number);
void heddle_window_take_files (HeddleWindow *self, GSList *files);

G_END_DECLS
