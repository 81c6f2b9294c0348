/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/pools/pool.h"
#include "engine/queue/queue.h"
#include "engine/worker/executor.h"

G_BEGIN_DECLS

/* What workers that are threads have in common. */
void heddle_thread_worker_begin (const HeddlePoolHost *host, guint number);
void heddle_thread_worker_run_batch (HeddleExecutor *executor, const HeddleItem *items,
                                     guint n_items);

G_END_DECLS
