/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "base/utf8.h"
#include "engine/collector.h"
#include "engine/finish-order.h"
#include "engine/given.h"
#include "engine/input-table.h"
#include "engine/pool.h"
#include "engine/queue.h"
#include "engine/run.h"
#include "engine/shared-private.h"
#include "measure/pace.h"
#include "trace/trace-writer.h"

G_BEGIN_DECLS

/* A worker's place. Guarded by the collector's lock, but for the first group, which is set once. */
struct _HeddleSlot {
  guint number; /* from 1 */
  gboolean is_process; /* what its ring says comes from another process, and is checked */
  gboolean is_thread;  /* the worker is a thread, of whatever process */
  guint ring_capacity;
  char name[32];

  _Atomic guint32 cancel;    /* futex word, see HEDDLE_CANCEL_RUN; the collector stores, a worker that is a thread loads */
  guint8 pad[60];            /* the worker looks at that word for every task: what the collector writes all the time is not beside it */
  _Atomic guint64 overdue;   /* which task since its birth takes too long, 0: none; the collector stores, the pool loads */
  _Atomic guint64 ended_for; /* the worker is ended because of that one, 0: it is not; the pool stores, the collector loads */
  HeddleGiven given;          /* process: see there whose it is */
  _Atomic guint64 claimed;    /* process: how many tasks it says it has ended; the pool stores, the collector loads */

  HeddleRingReader reader;
  gboolean present; /* a worker stands in it */
  gboolean told_broken; /* the pool knows that reader is broken */
  int pid;
  int tid; /* 0: not known, or the only thread of its process */
  const _Atomic gint32 *tid_word; /* the pool's: where that thread writes its number; NULL: that is known, or there is none */
  gint64 born_ns;   /* of the present worker */
  gint64 alive_ns;  /* of those before it */
  gint64 busy_ns;   /* finished stretches */
  gint64 cpu_ns;    /* -1: not known */
  gint64 cpu_before_ns; /* of the workers before the present one */
  gint64 rss;
  guint deaths;
  guint64 tasks;    /* that ended here */
  guint64 n_started; /* by the present worker */
  guint64 dropped_before; /* of the rings before the present one */

  gint64 queued_ns; /* sticky: of the tasks that start from here on */
  gboolean in_hand;
  gboolean doomed;    /* that task was told that it would wait for ever */
  gboolean lane_open; /* the lane knows of it; a task that ends in the same pass is told to it whole */
  guint64 id;
  guint attempt;
  gint64 started_ns;
  gint64 task_queued_ns;
  gint64 wait_begin; /* 0: does not wait */
  HeddleWaitKind wait_kind;
  double progress;
  GString *result;
  gboolean has_result;
  GString *error;
  gboolean has_error;
};

typedef enum { LANE_SPAN, LANE_OPEN, LANE_CLOSE, LANE_WAIT, LANE_PROGRESS } LaneOpKind;

typedef struct {
  LaneOpKind kind;
  guint lane;
  guint64 id;
  HeddleTaskState state;
  gint64 begin;
  gint64 end;
  double fraction;
} LaneOp;

#define LANE_OPS 256

typedef struct {
  gint64 ns; /* CLOCK_MONOTONIC */
  guint64 ticks; /* of one printed; of others the highest: what they tell of was printed before */
  HeddleLogLevel level;
  guint worker;
  guint64 task;
  char *text; /* owned */
} OutputLine;

/* A task that ended otherwise than done, for those that wait for it. */
typedef struct {
  guint64 id;
  HeddleTaskState state;
  char label[64];
} HeddleFallen;

#define HEDDLE_MAX_FALLEN 3

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
  gint64 slots;      /* time that the run was set to so many workers, times their number */
  guint64 completed; /* tasks that were done or failed */
} HeddleTotals;

struct _HeddleCollector {
  HeddleRun *run; /* borrowed */
  int wake_fd;    /* eventfd, set once */
  gint64 first_ns; /* CLOCK_MONOTONIC: nothing of this run was before; set once */

  atomic_bool looked; /* somebody has read the run's numbers; any thread stores, the collector's takes it back */
  atomic_bool asleep; /* the thread sleeps without a timeout; it stores TRUE, whoever makes it FALSE wakes it */
  _Atomic gint64 stirred_ns; /* CLOCK_MONOTONIC: when somebody last did */
  _Atomic guint64 expected_ticks; /* of what is printed from here on, not every ring may be known yet; 0: all are. The dispatcher stores */
  gint64 quiet_since; /* CLOCK_MONOTONIC: no news since then; collector's thread */

  pthread_mutex_t lock;

