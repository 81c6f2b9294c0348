/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/format.h"
#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/cost-probes.h"
#include "workloads/common.h"
#include "workloads/list.h"

/* Two of the costs are bytes. */
#define IS_MEMORY(cost)                                                                            \
  ((cost) == HEDDLE_COST_THREAD_MEMORY || (cost) == HEDDLE_COST_PROCESS_MEMORY)

typedef struct {
  guint n_samples;
  HeddleCostProbes probes;
} Costs;

static const char *const names[HEDDLE_N_COSTS] = {
  [HEDDLE_COST_THREAD] = N_("thread: create and join"),
  [HEDDLE_COST_PROCESS] = N_("process: fork and wait for its end"),
  [HEDDLE_COST_PROGRAM] = N_("program: start it and wait for its end"),
  [HEDDLE_COST_THREAD_MEMORY] = N_("thread: private memory"),
  [HEDDLE_COST_PROCESS_MEMORY] = N_("program: private memory"),
  [HEDDLE_COST_THREAD_SWITCH] = N_("switch from thread to thread"),
  [HEDDLE_COST_PROCESS_SWITCH] = N_("switch from process to process"),
  [HEDDLE_COST_LOCK_FREE] = N_("lock: lock and unlock, no other thread wants it"),
  [HEDDLE_COST_LOCK_CONTENDED] = N_("lock: lock and unlock, another thread wants it all the time"),
  [HEDDLE_COST_QUEUE] = N_("message: into a queue and out"),
  [HEDDLE_COST_PIPE] = N_("message: into a pipe and out"),
  [HEDDLE_COST_PIPE_SWITCH] = N_("message: through a pipe to another process and back"),
  [HEDDLE_COST_SHARED_MEMORY] = N_("message: into shared memory and out"),
  [HEDDLE_COST_MANAGER] = N_("message: a call to the manager and its answer"),
};

enum { GROUP_CREATE, GROUP_SWITCH, GROUP_LOCK, GROUP_MESSAGE, GROUP_MEMORY };

static const HeddleFigureGroup figures[] = {
  [GROUP_CREATE] = { N_("Create and end"),
                     N_("“creating processes takes more time and system resources compared to threads”") },
  [GROUP_SWITCH] = { N_("Context switch"),
                     N_("“context switching between threads is faster … than switching between processes”") },
  [GROUP_LOCK] = { N_("Lock and unlock"), NULL },
  [GROUP_MESSAGE] = { N_("Send 64 bytes"),
                      N_("shared memory works “without the need for serialization …, which can improve performance”") },
  [GROUP_MEMORY] = { N_("Private memory"),
                     N_("threads “consume less memory compared to processes”") },
  { NULL, NULL },
};

/* Names in a group of bars: shorter than in the table of results. */
static const struct {
  guint group;
  const char *name;
} bars[HEDDLE_N_COSTS] = {
  [HEDDLE_COST_THREAD] = { GROUP_CREATE, N_("a thread") },
  [HEDDLE_COST_PROCESS] = { GROUP_CREATE, N_("a process (fork)") },
  [HEDDLE_COST_PROGRAM] = { GROUP_CREATE, N_("a program") },
  [HEDDLE_COST_THREAD_MEMORY] = { GROUP_MEMORY, N_("a thread") },
  [HEDDLE_COST_PROCESS_MEMORY] = { GROUP_MEMORY, N_("a program") },
  [HEDDLE_COST_THREAD_SWITCH] = { GROUP_SWITCH, N_("threads") },
  [HEDDLE_COST_PROCESS_SWITCH] = { GROUP_SWITCH, N_("processes") },
  [HEDDLE_COST_LOCK_FREE] = { GROUP_LOCK, N_("uncontended") },
  [HEDDLE_COST_LOCK_CONTENDED] = { GROUP_LOCK, N_("contended") },
  [HEDDLE_COST_QUEUE] = { GROUP_MESSAGE, N_("through a queue") },
  [HEDDLE_COST_PIPE] = { GROUP_MESSAGE, N_("through a pipe") },
  [HEDDLE_COST_PIPE_SWITCH] = { GROUP_MESSAGE, N_("to another process and back") },
  [HEDDLE_COST_SHARED_MEMORY] = { GROUP_MESSAGE, N_("through shared memory") },
  [HEDDLE_COST_MANAGER] = { GROUP_MESSAGE, N_("to a manager and back") },
};

static const HeddleParam params[] = {
  { .name = "times", .label = N_("Repetitions"), .initial = "200", .min = 1, .max = 100000,
    .description = N_("How often each cost is measured."),
    .field = HEDDLE_FIELD (Costs, n_samples) },
};

static gboolean
costs_share (gpointer data, HeddleShared *shared, GError **error)
{
  Costs *self = data;

  self->probes.queue = heddle_shared_channel (shared, N_("queue"), 16, FALSE);
  self->probes.pipe = heddle_shared_pipe (shared, N_("pipe"));
  self->probes.manager = heddle_shared_manager (shared, N_("manager"));
  self->probes.memory = heddle_shared_bytes (shared, "memory", 4096);
  return TRUE;
}

