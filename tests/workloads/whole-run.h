/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/run/run.h"

G_BEGIN_DECLS

/* Runs of the catalogue's workloads, for tests that go through the whole engine. */

HeddleSettings *whole_settings_new (const char *id, const char *const *assignments);
HeddleRun *whole_run_start (const HeddleSettings *settings, const HeddleRunOptions *options);
HeddleRunSnapshot whole_run_get_end (HeddleRun *run);
GPtrArray *whole_run_dup_lines (HeddleRun *run);

G_END_DECLS
