/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/task/task.h"
#include "workloads/common.h"
#include "workloads/list.h"

static const HeddleParam params[] = {
  /* the square of the largest fits into 64 bits with room to spare */
  { .name = "n", .label = N_("Numbers"), .initial = "10", .min = 1, .max = 1e9,
    .description = N_("The largest number that is squared; the first is 1."),
    .field = HEDDLE_FIELD (HeddleRange, n) },
};

static void
squares_execute (gpointer data, HeddleTask *task)
{
  guint64 number = heddle_task_get_id (task);

  heddle_task_return_number (task, number * number);
}

static void
squares_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("the square of %llu"), (unsigned long long) id);
}

static char *
squares_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  return g_strdup_printf (_("The square of %llu is %s"), (unsigned long long) id, result);
}

static const HeddlePreset tries[] = {
  { N_("10 000 000 on two threads"), "n=10000000 backend=threads workers=2" },
  { N_("10 000 000 on eight threads"), "n=10000000 backend=threads workers=8" },
  { N_("10 000 000 on two processes"), "n=10000000 backend=processes workers=2" },
  { NULL, NULL },
};

const HeddleWorkload heddle_workload_squares = {
  .id = "squares",
  .name = N_("Squares"),
  .summary = N_("The squares of 1 to N with map() of a pool: tasks so short that handing them out is most of the work."),
  .badge = N_("map"),
  .about = N_("A “map” takes a list and a function and gives the list of the results, in the order of the list. The pool hands the numbers "
              "1 to N out to its workers, and each worker multiplies one number by itself.\n"
              "\n"
              "What to look for: one multiplication takes about a nanosecond, so nearly all the time goes into handing the tasks out and collecting "
              "the results. Ten numbers are done too quickly to watch: try ten million on threads, then on processes, with 1, 2, 4 and 8 workers. More workers "
              "need not be faster here, because there is hardly any work to divide.\n"
              "\n"
              "In a Python program that measures the same, the squares of 1 to 10 take 1.9, 3.3 and 3.3 milliseconds with pools of 2, 4 and 8 "
              "processes. The pool of 2 is the fastest. A pool pays off when a task takes much longer than handing it over."),
  .tries = tries,
  .group = HEDDLE_GROUP_POOLS,
  .backends = HEDDLE_BACKENDS_ALL,
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 2,
  .default_queue = 1024,
  .ordered = TRUE,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (HeddleRange),
  .produce = heddle_range_produce,
  .execute = squares_execute,
  .label = squares_label,
  .sentence = squares_sentence,
};
