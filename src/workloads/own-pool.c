/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "workloads/own-pool.h"

#include <glib/gi18n-lib.h>
#include <pthread.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/list.h"

/* How often a caller that waits for an answer checks that the pool has not ended. */
#define LOOK_NS (100 * G_GINT64_CONSTANT (1000000))

typedef struct {
  gboolean ended;
  char *text; /* NULL: it failed */
} Answer;

struct _HeddleOwnPool {
  HeddleTask *caller; /* borrowed */
  HeddleFlag *news;   /* borrowed; the run's collector sets it, the caller waits for it */
  HeddleRun *run;     /* NULL once it has ended */

  /* the caller's */
  guint64 n_submitted;
  gint64 blocked_ns;
  guint n_waits;

  pthread_mutex_t lock;
  /* guarded by lock: the supervisor's thread of the run writes, the caller reads */
  GArray *answers; /* of Answer, by id */
  guint64 n_ended;
  char *error; /* of the first task that gave no answer */
};

#define SHOWN 20 /* of the answers in a line */

const char *const heddle_own_pool_kinds[] = { "threads", "processes", NULL };
G_STATIC_ASSERT (HEDDLE_BACKEND_THREADS == 0 && HEDDLE_BACKEND_PROCESSES == 1);
const char *const heddle_own_pool_kind_names[] = { N_("Threads"), N_("Processes"), NULL };

static void
clear_answer (gpointer answer)
{
  g_free (((Answer *) answer)->text);
}

/* HeddleRunHooks.row */
static void
take_row (const HeddleRow *row, gpointer data)
{
  HeddleOwnPool *self = data;
  Answer *answer;

  pthread_mutex_lock (&self->lock);
  if (self->answers->len <= row->id)
    g_array_set_size (self->answers, (guint) row->id + 1);
  answer = &g_array_index (self->answers, Answer, row->id);
  answer->ended = TRUE;
  if (row->state == HEDDLE_TASK_DONE)
    answer->text = g_strdup (row->result);
  else if (self->error == NULL)
    self->error = g_strdup (row->error != NULL ? row->error : _("it was cancelled"));
  self->n_ended++;
  pthread_mutex_unlock (&self->lock);
  heddle_flag_set (self->news);
}

static HeddleRun *
make_run (HeddleOwnPool *self, HeddleBackend backend, guint n_workers, double work_us,
          GError **error)
{
  const HeddleWorkload *workload = &heddle_workload_pool_work;
  g_autoptr (HeddleSettings) settings = heddle_settings_new (workload);
  g_autoptr (HeddleRun) run = NULL;
  char work[G_ASCII_DTOSTR_BUF_SIZE];
  HeddleRunOptions options;

  if (!heddle_settings_set (settings, "work", g_ascii_dtostr (work, sizeof work, work_us), error))
    return NULL;
  heddle_run_options_init (&options, workload);
  options.backend = backend;
  options.workers = n_workers;
  options.queue = HEDDLE_OWN_POOL_MAX_TASKS;
  options.lane_budget = 1 << 20;
  options.result_budget = 0;
  options.manual = TRUE;
  options.hooks.row = take_row;
  options.hooks_data = self;
  run = heddle_run_new (settings, &options, error);
  if (run == NULL || !heddle_run_start (run, error))
    return NULL;
  return g_steal_pointer (&run);
}

/**
 * heddle_own_pool_new:
 * @caller: the task that will use it
 * @news: an event of that task alone
 * @work_us: how much of a processor's time each of its tasks takes, microseconds
 *
 * Starts a pool; its workers come to life while the caller goes on. If it cannot start, the caller
 * fails with the reason.
 *
 * Returns: (transfer full) (nullable): the pool
 */
