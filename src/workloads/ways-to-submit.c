/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/burn.h"
#include "workloads/list.h"
#include "workloads/own-pool.h"

#define MAX_TASKS 1000
#define MAX_AGAIN 101

typedef enum { WAY_APPLY, WAY_MAP, WAY_STARMAP, WAY_ASYNC, N_WAYS } Way;

static const char *const way_names[N_WAYS] = { "apply", "map", "starmap", "apply_async" };

enum { GROUP_BLOCKED, GROUP_TOTAL };

typedef struct {
  HeddleCallers callers; /* first */
  HeddleBackend kind;
  guint n_workers;
  guint n;
  double work_ms;
  gint64 own_ns;
  guint n_times;
} Ways;

/* What a caller measures in one way. */
typedef struct {
  const Ways *plan;
  HeddleTask *task;
  HeddleOwnPool *pool;
  guint64 ids[MAX_TASKS]; /* the futures */
  guint n_waits;          /* the most in one call */
  double blocked[MAX_AGAIN], total[MAX_AGAIN]; /* nanoseconds */
} Caller;

static const HeddleParam params[] = {
  { .name = "pool", .label = N_("Pool"), .type = HEDDLE_PARAM_CHOICE, .initial = "processes",
    .choices = heddle_own_pool_kinds, .choice_names = heddle_own_pool_kind_names,
    .description = N_("Whether the workers of the measured pools are threads or processes."),
    .field = HEDDLE_FIELD (Ways, kind) },
  { .name = "pool-workers", .label = N_("Pool workers"), .initial = "2", .min = 1, .max = 64,
    .description = N_("Number of workers of the pool."), .field = HEDDLE_FIELD (Ways, n_workers) },
  { .name = "n", .label = N_("Numbers"), .initial = "10", .min = 1, .max = MAX_TASKS,
    .description = N_("The largest number that is squared; the first is 1, and each is a task."),
    .field = HEDDLE_FIELD (Ways, n) },
  { .name = "work", .label = N_("Work"), .initial = "10", .max = 10000, .step = 0.1,
    .unit = N_("ms"), .description = N_("Processor time that each number takes."),
    .field = HEDDLE_FIELD (Ways, work_ms) },
  { .name = "own-work", .label = N_("Caller's work"), .initial = "25", .max = 10000, .step = 0.1,
    .unit = N_("ms"),
    .description = N_("Processor time of the caller's own work, besides the tasks of the pool."),
    .field = HEDDLE_FIELD (Ways, own_ns) },
  /* enough for a spread */
  { .name = "times", .label = N_("Repetitions"), .initial = "11", .min = 1, .max = MAX_AGAIN,
    .description = N_("How often each way is measured, after a first time that does not count. The median time is shown; from ten repetitions on also the range of four out of five times."),
    .field = HEDDLE_FIELD (Ways, n_times) },
};

static gboolean
ways_share (gpointer data, HeddleShared *shared, GError **error)
{
  Ways *self = data;

  heddle_callers_share (&self->callers, shared, N_WAYS);
  return TRUE;
}

/* starmap() gives each task several arguments: here the number and the exponent. */
static gboolean
submit (Caller *self, guint nth, gboolean two_arguments)
{
  char input[32];

  g_snprintf (input, sizeof input, two_arguments ? "%u 2" : "%u", nth + 1);
  return heddle_own_pool_submit (self->pool, input, &self->ids[nth]);
}

static gboolean
submit_all (Caller *self, gboolean two_arguments)
{
  for (guint i = 0; i < self->plan->n; i++)
    if (!submit (self, i, two_arguments))
      return FALSE;
  return TRUE;
}

static gboolean
do_own_work (Caller *self)
{
  return self->plan->own_ns == 0 || heddle_burn (self->task, self->plan->own_ns, NULL);
}

static gboolean
apply (Caller *self)
{
  for (guint i = 0; i < self->plan->n; i++)
    if (!submit (self, i, FALSE) || !heddle_own_pool_wait (self->pool, self->ids[i]))
      return FALSE;
  return do_own_work (self);
}

static gboolean
map (Caller *self, gboolean two_arguments)
{
  return submit_all (self, two_arguments) && heddle_own_pool_wait_all (self->pool)
    && do_own_work (self);
}

/* The caller goes on with its own work and waits for the futures afterwards. */
static gboolean
apply_async (Caller *self)
{
  if (!submit_all (self, FALSE) || !do_own_work (self))
    return FALSE;
  for (guint i = 0; i < self->plan->n; i++)
    if (!heddle_own_pool_wait (self->pool, self->ids[i]))
      return FALSE;
  return TRUE;
}

static gboolean
call (Caller *self, Way way)
{
  switch (way)
    {
    case WAY_APPLY:
      return apply (self);
    case WAY_ASYNC:
      return apply_async (self);
    case WAY_MAP:
    case WAY_STARMAP:
    case N_WAYS:
    default:
      return map (self, way == WAY_STARMAP);
    }
}

