/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finished runs of a window that no tab shows. */
#include "config.h"

#include <glib.h>

#include "app/model/run-cache.h"
#include "workloads/list.h"

#define GIB ((gsize) 1 << 30)

/* A run of @id that has ended; it made rows. */
static HeddleRunObject *
make_run (const char *id)
{
  const HeddleWorkload *workload = heddle_workloads_find (id);
  g_autoptr (HeddleSettings) settings = heddle_settings_new (workload);
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  HeddleRunObject *run;

  heddle_run_options_init (&options, workload);
  options.workers = 2;
  run = heddle_run_object_start (settings, &options, &error);
  g_assert_no_error (error);
  while (heddle_run_object_is_active (run))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (
    heddle_results_get_bytes (heddle_run_get_results (heddle_run_object_get_run (run))), >, 0);
  return run;
}

static void
test_takes_and_gives (void)
{
  g_autoptr (HeddleRunCache) cache = heddle_run_cache_new (GIB);
  g_autoptr (HeddleRunObject) squares = make_run ("squares");
  g_autoptr (HeddleRunObject) factorials = make_run ("factorials");
  g_autoptr (HeddleRunObject) taken = NULL;
  g_autoptr (HeddleRunObject) again = NULL;

  g_assert_null (heddle_run_cache_take (cache, heddle_workloads_find ("squares")));
  heddle_run_cache_put (cache, squares);
  heddle_run_cache_put (cache, factorials);
  taken = heddle_run_cache_take (cache, heddle_workloads_find ("squares"));
  g_assert_true (taken == squares);
  g_assert_null (heddle_run_cache_take (cache, heddle_workloads_find ("squares")));
  again = heddle_run_cache_take (cache, heddle_workloads_find ("factorials"));
  g_assert_true (again == factorials);
  g_assert_false (heddle_run_cache_has_evicted (cache, heddle_workloads_find ("squares")));
}

static void
test_one_a_workload (void)
{
  g_autoptr (HeddleRunCache) cache = heddle_run_cache_new (GIB);
  g_autoptr (HeddleRunObject) newer = make_run ("squares");
  g_autoptr (HeddleRunObject) taken = NULL;
  HeddleRunObject *older = make_run ("squares");

  heddle_run_cache_put (cache, older);
  g_object_add_weak_pointer (G_OBJECT (older), (gpointer *) &older);
  g_object_unref (older);
  g_assert_nonnull (older);
  heddle_run_cache_put (cache, newer);
  g_assert_null (older);
  taken = heddle_run_cache_take (cache, heddle_workloads_find ("squares"));
  g_assert_true (taken == newer);
}

static void
test_budget (void)
{
  g_autoptr (HeddleRunCache) cache = heddle_run_cache_new (1);
  g_autoptr (HeddleRunObject) squares = make_run ("squares");
  g_autoptr (HeddleRunObject) factorials = make_run ("factorials");
  g_autoptr (HeddleRunObject) taken = NULL;

  heddle_run_cache_put (cache, squares);
  g_assert_false (heddle_run_cache_has_evicted (cache, heddle_workloads_find ("squares")));
  heddle_run_cache_put (cache, factorials);
  g_assert_true (heddle_run_cache_has_evicted (cache, heddle_workloads_find ("squares")));
  g_assert_null (heddle_run_cache_take (cache, heddle_workloads_find ("squares")));
  taken = heddle_run_cache_take (cache, heddle_workloads_find ("factorials"));
  g_assert_true (taken == factorials);
  /* what was given up is forgotten when there is a newer one */
  heddle_run_cache_put (cache, squares);
  g_assert_false (heddle_run_cache_has_evicted (cache, heddle_workloads_find ("squares")));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-cache/gives-back-what-was-put-there-once", test_takes_and_gives);
  g_test_add_func ("/run-cache/has-the-last-run-of-a-workload", test_one_a_workload);
  g_test_add_func ("/run-cache/gives-the-oldest-up-beyond-its-budget-and-says-so", test_budget);
  return g_test_run ();
}
