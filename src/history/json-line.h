/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/figure.h"
#include "engine/run/diagnosis.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

/* The lines of --format jsonl (docs/formats/jsonl.md), put together by hand: a run may end a
 * million tasks a second. Each function writes one line with its end of line at @to, which has room
 * for heddle_json_*_room() bytes, and returns the byte behind it. Any thread. */
gsize heddle_json_task_room (const HeddleRow *row);
char *heddle_json_put_task (char *to, const HeddleRow *row, gint64 origin);

#define HEDDLE_JSON_WORKER_ROOM 512
char *heddle_json_put_worker (char *to, const HeddleWorkerInfo *worker);

#define HEDDLE_JSON_FIGURE_ROOM 4096
char *heddle_json_put_figure (char *to, const HeddleFigure *figure, const char *group,
                              const char *name);

/* A verdict takes at most 512 of them. */
#define HEDDLE_JSON_RUN_ROOM (2048 + HEDDLE_N_VERDICTS * 512)
char *heddle_json_put_run (char *to, const HeddleWorkload *workload,
                           const HeddleBackendInfo *backend, guint workers,
                           const HeddleRunSnapshot *snapshot, const char *halt,
                           const HeddleVerdict *verdicts, guint n_verdicts);

G_END_DECLS
