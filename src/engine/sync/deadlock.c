/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Deadlocks: the host looks from worker to the lock it waits for, to its holder, and so on. A cycle
 * that is the same, with the same waits, in two looks one after the other is real: none of its
 * locks was let go in between. Its workers are asked to give up.
 */

#include <glib/gi18n-lib.h>

#include "engine/model/log.h"
#include "engine/sync/shared-private.h"
#include "trace/clock.h"

static guint64
get_waits (HeddleShared *shared, guint worker)
{
  return atomic_load_explicit (&shared->arena->waiters[worker].waits, memory_order_acquire);
}

/* The worker that holds what this one waits for; 0: none, or it does not wait for a lock. */
static guint
get_blocker (HeddleShared *shared, guint worker)
{
  guint number = (guint) (get_waits (shared, worker) & 0xffffffff);

  if (number == 0 || number > shared->n_objects)
    return 0;
  switch ((HeddleSharedKind) shared->objects[number - 1].kind)
    {
    case HEDDLE_SHARED_MUTEX:
      return heddle_mutex_get_holder (heddle_shared_cell (shared, number));
    case HEDDLE_SHARED_RW_LOCK:
      return heddle_rw_lock_get_writer (heddle_shared_cell (shared, number));
    default:
      return 0;
    }
}

/* Walks from start; fills cycle with the workers of a cycle through start. Returns their number, 0:
 * none. */
static guint
find_cycle (HeddleShared *shared, guint n_workers, guint start, guint *cycle)
{
  guint worker = start;
  guint n = 0;

  do
    {
      if (worker == 0 || worker > n_workers || n == n_workers)
        return 0;
      cycle[n++] = worker;
      worker = get_blocker (shared, worker);
    }
  while (worker != start);
  return n;
}

static const char *
lock_name (HeddleShared *shared, guint worker, char name[HEDDLE_SHARED_NAME])
{
  guint number = (guint) (get_waits (shared, worker) & 0xffffffff);

  return number != 0 && number <= shared->n_objects
    ? heddle_shared_show_name (shared->objects[number - 1].name, name, HEDDLE_SHARED_NAME)
    : "?";
}

static void
pronounce (HeddleShared *shared, const guint *cycle, guint n,
           HeddleWorkerNamer worker_name, gpointer data, HeddleLog *log)
{
  g_autoptr (GString) text = g_string_new (_("Deadlock: "));

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *one = g_strdup (worker_name (cycle[i], data));
      char held[HEDDLE_SHARED_NAME], wanted[HEDDLE_SHARED_NAME];
      const char *holds = lock_name (shared, cycle[(i + n - 1) % n], held);

      g_string_append_printf (text, _("%s%s holds “%s” and waits for “%s”, held by %s"),
                              i > 0 ? "; " : "", one, holds, lock_name (shared, cycle[i], wanted),
                              worker_name (cycle[(i + 1) % n], data));
    }
  g_string_append_c (text, '.');
  /* the log has all of it */
  heddle_shared_set_verdict (shared, text->str);
  heddle_log_add (log, heddle_clock_monotonic_ns (), HEDDLE_LOG_ERROR, cycle[0], 0, text->str);
  for (guint i = 0; i < n; i++)
    /* release: the text first */
    atomic_store_explicit (&shared->arena->waiters[cycle[i]].doomed,
                           (guint32) (get_waits (shared, cycle[i]) >> 32), memory_order_release);
}

/**
 * heddle_deadlock_look:
 * @n_workers: the highest worker number
 * @worker_name: what a worker is called
 *
 * Looks once for a cycle of workers that wait for each other. A cycle that the last look found too,
 * with the same waits, is a deadlock: its workers' waits fail. Host, every 50 ms or so.
 *
 * Returns: TRUE if a deadlock was found now
 */
gboolean
heddle_deadlock_look (HeddleDeadlockWatch *self, HeddleShared *shared, guint n_workers,
                      HeddleWorkerNamer worker_name, gpointer data, HeddleLog *log)
{
  guint cycle[HEDDLE_MAX_WORKERS];

  n_workers = MIN (n_workers, HEDDLE_MAX_WORKERS);
  for (guint worker = 1; worker <= n_workers; worker++)
    {
      guint n = get_waits (shared, worker) != 0 ? find_cycle (shared, n_workers, worker, cycle) : 0;
      gboolean same = n > 0;

      for (guint i = 0; i < n; i++)
        same = same && self->seen[cycle[i]] == get_waits (shared, cycle[i]);
      if (same
          && atomic_load (&shared->arena->waiters[worker].doomed)
            != (guint32) (get_waits (shared, worker) >> 32))
        {
          pronounce (shared, cycle, n, worker_name, data, log);
          return TRUE;
        }
    }
  for (guint worker = 1; worker <= n_workers; worker++)
    self->seen[worker] = get_waits (shared, worker);
  return FALSE;
}
