/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/common.h"
#include "workloads/join.h"
#include "workloads/list.h"

static const HeddleParam params[] = {
  { .name = "tasks", .label = N_("Tasks"), .initial = "5", .min = 1, .max = HEDDLE_JOIN_MAX,
    .description = N_("Number of tasks that are started; the main program is one more."),
    .field = HEDDLE_FIELD (HeddleJoin, n) },
  { .name = "seconds", .label = N_("Seconds"), .initial = "2", .max = 3600, .step = 0.1,
    .unit = N_("s"), .description = N_("Time that each task takes; it sleeps."),
    .field = HEDDLE_FIELD (HeddleJoin, wait_ns) },
};

static void
run_task (const HeddleJoin *self, guint nth, HeddleTask *task)
{
  gint64 started = heddle_clock_monotonic_ns ();

  if (!heddle_join_begin (self, nth, task))
    return;
  heddle_task_print (task, _("Task %u is starting"), nth + 1);
  if (heddle_task_sleep (task, self->wait_ns))
    {
      heddle_task_print (task, _("Task %u is completed"), nth + 1);
      heddle_task_return_printf (task, _("took %.3f s"), heddle_seconds_since (started));
    }
  heddle_join_end (self, nth, task);
}

static void
run_main_program (const HeddleJoin *self, HeddleTask *task)
{
  gint64 started = heddle_clock_monotonic_ns ();

  if (!heddle_join_wait_all (self, task))
    return;
  heddle_task_print (task, _("All tasks are completed."));
  heddle_task_return_printf (task, _("waited %.3f s in join()"), heddle_seconds_since (started));
}

static void
start_and_join_execute (gpointer data, HeddleTask *task)
{
  guint64 id = heddle_task_get_id (task);

  if (heddle_join_is_main (data, id))
    run_main_program (data, task);
  else
    run_task (data, (guint) id - 1, task);
}

static char *
start_and_join_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  if (!heddle_join_is_main (data, id))
    return g_strdup_printf (_("Task %u %s"), (guint) id, result);
  return g_strdup_printf (_("The main program %s"), result);
}

static const HeddlePreset tries[] = {
  { N_("One process a task"), "backend=process-per-task workers=6" },
  { N_("Only 2 workers"), "backend=threads workers=2" },
  { N_("50 tasks and the main program at the same time"), "tasks=50 workers=51" },
  { NULL, NULL },
};

const HeddleWorkload heddle_workload_start_and_join = {
  .id = "start-and-join",
  .name = N_("Start and join"),
  .summary = N_("Five tasks of two seconds, and a sixth, the main program, that waits until the last of them has ended."),
  .about = N_("A task that was started runs by itself from then on, beside the one that started it. To join a task means to wait until it has ended. "
    "Here five tasks sleep for two seconds each, and a sixth, the main program, joins one after another and then says that all are completed.\n"
    "\n"
    "What to look for: all five run at the same time, so the run takes two seconds and not ten. The main program waits all the "
    "time: its row in the table “Workers” says which task it waits for and which worker runs that task. That table corresponds to Python's enumerate() and active_count(): every row is one worker that lives now, with the number of its process.\n"
    "\n"
    "With only two workers, the tasks have to queue: the run takes six seconds.\n"
    "\n"
    "Kill one of the worker processes while it sleeps: its task is lost, and the main program joins it all the same."),
  .notes = N_("The notes start five processes and print “Task 0 is starting” to “All tasks are completed.”; this prints the same lines, counted from 1 as everything on this page. In the notes' "
    "output two messages sometimes share a line, because processes write to the terminal without agreeing; "
    "here every line is complete in the log, in the order in which they were printed.\n"
    "\n"
    "They say that without join() the main program might finish first. That is true, and there is one more reason to join: only then are "
    "results and errors known. They say that creating processes takes more time than creating threads: “Reuse or not” measures it."),
  .tries = tries,
  .group = HEDDLE_GROUP_BASICS,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 6,
  .default_queue = 128,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (HeddleJoin),
  .share = heddle_join_share,
  .produce = heddle_join_produce,
  .execute = start_and_join_execute,
  .label = heddle_join_label,
  .sentence = start_and_join_sentence,
};
