/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/common.h"
#include "workloads/list.h"

/* The two tasks, by their ids. */
enum { TASK_SQUARE = 1, TASK_CUBE, N_TASKS = TASK_CUBE };

typedef struct {
  guint64 num;
  HeddleValue *finished;
} SquareAndCube;

static const HeddleParam params[] = {
  /* the cube of the largest fits into 63 bits */
  { .name = "num", .label = N_("Number"), .initial = "10", .max = 2000000,
    .description = N_("Number that is squared and cubed."),
    .field = HEDDLE_FIELD (SquareAndCube, num) },
};

static gboolean
square_and_cube_share (gpointer data, HeddleShared *shared, GError **error)
{
  SquareAndCube *self = data;

  self->finished = heddle_shared_value (shared, N_("finished"), 0, TRUE);
  return TRUE;
}

static guint
square_and_cube_parties (gpointer data)
{
  return N_TASKS;
}

static gboolean
square_and_cube_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  return heddle_range_submit (producer, N_TASKS);
}

static void
square_and_cube_execute (gpointer data, HeddleTask *task)
{
  const SquareAndCube *self = data;
  gboolean square = heddle_task_get_id (task) == TASK_SQUARE;
  unsigned long long result = square ? self->num * self->num : self->num * self->num * self->num;

  heddle_task_print (task, square ? _("Square: %llu") : _("Cube: %llu"), result);
  heddle_task_return_number (task, result);
  if (heddle_value_add (self->finished, 1) == N_TASKS)
    heddle_task_print (task, _("Done!"));
}

static void
square_and_cube_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_strlcpy (buffer, id == TASK_SQUARE ? _("square") : _("cube"), size);
}

static char *
square_and_cube_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  const SquareAndCube *self = data;
  unsigned long long num = self->num;

  return g_strdup_printf (id == TASK_SQUARE ? _("The square of %llu is %s")
                                            : _("The cube of %llu is %s"),
                          num, result);
}

static const HeddlePreset tries[] = {
  { N_("One process a task"), "backend=process-per-task workers=2" },
  { N_("On threads"), "backend=threads workers=2" },
  { N_("A large number"), "num=2000000" },
  { NULL, NULL },
};

const HeddleWorkload heddle_workload_square_and_cube = {
  .id = "square-and-cube",
  .name = N_("Square and cube"),
  .summary = N_("Two workers, each with a task: one prints the square of a number, the other its cube."),
  .badge = N_("2 workers"),
  .about = N_("The smallest program with two processes: both get the same number, one squares it, the other cubes it, and both print the result. The "
              "one that ends last prints “Done!”.\n"
              "\n"
              "What to look for: the two tasks differ, and so do their results; a worker need not do what the others do. “Shared” shows what they print, in that order. Run it several times: sometimes the cube comes "
              "first. Nothing in the program says which is first, so nothing may depend on it.\n"
              "\n"
              "Look at the lanes, too. The computation takes less than a microsecond. Nearly all the time goes into starting two processes, unless the tasks run on threads."),
  .notes = N_("The notes print “Square: 100”, “Cube: 1000”, “Done!”, always in this order. Here the first two lines sometimes change places, on threads and on "
              "processes; in the notes they could too, and it only shows rarely because the first process has a head start.\n"
              "\n"
              "They use the program to show how a process is created, and call processes suited to CPU-bound work. That is true of long computations. "
              "For one as short as this, two processes take many times as long as doing both in one."),
  .tries = tries,
  .lines = N_("printed"),
  .group = HEDDLE_GROUP_BASICS,
  .backends = HEDDLE_BACKENDS_ALL,
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 2,
  .default_queue = 16,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (SquareAndCube),
  .share = square_and_cube_share,
  .parties = square_and_cube_parties,
  .produce = square_and_cube_produce,
  .execute = square_and_cube_execute,
  .label = square_and_cube_label,
  .sentence = square_and_cube_sentence,
};
