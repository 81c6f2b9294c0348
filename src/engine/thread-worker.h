/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/executor.h"
#include "engine/pool.h"
#include "engine/queue.h"

G_BEGIN_DECLS

/* What workers that are threads have in common. */
#define HEDDLE_CLAIM_ITEMS 64

void heddle_thread_worker_begin (const HeddlePoolHost *host, guint number);
void heddle_thread_worker_run_claim (HeddleExecutor *executor, const HeddleItem *items, guint n_items);

G_END_DECLS
