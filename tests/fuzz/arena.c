/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What tasks share, in memory where worker processes write anything anywhere, while the host looks
 * at it: watches, waits, deadlocks, and what it hands on after a death. What has to hold: it looks
 * inside of the arena alone, says UTF-8, and comes back.
 */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include "engine/model/log.h"
#include "engine/sync/shared-private.h"
#include "engine/sync/shared.h"
#include "fuzz.h"

#define N_WORKERS 8

typedef struct {
  FuzzInput input;
  HeddleShared *shared;
  HeddleLog *log;
  HeddleDeadlockWatch deadlock;
} Fuzz;

static HeddleShared *
share (void)
{
  g_autoptr (GError) error = NULL;
  HeddleShared *shared = heddle_shared_new_host (0, &error);

  g_assert_no_error (error);
  heddle_shared_mutex (shared, "first");
  heddle_shared_recursive_mutex (shared, "second");
  heddle_shared_condition (shared, "condition");
  heddle_shared_semaphore (shared, "semaphore", 3);
  heddle_shared_flag (shared, "flag");
  heddle_shared_barrier (shared, "barrier", 3);
  heddle_shared_rw_lock (shared, "table", TRUE);
  heddle_shared_channel (shared, "queue", 5, TRUE);
  heddle_shared_value (shared, "value", 7, TRUE);
  heddle_shared_list (shared, "list", 10, TRUE);
  heddle_shared_dict (shared, "dictionary", 10, TRUE);
  heddle_shared_check (shared, &error);
  g_assert_no_error (error);
  return shared;
}

static const char *
worker_name (guint worker, gpointer data)
{
  return worker >= 1 && worker <= N_WORKERS ? "Process" : "?";
}

/* Where it hurts: the words at the beginning of an object, or of the arena. */
static void
write_word (Fuzz *self)
{
  guint nth = fuzz_u8 (&self->input);
  guint word = fuzz_u8 (&self->input) % 32;
  guint64 number = fuzz_number (&self->input);
  guint8 *base = nth < 200 ? heddle_shared_cell (self->shared, 1 + nth % self->shared->n_objects)
                           : (guint8 *) self->shared->arena;

  memcpy (base + 4 * word, &number, word % 2 == 0 ? 8 : 4);
}

static void
write_anything (Fuzz *self)
{
  gsize at =
    (gsize) fuzz_u16 (&self->input) * (fuzz_u8 (&self->input) % 4 + 1) % self->shared->bytes;
  gsize length = fuzz_u8 (&self->input);

  fuzz_bytes (&self->input, (guint8 *) self->shared->arena + at,
              MIN (length, self->shared->bytes - at));
}

static void
write_wait (Fuzz *self)
{
  guint worker = 1 + fuzz_u8 (&self->input) % N_WORKERS;
  guint64 stamp = fuzz_u8 (&self->input);

  atomic_store (&self->shared->arena->waiters[worker].waits,
                stamp << 32 | (fuzz_number (&self->input) & 0xffffffff));
}

static void
watch (Fuzz *self)
{
  g_autofree HeddleWatch *watches = g_new0 (HeddleWatch, HEDDLE_MAX_WATCHES);
  guint n = heddle_shared_watch (self->shared, watches, HEDDLE_MAX_WATCHES);

  g_assert_cmpuint (n, ==, 4);
  for (guint i = 0; i < n; i++)
    {
      fuzz_assert_utf8 (watches[i].name);
      g_assert_cmpuint (watches[i].n_entries, <=, HEDDLE_WATCH_ENTRIES);
      g_assert_cmpuint (watches[i].length, <=, 10);
      for (guint k = 0; k < watches[i].n_entries; k++)
        fuzz_assert_utf8 (watches[i].entries[k]);
    }
}

static void
look (Fuzz *self)
{
  for (guint worker = 1; worker <= N_WORKERS; worker++)
    {
      char text[96];

      heddle_shared_describe_wait (self->shared, worker, text, sizeof text, worker_name, NULL);
      fuzz_assert_utf8 (text);
    }
  heddle_deadlock_look (&self->deadlock, self->shared, N_WORKERS, worker_name, NULL, self->log);
}

static void
worker_dies (Fuzz *self)
{
  heddle_shared_worker_died (self->shared, 1 + fuzz_u8 (&self->input) % N_WORKERS, self->log);
}

/* Another worker process comes. */
static void
open_it (Fuzz *self)
{
  g_autoptr (GError) error = NULL;
  HeddleShared *view = heddle_shared_new_worker (dup (self->shared->fd), &error);

  if (view == NULL)
    {
      fuzz_assert_error (error);
      return;
    }
  for (guint i = 0; i < view->n_objects; i++)
    g_assert_cmpuint (view->objects[i].offset + view->objects[i].size, <=, view->bytes);
  heddle_shared_mutex (view, "first");
  if (!heddle_shared_check (view, &error))
    fuzz_assert_error (error);
  heddle_shared_free (view);
}

static void (*const steps[]) (Fuzz *self) = { write_word, write_word, write_anything, write_wait,
                                              watch,      look,       worker_dies,    open_it };

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree Fuzz *fuzz = g_new0 (Fuzz, 1);

  fuzz->input = (FuzzInput) { data, size };
  fuzz->shared = share ();
  fuzz->log = heddle_log_new (64);
  while (fuzz->input.left > 0)
    steps[fuzz_u8 (&fuzz->input) % G_N_ELEMENTS (steps)] (fuzz);
  watch (fuzz);
  look (fuzz);
  look (fuzz);
  for (guint64 i = heddle_log_get_first (fuzz->log); i < heddle_log_get_length (fuzz->log); i++)
    {
      HeddleLogLine line;

      if (heddle_log_get (fuzz->log, i, &line))
        {
          fuzz_assert_utf8 (line.text);
          heddle_log_line_clear (&line);
        }
    }
  heddle_log_unref (fuzz->log);
  heddle_shared_free (fuzz->shared);
  return 0;
}
