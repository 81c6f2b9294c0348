/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-workloads.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "engine/run/producer.h"
#include "engine/task/task-private.h"
#include "engine/task/task.h"
#include "engine/worker/executor.h"
#include "trace/clock.h"

gboolean test_in_worker = FALSE;

typedef struct {
  guint64 n;
  guint64 size;
  gint64 nap_ns;
} Data;

static const HeddleParam params[] = {
  { .name = "n", .initial = "10", .min = 0, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Data, n) },
  { .name = "size", .initial = "0", .min = 0, .max = 1e9, .step = 1, .field = HEDDLE_FIELD (Data, size) },
  { .name = "nap", .initial = "0", .min = 0, .max = 1e15, .step = 1, .field = HEDDLE_FIELD (Data, nap_ns) },
};

static gpointer
refuse_in_worker (const HeddleSettings *settings, GError **error)
{
  if (!test_in_worker)
    return heddle_settings_open (settings, error);
  g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_IO, "the cupboard is bare");
  return NULL;
}

/* These break the rule that whoever fails says why. */
static gpointer
open_nothing (const HeddleSettings *settings, GError **error)
{
  return NULL;
}

static gpointer
open_nothing_in_worker (const HeddleSettings *settings, GError **error)
{
  return test_in_worker ? NULL : heddle_settings_open (settings, error);
}

static gboolean
share_nothing (gpointer data, HeddleShared *shared, GError **error)
{
  return FALSE;
}

static gboolean
share_nothing_in_worker (gpointer data, HeddleShared *shared, GError **error)
{
  return !test_in_worker;
}

static gboolean
produce_nothing (gpointer data, HeddleProducer *producer, GError **error)
{
  return FALSE;
}

static gpointer
die_in_worker (const HeddleSettings *settings, GError **error)
{
  if (test_in_worker)
    raise (SIGUSR1);
  return heddle_settings_open (settings, error);
}

static gboolean
produce_range (gpointer data, HeddleProducer *producer, GError **error)
{
  const Data *self = data;

  heddle_producer_set_total (producer, self->n);
  heddle_producer_submit_range (producer, self->n);
  return TRUE;
}

static gboolean
produce_singly (gpointer data, HeddleProducer *producer, GError **error)
{
  const Data *self = data;

  for (guint64 i = 0; i < self->n; i++)
    if (!heddle_producer_submit (producer, NULL, 0))
      break;
  return TRUE;
}

/* Texts of 0, size, 2 size ... bytes. */
static gboolean
produce_texts (gpointer data, HeddleProducer *producer, GError **error)
{
  const Data *self = data;
  g_autofree char *text = g_malloc (self->n * self->size + 1);

  for (gsize i = 0; i < self->n * self->size; i++)
    text[i] = (char) ('a' + i % 26);
  for (guint64 i = 0; i < self->n; i++)
    if (!heddle_producer_submit (producer, text, (gssize) (i * self->size)))
      break;
  return TRUE;
}

static const HeddleFigureGroup figure_groups[] = { { "first", NULL },
                                                   { "second", "so they say" },
                                                   { NULL, NULL } };

/* Each task says something, says it again with another value, and then nonsense. */
static void
publish_figures (gpointer data, HeddleTask *task)
{
  guint64 id = heddle_task_get_id (task);
  HeddleFigure figure = {
    .unit = HEDDLE_FIGURE_NANOSECONDS, .group = 1, .value = 1, .low = 1, .high = 3, .claim = 4
  };

  g_snprintf (figure.name, sizeof figure.name, "figure %u", (guint) id);
  heddle_task_publish_figure (task, &figure);
  figure.value = (double) id * 10;
  heddle_task_publish_figure (task, &figure);
  g_strlcpy (figure.name, "of no group", sizeof figure.name);
  figure.group = 2;
  heddle_task_publish_figure (task, &figure);
  g_strlcpy (figure.name, "upside down", sizeof figure.name);
  figure.group = 0;
  figure.low = 5;
  heddle_task_publish_figure (task, &figure);
  g_strlcpy (figure.name, "not a number", sizeof figure.name);
  figure.low = 0;
  figure.value = 0.0 / 0.0;
  heddle_task_publish_figure (task, &figure);
  memset (figure.name, 'x', sizeof figure.name);
  figure.value = 1;
  heddle_task_publish_figure (task, &figure);
  heddle_task_return_number (task, id);
}

static void
return_pid (gpointer data, HeddleTask *task)
{
  const Data *self = data;

  if (!heddle_task_sleep (task, self->nap_ns))
    return;
  heddle_task_return_number (task, (guint64) getpid ());
}

