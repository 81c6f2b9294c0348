/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/format.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

char *heddle_worker_text_format_name (HeddleRun *run, guint worker, char *buffer, gsize size);
char *heddle_worker_text_dup_wait (const HeddleWorkerInfo *worker);

G_END_DECLS
