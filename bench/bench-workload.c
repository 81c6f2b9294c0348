/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench-workload.h"

#include "engine/run/producer.h"
#include "trace/clock.h"

typedef struct {
  guint64 n;
  gint64 work_ns;
  gboolean map;
} Data;

static const HeddleParam params[] = {
  { .name = "n", .type = HEDDLE_PARAM_NUMBER, .initial = "1000", .min = 0, .max = 1e10, .step = 1 },
  { .name = "work", .type = HEDDLE_PARAM_NUMBER, .initial = "0", .min = -1e10, .max = 1e10, .step = 1 },
  { .name = "map", .type = HEDDLE_PARAM_SWITCH, .initial = "off" },
};

/* The same work for every pool: nothing, spinning, or sleeping. */
void
bench_work (gint64 work_ns)
{
  gint64 end;

  if (work_ns == 0)
    return;
  if (work_ns < 0)
    {
      struct timespec nap = { .tv_sec = -work_ns / 1000000000, .tv_nsec = -work_ns % 1000000000 };

      clock_nanosleep (CLOCK_MONOTONIC, 0, &nap, NULL);
      return;
    }
  end = heddle_clock_monotonic_ns () + work_ns;
  while (heddle_clock_monotonic_ns () < end)
    ;
}

static gpointer
open_data (const HeddleSettings *settings, GError **error)
{
  Data *self = g_new0 (Data, 1);

  self->n = (guint64) heddle_settings_get_number (settings, "n");
  self->work_ns = (gint64) heddle_settings_get_number (settings, "work");
  self->map = heddle_settings_get_number (settings, "map") != 0;
  return self;
}

static gboolean
produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Data *self = data;

  if (self->map)
    heddle_producer_submit_range (producer, self->n);
  else
    for (guint64 i = 0; i < self->n; i++)
      heddle_producer_submit (producer, NULL, 0);
  return TRUE;
}

static void
execute (gpointer data, HeddleTask *task)
{
  bench_work (((const Data *) data)->work_ns);
}

static void
label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, "%" G_GUINT64_FORMAT, id);
}

const HeddleWorkload bench_workload = {
  .id = "bench",
  .name = "Bench",
  .summary = "-",
  .about = "-",
  .backends = HEDDLE_BACKENDS_ALL,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .open = open_data,
  .close = g_free,
  .produce = produce,
  .execute = execute,
  .label = label,
};

const HeddleWorkload *
bench_find_workload (const char *id)
{
  return g_str_equal (id, bench_workload.id) ? &bench_workload : NULL;
}
