/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "engine/collect/collector.h"
#include "engine/collect/finish-order.h"
#include "engine/collect/slot-private.h"
#include "engine/model/log.h"
#include "engine/queue/input-table.h"
#include "engine/queue/queue.h"
#include "engine/queue/retry.h"
#include "engine/sync/shared-private.h"
#include "measure/backlog.h"
#include "measure/histogram.h"
#include "trace/lane-store.h"
#include "trace/trace-writer.h"

G_BEGIN_DECLS

typedef enum { LANE_SPAN, LANE_OPEN, LANE_CLOSE, LANE_STRETCH, LANE_PROGRESS } LaneOpKind;

typedef struct {
  LaneOpKind kind;
  guint lane;
  guint64 id;
  HeddleTaskState state;
  HeddleFoldKind stretch;
  gint64 begin;
  gint64 end;
  gint64 queued; /* of LANE_OPEN */
  double fraction;
  HeddleTaskTimes times; /* of LANE_SPAN and LANE_CLOSE */
} LaneOp;

#define LANE_OPS 256

typedef struct {
  gint64 ns; /* CLOCK_MONOTONIC */
  guint64 ticks; /* of one printed; of others the highest: they are about what was printed before */
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

/* How long tasks have waited, of all workers together, until the last event or pass. */
typedef struct {
  gint64 slept_ns;
  gint64 shared_ns; /* for what tasks share */
  gint64 objects_ns[HEDDLE_SHARED_OBJECTS + 1]; /* of that, by the object's number */
  /* which workers: bit (number - 1) modulo 64 */
  guint64 waiters[HEDDLE_SHARED_OBJECTS + 1];
} HeddleWaitSums;

/* The workers of which it is known how long each held an object: those with the first numbers. */
#define HEDDLE_HOLD_WORKERS 64

/* How long workers have held what they share, until the last event or pass. Holds of less than a
 * microsecond are not recorded, so this is the least that it can have been. */
typedef struct {
  gint64 objects_ns[HEDDLE_SHARED_OBJECTS + 1]; /* by the object's number; all holders together */
  /* owned: by the worker's number - 1, HEDDLE_HOLD_WORKERS of them; NULL: nobody has held it */
  gint64 *workers_ns[HEDDLE_SHARED_OBJECTS + 1];
} HeddleHoldSums;

/* What the collector has counted. */
typedef struct {
  guint64 done, failed, cancelled, lost; /* tasks that ended so */
  guint64 retried;           /* attempts that were given another one */
  HeddleTimesTotals times;   /* of attempts that have ended and whose times are known */
  gint64 last_end_ns;        /* CLOCK_MONOTONIC: when the last of these ended; 0: none has */
  guint64 workers_lost;
  guint64 death_line;        /* in the log: the last of them */
  guint64 workers_recycled;
  guint64 n_moves;           /* workers that came, went or died */
  guint64 n_events;          /* read from rings */
  HeddleWaitSums waits;
  HeddleHoldSums holds;
  HeddleBacklog backlog;     /* what the last pass over the rings found */
} HeddleCollectorCounts;

/* Between which moments the time stamp of a worker process may be, in ticks; validate.c's. */
typedef struct {
  guint64 first_ticks;   /* the collector's first moment, by the newest mapping of the counter */
  guint n_maps;          /* which one that is */
  guint64 last_possible; /* ticks after first_ticks */
} HeddleTickBounds;

/* Whether the supervisor's thread may sleep without a timeout. */
typedef struct {
  atomic_bool observed; /* somebody has read the run's numbers; any thread stores, the collector's
                           takes it back */
  atomic_bool asleep;   /* the thread sleeps without a timeout; it stores TRUE, whoever makes it
                           FALSE wakes it */
  _Atomic gint64 woken_ns; /* CLOCK_MONOTONIC: when somebody last did */
} HeddleCollectorSleep;

struct _HeddleCollector {
  HeddleCollectorSinks sinks;
  int wake_fd;     /* eventfd, set once */
  gint64 first_ns; /* CLOCK_MONOTONIC: nothing of this run was before; set once */
  HeddleCollectorSleep sleep;
  _Atomic guint64 expected_ticks; /* of what is printed from here on, not every ring may be known
                                     yet; 0: all are. The dispatcher stores */

  pthread_mutex_t lock;

  /* All below: guarded by lock. */
  GPtrArray *slots; /* of HeddleSlot */
  HeddleCollectorCounts counts;
  HeddleRetries *retries; /* tasks that wait for their next attempt */
  HeddleHistogram task_times;
  HeddleHistogram wait_times;
  LaneOp ops[LANE_OPS];
  guint n_ops;
  GArray *output; /* OutputLine: lines of one pass over the rings, and what is said of their tasks,
                     sorted before they are logged */
  guint64 log_told; /* lines of the log that were handed to the line sink */
  HeddleFinishOrder *rows; /* those that are not handed out yet */
  gint64 settled; /* CLOCK_MONOTONIC: every line printed before is in output, and every end in rows,
                     because all rings have been read since */
  HeddleTickBounds bounds;
  HeddleFallen fallen[HEDDLE_MAX_FALLEN]; /* the first ones */
  guint n_fallen;
};

/* events.c: what events mean. Collector's lock held. */
void heddle_collector_take_event_locked (HeddleCollector *self, HeddleSlot *slot,
                                         const HeddleEvent *event, const char *payload);
void heddle_collector_flush_locked (HeddleCollector *self);
void heddle_collector_lose_task_locked (HeddleCollector *self, HeddleSlot *slot, gint64 now,
                                        const char *why);
void heddle_collector_cancel_item_locked (HeddleCollector *self, const HeddleItem *item,
                                          gint64 now);

/* output-order.c: lines and rows, in the order in which they happened. Collector's lock held. */
void heddle_collector_take_output_locked (HeddleCollector *self, HeddleSlot *slot, guint64 id,
                                          const char *payload, gsize length);
void heddle_collector_say_locked (HeddleCollector *self, const HeddleSlot *slot, gint64 ns,
                                  HeddleLogLevel level, const char *format, ...)
    G_GNUC_PRINTF (5, 6);
void heddle_collector_log_output_locked (HeddleCollector *self);
void heddle_collector_tell_log_locked (HeddleCollector *self);
void heddle_collector_hand_out_rows_locked (HeddleCollector *self);

/* lanes.c: what is written into lanes and the trace. Collector's lock held. */
LaneOp *heddle_collector_next_op_locked (HeddleCollector *self, LaneOpKind kind, HeddleSlot *slot);
void heddle_collector_open_span_locked (HeddleCollector *self, HeddleSlot *slot);
void heddle_collector_close_span_locked (HeddleCollector *self, HeddleSlot *slot, gint64 end,
                                         HeddleTaskState state);
void heddle_collector_trace_span_locked (HeddleCollector *self, HeddleSlot *slot, gint64 end,
                                         HeddleTaskState state, const char *label);
void heddle_collector_record_holds_locked (HeddleCollector *self, HeddleSlot *slot, gint64 time);
void heddle_collector_take_hold_locked (HeddleCollector *self, HeddleSlot *slot,
                                        const HeddleEvent *event);
void heddle_collector_introduce_locked (HeddleCollector *self, HeddleSlot *slot);
void heddle_collector_learn_thread_locked (HeddleCollector *self, HeddleSlot *slot, gboolean must);
void heddle_collector_flush_ops_locked (HeddleCollector *self);

/* rings.c: reading what workers have published. Collector's lock held. */
void heddle_collector_drain_locked (HeddleCollector *self, HeddleSlot *slot);
void heddle_collector_drain_all_locked (HeddleCollector *self);
void heddle_collector_read_rings_locked (HeddleCollector *self);

/* task-times.c: what the time of tasks was made of. Collector's lock held. */
void heddle_collector_join_states_locked (HeddleCollector *self, HeddleSlot *slot);
void heddle_collector_leave_states_locked (HeddleCollector *self, HeddleSlot *slot);
void heddle_collector_begin_times_locked (HeddleCollector *self, HeddleSlot *slot);
void heddle_collector_end_times_locked (HeddleCollector *self, HeddleSlot *slot, gint64 end);
void heddle_collector_show_states_locked (HeddleCollector *self, HeddleSlot *slot);

/* blocks.c: tasks that run back to back, in blocks. Collector's lock held. */
guint heddle_collector_take_block_locked (HeddleCollector *self, HeddleSlot *slot,
                                          guint max_events);

/* collector.c. Collector's lock held. */
void heddle_collector_settle_locked (HeddleCollector *self);
void heddle_collector_ask_locked (HeddleCollector *self, guint32 what);
guint64 heddle_collector_count_ended_locked (const HeddleCollector *self);
guint heddle_collector_count_in_hand_locked (const HeddleCollector *self);
guint heddle_collector_count_present_locked (const HeddleCollector *self);
guint64 heddle_collector_count_dropped_locked (const HeddleCollector *self);
gsize heddle_collector_get_bytes_locked (const HeddleCollector *self);
const char *heddle_collector_worker_name (guint worker, gpointer collector);

/**
 * heddle_collector_get_slot:
 *
 * Returns: (transfer none): the slot at @index, from 0. Collector's lock held.
 */
static inline HeddleSlot *
heddle_collector_get_slot (const HeddleCollector *self, guint index)
{
  return g_ptr_array_index (self->slots, index);
}

G_END_DECLS
