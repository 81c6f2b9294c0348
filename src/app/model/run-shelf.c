/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/model/run-shelf.h"

struct _HeddleRunShelf {
  GObject parent_instance;

  gsize budget;
  GQueue runs;          /* of HeddleRunObject, owned; what was put here last is the head */
  GHashTable *given_up; /* workloads, static: whose run had to go */
};

G_DEFINE_FINAL_TYPE (HeddleRunShelf, heddle_run_shelf, G_TYPE_OBJECT)

static gsize
count_bytes (HeddleRunObject *object)
{
  HeddleRun *run = heddle_run_object_get_run (object);

  return heddle_results_get_bytes (heddle_run_get_results (run)) + heddle_lane_store_get_bytes (heddle_run_get_lanes (run));
}

static void
heddle_run_shelf_finalize (GObject *object)
{
  HeddleRunShelf *self = HEDDLE_RUN_SHELF (object);

  g_queue_clear_full (&self->runs, g_object_unref);
  g_hash_table_unref (self->given_up);
  G_OBJECT_CLASS (heddle_run_shelf_parent_class)->finalize (object);
}

static void
heddle_run_shelf_class_init (HeddleRunShelfClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = heddle_run_shelf_finalize;
}

static void
heddle_run_shelf_init (HeddleRunShelf *self)
{
  g_queue_init (&self->runs);
  self->given_up = g_hash_table_new (NULL, NULL);
}

/**
 * heddle_run_shelf_new:
 * @budget_bytes: how much the lanes and rows of the runs may take together; the run that was put here last stays in any case
 *
 * Returns: (transfer full): an empty shelf
 */
HeddleRunShelf *
heddle_run_shelf_new (gsize budget_bytes)
{
  HeddleRunShelf *self = g_object_new (HEDDLE_TYPE_RUN_SHELF, NULL);

  self->budget = budget_bytes;
  return self;
}

/**
 * heddle_run_shelf_put:
 * @self: the shelf
 * @run: one that has finished; takes the place of an older one of the same workload
 */
void
heddle_run_shelf_put (HeddleRunShelf *self, HeddleRunObject *run)
{
  g_autoptr (HeddleRunObject) older = NULL;
  const HeddleWorkload *workload;
  gsize bytes = 0;

  g_return_if_fail (HEDDLE_IS_RUN_SHELF (self));
  g_return_if_fail (HEDDLE_IS_RUN_OBJECT (run) && heddle_run_object_get_run (run) != NULL && !heddle_run_object_is_active (run));

  workload = heddle_run_object_get_workload (run);
  older = heddle_run_shelf_take (self, workload);
  g_hash_table_remove (self->given_up, workload);
  g_queue_push_head (&self->runs, g_object_ref (run));

  for (GList *l = self->runs.head; l != NULL; l = l->next)
    bytes += count_bytes (l->data);
  while (bytes > self->budget && self->runs.length > 1)
    {
      g_autoptr (HeddleRunObject) oldest = g_queue_pop_tail (&self->runs);

      bytes -= count_bytes (oldest);
      g_hash_table_add (self->given_up, (gpointer) heddle_run_object_get_workload (oldest));
    }
}

static GList *
find_link (HeddleRunShelf *self, const HeddleWorkload *workload)
{
  for (GList *l = self->runs.head; l != NULL; l = l->next)
    if (heddle_run_object_get_workload (l->data) == workload)
      return l;
  return NULL;
}

/**
 * heddle_run_shelf_look:
 * @self: the shelf
 * @workload: a workload
 *
 * Returns: (transfer none) (nullable): its last run, which stays on the shelf
 */
HeddleRunObject *
heddle_run_shelf_look (HeddleRunShelf *self, const HeddleWorkload *workload)
{
  GList *link;

  g_return_val_if_fail (HEDDLE_IS_RUN_SHELF (self), NULL);

  link = find_link (self, workload);
  return link != NULL ? link->data : NULL;
}

/**
 * heddle_run_shelf_take:
 * @self: the shelf
 * @workload: what is shown from now on
 *
 * Returns: (transfer full) (nullable): its last run, which is no longer on the shelf
 */
HeddleRunObject *
heddle_run_shelf_take (HeddleRunShelf *self, const HeddleWorkload *workload)
{
  HeddleRunObject *run;
  GList *link;

  g_return_val_if_fail (HEDDLE_IS_RUN_SHELF (self), NULL);

  link = find_link (self, workload);
  if (link == NULL)
    return NULL;
  run = link->data;
  g_queue_delete_link (&self->runs, link);
  return run;
}

/**
 * heddle_run_shelf_has_given_up:
 * @self: the shelf
 * @workload: a workload
 *
 * Returns: whether the last run of @workload that was put here had to go
 */
gboolean
heddle_run_shelf_has_given_up (HeddleRunShelf *self, const HeddleWorkload *workload)
{
  g_return_val_if_fail (HEDDLE_IS_RUN_SHELF (self), FALSE);

  return g_hash_table_contains (self->given_up, workload);
}
