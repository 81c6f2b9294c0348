/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdatomic.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

/* Up to so many numbers every step is printed with the whole list; beyond, only what went wrong. */
#define MAX_TOLD 100
#define MAX_ITEMS 20000
#define MAX_NAMED 10

typedef struct {
  guint n_items;
  gint64 min_wait, max_wait;
  gboolean locked;
  guint seed;
  HeddleStart start;
  HeddleMutex *lock;
  HeddleList *list;
  HeddleValue *next;     /* number to add: an adder that is tried again goes on there */
  HeddleValue *tries;    /* of the remover, for the same reason */
  HeddleValue *expected; /* by the remover, for the same reason */
  HeddleValue *doubled;  /* removals of a number that was removed before */
  HeddleValue *missing;  /* numbers that were jumped over: they come in order or not at all */
  HeddleValue *n_empty;  /* turns of the remover in which the list was empty */
  HeddleValue *died;     /* workers: a step of each may be half done, which is no race */
  HeddleEnd end;
  _Atomic guint8 *removed; /* how often each number was */
} AddRemove;

static const HeddleParam params[] = {
  { .name = "items", .label = N_("Numbers"), .initial = "10", .min = 1, .max = MAX_ITEMS,
    .description = N_("How many numbers are added, and how many times one is removed."),
    .field = HEDDLE_FIELD (AddRemove, n_items) },
  { .name = "min-wait", .label = N_("Shortest wait"), .initial = "0.1", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Shortest time that a worker waits before a step."),
    .field = HEDDLE_FIELD (AddRemove, min_wait) },
  { .name = "max-wait", .label = N_("Longest wait"), .initial = "0.5", .max = 60, .step = 0.01,
    .unit = N_("s"), .description = N_("Longest time that a worker waits before a step."),
    .field = HEDDLE_FIELD (AddRemove, max_wait) },
  { .name = "lock", .label = N_("Lock"), .type = HEDDLE_PARAM_SWITCH, .initial = "on",
    .description = N_("Whether a lock prevents both workers from changing the list at the same time."),
    .field = HEDDLE_FIELD (AddRemove, locked) },
  HEDDLE_PARAM_SEED (AddRemove, seed),
};

static const HeddlePreset tries[] = {
  { N_("With a lock, slowly"), "items=10 min-wait=0.1 max-wait=0.5 lock=on" },
  { N_("No lock, no waits, 5000 numbers"), "items=5000 min-wait=0 max-wait=0 lock=off" },
  { N_("The same with the lock"), "items=5000 min-wait=0 max-wait=0 lock=on" },
  { N_("No lock, on processes"), "items=5000 min-wait=0 max-wait=0 lock=off backend=processes" },
  { NULL, NULL },
};

static gpointer
add_remove_open (const HeddleSettings *settings, GError **error)
{
  if (!heddle_settings_check_order (settings, "min-wait", "max-wait", error))
    return NULL;
  return heddle_settings_open (settings, error);
}

static gboolean
add_remove_share (gpointer data, HeddleShared *shared, GError **error)
{
  AddRemove *self = data;

  heddle_start_share (&self->start, shared, 2);
  self->lock = heddle_shared_mutex (shared, N_("list"));
  self->list = heddle_shared_list (shared, N_("List"), self->n_items, TRUE);
  self->next = heddle_shared_value (shared, N_("next"), 0, FALSE);
  self->tries = heddle_shared_value (shared, N_("tries"), 0, FALSE);
  self->doubled = heddle_shared_value (shared, N_("removed twice"), 0, TRUE);
  self->missing = heddle_shared_value (shared, N_("lost so far"), 0, TRUE);
  heddle_end_share (&self->end, shared, 2);
  self->expected = heddle_shared_value (shared, "expected", 0, FALSE);
  self->n_empty = heddle_shared_value (shared, "found empty", 0, FALSE);
  self->died = heddle_shared_value (shared, "died", 0, FALSE);
  self->removed = heddle_shared_bytes (shared, "removed", self->n_items);
  return TRUE;
}

static guint
add_remove_parties (gpointer data)
{
  return 2;
}

static gboolean
add_remove_produce (gpointer data, HeddleProducer *producer, GError **error)
{
  return heddle_roles_submit (producer, "adder", 1, "remover", 1);
}

/* FALSE: the task should end. */
static gboolean
enter (AddRemove *self, HeddleTask *task)
{
  return self->locked ? HEDDLE_SYNC_ACQUIRED (heddle_mutex_lock (self->lock, task))
                      : !heddle_task_is_cancelled (task);
}

static void
leave (AddRemove *self, HeddleTask *task)
{
  if (self->locked)
    heddle_mutex_unlock (self->lock, task);
}

