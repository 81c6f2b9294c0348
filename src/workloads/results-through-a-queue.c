/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "workloads/join.h"
#include "workloads/list.h"

/* Tasks 1 to n are the notes' tasks 0 to n - 1; the one behind them is their main program, which collects. */
typedef struct {
  guint n;
  gint64 wait_ns;
  HeddleJoin join;
  HeddleChannel *results;
} Results;

static const HeddleParam params[] = {
  {
    .name = "tasks",
    .label = N_("Tasks"),
    .description = N_("How many tasks send a result."),
    .type = HEDDLE_PARAM_NUMBER,
    .initial = "5",
    .min = 1,
    .max = HEDDLE_JOIN_MAX,
    .step = 1,
  },
  {
    .name = "seconds",
    .label = N_("Seconds"),
    .description = N_("How long each task takes: it sleeps."),
    .type = HEDDLE_PARAM_NUMBER,
    .initial = "2",
    .min = 0,
    .max = 3600,
    .step = 0.1,
    .unit = N_("s"),
  },
};

static gpointer
results_open (const HeddleSettings *settings, GError **error)
{
  Results *self = g_new0 (Results, 1);

  self->n = (guint) heddle_settings_get_number (settings, "tasks");
  self->wait_ns = llround (heddle_settings_get_number (settings, "seconds") * 1e9);
  return self;
}

static gboolean
results_share (gpointer data, HeddleShared *shared, GError **error)
{
  Results *self = data;

  heddle_join_share (&self->join, shared, self->n);
  /* Room for all: it is emptied only when everybody has ended, and a full one would keep them from ending. */
  self->results = heddle_shared_channel (shared, "results", self->n, TRUE);
  return TRUE;
}

static gboolean
results_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Results *self = data;

  heddle_producer_set_total (producer, self->n + 1);
  heddle_producer_submit_range (producer, self->n + 1);
  return TRUE;
}

static void
work (const Results *self, guint nth, HeddleTask *task)
{
  g_autofree char *result = g_strdup_printf (_("Task %u result"), nth);

  heddle_task_print (task, _("Task %u is starting"), nth);
  if (!heddle_task_sleep (task, self->wait_ns))
    return;
  if (heddle_channel_put (self->results, task, result, -1) != HEDDLE_SYNC_OK)
    return;
  heddle_task_print (task, _("Task %u is completed"), nth);
  heddle_task_return_text (task, result, -1);
}

static void
collect (const Results *self, HeddleTask *task)
{
  char message[HEDDLE_MESSAGE_MAX + 1];
  guint n = 0;
  g_autofree char *result = NULL;

  for (guint i = 0; i < self->n; i++)
    if (!heddle_join_wait (&self->join, i, task))
      return;
  while (heddle_channel_get_length (self->results) > 0 && heddle_channel_get (self->results, task, message, NULL) == HEDDLE_SYNC_OK)
    {
      heddle_task_print (task, "%s", message);
      heddle_task_set_progress (task, (double) ++n / self->n);
    }
  heddle_task_print (task, _("All tasks are completed."));
  result = g_strdup_printf (_("results: %u of %u"), n, self->n);
  heddle_task_return_text (task, result, -1);
}

static void
results_execute (gpointer data, HeddleTask *task)
{
  const Results *self = data;
  guint64 id = heddle_task_get_id (task);

  if (id > self->n)
    {
      collect (self, task);
      return;
    }
  if (!heddle_join_begin (&self->join, (guint) id - 1, task))
    return;
  work (self, (guint) id - 1, task);
  heddle_join_end (&self->join, (guint) id - 1, task);
}

static void
results_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  const Results *self = data;

  if (id <= self->n)
    g_snprintf (buffer, size, _("task %u"), (guint) id - 1);
  else
    g_strlcpy (buffer, _("main program"), size);
}

static char *
results_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  const Results *self = data;

  if (id <= self->n)
    return g_strdup_printf (_("Sent through the queue: %s"), result);
  return g_strdup_printf (_("Taken out of the queue, %s"), result);
}

static const HeddleTry tries[] = {
  { N_("One process a task, as in the notes"), "backend=process-per-task workers=6" },
  { N_("Only 2 workers for 5 tasks"), "backend=processes workers=2" },
  { N_("20 tasks without a wait"), "tasks=20 seconds=0 workers=21" },
  { NULL, NULL },
};

const HeddleWorkload heddle_workload_results_through_a_queue = {
  .id = "results-through-a-queue",
  .name = N_("Results through a queue"),
  .summary = N_("Workers put their results into a queue that all share, and the main program takes them out when everybody has ended."),
  .badge = N_("queue"),
  .about = N_("A process cannot hand a result over by writing into a variable: its memory is its own. So here every worker gets a queue that reaches "
              "from process to process and puts its result in. The main program joins all workers and then empties the queue.\n"
              "\n"
              "What to look for: watch the queue “results” fill, one entry for each task that ends, and empty at the end. The results come out in the order in which they were put in, "
              "and that need not be the order of the tasks. Kill a worker process: its result is missing and the others are all there.\n"
              "\n"
              "A trap lies in this program: it joins first and empties the queue afterwards. If the queue held fewer results than there are tasks, the workers would "
              "wait for room, the main program for the workers, and nobody would ever move. Therefore it has room for all of them here."),
  .notes = N_("The notes print the results in the order 0, 1, 2, 4, 3; here the order changes from run to run as well. The lines are the same, and none runs into another.\n"
              "\n"
              "They say that processes need such means because they share no memory, while threads could share it directly. Run it on threads: the same queue works, and "
              "it still pays, since it brings its lock with it. They test “while not queue.empty()”, which is safe only because all workers have been joined before."),
  .tries = tries,
  .group = HEDDLE_GROUP_POOLS,
  .backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREADS) | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESSES)
              | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREAD_PER_TASK) | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESS_PER_TASK),
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 6,
  .default_queue = 128,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .open = results_open,
  .close = g_free,
  .share = results_share,
  .arena = 128 << 10,
  .produce = results_produce,
  .execute = results_execute,
  .label = results_label,
  .sentence = results_sentence,
};
