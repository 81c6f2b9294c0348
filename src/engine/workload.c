/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/processors.h"
#include "engine/run.h"
#include "engine/workload.h"

static const char *const group_names[HEDDLE_N_GROUPS] = {
  [HEDDLE_GROUP_REAL_WORK] = N_("Real Work"),
  [HEDDLE_GROUP_BASICS] = N_("Basics"),
  [HEDDLE_GROUP_POOLS] = N_("Pools"),
  [HEDDLE_GROUP_SHARING] = N_("Sharing Data"),
  [HEDDLE_GROUP_FAILURES] = N_("Failures"),
  [HEDDLE_GROUP_COSTS] = N_("Costs"),
};

static const HeddleBackendInfo backend_infos[HEDDLE_N_BACKENDS] = {
  [HEDDLE_BACKEND_THREADS] = {
    .backend = HEDDLE_BACKEND_THREADS,
    .id = "threads",
    .name = N_("Threads"),
    .worker_name = N_("Thread %u"),
    .description = N_("A pool of threads in this program: they share its memory and take one task after another."),
  },
  [HEDDLE_BACKEND_PROCESSES] = {
    .backend = HEDDLE_BACKEND_PROCESSES,
    .id = "processes",
    .name = N_("Processes"),
    .worker_name = N_("Process %u"),
    .description = N_("A pool of child processes, each with its own memory: if one dies, only the task that it was running is lost."),
    .is_process = TRUE,
  },
  [HEDDLE_BACKEND_MAIN_LOOP] = {
    .backend = HEDDLE_BACKEND_MAIN_LOOP,
    .id = "main-loop",
    .name = N_("Main loop"),
    .worker_name = N_("Main loop"),
    .description = N_("No worker: the main loop of the program executes the tasks itself and handles the window between two tasks."),
    .is_loop = TRUE,
  },
  [HEDDLE_BACKEND_MAIN_LOOP_BLOCKING] = {
    .backend = HEDDLE_BACKEND_MAIN_LOOP_BLOCKING,
    .id = "main-loop-blocking",
    .name = N_("Main loop, blocking"),
    .worker_name = N_("Main loop"),
    .description = N_("The main loop executes all tasks in one go and freezes the window meanwhile: it shows what programs should not do."),
    .is_loop = TRUE,
  },
  [HEDDLE_BACKEND_THREAD_PER_TASK] = {
    .backend = HEDDLE_BACKEND_THREAD_PER_TASK,
    .id = "thread-per-task",
    .name = N_("Thread per task"),
    .worker_name = N_("Thread %u"),
    .description = N_("Every task gets a new thread that ends with it; as many run at the same time as there are workers."),
  },
  [HEDDLE_BACKEND_PROCESS_PER_TASK] = {
    .backend = HEDDLE_BACKEND_PROCESS_PER_TASK,
    .id = "process-per-task",
    .name = N_("Process per task"),
    .worker_name = N_("Process %u"),
    .description = N_("Every task gets a new process that ends with it; as many run at the same time as there are workers."),
    .is_process = TRUE,
  },
};

/**
 * heddle_group_get_name:
 * @group: a group of the catalogue
 *
 * Returns: (transfer none): its name, not yet translated. Any thread.
 */
const char *
heddle_group_get_name (HeddleGroup group)
{
  g_return_val_if_fail (group >= 0 && group < HEDDLE_N_GROUPS, NULL);

  return group_names[group];
}

/**
 * heddle_backend_get_info:
 * @backend: a kind of pool
 *
 * Returns: (transfer none): what it is called and what it is. Any thread.
 */
const HeddleBackendInfo *
heddle_backend_get_info (HeddleBackend backend)
{
  g_return_val_if_fail (backend >= 0 && backend < HEDDLE_N_BACKENDS, NULL);

  return &backend_infos[backend];
}

/**
 * heddle_backend_from_id:
 * @id: what a backend is called on the command line
 * @backend: (out): that backend
 *
 * Returns: whether there is one. Any thread.
 */
gboolean
heddle_backend_from_id (const char *id, HeddleBackend *backend)
{
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (backend != NULL, FALSE);

  for (guint i = 0; i < HEDDLE_N_BACKENDS; i++)
    if (g_str_equal (backend_infos[i].id, id))
      {
        *backend = backend_infos[i].backend;
        return TRUE;
      }
  return FALSE;
}

/**
 * heddle_workload_get_default_workers:
 *
 * Returns: how many workers a run of it has where nobody says how many. Any thread.
 */
guint
heddle_workload_get_default_workers (const HeddleWorkload *self)
{
  g_return_val_if_fail (self != NULL, 1);

  return self->default_workers != 0 ? self->default_workers : MIN (heddle_processors_get ().count, HEDDLE_MAX_WORKERS);
}

/**
 * heddle_workload_dup_default_workers_text:
 *
 * Returns: (transfer full): that number and what it is from, translated: "2, from the processor affinity". Any thread.
 */
char *
heddle_workload_dup_default_workers_text (const HeddleWorkload *self)
{
  HeddleProcessors processors;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->default_workers != 0)
    return g_strdup_printf (_("%u, the default of the workload"), self->default_workers);
  processors = heddle_processors_get ();
  processors.count = MIN (processors.count, HEDDLE_MAX_WORKERS);
  return heddle_processors_dup_text (&processors);
}

/**
 * heddle_workload_explain:
 * @error: (inout): set already, or to be set here
 *
 * For what is to be shown where a function of the workload has failed, with an error or without one. Any thread.
 */
void
heddle_workload_explain (const HeddleWorkload *self, GError **error)
{
  g_return_if_fail (error != NULL);

  if (*error == NULL)
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START, _("The workload “%s” cannot go on and gives no reason. This is a bug in the workload."), self->id);
}
