/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "trace/clock.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

typedef struct {
  guint n_clients;
  guint n_requests;
  HeddleStart start;
  HeddleManager *manager;
  HeddleValue *asked; /* watched; the manager's own memory cannot be looked into */
  HeddleValue *finished;
} Clients;

static const HeddleParam params[] = {
  HEDDLE_SHARING_WHOLE ("clients", N_("Clients"), N_("So many tasks ask the manager."), "3", 1, 64),
  HEDDLE_SHARING_WHOLE ("requests", N_("Requests"), N_("So often each of them appends a number to the list and adds one to a counter."), "1000", 1, 10000),
};

static const HeddleTry tries[] = {
  { N_("Three processes ask"), "clients=3 backend=processes" },
  { N_("One process asks"), "clients=1 backend=processes" },
  { N_("Threads ask"), "clients=3 backend=threads" },
  { NULL, NULL },
};

static gpointer
clients_open (const HeddleSettings *settings, GError **error)
{
  Clients *self = g_new0 (Clients, 1);

  self->n_clients = heddle_settings_get_uint (settings, "clients");
  self->n_requests = heddle_settings_get_uint (settings, "requests");
  return self;
}

static gboolean
clients_share (gpointer data, HeddleShared *shared, GError **error)
{
  Clients *self = data;

  heddle_start_share (&self->start, shared, self->n_clients);
  self->manager = heddle_shared_manager (shared, N_("manager"));
  self->asked = heddle_shared_value (shared, N_("requests answered"), 0, TRUE);
  self->finished = heddle_shared_value (shared, N_("finished"), 0, FALSE);
  return TRUE;
}

static guint
clients_parties (gpointer data)
{
  return ((const Clients *) data)->n_clients;
}

static gboolean
clients_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  const Clients *self = data;

  heddle_producer_set_total (producer, self->n_clients);
  heddle_producer_submit_range (producer, self->n_clients);
  return TRUE;
}

/* FALSE: the task should end; where the manager is dead the task has failed with that. */
static gboolean
tell_end (Clients *self, HeddleTask *task)
{
  gboolean found;
  gint64 count;
  guint length;

  if (heddle_manager_list_get_length (self->manager, task, &length) != HEDDLE_SYNC_OK
      || heddle_manager_dict_get (self->manager, task, "count", &count, &found) != HEDDLE_SYNC_OK)
    return FALSE;
  heddle_task_print (task, _("Expected %u, the list has %u entries, the dictionary says {'count': %lld}"), self->n_clients * self->n_requests, length,
                     (long long) (found ? count : 0));
  return TRUE;
}

static void
clients_execute (gpointer data, HeddleTask *task)
{
  Clients *self = data;
  g_autofree char *result = NULL;
  gint64 began;
  double seconds;

  if (!heddle_start_wait (&self->start, task))
    return;
  began = heddle_clock_monotonic_ns ();
  for (guint i = 0; i < self->n_requests; i++)
    {
      if (heddle_manager_list_append (self->manager, task, i) != HEDDLE_SYNC_OK
          || heddle_manager_dict_add (self->manager, task, "count", 1, NULL) != HEDDLE_SYNC_OK)
        return;
      heddle_value_add (self->asked, 2);
      if (i % 64 == 0)
        heddle_task_set_progress (task, (double) i / self->n_requests);
    }
  seconds = (double) (heddle_clock_monotonic_ns () - began) / 1e9;
  if (heddle_value_add (self->finished, 1) == self->n_clients && !tell_end (self, task))
    return;
  result = g_strdup_printf (_("%u requests in %.3f s, %.1f µs each"), 2 * self->n_requests, seconds, seconds * 1e6 / (2.0 * self->n_requests));
  heddle_task_return_text (task, result, -1);
}

static void
clients_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("client %llu"), (unsigned long long) id);
}

const HeddleWorkload heddle_workload_manager = {
  .id = "manager",
  .name = N_("Manager"),
  .summary = N_("A process of its own keeps a list and a dictionary; everybody else has to ask it."),
  .badge = N_("server"),
  .about = N_("Instead of sharing memory, one process can own the data and do what others ask for: append this, add one to that. It does one thing at a time, so "
              "nothing can get in between, and no client needs a lock.\n"
              "\n"
              "What to look for: nothing is ever lost, however many clients there are. The price is a message there and one back for every single step: the results "
              "say how many millionths of a second each takes, and the lanes show that clients mostly wait for the manager. Compare with the "
              "counter race, where a step with a lock takes about a hundredth of that.\n"
              "\n"
              "If the manager is killed, its data are gone, and every client's task fails with that reason. Nothing hangs."),
  .notes = N_("The notes show multiprocessing.Manager: shared lists and dictionaries, “which can be accessed by multiple processes”. As here, Python starts a server process for "
              "it and turns every access into a message. What that costs the notes do not say."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_SHARING_BACKENDS,
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 3,
  .default_queue = 64,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .open = clients_open,
  .close = g_free,
  .share = clients_share,
  .parties = clients_parties,
  .produce = clients_produce,
  .execute = clients_execute,
  .label = clients_label,
};
