/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/policy.h"
#include "engine/model/types.h"
#include "trace/states.h"

G_BEGIN_DECLS

/* What a run tells while it runs. Each is called on the supervisor's thread, in the order of
 * finishing; may block (then the run is held back). */
typedef struct {
  void (*row) (const HeddleRow *row, gpointer data);                      /* a task ended */
  void (*line) (const HeddleLogLine *line, gpointer data);                /* a line of the log */
  /* the run's state changed; must not block */
  void (*changed) (HeddleRun *run, gpointer data);
} HeddleRunHooks;

/* Over 20 fields: what is chosen once and copied as a whole. */
struct _HeddleRunOptions {
  HeddleBackend backend;
  guint workers;          /* 1 to HEDDLE_MAX_WORKERS */
  guint queue;            /* capacity in tasks, 1 to HEDDLE_MAX_QUEUE */
  guint prefetch; /* processes: tasks handed out ahead, at most; 1 = fair, more = fast */
  guint retries;          /* how often a failed or lost task is tried again */
  double retry_delay; /* seconds before the second attempt, see heddle_retry_delay_ns() */
  double timeout; /* seconds a task may take, 0: any; then it is ended, a process killed */
  HeddleHalt halt;        /* when the run gives up because of tasks that failed or were lost */
  guint recycle;          /* processes: a worker is replaced after so many tasks, 0: never */
  int nice;               /* of the workers, 0 to 19, or HEDDLE_NICE_IDLE */
  char affinity[HEDDLE_AFFINITY_SIZE]; /* CPUs for workers, see heddle_affinity_check() */
  HeddleStatesSource states; /* of tasks: the best source wanted; a run has what is allowed */
  gsize lane_budget;      /* bytes for lanes */
  gsize result_budget;    /* bytes for rows; 0: rows are not kept, only handed to the hook */
  const char *worker_program; /* NULL: HEDDLE_WORKER, beside this program, or the installed one */
  const char *trace_path; /* NULL: no trace file */
  GMainContext *context;  /* for the main-loop backends; NULL: the default one */
  gpointer data; /* what the workload's functions get, the caller's until the run is freed; NULL:
                    what its open() returns */
  gboolean manual; /* tasks come from heddle_run_submit(), not produce(), and are told at once */
  HeddleRunHooks hooks;
  gpointer hooks_data;
};

void heddle_run_options_init (HeddleRunOptions *options, const HeddleWorkload *workload);
gboolean heddle_run_options_check (const HeddleRunOptions *options, const HeddleWorkload *workload,
                                   GError **error);

G_END_DECLS