/* Also without waits each step comes at a random moment, about a microsecond after the last one; no
 * sleep is that short. */
static gboolean
nap (AddRemove *self, HeddleTask *task, HeddleRandom *random)
{
  gint64 length = heddle_random_between (random, self->min_wait, self->max_wait);

  if (length > 0)
    return heddle_task_sleep (task, length);
  for (guint n = (guint) (heddle_random_next (random) % 1024); n > 0; n--)
    atomic_signal_fence (memory_order_seq_cst); /* keeps the loop */
  return !heddle_task_is_cancelled (task);
}

/* Prints the same line as the notes' program. The lock is held. */
static void
tell_list (AddRemove *self, HeddleTask *task, gboolean added, gint64 number)
{
  g_autofree char *text = NULL;

  if (self->n_items > MAX_TOLD)
    return;
  text = heddle_list_dup_text (self->list);
  heddle_task_print (task, added ? _("Added: %lld, List: %s") : _("Removed: %lld, List: %s"),
                     (long long) number, text);
}

/* Whether an attempt whose worker died had added it. */
static gboolean
is_added (AddRemove *self, gint64 number)
{
  gint64 other;

  if (atomic_load (&self->removed[number]) > 0)
    return TRUE;
  for (guint i = 0; heddle_list_get (self->list, i, &other); i++)
    if (other == number)
      return TRUE;
  return FALSE;
}

static gboolean
add (AddRemove *self, HeddleTask *task, HeddleRandom *random)
{
  gboolean again = heddle_task_get_attempt (task) > 1;
  gint64 number;

  while ((number = heddle_value_get (self->next)) < self->n_items)
    {
      if (!nap (self, task, random) || !enter (self, task))
        return FALSE;
      if (!again || !is_added (self, number))
        heddle_list_append (self->list, number);
      again = FALSE;
      heddle_value_set (self->next, number + 1);
      tell_list (self, task, TRUE, number);
      leave (self, task);
      heddle_task_set_progress (task, (double) (number + 1) / self->n_items);
    }
  return TRUE;
}

static gboolean
has_died (AddRemove *self)
{
  return heddle_value_get (self->died) > 0;
}

/* Numbers come in the order in which they were added: one that comes twice was doubled, one that is
 * jumped over was lost. */
static void
check_order (AddRemove *self, HeddleTask *task, gint64 number)
{
  gint64 expected = heddle_value_get (self->expected);
  gint64 n_jumped = 0;

  if (number < 0 || number >= self->n_items)
    return;
  for (gint64 i = expected; i < number; i++)
    n_jumped += atomic_load (&self->removed[i]) == 0;
  if (atomic_fetch_add (&self->removed[number], 1) > 0)
    {
      if (heddle_value_add (self->doubled, 1) <= MAX_NAMED)
        heddle_task_print (task,
                           has_died (self) ? _("%lld was removed twice; a worker had died.")
                                           : _("Race: %lld was removed twice."),
                           (long long) number);
    }
  else if (n_jumped > 0 && heddle_value_add (self->missing, n_jumped) <= MAX_NAMED)
    heddle_task_print (
      task,
      has_died (self)
        ? _("%lld was removed instead of %lld; a worker had died.")
        : _("Race: %lld was removed instead of %lld: the numbers in between are not in the list."),
      (long long) number, (long long) expected);
  heddle_value_raise (self->expected, number + 1);
}

static gboolean
take_out (AddRemove *self, HeddleTask *task, HeddleRandom *random)
{
  gint64 turn;

  while ((turn = heddle_value_get (self->tries)) < self->n_items)
    {
      gint64 number;

      if (!nap (self, task, random) || !enter (self, task))
        return FALSE;
      heddle_value_set (self->tries, turn + 1);
      if (heddle_list_pop_first (self->list, &number))
        {
          check_order (self, task, number);
          tell_list (self, task, FALSE, number);
        }
      else
        {
          heddle_value_add (self->n_empty, 1);
          if (self->n_items <= MAX_TOLD)
            heddle_task_print (task, _("List is empty, nothing to remove."));
        }
      leave (self, task);
      heddle_task_set_progress (task, (double) (turn + 1) / self->n_items);
    }
  return TRUE;
}

static void
name_number (GString *names, guint *n, guint number)
{
  if (++*n <= MAX_NAMED)
    g_string_append_printf (names, "%s%u", *n > 1 ? ", " : "", number);
  else if (*n == MAX_NAMED + 1)
    g_string_append (names, " …");
}

