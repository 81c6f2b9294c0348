/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/join.h"
#include "workloads/list.h"

typedef struct {
  HeddleJoin join; /* first */
  HeddleChannel *results;
  guint room;
} Results;

static const HeddleParam params[] = {
  { .name = "tasks", .label = N_("Tasks"), .initial = "5", .min = 1, .max = HEDDLE_JOIN_MAX,
    .description = N_("Number of tasks that send a result; the main program, which receives the results, is one more."),
    .field = HEDDLE_FIELD (Results, join.n) },
  { .name = "seconds", .label = N_("Seconds"), .initial = "2", .max = 3600, .step = 0.1,
    .unit = N_("s"), .description = N_("Time that each task takes; it sleeps."),
    .field = HEDDLE_FIELD (Results, join.wait_ns) },
  { .name = "room", .label = N_("Queue size"), .initial = "0", .max = 100,
    .description = N_("Number of results that fit into the queue; 0: as many as there are tasks."),
    .field = HEDDLE_FIELD (Results, room) },
};

static gboolean
results_share (gpointer data, HeddleShared *shared, GError **error)
{
  Results *self = data;

  heddle_join_share (self, shared, error);
  /* The main program empties the queue only when all tasks have ended, and a task that finds it
   * full cannot end: with less room than this, they deadlock. */
  self->results = heddle_shared_channel (shared, N_("results"),
                                         self->room > 0 ? self->room : self->join.n, TRUE);
  return TRUE;
}

static void
work (const Results *self, guint nth, HeddleTask *task)
{
  g_autofree char *result = g_strdup_printf (_("Task %u result"), nth + 1);

  heddle_task_print (task, _("Task %u is starting"), nth + 1);
  if (!heddle_task_sleep (task, self->join.wait_ns)
      || heddle_channel_put (self->results, task, result, -1) != HEDDLE_SYNC_OK)
    return;
  heddle_task_print (task, _("Task %u is completed"), nth + 1);
  heddle_task_return_text (task, result, -1);
}

static void
collect (const Results *self, HeddleTask *task)
{
  char message[HEDDLE_MESSAGE_MAX + 1];
  guint n = 0;

  if (!heddle_join_wait_all (&self->join, task))
    return;
  while (heddle_channel_get_length (self->results) > 0
         && heddle_channel_get (self->results, task, message, NULL) == HEDDLE_SYNC_OK)
    {
      heddle_task_print (task, "%s", message);
      n++;
    }
  heddle_task_print (task, _("All tasks are completed."));
  heddle_task_return_printf (task, _("results: %u of %u"), n, self->join.n);
}

static void
results_execute (gpointer data, HeddleTask *task)
{
  const Results *self = data;
  guint64 id = heddle_task_get_id (task);

  if (heddle_join_is_main (&self->join, id))
    {
      collect (self, task);
      return;
    }
  if (!heddle_join_begin (&self->join, (guint) id - 1, task))
    return;
  work (self, (guint) id - 1, task);
  heddle_join_end (&self->join, (guint) id - 1, task);
}

static char *
results_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  const Results *self = data;

  if (!heddle_join_is_main (&self->join, id))
    return g_strdup_printf (_("Sent through the queue: %s"), result);
  return g_strdup_printf (_("Taken out of the queue, %s"), result);
}

static const HeddlePreset tries[] = {
  { N_("One process a task"), "backend=process-per-task workers=6" },
  { N_("Only 2 workers"), "backend=processes workers=2" },
  { N_("20 tasks without waits"), "tasks=20 seconds=0 workers=21" },
  { N_("Deadlock: a queue for 2 results"), "tasks=5 seconds=0.5 room=2" },
  { NULL, NULL },
};

const HeddleWorkload heddle_workload_results_through_a_queue = {
  .id = "results-through-a-queue",
  .name = N_("Results through a queue"),
  .summary = N_("Workers put their results into a shared queue; the main program takes them out at the end."),
  .about = N_("A process cannot return a result by writing to a variable: its memory is private. So here every worker puts its result into a queue "
    "that connects the processes. The main program joins all workers and then empties the queue.\n"
    "\n"
    "What to look for: watch the queue “results” fill, one entry for each task that ends, and empty at the end. The results come out in the order in which they were put in, "
    "and that need not be the order of the tasks. Kill a worker process: its result is missing and the others are all there.\n"
    "\n"
    "This program can deadlock: it joins first and empties the queue afterwards. If the queue holds fewer results than there are tasks, the workers "
    "wait for room, the main program waits for the workers, and none of them ever goes on: set “Queue size” to 2 to see it. Heddle detects that, says which worker waits for what, and lets those tasks fail; most programs just hang. By default the queue has room for all results.\n"
    "\n"
    "In Python this happens with a queue without any limit, too: put() only hands the result to a thread of the worker process, which writes it into a pipe, and the process "
    "does not end before all is written. A pipe holds 64 KiB. With larger results, join() before get() waits for ever."),
  .notes = N_("The notes print the results in the order 0, 1, 2, 4, 3; here the order changes from run to run as well. The lines are the same, counted from 1 as everything on this page, and each is complete.\n"
    "\n"
    "They say that processes need such means because they share no memory, while threads could share it directly. Run it on threads: the same queue works, and "
    "it is still useful, since it has its own lock. They test “while not queue.empty()”, which is safe only because all workers have been joined before; and "
    "joining them before the queue is emptied is safe only because their results are short. Python's manual says to take the results out first."),
  .tries = tries,
  .group = HEDDLE_GROUP_POOLS,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 6,
  .default_queue = 128,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Results),
  .share = results_share,
  .arena = 128 << 10,
  .produce = heddle_join_produce,
  .execute = results_execute,
  .label = heddle_join_label,
  .sentence = results_sentence,
};
