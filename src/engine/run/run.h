/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/log.h"
#include "engine/model/results.h"
#include "engine/model/run-options.h"
#include "engine/model/skipped.h"
#include "engine/model/types.h"
#include "engine/model/workload.h"
#include "engine/sync/shared.h"
#include "measure/backlog.h"
#include "measure/histogram.h"
#include "measure/series.h"
#include "trace/lane-store.h"
#include "trace/states.h"

G_BEGIN_DECLS

#define HEDDLE_SNAPSHOT_QUEUE 32

typedef struct {
  guint64 id;
  gint64 since_ns; /* CLOCK_MONOTONIC */
  gint64 due_ns; /* CLOCK_MONOTONIC: when its next attempt is due; 0: it is in the queue */
  char label[56];  /* valid UTF-8, cut in front with an ellipsis where it was longer */
} HeddleQueueEntry;

/*
 * The run at one moment. A task that waits is queued, in the queue or with a worker that has not
 * started it; one that a worker has started is running. In every snapshot: submitted = queued +
 * running + done + failed + cancelled + lost. Over 20 fields: the numbers of one moment, which
 * readers copy as a whole.
 */
struct _HeddleRunSnapshot {
  guint64 serial; /* grows with every change */
  HeddleRunState state;
  gboolean failed_to_start;
  gboolean halted;        /* by its policy: heddle_run_dup_error() says why */
  guint64 submitted, queued, running, done, failed, cancelled, lost;
  guint64 retried;        /* attempts that were given another one */
  guint64 n_waiting_retries; /* of the queued, those that wait for their next attempt */
  guint64 total;          /* tasks there will be, 0 while it is not known */
  gboolean producing;     /* the producer still makes tasks */
  gint64 started_ns;      /* CLOCK_MONOTONIC */
  gint64 elapsed_ns;      /* since the start; when finished, until its last task ended */
  gint64 now_ns;          /* when this snapshot was made */
  gint64 paused_ns;       /* when finished: for how long of that it was paused, no task in hand */
  double rate;            /* tasks that were done or failed, a second: at present, see
                             measure/pace.h; over the whole run but its pauses when finished */
  gint64 left_ns;         /* how long the rest takes at least, by its pace; -1: not known */
  gint64 left_most_ns;    /* and at most: the same where the estimate is sure */
  double utilisation; /* 0 to 1, recent; of the whole run when finished: see docs/architecture.md */
  guint n_workers;        /* alive */
  guint n_workers_target;
  guint n_lanes;
  guint64 workers_lost;   /* worker processes that died unasked */
  guint64 death_line;     /* index in the log of the line about the last of them */
  guint64 workers_recycled; /* worker processes that were replaced as the options say */
  guint64 dropped_events;
  HeddleStatesSource states; /* where the times of its tasks come from */
  HeddleTimesTotals times; /* of attempts that have ended and whose times are known */
  guint64 states_lost; /* of the exact source: events that did not reach the run */
  HeddleBacklog backlog;  /* events that nobody had read: the most of the last half second */
  guint64 skipped[HEDDLE_N_SKIPPED]; /* found by the producer, and not made into tasks */
  guint64 queue_length; /* those of the queued that no worker has, and that are not delayed */
  guint queue_capacity;
  gboolean producer_waiting; /* the queue was full: the producer waits for more room */
  guint producer_resumes_at; /* it goes on at so many tasks in the queue; G_MAXUINT: at
                             fewer tasks that are to be tried again */
  guint n_entries; /* set ones: first in line, then those that wait for their next attempt */
  HeddleQueueEntry entries[HEDDLE_SNAPSHOT_QUEUE];
  guint64 n_task_times;   /* how many tasks these two are of: those that are done or failed */
  gint64 task_p50_ns, task_p99_ns; /* time in the worker */
  gint64 wait_p50_ns, wait_p99_ns; /* time in the queue, of every task that was started */
};

/* What a run holds in memory, bytes. */
typedef struct {
  gsize lanes; /* the history of the workers; at most the budget and an open piece */
  gsize results; /* rows with their texts; likewise */
  gsize log;     /* 20 000 lines at most */
  gsize rest; /* events on their way, the line, series, numbers; when finished the numbers */
} HeddleRunMemory;