HeddleOwnPool *
heddle_own_pool_new (HeddleTask *caller, HeddleFlag *news, HeddleBackend backend, guint n_workers,
                     double work_us)
{
  g_autoptr (GError) error = NULL;
  HeddleOwnPool *self = g_new0 (HeddleOwnPool, 1);

  self->caller = caller;
  self->news = news;
  pthread_mutex_init (&self->lock, NULL);
  self->answers = g_array_new (FALSE, TRUE, sizeof (Answer));
  g_array_set_clear_func (self->answers, clear_answer);
  self->run = make_run (self, backend, n_workers, work_us, &error);
  if (self->run != NULL)
    return self;
  heddle_task_fail_literal (caller, error->message);
  heddle_own_pool_free (self);
  return NULL;
}

/* The pool ended by itself, or one of its tasks returned no result: so the caller fails as well. */
static void
fail_caller (HeddleOwnPool *self)
{
  g_autoptr (GError) error = heddle_run_dup_error (self->run);

  if (heddle_task_is_cancelled (self->caller))
    return;
  pthread_mutex_lock (&self->lock);
  if (error != NULL)
    heddle_task_fail_literal (self->caller, error->message);
  else
    heddle_task_fail (self->caller, _("A task of the pool returned no result: %s"),
                      self->error != NULL ? self->error : _("the pool ended"));
  pthread_mutex_unlock (&self->lock);
}

/**
 * heddle_own_pool_submit:
 * @input: see pool-work.c
 * @id: (out) (optional): the task's id
 *
 * Hands a task over, at most HEDDLE_OWN_POOL_MAX_TASKS of which may be open. Does not wait for it.
 *
 * Returns: FALSE if the caller should end
 */
gboolean
heddle_own_pool_submit (HeddleOwnPool *self, const char *input, guint64 *id)
{
  if (!heddle_run_submit (self->run, input, id))
    {
      fail_caller (self);
      return FALSE;
    }
  self->n_submitted++;
  return TRUE;
}

static gboolean
has_answer (HeddleOwnPool *self, guint64 id)
{
  gboolean has;

  pthread_mutex_lock (&self->lock);
  if (id == 0)
    has = self->n_ended == self->n_submitted;
  else
    has = id < self->answers->len && g_array_index (self->answers, Answer, id).ended;
  pthread_mutex_unlock (&self->lock);
  return has;
}

static gboolean
is_answered_well (HeddleOwnPool *self, guint64 id)
{
  gboolean well;

  pthread_mutex_lock (&self->lock);
  well = id == 0 ? self->error == NULL : g_array_index (self->answers, Answer, id).text != NULL;
  pthread_mutex_unlock (&self->lock);
  return well;
}

/* Waits until @id has an answer, 0: until all have. */
static gboolean
wait_for (HeddleOwnPool *self, guint64 id)
{
  gint64 began = heddle_clock_monotonic_ns ();
  HeddleSyncStatus status = HEDDLE_SYNC_OK;
  gboolean over = FALSE;

  if (has_answer (self, id))
    return is_answered_well (self, id);
  self->n_waits++;
  while (HEDDLE_SYNC_ACQUIRED (status) || (status == HEDDLE_SYNC_TIMEOUT && !over))
    {
      /* read first: all answers come before a run has finished */
      over = heddle_run_get_state (self->run) == HEDDLE_RUN_FINISHED;
      heddle_flag_clear (self->news);
      if (has_answer (self, id))
        break;
      status = over ? HEDDLE_SYNC_TIMEOUT : heddle_flag_wait (self->news, self->caller, LOOK_NS);
    }
  self->blocked_ns += heddle_clock_monotonic_ns () - began;
  if (has_answer (self, id) && is_answered_well (self, id))
    return TRUE;
  fail_caller (self);
  return FALSE;
}

/**
 * heddle_own_pool_wait:
 * @id: a task
 *
 * Blocks the caller until this task has an answer, as a future's get() does.
 *
 * Returns: FALSE if the caller should end: it is cancelled, or has been failed because there is no
 * answer
 */
gboolean
heddle_own_pool_wait (HeddleOwnPool *self, guint64 id)
{
  return wait_for (self, id);
}

