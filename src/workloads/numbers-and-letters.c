/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/task/task.h"
#include "workloads/common.h"
#include "workloads/list.h"

/* The two tasks, by their ids. */
enum { TASK_NUMBERS = 1, TASK_LETTERS, N_TASKS = TASK_LETTERS };

typedef struct {
  guint n_numbers;
  guint n_letters;
  gint64 wait_ns;
} Printers;

static const HeddleParam params[] = {
  { .name = "numbers", .label = N_("Numbers"), .initial = "5", .min = 1, .max = 10000,
    .description = N_("Number of numbers that the first worker prints."),
    .field = HEDDLE_FIELD (Printers, n_numbers) },
  { .name = "letters", .label = N_("Letters"), .initial = "5", .min = 1, .max = 26,
    .description = N_("Number of letters that the second worker prints, starting with a."),
    .field = HEDDLE_FIELD (Printers, n_letters) },
  { .name = "seconds", .label = N_("Seconds"), .initial = "1", .max = 3600, .step = 0.1,
    .unit = N_("s"), .description = N_("Time that each worker sleeps after a line."),
    .field = HEDDLE_FIELD (Printers, wait_ns) },
};

static gboolean
printers_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  return heddle_range_submit (producer, N_TASKS);
}

static void
printers_execute (gpointer data, HeddleTask *task)
{
  const Printers *self = data;
  gboolean numbers = heddle_task_get_id (task) == TASK_NUMBERS;
  guint n_lines = numbers ? self->n_numbers : self->n_letters;

  for (guint i = 0; i < n_lines; i++)
    {
      if (numbers)
        heddle_task_print (task, _("Number: %u"), i + 1);
      else
        heddle_task_print (task, _("Letter: %c"), 'a' + (int) i);
      /* after the last line too, as in the notes */
      if (!heddle_task_sleep (task, self->wait_ns))
        return;
      heddle_task_set_progress (task, (double) (i + 1) / n_lines);
    }
  heddle_task_return_number (task, n_lines);
}

static void
printers_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_strlcpy (buffer, id == TASK_NUMBERS ? _("numbers") : _("letters"), size);
}

static char *
printers_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  return g_strdup_printf (
    id == TASK_NUMBERS ? _("Numbers printed: %s") : _("Letters printed: %s"), result);
}

const HeddleWorkload heddle_workload_numbers_and_letters = {
  .id = "numbers-and-letters",
  .name = N_("Numbers and letters"),
  .summary = N_("Two workers print at the same time: one prints numbers, the other letters."),
  .badge = N_("2 workers"),
  .about = N_("There are two tasks. One prints “Number: 1”, “Number: 2” and so on, the other “Letter: a”, “Letter: b”. After each line the worker sleeps.\n"
              "\n"
              "What to look for: “Shared” shows the lines in the order in which they were printed; the table “Log” shows them, too, with the time of each. With two workers numbers and letters come in pairs, and the run "
              "takes as long as one of them alone. Both workers wake at about the same time, and nothing decides which is first: set “Seconds” to 0 and run it a few times to see the order change.\n"
              "\n"
              "With one worker, or on the main loop, all numbers come first and then all letters, and it takes twice as long.\n"
              "\n"
              "This is the first program that most people write with threads: start two, then join both, which means to wait until they have finished."),
  .lines = N_("printed"),
  .group = HEDDLE_GROUP_BASICS,
  .backends = HEDDLE_BACKENDS_ALL,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 2,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Printers),
  .produce = printers_produce,
  .execute = printers_execute,
  .label = printers_label,
  .sentence = printers_sentence,
};
