/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/common.h"
#include "workloads/list.h"

typedef struct {
  HeddleRange tasks; /* first */
  gint64 wait_ns;
} Requests;

static const HeddleParam params[] = {
  { .name = "requests", .label = N_("Requests"), .initial = "5", .min = 1, .max = 1e6,
    .description = N_("Number of requests."), .field = HEDDLE_FIELD (Requests, tasks.n) },
  { .name = "seconds", .label = N_("Seconds"), .initial = "2", .max = 3600, .step = 0.1,
    .unit = N_("s"), .description = N_("Time that each request waits for its answer."),
    .field = HEDDLE_FIELD (Requests, wait_ns) },
};

static void
requests_execute (gpointer data, HeddleTask *task)
{
  const Requests *self = data;
  unsigned long long request = heddle_task_get_id (task);
  gint64 started = heddle_clock_monotonic_ns ();

  heddle_task_print (task, _("Handling request %llu"), request);
  if (!heddle_task_sleep (task, self->wait_ns))
    return;
  heddle_task_print (task, _("Finished request %llu"), request);
  heddle_task_return_printf (task, _("waited %.3f s"), heddle_seconds_since (started));
}

static void
requests_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("request %llu"), (unsigned long long) id);
}

static char *
requests_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  return g_strdup_printf (_("Request %llu %s"), (unsigned long long) id, result);
}

const HeddleWorkload heddle_workload_handle_requests = {
  .id = "handle-requests",
  .name = N_("Handle requests"),
  .summary = N_("Each request waits a while for an answer, as in a small web server."),
  .badge = N_("waits"),
  .about = N_("Every request prints that it is being handled, waits for the given time as a web server waits for a disk or another "
              "computer, and prints that it is finished. Nothing is computed: the worker sleeps, and the processor is free for others.\n"
              "\n"
              "What to look for: with as many workers as requests all of them wait at the same time, and five requests of 2 seconds take 2 seconds together. "
              "With one worker they wait one after another: 10 seconds. So for work that waits, more workers than processors are "
              "useful. Watch the log: “Handling” lines come at once, “Finished” lines after the wait, in no fixed order.\n"
              "\n"
              "On the main loop there is no second worker. Each wait blocks the whole program, the window too, and the pulse below the page shows it.\n"
              "\n"
              "Here threads come from a pool. Many programs start one thread for every request: choose “One per task” for that."),
  .group = HEDDLE_GROUP_BASICS,
  .backends = HEDDLE_BACKENDS_ALL,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 5,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Requests),
  .produce = heddle_range_produce,
  .execute = requests_execute,
  .label = requests_label,
  .sentence = requests_sentence,
};