static gboolean
costs_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  return heddle_range_submit (producer, HEDDLE_N_COSTS);
}

static void
publish (HeddleCost cost, HeddleTask *task, double *samples, guint n)
{
  HeddleFigure figure = {
    .unit = IS_MEMORY (cost) ? HEDDLE_FIGURE_BYTES : HEDDLE_FIGURE_NANOSECONDS,
    .group = bars[cost].group,
  };

  g_strlcpy (figure.name, bars[cost].name, sizeof figure.name);
  heddle_publish_samples (task, &figure, samples, n);
}

/* The median, and the range of four out of five @samples, which are sorted; of all where they are
 * few. */
static char *
summarise (HeddleCost cost, const double *samples, guint n)
{
  guint n_out = n < HEDDLE_FIGURE_SPREAD_MIN ? 0 : n / 10;
  char median[HEDDLE_FORMAT_SIZE], low[HEDDLE_FORMAT_SIZE], high[HEDDLE_FORMAT_SIZE];

  heddle_format_measured (samples[n / 2], IS_MEMORY (cost), median, sizeof median);
  heddle_format_measured (samples[n_out], IS_MEMORY (cost), low, sizeof low);
  heddle_format_measured (samples[n - 1 - n_out], IS_MEMORY (cost), high, sizeof high);
  if (n < HEDDLE_FIGURE_SPREAD_MIN)
    return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%s (%u time: %s to %s)", "%s (all %u times: %s to %s)", n),
      median, n, low, high);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s (four out of five: %s to %s; %u time)",
                                       "%s (four out of five: %s to %s; %u times)", n),
                          median, low, high, n);
}

static void
costs_execute (gpointer data, HeddleTask *task)
{
  const Costs *self = data;
  HeddleCost cost = (HeddleCost) (heddle_task_get_id (task) - 1);
  g_autofree double *samples = g_new (double, self->n_samples);
  g_autofree char *reason = NULL;
  g_autofree char *result = NULL;

  for (guint i = 0; i < self->n_samples; i++)
    {
      if (heddle_task_is_cancelled (task))
        return;
      samples[i] = heddle_cost_measure (cost, &self->probes, task);
      if (samples[i] < 0)
        {
          reason = heddle_system_error_dup (errno);
          heddle_task_fail (task, _("This could not be measured: %s"), reason);
          return;
        }
      heddle_task_set_progress (task, (double) (i + 1) / self->n_samples);
    }
  publish (cost, task, samples, self->n_samples);
  result = summarise (cost, samples, self->n_samples);
  heddle_task_return_text (task, result, -1);
}

static void
costs_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_strlcpy (buffer, id >= 1 && id <= HEDDLE_N_COSTS ? _(names[id - 1]) : "", size);
}

static const HeddlePreset tries[] = {
  { N_("Quickly"), "times=20" },
  { N_("Thoroughly"), "times=2000" },
  { NULL },
};

const HeddleWorkload heddle_workload_costs = {
  .id = "costs",
  .name = N_("Costs"),
  .summary = N_("What a thread, a process, a switch, a lock and a message cost on this computer."),
  .badge = N_("measures"),
  .about = N_("Each task measures one operation by doing it many times, and shows the median of all measurements and the range of four out of five of them (with fewer than ten measurements: of all). The "
              "operations run one after another in a separate worker process, so that the tasks do not disturb each other.\n"
              "\n"
              "What to look for: a thread is created many times faster than a process, and a process faster than a program is started. A switch between threads is only a little "
              "cheaper than one between processes. An uncontended lock costs next to nothing; a contended one costs more, now and then much more. A message is cheap if no thread has to be woken: the same task puts messages into a queue, a pipe and shared memory and takes them out again, so their figures contain no waiting. Where another process has to answer, waking it is nearly all of the cost.\n"
              "\n"
              "“Private memory” is counted the same way for a thread and for a program: pages that were written to and that no other process shares. It does not contain what the kernel keeps for each.\n"
              "\n"
              "Other programs that run at the same time make the figures larger and their range wider."),
  .notes = N_("“Threads are lighter than processes and have lower overhead”, “creating processes takes more time and system resources compared to threads”, “they consume less memory "
              "compared to processes”: that is true, several times over. A process that is only forked shares the memory of its parent until one of them writes, and needs far less of its own than a program that is started: the figure for memory is that of a program.\n"
              "\n"
              "“Context switching between threads is faster … than switching between processes”: here the difference is small. Both switches go through the kernel, which for a process also changes the page tables. A process also finds "
              "less of its memory in the caches afterwards, but that shows only with more memory than is used here.\n"
              "\n"
              "“Allows sharing data between processes without serialization. This can improve performance”, of shared memory: that is true, by far. “You need to use IPC mechanisms "
              "like pipes, queues, or shared memory”: the manager, which is the easiest to use, is the slowest, since each call wakes another process and waits for it."),
  .tries = tries,
  .figures = figures,
  .group = HEDDLE_GROUP_COSTS,
  .backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_PROCESSES),
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 1,
  .ordered = TRUE,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Costs),
  .share = costs_share,
  .produce = costs_produce,
  .execute = costs_execute,
  .label = costs_label,
};