/* Each number was added once, so it must have been removed once or be in the list once. */
static void
take_stock (AddRemove *self, HeddleTask *task)
{
  g_autofree char *text = heddle_list_dup_text (self->list);
  g_autofree guint *seen = g_new0 (guint, self->n_items);
  g_autoptr (GString) lost = g_string_new (NULL);
  g_autoptr (GString) doubled = g_string_new (NULL);
  guint n_left = heddle_list_get_length (self->list), n_lost = 0, n_doubled = 0;
  gint64 number;

  for (guint i = 0; i < self->n_items; i++)
    seen[i] = atomic_load (&self->removed[i]);
  for (guint i = 0; heddle_list_get (self->list, i, &number); i++)
    if (number >= 0 && number < self->n_items)
      seen[number]++;
  for (guint i = 0; i < self->n_items; i++)
    {
      if (seen[i] == 0)
        name_number (lost, &n_lost, i);
      else if (seen[i] > 1)
        name_number (doubled, &n_doubled, i);
    }
  if (self->n_items <= MAX_TOLD)
    heddle_task_print (task, _("Final List: %s"), text);
  else
    heddle_task_print (
      task, g_dngettext (GETTEXT_PACKAGE, "Final List: %u number", "Final List: %u numbers", n_left),
      n_left);
  if (n_lost + n_doubled == 0)
    heddle_task_print (
      task, _("Every number was either removed or is still in the list, exactly once."));
  if (n_lost > 0)
    heddle_task_print (task, _("Lost: %u (%s)"), n_lost, lost->str);
  if (n_doubled > 0)
    heddle_task_print (task, _("Doubled: %u (%s)"), n_doubled, doubled->str);
  if (n_lost + n_doubled > 0 && has_died (self))
    heddle_task_print (
      task,
      _("A worker died during the run: the number that it was adding or removing is lost or doubled without any race."));
}

/* Of all attempts. */
static guint
count_removed (const AddRemove *self)
{
  guint n = 0;

  for (guint i = 0; i < self->n_items; i++)
    n += atomic_load (&self->removed[i]);
  return n;
}

static void
add_remove_execute (gpointer data, HeddleTask *task)
{
  AddRemove *self = data;
  g_autofree char *result = NULL;
  HeddleRandom random;

  heddle_random_init (&random, self->seed, heddle_task_get_id (task));
  if (!heddle_start_wait (&self->start, task))
    return;
  if (heddle_task_get_attempt (task) > 1)
    heddle_value_add (self->died, 1);
  if (heddle_role_is (task, "adder"))
    {
      if (!add (self, task, &random))
        return;
      result = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "added %u number",
                                             "added %u numbers", self->n_items),
                                self->n_items);
    }
  else
    {
      guint n_removed;

      if (!take_out (self, task, &random))
        return;
      n_removed = count_removed (self);
      result = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "removed %u number; times the list was empty: %u",
                     "removed %u numbers; times the list was empty: %u", n_removed),
        n_removed, (guint) heddle_value_get (self->n_empty));
    }
  if (heddle_end_is_last (&self->end, task))
    take_stock (self, task);
  heddle_task_return_text (task, result, -1);
}

const HeddleWorkload heddle_workload_adder_and_remover = {
  .id = "adder-and-remover",
  .name = N_("Adder and remover"),
  .summary = N_("One worker puts numbers into a list, another takes them out, with or without a lock."),
  .badge = N_("race"),
  .about = N_("The adder puts the numbers 0 to 9 at the end of a list, the remover takes the first one out, ten times; both wait for a random time before "
              "every step. If the list is empty, the remover says so and goes on to its next step. A lock makes sure that only one of them uses the list at a time.\n"
              "\n"
              "What to look for: the list is shown live under “Shared”. The run takes about 3 seconds and nearly all of it is waiting: the lock itself is "
              "held for millionths of a second. How many numbers are left at the end depends on chance, but each number that was added is "
              "either removed or left, never both and never neither.\n"
              "\n"
              "Then switch “Lock” off and set “Shortest wait” and “Longest wait” to 0. Adding is three steps: read the length of the list, write the number, store the new "
              "length. Removing moves every number one place up. If the steps of the two workers mix, numbers vanish or appear twice. The log reports each case, and counts them at the end. With the waits of the default settings you will hardly ever see one, though the program is just as wrong: that makes such errors hard to find."),
  .notes = N_("The notes show this program with two threads and a lock, and for one run a list of one number at the end: “Final List: [9]”, after the "
              "remover had found the list empty once. They call data corruption a disadvantage of threads and say that processes, with a memory each, reduce the risk. Here "
              "the same list lies in memory that processes share, and without the lock it is corrupted there just as well."),
  .tries = tries,
  .group = HEDDLE_GROUP_SHARING,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 2,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (AddRemove),
  .open = add_remove_open,
  .share = add_remove_share,
  .input_label = heddle_role_label,
  .arena = 256 * 1024,
  .parties = add_remove_parties,
  .produce = add_remove_produce,
  .execute = add_remove_execute,
};
