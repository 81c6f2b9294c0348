/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/span.h"

G_BEGIN_DECLS

/*
 * The lane store: the history of every worker, as spans on a time axis.
 *
 * Spans are kept in columns, in chunks with their time bounds and with running sums (busy time,
 * tasks that ended, failures), and so are the stretches in which a task waited, was on a CPU, or
 * the like: a track for each kind. So a question about any stretch of time is a difference of two
 * sums: it costs O(cells asked for), never O(spans), and is exact at every zoom. A failure that
 * lasted a microsecond still marks its cell.
 *
 * Scheduling states come in two ways. Where every switch is known they are stretches:
 * %HEDDLE_FOLD_ON_CPU, %HEDDLE_FOLD_READY and, for the time in which that is so,
 * %HEDDLE_FOLD_KNOWN. Where only totals of a task are known, they come with its end, and a part of
 * a task has its share of them. Both add up; a writer gives one or the other.
 *
 * Memory has a budget; the oldest chunks go first. Their sums stay, in time buckets that grow
 * coarser the further they reach. All times are nanoseconds of CLOCK_MONOTONIC. Any thread may call
 * anything: one lock inside, held shortly.
 */

/* What a stretch of time of a lane was made of, nanoseconds. */
struct _HeddleLaneSum {
  gint64 busy_ns;    /* in tasks */
  /* these five are parts of busy_ns; waits: from HEDDLE_FOLD_SLEEP on */
  gint64 waits_ns[HEDDLE_N_WAITS];
  gint64 on_cpu_ns;
  gint64 ready_ns;
  /* the time of which the two before are known; the rest of it is time blocked, waits included */
  gint64 known_ns;
  gint64 holding_ns; /* the worker held something, in a task or not */
  guint64 n_done;    /* tasks that ended well inside */
  guint64 n_failed;  /* tasks that failed, were lost or cancelled inside */
};

/* The same of one cell of many, as shares of the cell's time, 0 to 1. */
struct _HeddleLaneCell {
  float busy;
  float waiting;  /* all waits */
  float waits[HEDDLE_N_WAITS];
  float on_cpu;
  float ready;
  float known;
  float holding;
  guint32 n_done;
  guint32 n_failed;
};

struct _HeddleLaneInfo {
  gboolean open;         /* a task is open: it has begun and not ended */
  HeddleSpan current;    /* that task, where open */
  gdouble progress;      /* of that task, 0 to 1, or -1 where it reports none */
  gint64 born;           /* when the lane's first worker came */
  gint64 died;           /* when its last worker went, or 0 while one is there */
  /* nothing before this moment changes any more: begin of the open task, or end of the last one,
   * and where states come as stretches no later than those; 0: none came */
  gint64 settled;
  /* time in tasks since the beginning, the open one counted up to the last event */
  gint64 busy_ns;
  guint64 n_spans;       /* spans added since the beginning */
};

typedef struct {
  guint n_lanes;      /* they never go */
  gint64 begin;       /* from here on every span is kept */
  gint64 end;         /* the latest time in the store; begin and end are 0 while it is empty */
  guint64 n_given_up; /* spans, to keep the budget */
  gsize bytes;        /* memory held */
} HeddleLaneTotals;

HeddleLaneStore *heddle_lane_store_new (gsize budget_bytes);
HeddleLaneStore *heddle_lane_store_ref (HeddleLaneStore *self);
void heddle_lane_store_unref (HeddleLaneStore *self);

guint heddle_lane_store_add_lane (HeddleLaneStore *self, const char *name);
char *heddle_lane_store_dup_name (HeddleLaneStore *self, guint lane);

/* Writing: the collector. lock/unlock bracket a batch; the _locked calls need the bracket. */
void heddle_lane_store_lock (HeddleLaneStore *self);
void heddle_lane_store_unlock (HeddleLaneStore *self);
void heddle_lane_store_set_slots_locked (HeddleLaneStore *self, guint n, gint64 time);
void heddle_lane_store_born_locked (HeddleLaneStore *self, guint lane, gint64 time);
void heddle_lane_store_died_locked (HeddleLaneStore *self, guint lane, gint64 time);
void heddle_lane_store_open_locked (HeddleLaneStore *self, guint lane, guint64 id, gint64 begin,
                                    gint64 queued);
void heddle_lane_store_close_locked (HeddleLaneStore *self, guint lane, gint64 end,
                                     HeddleTaskState state, const HeddleTaskTimes *times);
void heddle_lane_store_span_locked (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                                    guint64 id, HeddleTaskState state,
                                    const HeddleTaskTimes *times);
void heddle_lane_store_sequence_locked (HeddleLaneStore *self, guint lane, gint64 *bounds, guint n,
                                        guint64 first_id);
void heddle_lane_store_stretch_locked (HeddleLaneStore *self, guint lane, HeddleFoldKind kind,
                                       gint64 begin, gint64 end, guint64 id);
void heddle_lane_store_progress_locked (HeddleLaneStore *self, guint lane, gdouble fraction);

/* Reading. */
guint64 heddle_lane_store_get_serial (HeddleLaneStore *self);
HeddleLaneTotals heddle_lane_store_get_totals (HeddleLaneStore *self);
gboolean heddle_lane_store_get_info (HeddleLaneStore *self, guint lane, HeddleLaneInfo *info);
gint64 heddle_lane_store_count_slots (HeddleLaneStore *self, gint64 *begin, gint64 end);
guint heddle_lane_store_count_spans (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end);
guint heddle_lane_store_get_spans (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                                   HeddleSpan *spans, guint max_spans);
guint heddle_lane_store_get_stretches (HeddleLaneStore *self, guint lane, HeddleFoldKind kind,
                                       gint64 begin, gint64 end, HeddleSpan *stretches,
                                       guint max_stretches);
guint heddle_lane_store_count_stretches (HeddleLaneStore *self, guint lane, HeddleFoldKind kind,
                                         gint64 begin, gint64 end);
void heddle_lane_store_sum (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                            HeddleLaneSum *sum);
gint64 heddle_lane_store_sum_tasks (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                                    guint64 *n_failed);
void heddle_lane_store_get_cells (HeddleLaneStore *self, guint lane, gint64 begin, gint64 end,
                                  HeddleLaneCell *cells, guint n_cells);
gboolean heddle_lane_store_find_span (HeddleLaneStore *self, guint lane, gint64 time,
                                      HeddleSpan *span);

G_END_DECLS
