/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdatomic.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/common.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

typedef enum { ADD_IN_ONE, ADD_IN_TWO, ADD_LOCKED } Adding;

/* What each client has done: one that is tried again goes on there. */
typedef struct {
  _Atomic guint32 n_appended;
  _Atomic guint32 n_added;
} Progress;

typedef struct {
  HeddleRange tasks; /* first */
  guint n_requests;
  Adding adding;
  HeddleStart start;
  /* ADD_LOCKED: between the clients; the manager knows nothing of it */
  HeddleMutex *lock;
  HeddleManager *manager;
  Progress *progress;
  /* workers: up to one request of each kind of each is made again */
  HeddleValue *died;
  HeddleValue *asked; /* watched, since the manager's own memory cannot be */
  HeddleEnd end;
} Clients;

static const char *const addings[] = { "one-request", "two-requests", "locked", NULL };
static const char *const adding_names[] = { N_("In one request"), N_("Read, then write back"),
                                            N_("Read and write back under a lock"), NULL };

static const HeddleParam params[] = {
  { .name = "clients", .label = N_("Clients"), .initial = "3", .min = 1, .max = 64,
    .description = N_("Number of tasks that send requests to the manager."),
    .field = HEDDLE_FIELD (Clients, tasks.n) },
  { .name = "requests", .label = N_("Rounds"), .initial = "1000", .min = 1, .max = 10000,
    .description = N_("How often each client appends a number to the list and adds one to a counter."),
    .field = HEDDLE_FIELD (Clients, n_requests) },
  { .name = "adding", .label = N_("Adding one"), .type = HEDDLE_PARAM_CHOICE,
    .initial = "one-request", .choices = addings, .choice_names = adding_names,
    .description = N_("Whether the manager adds, or the client reads the number, adds and writes it back."),
    .field = HEDDLE_FIELD (Clients, adding) },
};

static const HeddlePreset tries[] = {
  { N_("Three processes"), "clients=3 backend=processes" },
  { N_("Read, then write back"), "clients=3 adding=two-requests backend=processes" },
  { N_("Read and write back under a lock"), "clients=3 adding=locked backend=processes" },
  { N_("One process"), "clients=1 backend=processes" },
  { N_("Threads"), "clients=3 backend=threads" },
  { NULL, NULL },
};

static gboolean
clients_share (gpointer data, HeddleShared *shared, GError **error)
{
  Clients *self = data;

  heddle_start_share (&self->start, shared, self->tasks.n);
  self->manager = heddle_shared_manager (shared, N_("manager"));
  self->lock = heddle_shared_mutex (shared, N_("count"));
  self->progress =
    heddle_shared_bytes (shared, "progress", sizeof *self->progress * self->tasks.n);
  self->died = heddle_shared_value (shared, "died", 0, FALSE);
  self->asked = heddle_shared_value (shared, N_("requests answered"), 0, TRUE);
  heddle_end_share (&self->end, shared, self->tasks.n);
  return TRUE;
}

/* Python's d['n'] += 1: two requests, and between them the manager answers other clients. */
static HeddleSyncStatus
read_and_write_back (Clients *self, HeddleTask *task)
{
  gboolean found;
  gint64 count;
  HeddleSyncStatus status = heddle_manager_dict_get (self->manager, task, "count", &count, &found);

  if (status == HEDDLE_SYNC_OK)
    status = heddle_manager_dict_set (self->manager, task, "count", found ? count + 1 : 1);
  return status;
}

static HeddleSyncStatus
add_one (Clients *self, HeddleTask *task)
{
  HeddleSyncStatus status;

  if (self->adding == ADD_IN_ONE)
    return heddle_manager_dict_add (self->manager, task, "count", 1, NULL);
  if (self->adding == ADD_LOCKED
      && !HEDDLE_SYNC_ACQUIRED (status = heddle_mutex_lock (self->lock, task)))
    return status;
  status = read_and_write_back (self, task);
  if (self->adding == ADD_LOCKED)
    heddle_mutex_unlock (self->lock, task);
  return status;
}

