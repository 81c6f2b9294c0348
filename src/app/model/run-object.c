/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From worker to window: the main loop copies a run's snapshot a few times a second and emits
 * "updated" if it differs from the last one. While live charts are drawn, it does so when one of
 * their rounds begins: one frame then shows both. A change of the run's state does not wait for
 * that: the engine's hook posts one idle, however many changes come.
 *
 * The hook runs on the supervisor's thread and may run when the object is already gone. So the hook
 * has a number instead of a pointer, and the main loop looks the object up in a table that only
 * the main loop touches. No thread frees what another one uses. While the run is not finished, its
 * timeout holds a reference to the object, so closing a tab loses no run.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <pthread.h>

#include "app/model/run-object.h"
#include "charts/draw-budget.h"

#define LIVE_INTERVAL_MS 200    /* numbers that change faster cannot be read */
#define WITHOUT_ROUNDS_MS 280   /* after that time without a round of the charts */
#define HIDDEN_INTERVAL_MS 500

struct _HeddleRunObject {
  GObject parent_instance;

  const HeddleWorkload *workload; /* static */
  HeddleRun *run;                 /* owned; NULL: not started */
  HeddleRunSnapshot snapshot;
  guint number;  /* in the table of objects; 0: none */
  guint source;  /* the timeout; 0: none */
  gboolean live;
  gboolean following;     /* of the charts' rounds */
  gint64 pulled_us;       /* when the snapshot was copied last */
  guint64 told_serial;    /* of the snapshot for which "updated" was emitted last */
  gboolean told_end;      /* "updated" was emitted for the end of the run */
  guint64 planned; /* as heddle_run_object_get_planned() says */
};

enum { SIGNAL_UPDATED, SIGNAL_STATE_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static GHashTable *objects; /* number -> object, not owned; main loop only */

static pthread_mutex_t posted_lock = PTHREAD_MUTEX_INITIALIZER;
static GHashTable *posted; /* guarded by posted_lock: numbers for which an idle is under way */

G_DEFINE_FINAL_TYPE (HeddleRunObject, heddle_run_object, G_TYPE_OBJECT)

static gboolean
answer_post (gpointer data)
{
  HeddleRunObject *self;

  pthread_mutex_lock (&posted_lock);
  g_hash_table_remove (posted, data);
  pthread_mutex_unlock (&posted_lock);

  self = g_hash_table_lookup (objects, data);
  if (self != NULL)
    heddle_run_object_refresh (self);
  return G_SOURCE_REMOVE;
}

/* Supervisor's thread. */
static void
run_changed_hook (HeddleRun *run, gpointer data)
{
  gboolean first;
  GSource *source;

  pthread_mutex_lock (&posted_lock);
  first = g_hash_table_add (posted, data);
  pthread_mutex_unlock (&posted_lock);
  if (!first)
    return;

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "[heddle] run changed");
  g_source_set_callback (source, answer_post, data, NULL);
  g_source_attach (source, NULL);
  g_source_unref (source);
}

static gboolean
pull (gpointer data)
{
  HeddleRunObject *self = data;
  gint64 least_us = MAX (WITHOUT_ROUNDS_MS * 1000,
                         heddle_draw_budget_get_interval (heddle_draw_budget_get ()) / 1000);

  if (!self->following || g_get_monotonic_time () - self->pulled_us >= least_us * 9 / 10)
    heddle_run_object_refresh (self);
  return G_SOURCE_CONTINUE;
}

/* A round begins with a frame, so one that comes up to a frame (17 ms) too early is on time. */
static void
round_begun (gpointer data)
{
  HeddleRunObject *self = data;

  if (g_get_monotonic_time () - self->pulled_us >= LIVE_INTERVAL_MS * 1000 - 17000)
    heddle_run_object_refresh (self);
}

static void
follow (HeddleRunObject *self, gboolean following)
{
  if (self->following == following)
    return;
  self->following = following;
  if (following)
    heddle_draw_budget_follow (heddle_draw_budget_get (), round_begun, self);
  else
    heddle_draw_budget_unfollow (heddle_draw_budget_get (), round_begun, self);
}

