/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/collect/slot.h"
#include "engine/collect/states.h"
#include "engine/model/types.h"
#include "engine/queue/queue.h"
#include "engine/task/task-private.h"
#include "trace/lane-store.h"
#include "trace/ring.h"
#include "trace/trace-writer.h"

G_BEGIN_DECLS

/*
 * The collector: reads the rings of a run's workers and turns events into lanes, rows, log lines
 * and counts. It alone decides what a task came to. It has no thread of its own: the run's
 * supervisor reads all rings again and again, and pools tell it which workers come and go, on
 * threads of theirs.
 *
 * Lock order: the collector's lock, then the queue's, then those of the stores. Pools call these
 * functions without any lock of the collector or the queue held.
 */

/* Where the collector puts what it finds, and what it has to know of the run. Set by the run before
 * any worker is born, then only read. All pointers are borrowed and outlive the collector. */
typedef struct {
  HeddleLaneStore *lanes;
  HeddleLog *log;
  HeddleQueue *queue;          /* gets tasks back whose worker was ended because of another one */
  HeddleInputTable *inputs;    /* the texts of tasks, dropped when they end */
  HeddleShared *shared;        /* NULL: the tasks share nothing */
  HeddleTraceWriter *trace;    /* NULL: no trace is written */
  HeddleStates *states;        /* NULL: thread switches are not recorded; guarded by the collector's
                                  lock */
  _Atomic guint32 *cancel;     /* futex word of the run, see HEDDLE_CANCEL_RUN */
  HeddleBackend backend;
  guint retries;               /* how often a failed or lost task is tried again */
  double retry_delay;          /* seconds before the second attempt */
  gint64 limit_ns;             /* how long a task may take, 0: as long as it likes */
  gboolean wants_rows;         /* row is called; where nobody wants single tasks, they are counted
                                  in blocks */

  /* Called under the collector's lock, in the order of finishing; may block. */
  void (*row) (const HeddleRow *row, gpointer data);
  void (*line) (const HeddleLogLine *line, gpointer data); /* NULL: nobody wants lines */
  /* What a task is called; @input is NULL for tasks of a range. Called under the collector's
   * lock. */
  void (*label) (gpointer data, guint64 id, const HeddleInput *input, char *buffer, gsize size);
  /* A task has published a figure, @length bytes that may come from a broken worker. Likewise. */
  void (*figure) (gpointer data, guint64 task, const char *payload, gsize length);
  gpointer data;
} HeddleCollectorSinks;

HeddleCollector *heddle_collector_new (GError **error);
void heddle_collector_free (HeddleCollector *self);
void heddle_collector_set_sinks (HeddleCollector *self, const HeddleCollectorSinks *sinks);

/* Pools: a worker's slot in the run (one lane, one ring), and who comes to occupy it. */
HeddleSlot *heddle_collector_add_slot (HeddleCollector *self, HeddleRing *ring, guint ring_capacity,
                                       gboolean is_process);
void heddle_collector_expect (HeddleCollector *self, gboolean worker);
void heddle_collector_worker_born (HeddleCollector *self, HeddleSlot *slot, HeddleRing *ring,
                                   int pid, int tid, const _Atomic gint32 *tid_word);
void heddle_collector_worker_gone (HeddleCollector *self, HeddleSlot *slot);

/* About a death. */
typedef enum {
  HEDDLE_DEATH_REPLACED = 1 << 0, /* another worker takes its place */
  HEDDLE_DEATH_WANTED = 1 << 1,   /* the pool ended it, since the run is being stopped */
} HeddleDeath;

guint64 heddle_collector_worker_died (HeddleCollector *self, HeddleSlot *slot, const char *how,
                                      HeddleDeath death);
void heddle_collector_count_recycled (HeddleCollector *self);
guint64 heddle_collector_get_started (HeddleCollector *self, HeddleSlot *slot);
gboolean heddle_collector_is_broken (HeddleCollector *self, HeddleSlot *slot);

/* The thread that reads the rings. */
void heddle_collector_kick (HeddleCollector *self);
gboolean heddle_collector_wake_if_idle (HeddleCollector *self);
gboolean heddle_collector_mark_observed (HeddleCollector *self);
int heddle_collector_get_wake_fd (HeddleCollector *self);

G_END_DECLS
