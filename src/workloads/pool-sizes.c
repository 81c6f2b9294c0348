/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/list.h"
#include "workloads/own-pool.h"

#define MAX_WORKERS 64
#define MAX_AGAIN 99

enum { GROUP_FIRST, GROUP_AGAIN };

typedef struct {
  HeddleCallers callers; /* first */
  HeddleBackend kind;
  guint sizes[HEDDLE_MAX_CALLERS];
  guint n_sizes;
  guint n;
  double work_us;
  guint again;
} PoolSizes;

static const HeddleParam params[] = {
  { .name = "sizes", .label = N_("Sizes"), .type = HEDDLE_PARAM_TEXT, .initial = "2,4,8",
    .description = N_("Numbers of workers of the pools, from 1 to 64, separated by commas; the pools run one after another.") },
  { .name = "pool", .label = N_("Pool"), .type = HEDDLE_PARAM_CHOICE, .initial = "processes",
    .choices = heddle_own_pool_kinds, .choice_names = heddle_own_pool_kind_names,
    .description = N_("Whether the workers of the measured pools are threads or processes."),
    .field = HEDDLE_FIELD (PoolSizes, kind) },
  { .name = "n", .label = N_("Numbers"), .initial = "10", .min = 1,
    .max = HEDDLE_OWN_POOL_MAX_TASKS,
    .description = N_("The largest number that is squared; the first is 1."),
    .field = HEDDLE_FIELD (PoolSizes, n) },
  { .name = "work", .label = N_("Work"), .initial = "0", .max = 1e6, .unit = N_("µs"),
    .description = N_("Processor time that each number takes in addition. 0: only the multiplication."),
    .field = HEDDLE_FIELD (PoolSizes, work_us) },
  /* enough for a spread */
  { .name = "again", .label = N_("Repetitions"), .initial = "21", .min = 1, .max = MAX_AGAIN,
    .description = N_("How often a pool of each size is started and does its first map, and how often the last of these pools then does the same map again, with its workers already running. The median times are shown; from ten repetitions on also the range of four out of five times."),
    .field = HEDDLE_FIELD (PoolSizes, again) },
};

/* Numbers are separated by a comma or semicolon, with or without blanks, or by blanks alone; two
 * commas with nothing in between are an error. */
static gboolean
parse_sizes (PoolSizes *self, const char *text, GError **error)
{
  const char *at = text + strspn (text, " ");
  gboolean wanted = *at != '\0';

  while (wanted && self->n_sizes < HEDDLE_MAX_CALLERS)
    {
      gsize length = strcspn (at, " ,;");
      g_autofree char *word = g_strndup (at, length);
      guint64 size;

      if (!g_ascii_string_to_unsigned (word, 10, 1, MAX_WORKERS, &size, NULL))
        break;
      self->sizes[self->n_sizes++] = (guint) size;
      at += length;
      at += strspn (at, " ");
      wanted = *at != '\0';
      if (*at == ',' || *at == ';')
        at += 1 + strspn (at + 1, " ");
    }
  if (!wanted && self->n_sizes > 0)
    return TRUE;
  if (*text == '\0')
    g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                         _("No size is given. Enter numbers such as “2,4,8”."));
  else
    g_set_error (
      error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
      _("“%s” is not a list of sizes. Enter up to %d numbers from 1 to %d, such as “2,4,8”."),
      text, HEDDLE_MAX_CALLERS, MAX_WORKERS);
  return FALSE;
}