static void
watch (HeddleRunObject *self)
{
  guint old = self->source;

  self->source =
    g_timeout_add_full (G_PRIORITY_DEFAULT, self->live ? WITHOUT_ROUNDS_MS : HIDDEN_INTERVAL_MS,
                        pull, g_object_ref (self), g_object_unref);
  g_source_set_name_by_id (self->source, "[heddle] run snapshot");
  follow (self, self->live);
  if (old != 0)
    g_source_remove (old);
}

static void
heddle_run_object_finalize (GObject *object)
{
  HeddleRunObject *self = HEDDLE_RUN_OBJECT (object);

  follow (self, FALSE);
  if (self->number != 0)
    g_hash_table_remove (objects, GUINT_TO_POINTER (self->number));
  g_clear_pointer (&self->run, heddle_run_unref);

  G_OBJECT_CLASS (heddle_run_object_parent_class)->finalize (object);
}

static void
heddle_run_object_class_init (HeddleRunObjectClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = heddle_run_object_finalize;
  signals[SIGNAL_UPDATED] =
    g_signal_new ("updated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STATE_CHANGED] =
    g_signal_new ("state-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  objects = g_hash_table_new (NULL, NULL);
  posted = g_hash_table_new (NULL, NULL);
}

static void
heddle_run_object_init (HeddleRunObject *self)
{
  self->live = TRUE;
}

/**
 * heddle_run_object_new:
 * @workload: what will be run
 *
 * Makes the object of a page that has not started anything yet.
 *
 * Returns: (transfer full): an object without a run
 */
HeddleRunObject *
heddle_run_object_new (const HeddleWorkload *workload)
{
  HeddleRunObject *self;

  g_return_val_if_fail (workload != NULL, NULL);

  self = g_object_new (HEDDLE_TYPE_RUN_OBJECT, NULL);
  self->workload = workload;
  return self;
}

/**
 * heddle_run_object_start:
 * @settings: the workload and its parameters; copied
 * @options: how to run it; its hooks.changed and hooks_data are replaced
 * @error: what is wrong with the settings, or why no worker could be started
 *
 * Makes a run and starts it. The object lives at least until the run has finished.
 *
 * Returns: (transfer full) (nullable): the started run
 */
HeddleRunObject *
heddle_run_object_start (const HeddleSettings *settings, const HeddleRunOptions *options,
                         GError **error)
{
  static guint last_number; /* main loop only */
  g_autoptr (HeddleRunObject) self = NULL;
  HeddleRunOptions copy;

  g_return_val_if_fail (settings != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);

  self = heddle_run_object_new (heddle_settings_get_workload (settings));
  self->number = ++last_number;
  g_hash_table_insert (objects, GUINT_TO_POINTER (self->number), self);

  copy = *options;
  copy.hooks.changed = run_changed_hook;
  copy.hooks_data = GUINT_TO_POINTER (self->number);
  self->run = heddle_run_new (settings, &copy, error);
  if (self->run == NULL || !heddle_run_start (self->run, error))
    return NULL;

  heddle_run_object_refresh (self);
  if (heddle_run_object_is_active (self))
    watch (self);
  return g_steal_pointer (&self);
}

/**
 * heddle_run_object_get_workload:
 *
 * Returns: (transfer none): what it runs
 */
const HeddleWorkload *
heddle_run_object_get_workload (HeddleRunObject *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_OBJECT (self), NULL);

  return self->workload;
}

/**
 * heddle_run_object_get_run:
 *
 * Returns: (transfer none) (nullable): its run, or %NULL where Start was not pressed yet; the same
 * for the object's whole life
 */
HeddleRun *
heddle_run_object_get_run (HeddleRunObject *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_OBJECT (self), NULL);

  return self->run;
}

/**
 * heddle_run_object_get_snapshot:
 *
 * Returns: (transfer none): the run as it was at the last "updated"; overwritten by the next one
 */
const HeddleRunSnapshot *
heddle_run_object_get_snapshot (HeddleRunObject *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_OBJECT (self), NULL);

  return &self->snapshot;
}

/**
 * heddle_run_object_get_state:
 *
 * Returns: the state as of the last "updated"
 */
HeddleRunState
heddle_run_object_get_state (HeddleRunObject *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_OBJECT (self), HEDDLE_RUN_READY);

  return self->snapshot.state;
}

