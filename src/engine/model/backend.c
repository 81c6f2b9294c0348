/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/backend.h"

#include <glib/gi18n-lib.h>

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