static gpointer
pool_sizes_open (const HeddleSettings *settings, GError **error)
{
  g_autofree PoolSizes *self = heddle_settings_open (settings, error);

  if (!parse_sizes (self, heddle_settings_get (settings, "sizes"), error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
pool_sizes_share (gpointer data, HeddleShared *shared, GError **error)
{
  PoolSizes *self = data;

  heddle_callers_share (&self->callers, shared, self->n_sizes);
  return TRUE;
}

/* pool.map (square, range (1, n + 1)). Returns how long it took, or -1 if the task should end. */
static gint64
map_squares (const PoolSizes *self, HeddleOwnPool *pool, guint64 *first)
{
  gint64 start = heddle_clock_monotonic_ns ();

  for (guint i = 1; i <= self->n; i++)
    {
      char input[16];
      guint64 id;

      g_snprintf (input, sizeof input, "%u", i);
      if (!heddle_own_pool_submit (pool, input, &id))
        return -1;
      if (i == 1)
        *first = id;
    }
  if (!heddle_own_pool_wait_all (pool))
    return -1;
  return heddle_clock_monotonic_ns () - start;
}

/* Starts some pools of that size, one after another, and measures the first map of each. Returns
 * the last pool, or NULL if the task should end; @times are sorted. */
static HeddleOwnPool *
map_first (const PoolSizes *self, HeddleTask *task, guint nth, guint64 *first,
           double times[MAX_AGAIN])
{
  g_autoptr (HeddleOwnPool) pool = NULL;

  for (guint i = 0; i < self->again; i++)
    {
      if (pool != NULL && !heddle_own_pool_end (pool))
        return NULL;
      g_clear_pointer (&pool, heddle_own_pool_free);
      pool = heddle_own_pool_new (task, self->callers.news[nth], self->kind, self->sizes[nth],
                                  self->work_us);
      if (pool == NULL || (times[i] = (double) map_squares (self, pool, first)) < 0)
        return NULL;
      heddle_task_set_progress (task, (i + 1) / (2.0 * self->again));
    }
  qsort (times, self->again, sizeof times[0], heddle_figure_compare);
  return g_steal_pointer (&pool);
}

/* Measures some more maps. FALSE: the task should end. */
static gboolean
map_again (const PoolSizes *self, HeddleOwnPool *pool, HeddleTask *task, double times[MAX_AGAIN])
{
  for (guint i = 0; i < self->again; i++)
    {
      guint64 first;

      times[i] = (double) map_squares (self, pool, &first);
      if (times[i] < 0)
        return FALSE;
      heddle_task_set_progress (task, 0.5 + (i + 1) / (2.0 * self->again));
    }
  return TRUE;
}

/* What the notes print for a pool of this size, nanoseconds; 0: nothing. */
static double
claim_of (const PoolSizes *self, guint size)
{
  static const struct {
    guint size;
    double ns;
  } printed[] = { { 2, 1.9e6 }, { 4, 3.3e6 }, { 8, 3.3e6 } };

  for (guint i = 0; i < G_N_ELEMENTS (printed); i++)
    if (printed[i].size == size && self->kind == HEDDLE_BACKEND_PROCESSES && self->n == 10
        && self->work_us == 0)
      return printed[i].ns;
  return 0;
}

static void
publish (const PoolSizes *self, HeddleTask *task, double firsts[MAX_AGAIN],
         double times[MAX_AGAIN])
{
  guint id = (guint) heddle_task_get_id (task), size = self->sizes[id - 1];
  HeddleFigure figure = { .unit = HEDDLE_FIGURE_NANOSECONDS,
                          .group = GROUP_FIRST,
                          .claim = claim_of (self, size) };

  g_snprintf (figure.name, sizeof figure.name,
              g_dngettext (GETTEXT_PACKAGE, "%u worker", "%u workers", size), size);
  heddle_publish_samples (task, &figure, firsts, self->again);
  figure.group = GROUP_AGAIN;
  figure.claim = 0;
  heddle_publish_samples (task, &figure, times, self->again);
}

static void
pool_sizes_execute (gpointer data, HeddleTask *task)
{
  const PoolSizes *self = data;
  guint nth = (guint) heddle_task_get_id (task) - 1;
  double firsts[MAX_AGAIN], times[MAX_AGAIN];
  guint64 first;
  g_autoptr (HeddleOwnPool) pool = map_first (self, task, nth, &first, firsts);
  g_autofree char *results = NULL;
  double taken;

  if (pool == NULL)
    return;
  taken = firsts[self->again / 2];
  results = heddle_own_pool_dup_answers (pool, first, self->n);
  heddle_task_print (task, _("Pool Size: %u, Results: %s, Time Taken: %.4f seconds"),
                     self->sizes[nth], results, taken / 1e9);
  if (!map_again (self, pool, task, times) || !heddle_own_pool_end (pool))
    return;
  publish (self, task, firsts, times);
  heddle_task_return_printf (task, _("%.3f ms, and again %.3f ms"), taken / 1e6,
                             times[self->again / 2] / 1e6);
}

static void
pool_sizes_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  const PoolSizes *self = data;
  guint workers = self->sizes[id - 1];

  g_snprintf (buffer, size, g_dngettext (GETTEXT_PACKAGE, "%u worker", "%u workers", workers),
              workers);
}

static char *
pool_sizes_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  return g_strdup_printf (_("Pool of %s: %s"), label, result);
}

static const HeddleFigureGroup figures[] = {
  [GROUP_FIRST] = { N_("The first map, while the workers are starting"),
                    N_("2, 4 and 8 processes: “Time Taken: 0.0019, 0.0033, 0.0033 seconds”") },
  [GROUP_AGAIN] = { N_("The same map again, with running workers"), NULL },
  { NULL, NULL },
};

static const HeddlePreset tries[] = {
  { N_("2, 4 and 8 processes, ten numbers"), "sizes=2,4,8 pool=processes n=10 work=0" },
  { N_("20 milliseconds for each number"), "n=40 work=20000 pool=processes again=3" },
  { N_("20 milliseconds, on threads"), "n=40 work=20000 pool=threads again=3" },
  { N_("Only the multiplication, on threads"), "pool=threads work=0 n=10" },
  { NULL, NULL },
};

const HeddleWorkload heddle_workload_pool_sizes = {
  .id = "pool-sizes",
  .name = N_("Pool sizes"),
  .summary = N_("The squares of 1 to 10 on pools of 2, 4 and 8 workers, with the times of each."),
  .badge = N_("measures"),
  .about = N_("Each row is a task that starts its own pool, of 2, 4 or 8 workers, lets it square the numbers and measures the time. The list “Pool” says "
              "whether its workers are processes or threads. The rows run one after another, so that they do not disturb each other: leave the number of workers at 1.\n"
              "\n"
              "What to look for: two times are shown. The first is the time of the map right after the pool was started, measured with several pools one after "
              "another: most of it is the start of the workers, and more workers take longer. The second is the time of the same map on the last of these pools, a moment later. A larger pool still gains nothing, since a multiplication takes about a nanosecond and handing it over thousands of times as long.\n"
              "\n"
              "Then let each number take 20 milliseconds. Now the size matters, up to the number of processors: on two processors, a pool of 4 or 8 "
              "is no faster than a pool of 2."),
  .notes = N_("This is the notes' last program. There, pools of 2, 4 and 8 processes take 0.0019, 0.0033 and 0.0033 seconds, without an explanation. The explanation is: "
              "larger pools are slower here, since the program measures the pool and not the squares.\n"
              "\n"
              "They also say that a pool limits its workers to the number of cores and so keeps the system from being overloaded. By default it does. "
              "Ask for 8 on fewer processors, and you get 8."),
  .tries = tries,
  .figures = figures,
  .group = HEDDLE_GROUP_POOLS,
  .backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_THREADS),
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 1,
  .ordered = TRUE,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (PoolSizes),
  .open = pool_sizes_open,
  .share = pool_sizes_share,
  .produce = heddle_range_produce,
  .execute = pool_sizes_execute,
  .label = pool_sizes_label,
  .sentence = pool_sizes_sentence,
};
