/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/workload.h"

G_BEGIN_DECLS

/* Workloads of tasks that all sleep for a while, but for one of them that goes wrong. Their data
 * begin with this. */
typedef struct {
  guint64 n_tasks;
  guint64 odd;    /* which one goes wrong, 0: none */
  gint64 work_ns;
} HeddleOddTask;

/* The parameters of such a workload, as elements of its array: how many tasks there are and which
 * one is odd; how long the others take. */
#define HEDDLE_ODD_TASK_PARAMS(tasks_initial, odd_label, odd_description, odd_initial)             \
  {                                                                                                \
    .name = "tasks",                                                                               \
    .label = N_("Tasks"),                                                                         \
    .description = N_("Number of tasks."),                                                        \
    .type = HEDDLE_PARAM_NUMBER,                                                                   \
    .initial = (tasks_initial),                                                                    \
    .min = 1,                                                                                      \
    .max = 1e6,                                                                                    \
    .step = 1,                                                                                     \
  },                                                                                               \
  {                                                                                                \
    .name = "task", .label = (odd_label), .description = (odd_description),                        \
    .type = HEDDLE_PARAM_NUMBER, .initial = (odd_initial), .min = 0, .max = 1e6, .step = 1,        \
  }

#define HEDDLE_ODD_TASK_SECONDS(seconds_description)                                               \
  {                                                                                                \
    .name = "seconds", .label = N_("Seconds"), .description = (seconds_description),              \
    .type = HEDDLE_PARAM_NUMBER, .initial = "0.5", .min = 0, .max = 3600, .step = 0.1,             \
    .unit = N_("s"),                                                                              \
  }

void heddle_odd_task_open (HeddleOddTask *self, const HeddleSettings *settings);
gboolean heddle_odd_task_produce (gpointer data, HeddleProducer *producer, GError **error);

G_END_DECLS