/**
 * heddle_run_object_get_title:
 *
 * Returns: (transfer none): the workload's name, translated
 */
const char *
heddle_run_object_get_title (HeddleRunObject *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_OBJECT (self), NULL);

  return _(self->workload->name);
}

/**
 * heddle_run_object_get_planned:
 *
 * Returns: how many tasks there would have been had nobody stopped it, or 0 where that was never
 * known
 */
guint64
heddle_run_object_get_planned (HeddleRunObject *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_OBJECT (self), 0);

  return self->planned;
}

/**
 * heddle_run_object_is_active:
 *
 * Returns: %TRUE from the start until every task has ended and every worker is gone
 */
gboolean
heddle_run_object_is_active (HeddleRunObject *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_OBJECT (self), FALSE);

  return self->run != NULL && !self->told_end;
}

/**
 * heddle_run_object_get_number:
 *
 * Returns: the number of its run, which no other run of this program has; 0: it has none
 */
guint
heddle_run_object_get_number (HeddleRunObject *self)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_OBJECT (self), 0);

  return self->number;
}

/**
 * heddle_run_object_is_newer:
 * @other: another one
 *
 * Returns: whether @self was started after @other
 */
gboolean
heddle_run_object_is_newer (HeddleRunObject *self, HeddleRunObject *other)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_OBJECT (self) && HEDDLE_IS_RUN_OBJECT (other), FALSE);

  return self->number > other->number;
}

/**
 * heddle_run_object_set_live:
 * @live: somebody looks at it
 *
 * Chooses how often the snapshot is copied: often enough for the eye, or just often enough for a
 * tab's title.
 */
void
heddle_run_object_set_live (HeddleRunObject *self, gboolean live)
{
  g_return_if_fail (HEDDLE_IS_RUN_OBJECT (self));

  live = !!live;
  if (self->live == live)
    return;
  self->live = live;
  if (self->source != 0)
    watch (self);
  if (live)
    heddle_run_object_refresh (self);
}

/**
 * heddle_run_object_refresh:
 *
 * Asks the run for its snapshot now, and emits "updated" if it has changed since that was emitted
 * last and somebody looks, or if the run's state has.
 */
void
heddle_run_object_refresh (HeddleRunObject *self)
{
  HeddleRunState old_state;
  gboolean changed;

  g_return_if_fail (HEDDLE_IS_RUN_OBJECT (self));

  if (self->run == NULL || self->told_end)
    return;

  g_object_ref (self);
  old_state = self->snapshot.state;
  heddle_run_get_snapshot (self->run, &self->snapshot);
  self->pulled_us = g_get_monotonic_time ();
  /* a stopped run's total is what it came to */
  if (self->snapshot.state == HEDDLE_RUN_RUNNING || self->snapshot.state == HEDDLE_RUN_PAUSED)
    self->planned = MAX (self->planned, self->snapshot.total);

  self->told_end = self->snapshot.state == HEDDLE_RUN_FINISHED;
  if (self->told_end)
    {
      follow (self, FALSE);
      g_clear_handle_id (&self->source, g_source_remove);
    }

  changed = self->snapshot.state != old_state;
  if (changed)
    g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
  /* while nobody looks numbers are not told; they are when somebody does */
  if ((self->live || changed) && self->snapshot.serial != self->told_serial)
    {
      self->told_serial = self->snapshot.serial;
      g_signal_emit (self, signals[SIGNAL_UPDATED], 0);
    }
  g_object_unref (self);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint one = (*(HeddleRunObject *const *) a)->number;
  guint other = (*(HeddleRunObject *const *) b)->number;

  return (one > other) - (one < other);
}

/**
 * heddle_run_object_list:
 *
 * Returns: (transfer full) (element-type HeddleRunObject): every run that something in this program
 * still holds, in the order of their starts
 */
GPtrArray *
heddle_run_object_list (void)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer object;

  if (objects == NULL)
    return list;
  g_hash_table_iter_init (&iter, objects);
  while (g_hash_table_iter_next (&iter, NULL, &object))
    if (((HeddleRunObject *) object)->run != NULL)
      g_ptr_array_add (list, g_object_ref (object));
  g_ptr_array_sort (list, compare_numbers);
  return list;
}