typedef enum {
  HEDDLE_WORKER_STARTING,
  HEDDLE_WORKER_IDLE,
  HEDDLE_WORKER_BUSY,
  HEDDLE_WORKER_PAUSED,
  HEDDLE_WORKER_WAITING, /* has a task in hand that waits: see waits_for */
  HEDDLE_WORKER_GONE,
} HeddleWorkerState;

typedef struct {
  guint number; /* from 1 */
  gboolean is_process;
  HeddleWorkerState state;
  int pid;
  int tid;
  guint64 tasks;     /* ended by it */
  guint64 task;      /* in hand, 0: none */
  double progress;   /* of that task, -1: it tells none */
  gint64 busy_ns;
  gint64 alive_ns;
  gint64 cpu_ns;     /* -1: not known */
  gint64 rss;        /* bytes; -1: not known */
  guint deaths;      /* how many processes of this lane died unasked */
  gboolean overdue;  /* the task in hand takes longer than it may: it has been asked to end */
  char name[32];
  char label[56];    /* of the task in hand */
  char waits_for[96]; /* "the lock “list”, held by Thread 2"; empty: does not wait */
} HeddleWorkerInfo;

typedef enum {
  HEDDLE_SERIES_UTILISATION, /* 0 to 1 */
  HEDDLE_SERIES_THROUGHPUT,  /* tasks a second */
  HEDDLE_SERIES_QUEUE,       /* tasks */
  HEDDLE_SERIES_RUNNING,     /* tasks */
  HEDDLE_SERIES_CPUS,        /* processors that the workers kept busy; 1.5: one and a half */
  HEDDLE_SERIES_MEMORY,      /* bytes: of the worker processes; of this program where it works */
  HEDDLE_N_SERIES
} HeddleSeriesKind;

/* When no task was in hand since the user had paused the run, CLOCK_MONOTONIC ns. */
typedef struct {
  gint64 begin;
  gint64 end; /* 0: it goes on */
} HeddlePause;

HeddleRun *heddle_run_new (const HeddleSettings *settings, const HeddleRunOptions *options,
                           GError **error);
HeddleRun *heddle_run_ref (HeddleRun *self);
void heddle_run_unref (HeddleRun *self);
gboolean heddle_run_start (HeddleRun *self, GError **error);
gboolean heddle_run_submit (HeddleRun *self, const char *input, guint64 *id);
void heddle_run_close (HeddleRun *self);
void heddle_run_pause (HeddleRun *self);
void heddle_run_resume (HeddleRun *self);
guint heddle_run_get_pauses (HeddleRun *self, gint64 begin, gint64 end, HeddlePause *pauses,
                             guint max_pauses);
void heddle_run_stop (HeddleRun *self, HeddleStopPolicy policy);
void heddle_run_resize (HeddleRun *self, guint n_workers);
gboolean heddle_run_wait (HeddleRun *self, gint64 timeout_ns);

HeddleRunState heddle_run_get_state (HeddleRun *self);
GError *heddle_run_dup_error (HeddleRun *self);
const HeddleWorkload *heddle_run_get_workload (HeddleRun *self);
const HeddleSettings *heddle_run_get_settings (HeddleRun *self);
const HeddleRunOptions *heddle_run_get_options (HeddleRun *self);
void heddle_run_get_snapshot (HeddleRun *self, HeddleRunSnapshot *snapshot);
guint heddle_run_get_workers (HeddleRun *self, HeddleWorkerInfo *workers, guint max_workers);

guint heddle_run_get_watches (HeddleRun *self, HeddleWatch *watches, guint max_watches);
guint heddle_run_get_figures (HeddleRun *self, HeddleFigure *figures, guint max_figures);
void heddle_run_get_task_times (HeddleRun *self, HeddleHistogram *histogram);
void heddle_run_get_memory (HeddleRun *self, HeddleRunMemory *memory);
HeddleLaneStore *heddle_run_get_lanes (HeddleRun *self);
HeddleSeries *heddle_run_get_series (HeddleRun *self, HeddleSeriesKind kind);
HeddleResults *heddle_run_get_results (HeddleRun *self);
HeddleLog *heddle_run_get_log (HeddleRun *self);
char *heddle_run_dup_why_no_task (HeddleRun *self);
void heddle_run_dup_task_label (HeddleRun *self, guint64 id, char *buffer, gsize size);
char *heddle_run_dup_states_note (HeddleRun *self);
char *heddle_run_dup_sentence (HeddleRun *self, const HeddleRow *row);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleRun, heddle_run_unref)

G_END_DECLS
