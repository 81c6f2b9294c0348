/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"
#include "engine/sync/shared.h"

G_BEGIN_DECLS

/* What the workloads of the group "Sharing data" have in common. */

/* Their tasks wait for each other, so each needs a worker of its own: not on the main loop. */
#define HEDDLE_SHARING_BACKENDS                                                                    \
  (HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREADS) | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESSES)     \
   | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREAD_PER_TASK)                                           \
   | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESS_PER_TASK))

#define HEDDLE_SHARING_WHOLE(name_, label_, description_, initial_, min_, max_)                    \
  {                                                                                                \
    .name = name_, .label = label_, .description = description_, .type = HEDDLE_PARAM_NUMBER,      \
    .initial = initial_, .min = min_, .max = max_, .step = 1,                                      \
  }

#define HEDDLE_SHARING_SECONDS(name_, label_, description_, initial_, max_)                        \
  {                                                                                                \
    .name = name_, .label = label_, .description = description_, .type = HEDDLE_PARAM_NUMBER,      \
    .initial = initial_, .min = 0, .max = max_, .step = 0.01, .unit = N_("s"),                    \
  }

#define HEDDLE_SHARING_SWITCH(name_, label_, description_, initial_)                               \
  {                                                                                                \
    .name = name_, .label = label_, .description = description_, .type = HEDDLE_PARAM_SWITCH,      \
    .initial = initial_,                                                                           \
  }

#define HEDDLE_SHARING_SEED                                                                        \
  HEDDLE_SHARING_WHOLE (                                                                           \
    "seed", N_("Seed"),                                                                            \
    N_("Start of the random numbers: the same seed gives the same ones; 0 gives others each time."), \
    "0", 0, 1e9)

guint heddle_settings_get_uint (const HeddleSettings *settings, const char *name);
gint64 heddle_settings_get_ns (const HeddleSettings *settings, const char *name);

/* Random numbers: splitmix64. One stream a task. */
typedef struct {
  guint64 state;
} HeddleRandom;

void heddle_random_init (HeddleRandom *self, guint64 seed, guint64 stream);
guint64 heddle_random_next (HeddleRandom *self);
gint64 heddle_random_between (HeddleRandom *self, gint64 low, gint64 high);

/* Roles: a task's input says what it is, "adder" or "reader 2". */
gboolean heddle_roles_submit (HeddleProducer *producer, const char *role, guint count);
gboolean heddle_role_is (HeddleTask *task, const char *role);
guint heddle_role_get_number (HeddleTask *task);
void heddle_role_label (const char *input, char *buffer, gsize size);

/* All tasks go off at the same moment. A task that is tried again goes off at once. */
typedef struct {
  HeddleFlag *gate;
  gpointer cell;
  guint parties;
} HeddleStart;

void heddle_start_share (HeddleStart *self, HeddleShared *shared, guint parties);
gboolean heddle_start_wait (HeddleStart *self, HeddleTask *task);

/* Which tasks have ended, each counted once however often it is tried: who ends last tells what all
 * came to. */
typedef struct {
  gpointer cell;
  guint parties;
} HeddleEnd;

void heddle_end_share (HeddleEnd *self, HeddleShared *shared, guint parties);
gboolean heddle_end_is_reached (const HeddleEnd *self);
gboolean heddle_end_is_last (HeddleEnd *self, HeddleTask *task);

G_END_DECLS
