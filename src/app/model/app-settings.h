/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "engine/model/workload.h"

G_BEGIN_DECLS

/* What is kept from one start to the next. Main loop only. */
gboolean heddle_app_settings_open (GError **error);
GSettings *heddle_app_settings_get (void);
guint heddle_app_settings_get_workers (const HeddleWorkload *workload);
void heddle_app_settings_put (const char *key, const HeddleWorkload *workload, GVariant *value);

G_END_DECLS
