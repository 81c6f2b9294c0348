/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <gmp.h>

#include "engine/task/task.h"
#include "workloads/common.h"
#include "workloads/list.h"

typedef struct {
  guint64 n;
  guint64 rounds;
} Factorials;

static const HeddleParam params[] = {
  { .name = "n", .label = N_("Numbers"), .initial = "10", .min = 1, .max = 5000,
    .description = N_("The largest number whose factorial is computed; the first is 1."),
    .field = HEDDLE_FIELD (Factorials, n) },
  { .name = "rounds", .label = N_("Rounds"), .initial = "1", .min = 1, .max = 1e6,
    .description = N_("How often the whole list is computed."),
    .field = HEDDLE_FIELD (Factorials, rounds) },
};

static gboolean
factorials_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Factorials *self = data;

  return heddle_range_submit (producer, self->n * self->rounds);
}

/* The number of that task: each round begins the list anew. */
static unsigned long long
get_number (const Factorials *self, guint64 id)
{
  return (id - 1) % self->n + 1;
}

static void
factorials_execute (gpointer data, HeddleTask *task)
{
  unsigned long long number = get_number (data, heddle_task_get_id (task));
  g_autofree char *text = NULL;
  mpz_t factorial;

  mpz_init (factorial);
  mpz_fac_ui (factorial, (unsigned long) number);
  text = g_malloc (mpz_sizeinbase (factorial, 10) + 2); /* a sign and the NUL */
  mpz_get_str (text, 10, factorial);
  mpz_clear (factorial);
  heddle_task_return_text (task, text, -1);
}

static void
factorials_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("the factorial of %llu"), get_number (data, id));
}

static char *
factorials_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  return g_strdup_printf (_("The factorial of %llu is %s"), get_number (data, id), result);
}

static const HeddlePreset tries[] = {
  { N_("100 000 tasks, some seconds of work"), "n=2000 rounds=50" },
  { N_("The same with one worker"), "n=2000 rounds=50 workers=1" },
  { N_("The same with 16 workers"), "n=2000 rounds=50 workers=16" },
  { N_("The same on processes"), "n=2000 rounds=50 backend=processes" },
  { NULL, NULL },
};

const HeddleWorkload heddle_workload_factorials = {
  .id = "factorials",
  .name = N_("Factorials"),
  .summary = N_("The factorials of 1 to N on a pool, with results in the order of the numbers, as with map()."),
  .badge = N_("map"),
  .about = N_("The factorial of 5 is 1 × 2 × 3 × 4 × 5 = 120. Each task computes one factorial, with as many digits as it has: that "
              "of 5000 has 16 326. The processor is busy all the time and waits for nothing; such work is called CPU-bound.\n"
              "\n"
              "What to look for: workers finish in any order, since small numbers are done sooner, and still the results "
              "are in the order of the numbers. map() guarantees that. Ten numbers are done too quickly to watch: try 100 000 tasks, and compare the utilisation and the time with one worker, with as many as your computer has processors, and with many more: with more workers than processors hardly anything gets faster.\n"
              "\n"
              "In the usual Python a lock around the interpreter, the GIL, lets only one thread execute Python code at a time, so "
              "CPU-bound work needs processes there: see “One lock around everything”. The work here is done in C, without such a lock: compare threads and "
              "processes and see that both use all processors."),
  .tries = tries,
  .group = HEDDLE_GROUP_POOLS,
  .backends = HEDDLE_BACKENDS_ALL,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 0,
  .default_queue = 1024,
  .ordered = TRUE,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Factorials),
  .produce = factorials_produce,
  .execute = factorials_execute,
  .label = factorials_label,
  .sentence = factorials_sentence,
};