/* Appends a number and adds one, n_requests times. FALSE: the task should end. */
static gboolean
ask_all (Clients *self, HeddleTask *task)
{
  Progress *mine = &self->progress[heddle_task_get_id (task) - 1];

  for (guint i = atomic_load (&mine->n_added); i < self->n_requests; i++)
    {
      if (atomic_load (&mine->n_appended) <= i
          && heddle_manager_list_append (self->manager, task, i) != HEDDLE_SYNC_OK)
        return FALSE;
      atomic_store (&mine->n_appended, i + 1);
      if (add_one (self, task) != HEDDLE_SYNC_OK)
        return FALSE;
      atomic_store (&mine->n_added, i + 1);
      heddle_value_add (self->asked, self->adding == ADD_IN_ONE ? 2 : 3);
      if (i % 64 == 0)
        heddle_task_set_progress (task, (double) i / self->n_requests);
    }
  return TRUE;
}

/* FALSE: the task should end; if the manager is dead, it has failed with that reason. */
static gboolean
tell_end (Clients *self, HeddleTask *task)
{
  gboolean found;
  gint64 count;
  gint64 expected = (gint64) self->tasks.n * self->n_requests;
  gint64 n_died = heddle_value_get (self->died);
  guint length;

  if (heddle_manager_list_get_length (self->manager, task, &length) != HEDDLE_SYNC_OK
      || heddle_manager_dict_get (self->manager, task, "count", &count, &found) != HEDDLE_SYNC_OK)
    return FALSE;
  heddle_task_print (
    task, _("Expected %lld, the list has %u entries, the dictionary says {'count': %lld}"),
    (long long) expected, length, (long long) (found ? count : 0));
  if (n_died > 0)
    heddle_task_print (task,
                       _("Workers that died: %lld; a request of each may have been repeated."),
                       (long long) n_died);
  if (count < expected)
    heddle_task_print (
      task,
      _("Race: %lld additions were lost: the manager answered other clients between a read and the write that followed it."),
      (long long) (expected - count));
  return TRUE;
}

static void
clients_execute (gpointer data, HeddleTask *task)
{
  Clients *self = data;
  guint n_before, n_requests;
  gint64 began;
  double seconds;

  if (!heddle_start_wait (&self->start, task))
    return;
  if (heddle_task_get_attempt (task) > 1)
    heddle_value_add (self->died, 1);
  began = heddle_clock_monotonic_ns ();
  n_before = atomic_load (&self->progress[heddle_task_get_id (task) - 1].n_added);
  if (!ask_all (self, task))
    return;
  seconds = heddle_seconds_since (began);
  if (heddle_end_is_last (&self->end, task) && !tell_end (self, task))
    return;
  n_requests = (self->adding == ADD_IN_ONE ? 2 : 3) * (self->n_requests - n_before);
  heddle_task_return_printf (task,
                             g_dngettext (GETTEXT_PACKAGE, "%u request in %.3f s, %.1f µs each",
                                          "%u requests in %.3f s, %.1f µs each", n_requests),
                             n_requests, seconds, seconds * 1e6 / MAX (n_requests, 1));
}

static void
clients_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  g_snprintf (buffer, size, _("client %llu"), (unsigned long long) id);
}

const HeddleWorkload heddle_workload_manager = {
  .id = "manager",
  .name = N_("Manager"),
  .summary = N_("A separate process keeps a list and a dictionary; all others send requests to it."),
  .badge = N_("server"),
  .about = N_("Instead of sharing memory, one process can own the data and do what others ask for: append to a list, add one to a number. It answers one request after "
              "another, so no other request can interfere with one that it executes. Between two requests of the same client it answers others.\n"
              "\n"
              "What to look for: when the manager is asked to add, in one request, nothing is lost, however many clients there are. Then choose “Read, then write back”: "
              "the client asks for the number, adds one and sends it back. Two clients that have read the same number write the same next number, and additions are lost, as in "
              "the counter race. One request is safe; an operation of two requests needs a lock, which “Read and write back under a lock” shows. Appending to the list is one request in all three cases.\n"
              "\n"
              "The price is two messages for every request, one in each direction: the results say how many microseconds a request takes, and the lanes show that clients mostly wait for "
              "the manager. Compare with the counter race, where a step under a lock takes a few thousandths of that time.\n"
              "\n"
              "If the manager is killed, its data are lost, and every client's task fails with that reason. No task hangs."),
  .notes = N_("The notes show multiprocessing.Manager: shared lists and dictionaries, “which can be accessed by multiple processes”. As here, Python starts a server process for "
              "it and turns every access into a message. What that costs the notes do not say, nor that d['n'] += 1 on such a dictionary is two messages and loses counts: it needs a lock."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_PROCESSES,
  .default_workers = 3,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Clients),
  .share = clients_share,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = clients_execute,
  .label = clients_label,
};
