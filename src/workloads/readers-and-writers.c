/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/list.h"
#include "workloads/room.h"
#include "workloads/sharing.h"

typedef enum { SIDE_READERS, SIDE_WRITERS } Side;

typedef struct {
  guint n_readers, n_writers;
  gint64 seconds_ns;
  gint64 read_ns, write_ns, pause_ns;
  guint seed;
  Side prefer;
  HeddleStart start;
  HeddleRwLock *lock;
  /* two halves of one thing: a writer changes one after the other, so they differ meanwhile */
  HeddleValue *left, *right;
  HeddleRoom readers_inside, writers_inside;
  HeddleValue *torn;
  HeddleValue *n_reads, *n_writes;
  HeddleValue *longest_read, *longest_write;
  HeddleEnd end;
} Library;

static const char *const sides[] = { "readers", "writers", NULL };
static const char *const side_names[] = { N_("Readers"), N_("Writers"), NULL };

static const HeddleParam params[] = {
  { .name = "readers", .label = N_("Readers"), .initial = "4", .min = 1, .max = 32,
    .description = N_("Number of tasks that read."), .field = HEDDLE_FIELD (Library, n_readers) },
  { .name = "writers", .label = N_("Writers"), .initial = "1", .min = 1, .max = 32,
    .description = N_("Number of tasks that write."), .field = HEDDLE_FIELD (Library, n_writers) },
  { .name = "prefer", .label = N_("Who goes first"), .type = HEDDLE_PARAM_CHOICE,
    .initial = "writers", .choices = sides, .choice_names = side_names,
    .description = N_("Whether new readers may enter before a waiting writer."),
    .field = HEDDLE_FIELD (Library, prefer) },
  { .name = "seconds", .label = N_("Duration"), .initial = "2", .max = 3600, .step = 0.01,
    .unit = N_("s"), .description = N_("Time that readers and writers go on."),
    .field = HEDDLE_FIELD (Library, seconds_ns) },
  { .name = "read", .label = N_("Time to read"), .initial = "0.02", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Average time of a reading, which varies by up to a half."),
    .field = HEDDLE_FIELD (Library, read_ns) },
  { .name = "write", .label = N_("Time to write"), .initial = "0.02", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Average time of a writing, which varies by up to a half."),
    .field = HEDDLE_FIELD (Library, write_ns) },
  { .name = "pause", .label = N_("Time in between"), .initial = "0.01", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Time that each task does something else in between."),
    .field = HEDDLE_FIELD (Library, pause_ns) },
  HEDDLE_PARAM_SEED (Library, seed),
};

static const HeddlePreset tries[] = {
  { N_("Writers first"), "prefer=writers" },
  { N_("Readers first: the writer starves"), "prefer=readers" },
  { N_("Readers first, long pauses"), "prefer=readers pause=0.1" },
  { NULL, NULL },
};

static guint
library_parties (gpointer data)
{
  const Library *self = data;

  return self->n_readers + self->n_writers;
}

static gboolean
library_share (gpointer data, HeddleShared *shared, GError **error)
{
  Library *self = data;

  heddle_start_share (&self->start, shared, library_parties (self));
  self->lock = heddle_shared_rw_lock (shared, N_("book"), self->prefer == SIDE_WRITERS);
  self->left = heddle_shared_value (shared, N_("left page"), 0, FALSE);
  self->right = heddle_shared_value (shared, N_("right page"), 0, FALSE);
  heddle_room_share (&self->readers_inside, shared, N_("readers inside"), NULL);
  heddle_room_share (&self->writers_inside, shared, N_("writers inside"), NULL);
  self->torn = heddle_shared_value (shared, N_("halves that differ"), 0, FALSE);
  self->n_reads = heddle_shared_value (shared, N_("readings"), 0, TRUE);
  self->n_writes = heddle_shared_value (shared, N_("writings"), 0, TRUE);
  self->longest_read = heddle_shared_value (shared, N_("longest wait of a reader"), 0, FALSE);
  self->longest_write = heddle_shared_value (shared, N_("longest wait of a writer"), 0, FALSE);
  heddle_end_share (&self->end, shared, library_parties (self));
  return TRUE;
}

static gboolean
library_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Library *self = data;

  return heddle_roles_submit (producer, "reader", self->n_readers, "writer",
                              self->n_writers);
}

/* FALSE: the task should end. */
static gboolean
read_once (Library *self, HeddleTask *task, gint64 length)
{
  gboolean go_on;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_rw_lock_read (self->lock, task)))
    return FALSE;
  heddle_room_enter (&self->readers_inside, task);
  go_on = heddle_task_sleep (task, length);
  if (heddle_value_get (self->left) != heddle_value_get (self->right)
      || heddle_room_count (&self->writers_inside) != 0)
    heddle_value_add (self->torn, 1);
  heddle_room_leave (&self->readers_inside, task);
  heddle_rw_lock_unlock (self->lock, task);
  return go_on;
}

