/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/run-cache.h"

struct _HeddleRunCache {
  GObject parent_instance;

  gsize budget;
  GQueue runs;          /* of HeddleRunObject, owned; what was put here last is the head */
  GHashTable *evicted; /* workloads, static: whose run had to go */
};

G_DEFINE_FINAL_TYPE (HeddleRunCache, heddle_run_cache, G_TYPE_OBJECT)

static gsize
count_bytes (HeddleRunObject *object)
{
  HeddleRun *run = heddle_run_object_get_run (object);

  return heddle_results_get_bytes (heddle_run_get_results (run))
    + heddle_lane_store_get_totals (heddle_run_get_lanes (run)).bytes;
}

static void
heddle_run_cache_finalize (GObject *object)
{
  HeddleRunCache *self = HEDDLE_RUN_CACHE (object);

  g_queue_clear_full (&self->runs, g_object_unref);
  g_hash_table_unref (self->evicted);
  G_OBJECT_CLASS (heddle_run_cache_parent_class)->finalize (object);
}

static void
heddle_run_cache_class_init (HeddleRunCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = heddle_run_cache_finalize;
}

static void
heddle_run_cache_init (HeddleRunCache *self)
{
  g_queue_init (&self->runs);
  self->evicted = g_hash_table_new (NULL, NULL);
}

/**
 * heddle_run_cache_new:
 * @budget_bytes: how much the lanes and rows of the runs may take together; the run that was put
 * here last stays in any case
 *
 * Returns: (transfer full): an empty cache
 */
HeddleRunCache *
heddle_run_cache_new (gsize budget_bytes)
{
  HeddleRunCache *self = g_object_new (HEDDLE_TYPE_RUN_CACHE, NULL);

  self->budget = budget_bytes;
  return self;
}

/**
 * heddle_run_cache_put:
 * @run: one that has finished; takes the place of an older one of the same workload
 */
void
heddle_run_cache_put (HeddleRunCache *self, HeddleRunObject *run)
{
  g_autoptr (HeddleRunObject) older = NULL;
  const HeddleWorkload *workload;
  gsize bytes = 0;

  g_return_if_fail (HEDDLE_IS_RUN_CACHE (self));
  g_return_if_fail (HEDDLE_IS_RUN_OBJECT (run) && heddle_run_object_get_run (run) != NULL
                    && !heddle_run_object_is_active (run));

  workload = heddle_run_object_get_workload (run);
  older = heddle_run_cache_take (self, workload);
  g_hash_table_remove (self->evicted, workload);
  g_queue_push_head (&self->runs, g_object_ref (run));

  for (GList *l = self->runs.head; l != NULL; l = l->next)
    bytes += count_bytes (l->data);
  while (bytes > self->budget && self->runs.length > 1)
    {
      g_autoptr (HeddleRunObject) oldest = g_queue_pop_tail (&self->runs);

      bytes -= count_bytes (oldest);
      g_hash_table_add (self->evicted, (gpointer) heddle_run_object_get_workload (oldest));
    }
}

static GList *
find_link (HeddleRunCache *self, const HeddleWorkload *workload)
{
  for (GList *l = self->runs.head; l != NULL; l = l->next)
    if (heddle_run_object_get_workload (l->data) == workload)
      return l;
  return NULL;
}

/**
 * heddle_run_cache_peek:
 * @workload: a workload
 *
 * Returns: (transfer none) (nullable): its last run, which stays in the cache
 */
HeddleRunObject *
heddle_run_cache_peek (HeddleRunCache *self, const HeddleWorkload *workload)
{
  GList *link;

  g_return_val_if_fail (HEDDLE_IS_RUN_CACHE (self), NULL);

  link = find_link (self, workload);
  return link != NULL ? link->data : NULL;
}

/**
 * heddle_run_cache_take:
 * @workload: what is shown from now on
 *
 * Returns: (transfer full) (nullable): its last run, which is no longer in the cache
 */
HeddleRunObject *
heddle_run_cache_take (HeddleRunCache *self, const HeddleWorkload *workload)
{
  HeddleRunObject *run;
  GList *link;

  g_return_val_if_fail (HEDDLE_IS_RUN_CACHE (self), NULL);

  link = find_link (self, workload);
  if (link == NULL)
    return NULL;
  run = link->data;
  g_queue_delete_link (&self->runs, link);
  return run;
}

/**
 * heddle_run_cache_has_evicted:
 * @workload: a workload
 *
 * Returns: whether the last run of @workload that was put here had to go
 */
gboolean
heddle_run_cache_has_evicted (HeddleRunCache *self, const HeddleWorkload *workload)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_CACHE (self), FALSE);

  return g_hash_table_contains (self->evicted, workload);
}
