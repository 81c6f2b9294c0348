/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"
#include "engine/sync/shared.h"

G_BEGIN_DECLS

/* What the workloads of the group "Sharing data" have in common: their tasks wait for each other,
 * so each needs a worker of its own. */

/* The parameter "seed": its value goes into that member. */
#define HEDDLE_PARAM_SEED(Data, member)                                                            \
  { .name = "seed", .label = N_("Seed"), .initial = "0", .max = 1e9,                              \
    .description = N_("Start of the random numbers: the same seed gives the same ones; 0 gives others each time."), \
    .field = HEDDLE_FIELD (Data, member) }

/* Random numbers: splitmix64. One stream a task. */
typedef struct {
  guint64 state;
} HeddleRandom;

void heddle_random_init (HeddleRandom *self, guint64 seed, guint64 stream);
guint64 heddle_random_next (HeddleRandom *self);
gint64 heddle_random_between (HeddleRandom *self, gint64 low, gint64 high);

/* Roles: a task's input says what it is, "adder" or "reader 2". */
gboolean heddle_roles_submit (HeddleProducer *producer, const char *role, guint n,
                              const char *other_role, guint n_others);
gboolean heddle_role_is (HeddleTask *task, const char *role);
guint heddle_role_get_number (HeddleTask *task);
void heddle_role_label (const char *input, char *buffer, gsize size);

/* All tasks start at the same moment. A task that is tried again starts at once. */
typedef struct {
  HeddleFlag *gate;
  gpointer cell;
  guint parties;
} HeddleStart;

void heddle_start_share (HeddleStart *self, HeddleShared *shared, guint parties);
gboolean heddle_start_wait (HeddleStart *self, HeddleTask *task);

/* Which tasks have ended, each counted once however often it is tried: the last one reports what
 * all of them did. */
typedef struct {
  gpointer cell;
  guint parties;
} HeddleEnd;

void heddle_end_share (HeddleEnd *self, HeddleShared *shared, guint parties);
gboolean heddle_end_is_reached (const HeddleEnd *self);
gboolean heddle_end_is_last (HeddleEnd *self, HeddleTask *task);

G_END_DECLS
