/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "trace/lane-fold.h"
#include "trace/lane-store.h"
#include "trace/track.h"

G_BEGIN_DECLS

#define HEDDLE_LANE_LAST_TIME (G_MAXINT64 / 4) /* no time is later */

/* All fields guarded by the store's lock. */
typedef struct {
  char *name;
  gint64 born;
  gint64 died;
  gboolean open;
  guint64 id;         /* these four: of the open task */
  gint64 begin;
  gint64 queued;
  gdouble progress;
  /* of the lane's first task; valid where tracks[HEDDLE_FOLD_BUSY]->n > 0 or open */
  gint64 first_begin;
  HeddleTrack *tracks[HEDDLE_N_FOLDS]; /* owned; one that is shared and empty where there is none */
  HeddleLaneFold fold;
} HeddleLane;

/* So many workers are wanted from a moment on. */
typedef struct {
  gint64 time;
  guint n;
  gint64 sum; /* the time before that, times the number of workers then */
} HeddleLaneSlots;

struct _HeddleLaneStore {
  _Atomic guint n_refs;
  _Atomic guint64 serial;  /* written under the lock */
  pthread_mutex_t lock;
  gsize budget;            /* never changes */

  /* guarded by lock */
  GPtrArray *lanes;
  GArray *slots;           /* HeddleLaneSlots, in the order of time */
  gboolean changed;
  gboolean begun;
  gint64 begin;
  gint64 end;
  gint64 given_up_until;   /* end of the last task given up */
  guint64 n_given_up;
  gsize bytes;
  guint64 touched;         /* entries looked at by reading calls, for the tests */
};

HeddleLane *heddle_lane_store_get_lane_locked (HeddleLaneStore *self, guint lane);
gint64 heddle_lane_store_note_time_locked (HeddleLaneStore *self, gint64 time);
void heddle_lane_store_add_locked (HeddleLaneStore *self, HeddleLane *lane, HeddleFoldKind kind,
                                   const HeddleSpan *stretch);
guint64 heddle_lane_store_get_touched (HeddleLaneStore *self);

G_END_DECLS