static gboolean
write_once (Library *self, HeddleTask *task, gint64 length)
{
  gboolean go_on;

  if (!HEDDLE_SYNC_ACQUIRED (heddle_rw_lock_write (self->lock, task)))
    return FALSE;
  if (heddle_room_enter (&self->writers_inside, task) != 1
      || heddle_room_count (&self->readers_inside) != 0)
    heddle_value_add (self->torn, 1);
  heddle_value_add (self->left, 1);
  go_on = heddle_task_sleep (task, length);
  /* also repairs what a writer that died left half done */
  heddle_value_set (self->right, heddle_value_get (self->left));
  heddle_room_leave (&self->writers_inside, task);
  heddle_rw_lock_unlock (self->lock, task);
  return go_on;
}

static void
close_library (Library *self, HeddleTask *task)
{
  guint n_died;

  heddle_task_print (
    task, _("Readings: %lld, longest wait %.0f ms. Writings: %lld, longest wait %.0f ms."),
    (long long) heddle_value_get (self->n_reads),
    (double) heddle_value_get (self->longest_read) / 1e6,
    (long long) heddle_value_get (self->n_writes),
    (double) heddle_value_get (self->longest_write) / 1e6);
  if (heddle_value_get (self->torn) == 0)
    heddle_task_print (task, _("No reader ever saw a half-written book."));
  else
    heddle_task_print (task, _("Half-written books seen: %lld"),
                       (long long) heddle_value_get (self->torn));
  heddle_room_get_most (&self->writers_inside, &n_died);
  if (n_died > 0)
    heddle_task_print (
      task,
      _("Workers that died while writing: %u; the book stayed half-written until the next writing."),
      n_died);
}

static void
library_execute (gpointer data, HeddleTask *task)
{
  Library *self = data;
  gboolean reader = heddle_role_is (task, "reader");
  gint64 usual = reader ? self->read_ns : self->write_ns;
  HeddleRandom random;
  gint64 longest = 0;
  gint64 began, passed;
  guint n = 0;

  heddle_random_init (&random, self->seed, heddle_task_get_id (task));
  if (!heddle_start_wait (&self->start, task))
    return;
  heddle_room_come_again (reader ? &self->readers_inside : &self->writers_inside, task);
  began = heddle_clock_monotonic_ns ();
  do
    {
      /* with the same time for all, the readers would come and go together */
      gint64 length = heddle_random_between (&random, usual / 2, usual * 3 / 2);
      gint64 asked = heddle_clock_monotonic_ns ();

      if (!(reader ? read_once (self, task, length) : write_once (self, task, length)))
        return;
      longest = MAX (longest, heddle_clock_monotonic_ns () - asked - length);
      heddle_value_add (reader ? self->n_reads : self->n_writes, 1);
      n++;
      passed = heddle_clock_monotonic_ns () - began;
      heddle_task_set_progress (task,
                                MIN (1.0, (double) passed / (double) MAX (self->seconds_ns, 1)));
      if (!heddle_task_sleep (task, self->pause_ns))
        return;
    }
  while (heddle_clock_monotonic_ns () < began + self->seconds_ns);
  heddle_value_raise (reader ? self->longest_read : self->longest_write, longest);
  if (heddle_end_is_last (&self->end, task))
    close_library (self, task);
  if (reader)
    heddle_task_return_printf (task,
                               g_dngettext (GETTEXT_PACKAGE, "read %u time, waited at most %.0f ms",
                                            "read %u times, waited at most %.0f ms", n),
                               n, (double) longest / 1e6);
  else
    heddle_task_return_printf (task,
                               g_dngettext (GETTEXT_PACKAGE, "wrote %u time, waited at most %.0f ms",
                                            "wrote %u times, waited at most %.0f ms", n),
                               n, (double) longest / 1e6);
}

const HeddleWorkload heddle_workload_readers_and_writers = {
  .id = "readers-and-writers",
  .name = N_("Readers and writers"),
  .summary = N_("Many tasks may read at the same time, a writer has to be alone. Who goes first?"),
  .badge = N_("lock"),
  .about = N_("Reading does not disturb other readers, so a read-write lock lets any number of them in together, but a writer only alone. A writer here "
              "changes two pages one after the other; a reader that entered in between would see a half-written book. Every reader checks that.\n"
              "\n"
              "What to look for: “readers inside” goes up to four, “writers inside” never above one, and never both. Then choose “Readers” as “Who goes first”: as long as one "
              "reader is inside the next may enter, so with four readers there is always one inside, and the writer hardly gets its turn: the table “Workers” says how long it has waited for the lock “book”. With writers first, new readers wait behind a waiting writer, and both sides make progress.\n"
              "\n"
              "The last line of the log has the counts and the longest waits of both sides. Longer pauses between readings help the writer as well."),
  .notes = N_("The notes have no read-write lock, and Python's own library has none. It is shown here because a plain lock is not the best choice where "
              "most of the work is reading."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 5,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Library),
  .share = library_share,
  .input_label = heddle_role_label,
  .parties = library_parties,
  .produce = library_produce,
  .execute = library_execute,
};
