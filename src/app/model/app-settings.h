/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "engine/workload.h"

G_BEGIN_DECLS

/*
 * What is kept from one start to the next. Where the schema is not installed (a program run from where it was built), the
 * defaults hold and nothing is kept beyond the program's end, rather than that GLib ends the program. Main loop only.
 */
GSettings *heddle_app_settings_get (void);
GVariant *heddle_app_settings_get_value (const char *key);
guint heddle_app_settings_get_uint (const char *key);
guint heddle_app_settings_get_workers (const HeddleWorkload *workload);
int heddle_app_settings_get_int (const char *key);
gboolean heddle_app_settings_get_boolean (const char *key);
char *heddle_app_settings_dup_string (const char *key);
void heddle_app_settings_set (const char *key, GVariant *value);

G_END_DECLS
