/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * What pools compute that other workloads make and measure. It is not in the catalogue; worker
 * processes know it. The input says what a task returns: "7" the square of 7, "7 3" its third
 * power, "who" the kernel's number of the thread that executes the task.
 */

#include <glib/gi18n-lib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/task/task.h"
#include "workloads/burn.h"
#include "workloads/list.h"

typedef struct {
  gint64 work_ns;
} PoolWork;

static const HeddleParam params[] = {
  { .name = "work", .initial = "0", .max = 1e7, .step = 0.001, .unit = "µs",
    .field = HEDDLE_FIELD (PoolWork, work_ns) },
};

static gboolean
pool_work_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                       "The tasks of this workload are submitted by hand.");
  return FALSE;
}

static guint64
power (guint64 base, guint64 exponent)
{
  guint64 result = 1;

  for (guint64 i = 0; i < exponent; i++)
    result *= base;
  return result;
}

static void
pool_work_execute (gpointer data, HeddleTask *task)
{
  const PoolWork *self = data;
  const char *input = heddle_task_get_input (task, NULL);
  char *rest;
  guint64 base;

  if (self->work_ns > 0 && !heddle_burn (task, self->work_ns, NULL))
    return;
  if (g_strcmp0 (input, "who") == 0)
    {
      heddle_task_return_number (task, (guint64) syscall (SYS_gettid));
      return;
    }
  base = g_ascii_strtoull (input != NULL ? input : "0", &rest, 10);
  heddle_task_return_number (
    task, power (base, *rest == ' ' ? MIN (g_ascii_strtoull (rest, NULL, 10), 64) : 2));
}

const HeddleWorkload heddle_workload_pool_work = {
  .id = "pool-work",
  .name = "Pool work",
  .summary = "What the pools of other workloads compute.",
  .about = "Not in the catalogue.",
  .group = HEDDLE_GROUP_POOLS,
  .backends = HEDDLE_BACKENDS_ALL,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 1,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (PoolWork),
  .produce = pool_work_produce,
  .execute = pool_work_execute,
};