static void
return_double (gpointer data, HeddleTask *task)
{
  heddle_task_return_number (task, 2 * heddle_task_get_id (task));
}

/* The length, if it is the text that was submitted. */
static void
check_text (gpointer data, HeddleTask *task)
{
  gsize length;
  const char *text = heddle_task_get_input (task, &length);

  if (text == NULL || strlen (text) != length)
    heddle_task_fail_literal (task, "no text, or not all of it");
  for (gsize i = 0; text != NULL && i < length; i++)
    if (text[i] != (char) ('a' + i % 26))
      heddle_task_fail (task, "byte %" G_GSIZE_FORMAT " is wrong", i);
  heddle_task_return_number (task, length);
}

/* The first task holds on, twice, until it is cancelled or killed; the others end at once. */
static void
hold_first (gpointer data, HeddleTask *task)
{
  if (heddle_task_get_id (task) == 1 && heddle_task_get_attempt (task) < 3)
    heddle_task_sleep (task, 3600 * G_GINT64_CONSTANT (1000000000));
  heddle_task_return_number (task, heddle_task_get_id (task));
}

static void
hold_for_ever (gpointer data, HeddleTask *task)
{
  while (TRUE)
    pause ();
}

static void
crash (gpointer data, HeddleTask *task)
{
  raise (SIGUSR1);
}

/* The first attempt writes an event that there is not. */
static void
scribble (gpointer data, HeddleTask *task)
{
  if (heddle_task_get_id (task) == 5 && heddle_task_get_attempt (task) == 1)
    heddle_ring_put (task->writer, 7, G_MAXUINT64);
  heddle_task_return_number (task, heddle_task_get_id (task));
}

/* The first attempt of the first task fails. */
static void
fail_first (gpointer data, HeddleTask *task)
{
  if (heddle_task_get_id (task) == 1 && heddle_task_get_attempt (task) == 1)
    heddle_task_fail_literal (task, "the first attempt fails");
  else
    heddle_task_return_number (task, heddle_task_get_id (task));
}

static void
wait_for_file (const char *path)
{
  while (!g_file_test (path, G_FILE_TEST_EXISTS))
    g_usleep (1000);
}

/* Returns TRUE for the first task, which says by a file that it has started. All others wait for
 * that, and fail. */
static gboolean
is_first (HeddleTask *task)
{
  g_autofree char *started = g_strconcat (g_getenv ("TEST_GATE"), ".started", NULL);

  if (heddle_task_get_id (task) == 1)
    {
      g_file_set_contents (started, "", 0, NULL);
      return TRUE;
    }
  wait_for_file (started);
  heddle_task_fail_literal (task, "not the first one");
  return FALSE;
}

/* The first task goes on, deaf, until there is the file that the environment names; all others
 * fail. */
static void
wait_at_gate (gpointer data, HeddleTask *task)
{
  if (!is_first (task))
    return;
  wait_for_file (g_getenv ("TEST_GATE"));
  heddle_task_return_number (task, 1);
}

/* The first task goes on until it is cancelled; all others fail. */
static void
hold_first_fail_others (gpointer data, HeddleTask *task)
{
  if (is_first (task) && heddle_task_sleep (task, 3600 * G_GINT64_CONSTANT (1000000000)))
    heddle_task_return_number (task, 1);
}

/* The first task goes on for ever, and heeds no SIGTERM; all others fail. */
static void
resist_first_fail_others (gpointer data, HeddleTask *task)
{
  if (!is_first (task))
    return;
  signal (SIGTERM, SIG_IGN);
  while (TRUE)
    pause ();
}

/* One line of so many characters of two bytes. */
static void
print_long (gpointer data, HeddleTask *task)
{
  const Data *self = data;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint64 i = 0; i < self->size; i++)
    g_string_append (text, i % 2 == 0 ? "ä" : "ö");
  heddle_task_print (task, "%s.", text->str);
}

/* Bit n: CPU n may be used. */
static void
return_cpus (gpointer data, HeddleTask *task)
{
  guint64 mask = 0;
  cpu_set_t cpus;

  sched_getaffinity (0, sizeof cpus, &cpus);
  for (guint cpu = 0; cpu < 62; cpu++)
    if (CPU_ISSET (cpu, &cpus))
      mask |= G_GUINT64_CONSTANT (1) << cpu;
  heddle_task_return_number (task, mask);
}

gboolean
test_mixed_fails (guint64 id)
{
  return id % 101 == 0;
}

/* Most do nothing at all; now and then one does each of the things that take events of their
 * own. */
