/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/list.h"
#include "workloads/own-pool.h"

static const struct {
  HeddleBackend kind;
  const char *label;
} rows[] = {
  { HEDDLE_BACKEND_THREADS, N_("a pool of threads") },
  { HEDDLE_BACKEND_THREAD_PER_TASK, N_("a thread for every task") },
  { HEDDLE_BACKEND_PROCESSES, N_("a pool of processes") },
  { HEDDLE_BACKEND_PROCESS_PER_TASK, N_("a process for every task") },
};

#define N_ROWS G_N_ELEMENTS (rows)
#define MAX_AGAIN 101

typedef struct {
  HeddleCallers callers; /* first */
  guint n;
  guint n_workers;
  double work_us;
  guint n_times;
} Reuse;

static const HeddleParam params[] = {
  { .name = "tasks", .label = N_("Tasks"), .initial = "200", .min = 1,
    .max = HEDDLE_OWN_POOL_MAX_TASKS,
    .description = N_("Number of tasks that are done in each of the four ways."),
    .field = HEDDLE_FIELD (Reuse, n) },
  { .name = "work", .label = N_("Work"), .initial = "0", .max = 1e6, .unit = N_("µs"),
    .description = N_("Processor time that each task takes."),
    .field = HEDDLE_FIELD (Reuse, work_us) },
  { .name = "at-once", .label = N_("Concurrent workers"), .initial = "2", .min = 1, .max = 64,
    .description = N_("Number of workers at the same time."),
    .field = HEDDLE_FIELD (Reuse, n_workers) },
  /* enough for a spread */
  { .name = "times", .label = N_("Repetitions"), .initial = "11", .min = 1, .max = MAX_AGAIN,
    .description = N_("How often each way is measured, after a first time that does not count. The median time is shown; from ten repetitions on also the range of four out of five times."),
    .field = HEDDLE_FIELD (Reuse, n_times) },
};

static gboolean
reuse_share (gpointer data, HeddleShared *shared, GError **error)
{
  Reuse *self = data;

  heddle_callers_share (&self->callers, shared, N_ROWS);
  return TRUE;
}

/* Every task has answered with the number of the thread that executed it. */
static guint
count_workers (const Reuse *self, HeddleOwnPool *pool)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint id = 1; id <= self->n; id++)
    g_hash_table_add (seen, (gpointer) heddle_own_pool_get_answer (pool, id));
  return g_hash_table_size (seen);
}

/* Does all tasks in the way of that row, from the start of the first worker to the end of the last
 * one. Returns nanoseconds a task, or -1 if the caller should end. */
static double
measure (const Reuse *self, HeddleTask *task, guint nth, guint *n_workers)
{
  gint64 start = heddle_clock_monotonic_ns ();
  g_autoptr (HeddleOwnPool) pool = heddle_own_pool_new (
    task, self->callers.news[nth], rows[nth].kind, self->n_workers, self->work_us);
  gint64 taken;

  if (pool == NULL)
    return -1;
  for (guint i = 0; i < self->n; i++)
    if (!heddle_own_pool_submit (pool, "who", NULL))
      return -1;
  if (!heddle_own_pool_wait_all (pool) || !heddle_own_pool_end (pool))
    return -1;
  taken = heddle_clock_monotonic_ns () - start;
  *n_workers = count_workers (self, pool);
  return (double) taken / self->n;
}

/* The first time does not count: nothing is in the caches yet, and the workers have to load their
 * libraries. */
static void
reuse_execute (gpointer data, HeddleTask *task)
{
  const Reuse *self = data;
  guint nth = (guint) heddle_task_get_id (task) - 1, n_workers;
  g_autofree double *times = g_new (double, self->n_times);
  HeddleFigure figure = { .unit = HEDDLE_FIGURE_NANOSECONDS };
  double us;

  if (measure (self, task, nth, &n_workers) < 0)
    return;
  for (guint i = 0; i < self->n_times; i++)
    {
      heddle_task_set_progress (task, (double) (i + 1) / (self->n_times + 1));
      times[i] = measure (self, task, nth, &n_workers);
      if (times[i] < 0)
        return;
    }
  g_strlcpy (figure.name, rows[nth].label, sizeof figure.name);
  us = heddle_publish_samples (task, &figure, times, self->n_times) / 1e3;
  heddle_task_print (task, _("Tasks on %s: %u, workers used: %u, time taken: %.4f seconds"),
                     _(rows[nth].label), self->n, n_workers, us * self->n / 1e6);
  heddle_task_return_printf (task, _("%.1f µs a task, workers used: %u"), us, n_workers);
}

static void
reuse_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_strlcpy (buffer, _(rows[id - 1].label), size);
}

static char *
reuse_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  return g_strdup_printf (_("With %s: %s"), label, result);
}

static const HeddleFigureGroup figures[] = {
  { N_("Time of one task"), N_("“reducing the overhead associated with process creation”, of a pool") },
  { NULL, NULL },
};

static const HeddlePreset tries[] = {
  { N_("Tasks of one millisecond"), "tasks=200 work=1000" },
  { N_("One task only"), "tasks=1 work=0" },
  { N_("2000 tasks"), "tasks=2000 work=0 times=3" },
  { NULL, NULL },
};

const HeddleWorkload heddle_workload_reuse_or_not = {
  .id = "reuse-or-not",
  .name = N_("Reuse or not"),
  .summary = N_("The same tasks on a pool and with a new worker for each: the time of one task."),
  .badge = N_("measures"),
  .about = N_("A pool keeps its workers and gives them one task after another. The other way is to start a worker for each task, which ends with it. Each row does the same two hundred "
              "tasks one way, measures the time from the start of the first worker to the end of the last one, and divides it by the number of tasks. That is done twelve times: the first does not count, and of the other eleven the bar shows the median time, and the line on it the range of four out of five.\n"
              "\n"
              "What to look for: the four figures. With two hundred tasks the start of a pool is most of what its rows "
              "show. Try 2000: then it hardly counts, and a new thread for every task costs many times as much as handing the task to a waiting thread. A new process for every task costs by far the most with either number. The workers used are counted: every task says which thread of the system executed it.\n"
              "\n"
              "Then let a task take a millisecond, which is still short. A thread for every task adds little to that, a process still about as much as the task itself. With a single task there "
              "is nothing to reuse, and a pool gains nothing. The rows run one after another: leave the number of workers at 1."),
  .notes = N_("The notes say that a pool reuses its processes and so saves creating and destroying them: the last two rows show how much. They say that creating a process takes more time than creating a thread: compare the second "
              "row with the fourth.\n"
              "\n"
              "They do not say how much, and that is what matters. If a task takes a second, a new process for it adds about a thousandth of that."),
  .tries = tries,
  .figures = figures,
  .group = HEDDLE_GROUP_POOLS,
  .backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREADS),
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 1,
  .default_queue = 16,
  .ordered = TRUE,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Reuse),
  .share = reuse_share,
  .produce = heddle_range_produce,
  .execute = reuse_execute,
  .label = reuse_label,
  .sentence = reuse_sentence,
};
