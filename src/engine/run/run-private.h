/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "base/utf8.h"
#include "engine/collect/collector-private.h"
#include "engine/model/processors.h"
#include "engine/model/skipped.h"
#include "engine/pools/pool.h"
#include "engine/run/producer.h"
#include "engine/run/run.h"
#include "engine/run/tally.h"
#include "engine/sync/shared-private.h"
#include "measure/pace.h"

G_BEGIN_DECLS

/* What standstill.c saw when it looked last. */
typedef struct {
  gint64 looked_at;
  gint64 since;      /* when the note below was taken; 0: there is none */
  guint64 n_moves;   /* of the collector, then */
  guint64 n_rest;    /* open tasks that were not in hand, then */
  guint n_waiting;   /* tasks in hand, all of which wait */
  guint64 waits[HEDDLE_MAX_WORKERS + 1]; /* which wait each was in; 0: none */
  guint32 looks[HEDDLE_MAX_WORKERS + 1]; /* how often each had looked, then */
} HeddleStandstill;

/* What a run has come to by a moment; the difference of two says what was between them. */
typedef struct {
  gint64 at;         /* CLOCK_MONOTONIC */
  gint64 busy;       /* time that workers had a task in hand */
  gint64 worker_ns;  /* time that the run was set to so many workers, times their number */
  guint64 completed; /* tasks that were done or failed */
} HeddleTotals;

/* What readers see of the workers and of what the tasks share. There are two, which are swapped:
 * one is read, the other one written. */
typedef struct {
  HeddleWorkerInfo *workers;
  guint n_workers;
  guint n_alloc;
  HeddleHistogram task_times;
  gsize bytes_on_the_way; /* rings, and rows that are being put into order */
  HeddleWatch watches[HEDDLE_MAX_WATCHES];
  guint n_watches;
} HeddlePublished;

/* Where readers find what has happened. Set once. */
typedef struct {
  HeddleLaneStore *lanes;
  HeddleSeries *series[HEDDLE_N_SERIES];
  HeddleResults *results; /* NULL: rows are not kept */
  HeddleLog *log;
} HeddleRunStores;

/* What the supervisor has made before the first task. Its thread only. */
typedef struct {
  HeddlePool *pool;
  HeddleShared *shared; /* made before the pool starts; NULL: nothing is shared */
  guint parties;        /* so many tasks have to run at the same time */
} HeddleRunParts;

/* Any thread stores, the supervisor carries them out. */
typedef struct {
  atomic_int workers;
  atomic_bool paused;
  atomic_int stop; /* 0: no, else HeddleStopPolicy + 1 */
} HeddleRunWishes;

typedef struct {
  atomic_bool going; /* tasks may still be made */
  _Atomic guint64 total;
  _Atomic guint64 skipped[HEDDLE_N_SKIPPED]; /* the producer stores */
  pthread_t thread;  /* the producer's; supervisor's thread */
  guint64 n_manual; /* tasks submitted by hand; the submitting thread's */
} HeddleProduction;

/* Supervisor's thread. */
typedef struct {
  pthread_t handle; /* written by start() */
  atomic_bool joinable; /* TRUE from start() until one waits for the thread */
} HeddleRunThread;

/* What the length of a run is counted from. Guarded by the collector's lock. */
typedef struct {
  gint64 ended_ns; /* when the last task ended; 0 while that is not known */
  guint wanted;    /* how many workers the run is set to */
  gint64 wanted_since; /* CLOCK_MONOTONIC: for how long it has been */
  gint64 worker_ns; /* the time before that, times the number of workers then */
  gint64 paused_since; /* CLOCK_MONOTONIC; 0: it is not paused */
  gint64 paused_ns; /* how long it was before that, with no task in hand */
} HeddleRunSpan;

/* Where time has gone. Guarded by the collector's lock, but for the last one. */
typedef struct {
  HeddleRunTally now;
  guint line;     /* what the queue was like at the last sample */
  gint64 full_ns; /* how long the producer had waited by then */
  gboolean alone;    /* no other run went on when this one began */
  guint n_begun;     /* runs, this one included */
  gint64 program_ns; /* the program's processor time when the first tally was begun */
  gboolean has_throttling;
  HeddleThrottling throttling; /* of the control group, when this run was young */
  atomic_uint n_needed; /* workers, as tasks wait for each other; the supervisor stores once */
} HeddleTallies;

/* Guarded by the collector's lock. */
typedef struct {
  HeddleTotals totals;        /* at the last sample; at is 0 before the first one */
  HeddleTotals totals_before; /* at the one before; at is 0 where there was none */
  HeddlePace pace;            /* of tasks that end by themselves, without the pauses */
  HeddleTallies tallies;
  gint64 proc_sampled_at;
  guint proc_next;
  gint64 cpu_at;     /* when the last stretch of processors ended; 0: there was none */
  gint64 cpu_before; /* what all workers had used of them until then; ns */
} HeddleSampling;

/* What the supervisor has seen of a run that may not go on. Guarded by the collector's lock. */
typedef struct {
  gboolean halted; /* by its policy */
  gboolean deadlocked; /* waits were ended, as they would have lasted for ever */
  HeddleDeadlockWatch deadlock;
  gint64 deadlock_looked_at;
  HeddleStandstill standstill;
  gint64 quiet_since; /* CLOCK_MONOTONIC: no news since then */
} HeddleSupervision;