/**
 * heddle_own_pool_wait_all:
 *
 * Blocks the caller until all tasks submitted have an answer, as map() does.
 *
 * Returns: as heddle_own_pool_wait()
 */
gboolean
heddle_own_pool_wait_all (HeddleOwnPool *self)
{
  return wait_for (self, 0);
}

/**
 * heddle_own_pool_get_answer:
 * @id: a task that was waited for
 *
 * Returns: (transfer none): what it returned
 */
const char *
heddle_own_pool_get_answer (HeddleOwnPool *self, guint64 id)
{
  const char *text;

  pthread_mutex_lock (&self->lock);
  text = g_array_index (self->answers, Answer, id).text;
  pthread_mutex_unlock (&self->lock);
  return text;
}

/**
 * heddle_own_pool_dup_answers:
 * @first: the first of @n tasks that were submitted one after another and waited for
 *
 * Returns: (transfer full): their answers as the notes print a list: "[1, 4, 9]"; of many the first
 * ones and the last
 */
char *
heddle_own_pool_dup_answers (HeddleOwnPool *self, guint64 first, guint n)
{
  GString *text = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    if (n <= SHOWN || i < SHOWN / 2 || i == n - 1)
      g_string_append_printf (text, "%s%s%s", i > 0 ? ", " : "",
                              n > SHOWN && i == n - 1 ? "…, " : "",
                              heddle_own_pool_get_answer (self, first + i));
  return g_string_free (g_string_append_c (text, ']'), FALSE);
}

/**
 * heddle_callers_share:
 * @n: how many tasks have a pool of their own, at most HEDDLE_MAX_CALLERS
 *
 * Names what they wait on; in a workload's share().
 */
void
heddle_callers_share (HeddleCallers *self, HeddleShared *shared, guint n)
{
  g_return_if_fail (n <= HEDDLE_MAX_CALLERS);

  self->tasks.n = n;
  for (guint i = 0; i < n; i++)
    {
      char name[32];

      g_snprintf (name, sizeof name, N_("answers to row %u"), i + 1);
      self->news[i] = heddle_shared_flag (shared, name);
    }
}

/**
 * heddle_own_pool_get_blocked:
 * @n_waits: (out) (optional): how many times it had to wait
 *
 * Returns: for how long the caller has been blocked in all, nanoseconds
 */
gint64
heddle_own_pool_get_blocked (HeddleOwnPool *self, guint *n_waits)
{
  if (n_waits != NULL)
    *n_waits = self->n_waits;
  return self->blocked_ns;
}

/**
 * heddle_own_pool_end:
 *
 * Closes the pool and waits until its last worker is gone, as close() and join() do. If the caller
 * is cancelled, its workers are stopped.
 *
 * Returns: FALSE if the caller should end
 */
gboolean
heddle_own_pool_end (HeddleOwnPool *self)
{
  gboolean stopped = FALSE;

  if (self->run == NULL)
    return !heddle_task_is_cancelled (self->caller);
  heddle_run_close (self->run);
  while (!heddle_run_wait (self->run, LOOK_NS))
    if (!stopped && heddle_task_is_cancelled (self->caller))
      {
        stopped = TRUE;
        heddle_run_stop (self->run, HEDDLE_STOP_KILL);
      }
  g_clear_pointer (&self->run, heddle_run_unref);
  return !heddle_task_is_cancelled (self->caller);
}

/**
 * heddle_own_pool_free:
 * @self: (transfer full) (nullable): a pool; stopped first, if it has not been ended
 */
void
heddle_own_pool_free (HeddleOwnPool *self)
{
  if (self == NULL)
    return;
  if (self->run != NULL)
    {
      heddle_run_stop (self->run, HEDDLE_STOP_KILL);
      heddle_run_wait (self->run, -1);
      heddle_run_unref (self->run);
    }
  g_array_unref (self->answers);
  pthread_mutex_destroy (&self->lock);
  g_free (self->error);
  g_free (self);
}
