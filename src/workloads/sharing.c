/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/utf8.h"
#include "engine/run/producer.h"
#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/sharing.h"

/* How long a task that is awake waits, spinning, for those that are still being woken. */
#define TOGETHER_NS (100 * G_GINT64_CONSTANT (1000000))

typedef struct {
  _Atomic guint32 awake;
  _Atomic guint8 arrived[];
} StartCell;

typedef struct {
  _Atomic guint8 told;
  _Atomic guint8 ended[];
} EndCell;

/**
 * heddle_random_init:
 * @seed: 0: other numbers each time
 * @stream: each gives numbers of its own, a task's id
 */
void
heddle_random_init (HeddleRandom *self, guint64 seed, guint64 stream)
{
  self->state = seed;
  if (seed == 0 && getrandom (&self->state, sizeof self->state, 0) != sizeof self->state)
    self->state = (guint64) heddle_clock_monotonic_ns ();
  self->state += stream * G_GUINT64_CONSTANT (0xd1342543de82ef95);
}

/**
 * heddle_random_next:
 *
 * Returns: 64 random bits (splitmix64 by Steele, Lea and Flood)
 */
guint64
heddle_random_next (HeddleRandom *self)
{
  guint64 bits = self->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  bits = (bits ^ bits >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  bits = (bits ^ bits >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return bits ^ bits >> 31;
}

/**
 * heddle_random_between:
 *
 * Returns: a number from @low up to @high, which may be the lower one
 */
gint64
heddle_random_between (HeddleRandom *self, gint64 low, gint64 high)
{
  gint64 least = MIN (low, high);
  guint64 span = (guint64) (MAX (low, high) - least) + 1;

  return least + (gint64) (heddle_random_next (self) % span);
}

/* Where there are several of a role they are numbered from 1. */
static gboolean
submit_role (HeddleProducer *producer, const char *role, guint n)
{
  if (n == 1)
    return heddle_producer_submit (producer, role, -1);
  for (guint i = 1; i <= n; i++)
    {
      g_autofree char *input = g_strdup_printf ("%s %u", role, i);

      if (!heddle_producer_submit (producer, input, -1))
        return FALSE;
    }
  return TRUE;
}

/**
 * heddle_roles_submit:
 * @role: "reader"
 * @n: number of tasks that have it
 * @other_role: "writer"
 * @n_others: number of tasks that have the other one
 *
 * Submits all tasks of a run in which each has one of two roles. Producer's thread.
 *
 * Returns: TRUE, for a workload's produce()
 */
gboolean
heddle_roles_submit (HeddleProducer *producer, const char *role, guint n, const char *other_role,
                     guint n_others)
{
  heddle_producer_set_total (producer, n + n_others);
  if (submit_role (producer, role, n))
    submit_role (producer, other_role, n_others);
  return TRUE;
}

/**
 * heddle_role_is:
 *
 * Returns: whether this task has that role, whatever its number
 */
gboolean
heddle_role_is (HeddleTask *task, const char *role)
{
  const char *input = heddle_task_get_input (task, NULL);
  gsize length = strlen (role);

  return strncmp (input, role, length) == 0 && (input[length] == '\0' || input[length] == ' ');
}

/**
 * heddle_role_get_number:
 *
 * Returns: which of its role it is, from 1
 */
guint
heddle_role_get_number (HeddleTask *task)
{
  const char *space = strchr (heddle_task_get_input (task, NULL), ' ');

  return space != NULL ? (guint) atoi (space + 1) : 1;
}

/* All roles, to be translated where they are shown; inputs have them untranslated. */
static const char *const roles[] = {
  N_("adder"), N_("remover"), N_("producer"), N_("consumer"), N_("starter"),
  N_("runner"), N_("sender"), N_("receiver"), N_("reader"), N_("writer"),
};

/**
 * heddle_role_label:
 *
 * In a workload's input_label(): the role with its number in the user's language, "Verbraucher 1".
 */
void
heddle_role_label (const char *input, char *buffer, gsize size)
{
  gsize length = strcspn (input, " ");

  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    if (strlen (roles[i]) == length && strncmp (roles[i], input, length) == 0)
      {
        g_snprintf (buffer, size, "%s%s", _(roles[i]), input + length);
        heddle_utf8_trim (buffer);
        return;
      }
  g_strlcpy (buffer, input, size);
  heddle_utf8_trim (buffer);
}

/**
 * heddle_start_share:
 * @parties: how many tasks there are
 *
 * In share().
 */
void
heddle_start_share (HeddleStart *self, HeddleShared *shared, guint parties)
{
  self->parties = parties;
  self->gate = heddle_shared_flag (shared, N_("start"));
  self->cell = heddle_shared_bytes (shared, "arrived", sizeof (StartCell) + parties);
}

/**
 * heddle_start_wait:
 *
 * Waits until all tasks are here. The last one to arrive would be far ahead before the kernel has
 * woken the others, so all of them spin for a moment until all are awake.
 *
 * Returns: FALSE if the task should end
 */
gboolean
heddle_start_wait (HeddleStart *self, HeddleTask *task)
{
  StartCell *cell = self->cell;
  gboolean all_here = TRUE;
  gint64 until;

  atomic_store (&cell->arrived[(heddle_task_get_id (task) - 1) % self->parties], 1);
  for (guint i = 0; i < self->parties; i++)
    all_here = all_here && atomic_load (&cell->arrived[i]) != 0;
  if (all_here)
    heddle_flag_set (self->gate);
  if (heddle_flag_wait (self->gate, task, -1) != HEDDLE_SYNC_OK)
    return FALSE;
  atomic_fetch_add (&cell->awake, 1);
  until = heddle_clock_monotonic_ns () + TOGETHER_NS;
  while (atomic_load (&cell->awake) < self->parties && heddle_clock_monotonic_ns () < until)
    sched_yield ();
  return !heddle_task_is_cancelled (task);
}

/**
 * heddle_end_share:
 * @parties: how many tasks there are
 *
 * In share().
 */
void
heddle_end_share (HeddleEnd *self, HeddleShared *shared, guint parties)
{
  self->parties = parties;
  self->cell = heddle_shared_bytes (shared, "ended", sizeof (EndCell) + parties);
}

/**
 * heddle_end_is_reached:
 *
 * Returns: whether all have ended, maybe in an attempt before this one
 */
gboolean
heddle_end_is_reached (const HeddleEnd *self)
{
  EndCell *cell = self->cell;

  for (guint i = 0; i < self->parties; i++)
    if (atomic_load (&cell->ended[i]) == 0)
      return FALSE;
  return TRUE;
}

/**
 * heddle_end_is_last:
 *
 * The task has done its part. Each task has a byte of its own: a plain counter would count a task
 * twice whose worker dies between this call and the end of the task.
 *
 * Returns: whether all have ended, to one of them
 */
gboolean
heddle_end_is_last (HeddleEnd *self, HeddleTask *task)
{
  EndCell *cell = self->cell;

  atomic_store (&cell->ended[(heddle_task_get_id (task) - 1) % self->parties], 1);
  return heddle_end_is_reached (self) && atomic_exchange (&cell->told, 1) == 0;
}