  /* All below: guarded by lock. */
  GPtrArray *slots; /* of HeddleSlot */
  guint64 done, failed, cancelled, lost;
  gint64 last_end_ns; /* CLOCK_MONOTONIC: when the last of these ended; 0: none has */
  guint64 retried;
  HeddleRetries *retries; /* tasks that wait for their next attempt */
  gboolean halted;
  guint64 workers_lost;
  guint64 death_line; /* in the log: the last of them */
  guint64 workers_recycled;
  HeddleHistogram task_times;
  HeddleHistogram wait_times;
  LaneOp ops[LANE_OPS];
  guint n_ops;
  GArray *output; /* OutputLine: lines of one pass over the rings, and what is said of their tasks,
                     sorted before they are logged */
  HeddleFinishOrder *rows; /* those that are not handed out yet */
  gint64 settled; /* CLOCK_MONOTONIC: every line printed before is in output, and every end in rows, because all rings have been read since */
  guint64 n_events; /* read so far */
  guint64 first_ticks; /* the same in ticks, by the newest mapping of the counter that claims.c has seen */
  guint n_maps;        /* which one that is */
  guint64 last_possible; /* ticks after first_ticks: what a worker process tells may be of this time */
  guint64 log_told; /* lines of the log handed to the hook */
  HeddleTraceWriter *trace;
  HeddleDeadlockWatch deadlock;
  gint64 deadlock_looked_at;
  guint64 n_moves; /* workers that came, went or died */
  HeddleStandstill standstill;
  HeddleFallen fallen[HEDDLE_MAX_FALLEN]; /* the first ones */
  guint n_fallen;

  /* sampling */
  HeddleTotals totals;        /* at the last sample; at is 0 before the first one */
  HeddleTotals totals_before; /* at the one before; at is 0 where there was none */
  HeddlePace pace;            /* of tasks that end by themselves, without the pauses */
  gint64 proc_sampled_at;
  guint proc_next;
};

/* What readers see of the workers and of what the tasks share. There are two, which are swapped: one is read, the other one written. */
typedef struct {
  HeddleWorkerInfo *workers;
  guint n_workers;
  guint n_alloc;
  HeddleHistogram task_times;
  gsize bytes_on_the_way; /* rings, and rows that are being put into order */
  HeddleWatch watches[HEDDLE_MAX_WATCHES];
  guint n_watches;
} HeddlePublished;

struct _HeddleRun {
  /* set once, before the run starts */
  atomic_int refs;
  HeddleSettings *settings;
  HeddleRunOptions options;
  char *worker_program;
  char *trace_path;
  const HeddleWorkload *workload;
  HeddleQueue *queue;
  HeddleInputTable *inputs;
  HeddleLaneStore *lanes;
  HeddleSeries *series[HEDDLE_N_SERIES];
  HeddleResults *results; /* NULL: rows are not kept */
  HeddleLog *log;
  HeddleCollector *collector;
  _Atomic guint32 *cancel; /* futex word, in memory of its own */

  _Atomic (gpointer) data; /* the workload's; collector's thread stores once (release), any thread loads */
  HeddlePool *pool;        /* collector's thread */
  HeddleShared *shared;    /* made by the collector's thread before the pool starts; NULL: nothing is shared */
  gint64 limit_ns;         /* collector's thread: how long a task may take, 0: as it likes */
  guint parties;           /* collector's thread */
  pthread_t producer;      /* collector's thread */
  guint64 n_by_hand;       /* tasks submitted by hand; the submitting thread's */

  /* wishes: any thread stores, the collector's thread carries them out */
  atomic_int target_workers;
  atomic_bool want_paused;
  atomic_int want_stop; /* 0 none, else HeddleStopPolicy + 1 */
  atomic_bool producing;
  _Atomic guint64 total;
  _Atomic guint64 skipped[HEDDLE_N_SKIPPED]; /* the producer stores */
  gint64 started_ns; /* written by start(), before any thread */
  pthread_t thread;  /* the collector's; written by start() */
  atomic_bool joinable; /* TRUE from start() until one waits for the thread */

  /* guarded by the collector's lock */
  HeddleRunSnapshot snapshot_draft;
  gint64 workers_published_at;
  HeddlePublished *unpublished; /* swapped with published under both locks */
  HeddlePublished publishing[2];
  gint64 ended_ns; /* when the last task ended; 0 while that is not known */
  guint slots;     /* how many workers the run is set to */
  gint64 slots_since; /* CLOCK_MONOTONIC: for how long it has been */
  gint64 slots_ns; /* the time before that, times the number of workers then */
  HeddleWatch lines;   /* what tasks have printed, see HeddleWorkload.lines */
  guint64 lines_taken; /* lines of the log that were looked at for it */
  gint64 paused_since; /* CLOCK_MONOTONIC; 0: it is not paused */
  gint64 paused_ns; /* how long it was before that, with no task in hand */

  pthread_mutex_t publish_lock;
  pthread_cond_t finished;
  /* guarded by publish_lock, held for copies only */
  HeddleRunState state;
  GError *error;
  gboolean failed_to_start;
  HeddleRunSnapshot snapshot;
  HeddlePublished *published; /* the collector's thread alone stores, so it may load without the lock */
  HeddleFigure figures[HEDDLE_MAX_FIGURES]; /* sorted by figure_tasks */
  guint64 figure_tasks[HEDDLE_MAX_FIGURES]; /* which task has told it */
  guint n_figures;
};