/* One call, timed. Returns FALSE if the task should end. */
static gboolean
measure (Caller *self, Way way, double *blocked, double *total)
{
  guint n_before, n_waits;
  gint64 blocked_before = heddle_own_pool_get_blocked (self->pool, &n_before);
  gint64 start = heddle_clock_monotonic_ns ();

  if (!call (self, way))
    return FALSE;
  *total = (double) (heddle_clock_monotonic_ns () - start);
  *blocked = (double) (heddle_own_pool_get_blocked (self->pool, &n_waits) - blocked_before);
  self->n_waits = MAX (self->n_waits, n_waits - n_before);
  return TRUE;
}

/* The first call also starts the workers: it is not counted. */
static gboolean
measure_all (Caller *self, Way way)
{
  guint n = self->plan->n_times;

  if (!measure (self, way, &self->blocked[0], &self->total[0]))
    return FALSE;
  self->n_waits = 0;
  for (guint i = 0; i < n; i++)
    {
      heddle_task_set_progress (self->task, (double) (i + 1) / (n + 1));
      if (!measure (self, way, &self->blocked[i], &self->total[i]))
        return FALSE;
    }
  return TRUE;
}

/* Returns the median, in milliseconds. */
static double
publish (const Caller *self, Way way, guint group, double *times)
{
  HeddleFigure figure = { .unit = HEDDLE_FIGURE_NANOSECONDS, .group = group };

  g_strlcpy (figure.name, way_names[way], sizeof figure.name);
  return heddle_publish_samples (self->task, &figure, times, self->plan->n_times) / 1e6;
}

static void
ways_execute (gpointer data, HeddleTask *task)
{
  const Ways *self = data;
  Way way = (Way) (heddle_task_get_id (task) - 1);
  g_autoptr (HeddleOwnPool) pool = heddle_own_pool_new (
    task, self->callers.news[way], self->kind, self->n_workers, self->work_ms * 1e3);
  g_autofree Caller *caller = g_new0 (Caller, 1);
  g_autofree char *results = NULL;
  double blocked, total;

  if (pool == NULL)
    return;
  caller->plan = self;
  caller->task = task;
  caller->pool = pool;
  if (!measure_all (caller, way))
    return;
  results = heddle_own_pool_dup_answers (pool, caller->ids[0], self->n);
  heddle_task_print (task, "%s: %s", way_names[way], results);
  if (!heddle_own_pool_end (pool))
    return;
  blocked = publish (caller, way, GROUP_BLOCKED, caller->blocked);
  total = publish (caller, way, GROUP_TOTAL, caller->total);
  heddle_task_return_printf (task, _("blocked for %.1f ms of %.1f ms, in waits: %u"), blocked, total,
                             caller->n_waits);
}

static void
ways_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_strlcpy (buffer, way_names[id - 1], size);
}

static char *
ways_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  return g_strdup_printf (_("With %s the caller was %s"), label, result);
}

static const HeddleFigureGroup figures[] = {
  [GROUP_BLOCKED] = { N_("Time that the caller is blocked"),
                      N_("“This feature is crucial for applications that require responsiveness”, of asynchronous results") },
  [GROUP_TOTAL] = { N_("Time until the caller has all results and its own work is done"),
                    N_("apply(), map() and starmap() “execute functions … concurrently”") },
  { NULL, NULL },
};

static const HeddlePreset tries[] = {
  { N_("On a pool of threads"), "pool=threads" },
  { N_("Only the multiplication"), "work=0 own-work=0 n=100" },
  { N_("One worker in the pool"), "pool-workers=1" },
  { N_("The caller has more to do than the pool"), "own-work=400 times=3" },
  { NULL, NULL },
};

const HeddleWorkload heddle_workload_ways_to_submit = {
  .id = "ways-to-submit",
  .name = N_("Ways to submit"),
  .summary = N_("The same ten squares, handed to a pool in four ways: how long does the caller wait?"),
  .badge = N_("measures"),
  .about = N_("A program that hands work to a pool chooses when to wait for it. The task of each row is such a caller, with its own pool and some work of its own. With apply() it waits for each "
              "number before it hands over the next. With map() it hands all over and waits once; starmap() is the same for functions of several arguments. "
              "With apply_async() it gets a future for each, which is a promise of a result, goes on with its own work, and waits for the futures at the "
              "end. Each way is done twelve times: the first does not count, and of the other eleven the bar shows the median time, and the line on it the range of four out of five.\n"
              "\n"
              "What to look for: the caller's lane is grey where it waits and blue where it works. With apply() it waits ten times, and never more than one of the pool's workers has something to do. With map() it waits once, about half "
              "as long with two workers in the pool. With futures the caller's own work is done meanwhile, and it waits only for what is left. All four return the same squares.\n"
              "\n"
              "Your own program is the caller; in a window, the caller is the main loop, and while it is blocked the window is frozen. The rows run one after another: leave the number of workers at 1."),
  .notes = N_("The notes name apply(), map() and starmap() as simple interfaces to “execute functions with different input arguments concurrently”. Of apply() that is not true: it waits for each result, so "
              "nothing runs at the same time, however large the pool is. Count its waits here.\n"
              "\n"
              "They say that asynchronous results let the main program go on. That is true, and the last row shows what it gains."),
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
  .data_size = sizeof (Ways),
  .share = ways_share,
  .produce = heddle_range_produce,
  .execute = ways_execute,
  .label = ways_label,
  .sentence = ways_sentence,
};