/* What is to be published next. Guarded by the collector's lock. */
typedef struct {
  HeddleRunSnapshot snapshot;
  gint64 workers_at; /* when the workers were published last */
  HeddlePublished *unpublished; /* swapped with the published one under both locks */
  HeddlePublished buffers[2];
  HeddleBacklogPeak backlog;
  HeddleWatch lines;   /* what tasks have printed, see HeddleWorkload.lines */
  guint64 lines_taken; /* lines of the log that were looked at for it */
} HeddleRunDraft;

/* What readers copy. Guarded by its lock, held for copies only. */
typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t finished;
  HeddleRunState state;
  GError *error;
  gboolean failed_to_start;
  HeddleRunSnapshot snapshot;
  HeddleRunTally tally;
  HeddlePublished *published; /* the supervisor alone stores, so it may load without the lock */
  HeddleFigure figures[HEDDLE_MAX_FIGURES]; /* sorted by figure_tasks */
  guint64 figure_tasks[HEDDLE_MAX_FIGURES]; /* which task has told it */
  guint n_figures;
  GArray *pauses; /* of HeddlePause: those that have ended */
  gint64 pause_begin; /* of the one that goes on, when this was published; 0: there was none */
  char *why_not_exact; /* why thread switches are not recorded; NULL: they are, or are not wanted */
} HeddleRunPublic;

struct _HeddleRun {
  /* set once, before the run starts */
  atomic_int refs;
  HeddleSettings *settings;
  HeddleRunOptions options; /* owns its texts and its context */
  const HeddleWorkload *workload;
  HeddleQueue *queue;
  HeddleInputTable *inputs;
  HeddleRunStores stores;
  HeddleCollector *collector;
  _Atomic guint32 *cancel; /* futex word, in memory of its own */

  /* the workload's; the supervisor stores once (release), any thread loads */
  _Atomic (gpointer) data;
  HeddleRunParts parts;
  HeddleRunWishes wishes;
  HeddleProduction production;
  gint64 started_ns; /* written by start(), before any thread */
  HeddleRunThread thread;

  HeddleRunSpan span;
  HeddleSampling sampling;
  HeddleSupervision supervision;
  HeddleRunDraft draft;
  HeddleRunPublic public;
};

/* publish.c: numbers for everybody else. Collector's lock held. */
void heddle_run_publish_locked (HeddleRun *self, gint64 now);
void heddle_run_finish_locked (HeddleRun *self);
void heddle_run_take_figure_locked (gpointer run, guint64 task, const char *payload, gsize length);

/* sample.c: numbers over time, and what a run comes to. Collector's lock held. */
void heddle_run_sample_locked (HeddleRun *self, gint64 now);
void heddle_run_hold_locked (HeddleRun *self, gint64 until);
void heddle_run_set_wanted_workers_locked (HeddleRun *self, guint n_workers, gint64 now);
void heddle_run_set_paused_locked (HeddleRun *self, gboolean paused, gint64 now);
gint64 heddle_run_get_pause_begin_locked (const HeddleRun *self);
gint64 heddle_run_count_paused_locked (const HeddleRun *self, gint64 now);
void heddle_run_end_locked (HeddleRun *self, gint64 now);
void heddle_run_estimate_left_locked (HeddleRun *self, HeddleRunSnapshot *draft);

/* tally.c: where time goes. Collector's lock held. */
void heddle_run_tally_stretch_locked (HeddleRun *self, const HeddleTotals *from,
                                      const HeddleTotals *to);
void heddle_run_tally_locked (HeddleRun *self, gboolean ended);
void heddle_run_begin_tally (HeddleRun *self);
void heddle_run_end_tally (HeddleRun *self);

/* idle.c */
int heddle_run_enter_idle_locked (HeddleRun *self, gboolean news, int tick, gint64 now);
void heddle_run_leave_idle (HeddleRun *self);

/* policies.c */
void heddle_run_keep_policies_locked (HeddleRun *self, gint64 now, gboolean over);
int heddle_run_bound_tick_locked (HeddleRun *self, int tick, gint64 now);

/* late-tasks.c */
void heddle_run_end_late_tasks_locked (HeddleRun *self, gint64 now);
void heddle_run_rebalance_locked (HeddleRun *self, gint64 now);

/* standstill.c */
void heddle_run_look_for_standstill_locked (HeddleRun *self, const HeddleQueueCounts *counts,
                                            gboolean producing, gint64 now);

/* states.c */
HeddleStatesSource heddle_run_open_states (HeddleRun *self, gboolean counted);
void heddle_run_close_states_locked (HeddleRun *self);
void heddle_run_count_lost_states_locked (HeddleRun *self);

/* supervisor.c */
void heddle_run_supervise (HeddleRun *self);

/* state.c */
void heddle_run_set_state (HeddleRun *self, HeddleRunState state);
void heddle_run_keep_error (HeddleRun *self, GError *error);
void heddle_run_take_error (HeddleRun *self, GError *error);
void heddle_run_fail (gpointer run, GError *error);
void heddle_run_label (gpointer run, guint64 id, const HeddleInput *input, char *buffer,
                       gsize size);

/* producer.c */
void *heddle_producer_main (void *run);

G_END_DECLS