/* collector-events.c: what events mean. Collector's lock held. */
gboolean heddle_collector_drain_locked (HeddleCollector *self, HeddleSlot *slot, guint max_events);
void heddle_collector_settle_locked (HeddleCollector *self);
void heddle_collector_take_output_locked (HeddleCollector *self, HeddleSlot *slot, guint64 id,
                                          const char *payload, gsize length);
void heddle_collector_say_locked (HeddleCollector *self, const HeddleSlot *slot, gint64 ns,
                                  HeddleLogLevel level, const char *format, ...)
    G_GNUC_PRINTF (5, 6);
void heddle_collector_log_output_locked (HeddleCollector *self);
void heddle_collector_flush_ops_locked (HeddleCollector *self);
void heddle_collector_flush_locked (HeddleCollector *self);
void heddle_collector_lose_task_locked (HeddleCollector *self, HeddleSlot *slot, gint64 now, const char *why);
gboolean heddle_slot_is_overdue (const HeddleSlot *slot);
void heddle_collector_look_for_overdue_locked (HeddleCollector *self, gint64 now);
void heddle_collector_cancel_item_locked (HeddleCollector *self, const HeddleItem *item, gint64 now);
void heddle_collector_tell_log_locked (HeddleCollector *self);
void heddle_collector_hand_out_rows_locked (HeddleCollector *self);

/* collector-slots.c. Collector's lock held. */
void heddle_slot_detach_ring (HeddleSlot *slot);
void heddle_slot_learn_thread_locked (HeddleCollector *self, HeddleSlot *slot, gboolean must);

/* collector-trains.c: tasks that run back to back, in blocks. Collector's lock held. */
guint heddle_collector_take_block_locked (HeddleCollector *self, HeddleSlot *slot, guint max_events);
void heddle_collector_look_for_hoarders_locked (HeddleCollector *self, gint64 now);

/* collector-sleep.c */
gboolean heddle_collector_stir (HeddleCollector *self);
gboolean heddle_collector_look (HeddleCollector *self);
int heddle_collector_doze_locked (HeddleCollector *self, gboolean news, int tick, gint64 now);
void heddle_collector_get_up (HeddleCollector *self);

/* collector.c */
HeddleCollector *heddle_collector_new (HeddleRun *run, GError **error);
void heddle_collector_free (HeddleCollector *self);
const char *heddle_collector_worker_name (guint worker, gpointer data); /* lock held */
void *heddle_collector_main (void *run); /* the thread; owns a reference of the run */

/* run-publish.c: numbers for everybody else. Collector's lock held. */
void heddle_run_publish_locked (HeddleRun *self, gint64 now);
void heddle_run_finish_locked (HeddleRun *self);
guint heddle_collector_count_in_hand_locked (const HeddleCollector *collector);
void heddle_run_take_figure_locked (HeddleRun *self, guint64 task, const char *payload, gsize length);
guint64 heddle_run_count_dropped_locked (HeddleRun *self);

/* run-sample.c: numbers over time, and what a run comes to. Collector's lock held. */
gint64 heddle_slot_get_busy (const HeddleSlot *slot, gint64 now);
void heddle_run_sample_locked (HeddleRun *self, gint64 now);
void heddle_run_hold_locked (HeddleRun *self, gint64 until);
void heddle_run_set_slots_locked (HeddleRun *self, guint slots, gint64 now);
void heddle_run_set_paused_locked (HeddleRun *self, gboolean paused, gint64 now);
void heddle_run_end_locked (HeddleRun *self, gint64 now);
void heddle_run_estimate_left_locked (HeddleRun *self, HeddleRunSnapshot *draft);
guint64 heddle_collector_count_ended_locked (const HeddleCollector *collector);

/* halt.c */
void heddle_collector_keep_policies_locked (HeddleCollector *self, gint64 now, gboolean over);
void heddle_collector_ask_locked (HeddleCollector *self, guint32 what);
int heddle_collector_bound_tick_locked (HeddleCollector *self, int tick, gint64 now);

/* standstill.c */
void heddle_collector_look_for_standstill_locked (HeddleCollector *self, const HeddleQueueCounts *counts, gboolean producing, gint64 now);

/* run.c */
void heddle_run_set_state (HeddleRun *self, HeddleRunState state);
void heddle_run_keep_error (HeddleRun *self, GError *error);
void heddle_run_take_error (HeddleRun *self, GError *error);
void heddle_run_fail (gpointer run, GError *error);
void heddle_run_label (HeddleRun *self, guint64 id, const HeddleInput *input, char *buffer, gsize size);

/* producer.c */
void *heddle_producer_main (void *run);

G_END_DECLS
