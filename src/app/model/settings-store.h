/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/run.h"

G_BEGIN_DECLS

/*
 * With which settings each workload was looked at last, from one window and one start of the
 * program to the next: words as on the command line, "n=5" for a parameter and "--workers=4" for an
 * option, of what differs from the defaults. They are bytes: a folder's name need not be UTF-8.
 * Main loop only.
 */
char **heddle_settings_store_load (const HeddleWorkload *workload);
void heddle_settings_store_save (const HeddleWorkload *workload, const char *const *words);

G_END_DECLS