static void
do_little (gpointer data, HeddleTask *task)
{
  guint64 id = heddle_task_get_id (task);

  if (test_mixed_fails (id))
    heddle_task_fail_literal (task, "as it was told");
  else if (id % 97 == 0)
    heddle_task_return_number (task, id);
  else if (id % 89 == 0)
    heddle_task_set_progress (task, 0.5);
  else if (id % 1009 == 0)
    heddle_task_sleep (task, 1000);
}

/* Nothing to it, but for one task in the middle, which ends after all others: none of them may be
 * stuck behind it. Threads only. */
static void
end_last (gpointer data, HeddleTask *task)
{
  static _Atomic guint64 n_ended;
  const Data *self = data;

  if (heddle_task_get_id (task) != self->size)
    {
      atomic_fetch_add (&n_ended, 1);
      return;
    }
  while (atomic_load (&n_ended) < self->n - 1 && heddle_task_sleep (task, 100000))
    ;
  atomic_store (&n_ended, 0);
}

/* The fifth tells, once, of more ends than there are tasks. */
static void
overreach (gpointer data, HeddleTask *task)
{
  if (heddle_task_get_id (task) == 5 && heddle_task_get_attempt (task) == 1)
    for (guint i = 0; i < 2000; i++)
      heddle_ring_put (task->writer, heddle_clock_ticks (),
                       heddle_event_word (HEDDLE_EVENT_TASK_NEXT, HEDDLE_TASK_DONE, 6 + i % 900));
}

#define COMMON TEST_WORKLOAD (Data), .backends = TEST_BACKENDS

static const HeddleWorkload workloads[] = {
  { COMMON, .id = "double", .produce = produce_range, .execute = return_double },
  { COMMON, .id = "figures", .produce = produce_range, .execute = publish_figures, .figures = figure_groups },
  { COMMON, .id = "pid", .produce = produce_range, .execute = return_pid },
  { COMMON, .id = "texts", .produce = produce_texts, .execute = check_text },
  { COMMON, .id = "hold-first", .produce = produce_range, .execute = hold_first },
  { COMMON, .id = "hold", .produce = produce_range, .execute = hold_for_ever },
  { COMMON, .id = "crash", .produce = produce_range, .execute = crash },
  { COMMON, .id = "scribble", .produce = produce_range, .execute = scribble },
  { COMMON, .id = "fail-first", .produce = produce_range, .execute = fail_first },
  { COMMON, .id = "gate", .produce = produce_range, .execute = wait_at_gate },
  { COMMON, .id = "hold-first-fail-others", .produce = produce_range, .execute = hold_first_fail_others },
  { COMMON, .id = "resist-first-fail-others", .produce = produce_range, .execute = resist_first_fail_others },
  { COMMON, .id = "cpus", .produce = produce_range, .execute = return_cpus },
  { COMMON, .id = "cpus-isolated", .dangerous = TRUE, .produce = produce_range, .execute = return_cpus },
  { COMMON, .id = "pid-isolated", .dangerous = TRUE, .produce = produce_range, .execute = return_pid },
  { COMMON, .id = "mixed", .produce = produce_range, .execute = do_little },
  { COMMON, .id = "mixed-singly", .produce = produce_singly, .execute = do_little },
  { COMMON, .id = "end-last", .produce = produce_range, .execute = end_last },
  { COMMON, .id = "overreach", .produce = produce_range, .execute = overreach },
  { COMMON, .id = "refuse", .open = refuse_in_worker, .produce = produce_range, .execute = return_double },
  { COMMON, .id = "silent-open", .open = open_nothing, .produce = produce_range, .execute = return_double },
  { COMMON, .id = "silent-open-in-worker", .open = open_nothing_in_worker, .produce = produce_range, .execute = return_double },
  { COMMON, .id = "silent-share", .share = share_nothing, .produce = produce_range, .execute = return_double },
  { COMMON, .id = "silent-share-in-worker", .share = share_nothing_in_worker, .produce = produce_range, .execute = return_double },
  { COMMON, .id = "silent-produce", .produce = produce_nothing, .execute = return_double },
  { COMMON, .id = "print-long", .produce = produce_range, .execute = print_long },
  { COMMON, .id = "die", .open = die_in_worker, .produce = produce_range, .execute = return_double },
  { .id = NULL },
};

const HeddleWorkload *
test_workload_find (const char *id)
{
  static const HeddleWorkload *const lists[] = {
    workloads, test_command_workloads, test_fault_workloads, test_link_workloads,
    test_own_times_workloads, test_states_workloads, test_step_workloads, test_stuck_workloads,
    test_sync_workloads,
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (const HeddleWorkload *workload = lists[i]; workload->id != NULL; workload++)
      if (g_str_equal (workload->id, id))
        return workload;
  return NULL;
}
