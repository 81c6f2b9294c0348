/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/collect/states.h"

#include "trace/clock.h"

/* Changes of a thread that no worker is, or not yet: so many at most are kept. */
#define MOST_KEPT 256

/* A worker writes down what it does before it tells: for so long it may have told nothing yet. One
 * that lost its CPU just between the two may take longer. */
#define UNTOLD_NS G_GINT64_CONSTANT (1000000)
#define UNTOLD_PREEMPTED_NS (20 * UNTOLD_NS)

/* Two clocks never agree better. */
#define SAME_NS 1000

typedef enum { STATE_UNKNOWN, STATE_ON_CPU, STATE_READY, STATE_BLOCKED } State;

struct _HeddleThreadStates {
  guint32 tid;
  gboolean joined; /* it is a worker */
  State state;     /* as of passed_ns */
  gint64 since_ns; /* for how long it has been in that state */
  gint64 passed_ns;
  gint64 shown_ns;       /* up to here its stretches were handed out; */
  gint64 known_shown_ns; /* those of HEDDLE_FOLD_KNOWN */
  gint64 unknown_until_ns; /* before that nothing makes an unknown state known */
  HeddleStatesTotals totals;
  guint64 on_cpu;        /* the one it is on, as a bit; 0: none, or not known */
  GArray *changes; /* of HeddleSwitch, by time; those before first are passed */
  guint first;
};

struct _HeddleStates {
  HeddleSwitches *switches;
  GHashTable *threads;  /* owned HeddleThreadStates by their number */
  gint64 offset_ns;     /* of heddle_clock_to_ns() against CLOCK_MONOTONIC */
  gint64 drained_at_ns; /* what happened before has been taken, nearly */
  gint64 lost_from_ns;  /* of the losses in this drain: the earliest; G_MAXINT64: none */
};

static void
free_thread (gpointer data)
{
  HeddleThreadStates *thread = data;

  g_array_unref (thread->changes);
  g_free (thread);
}

/**
 * heddle_states_new:
 * @switches: (transfer full) (nullable): where heddle_states_drain() takes the switches from
 *
 * Returns: (transfer full): the states of no thread
 */
HeddleStates *
heddle_states_new (HeddleSwitches *switches)
{
  HeddleStates *self = g_new0 (HeddleStates, 1);

  self->switches = switches;
  self->threads = g_hash_table_new_full (NULL, NULL, NULL, free_thread);
  self->lost_from_ns = G_MAXINT64;
  return self;
}

/**
 * heddle_states_free:
 * @self: (transfer full) (nullable): states of whose threads no worker is any more
 */
void
heddle_states_free (HeddleStates *self)
{
  if (self == NULL)
    return;
  heddle_switches_free (self->switches);
  g_hash_table_unref (self->threads);
  g_free (self);
}

/**
 * heddle_states_get_switches:
 *
 * Returns: (transfer none) (nullable): where the switches come from
 */
HeddleSwitches *
heddle_states_get_switches (HeddleStates *self)
{
  return self->switches;
}

static HeddleThreadStates *
get_thread (HeddleStates *self, guint32 tid)
{
  HeddleThreadStates *thread = g_hash_table_lookup (self->threads, GUINT_TO_POINTER (tid));

  if (thread != NULL)
    return thread;
  thread = g_new0 (HeddleThreadStates, 1);
  thread->tid = tid;
  thread->changes = g_array_new (FALSE, FALSE, sizeof (HeddleSwitch));
  g_hash_table_insert (self->threads, GUINT_TO_POINTER (tid), thread);
  return thread;
}

/* Hands out, up to @until, the stretch of the state in which the thread is. */
static void
show (HeddleThreadStates *self, gint64 until, HeddleStatesStretch stretch, gpointer data)
{
  if (stretch != NULL && self->shown_ns < until && self->state == STATE_ON_CPU)
    stretch (data, HEDDLE_FOLD_ON_CPU, self->shown_ns, until);
  else if (stretch != NULL && self->shown_ns < until && self->state == STATE_READY)
    stretch (data, HEDDLE_FOLD_READY, self->shown_ns, until);
  self->shown_ns = MAX (self->shown_ns, until);
}

static void
show_known (HeddleThreadStates *self, gint64 until, HeddleStatesStretch stretch, gpointer data)
{
  if (stretch != NULL && self->known_shown_ns < until && self->state != STATE_UNKNOWN)
    stretch (data, HEDDLE_FOLD_KNOWN, self->known_shown_ns, until);
  self->known_shown_ns = MAX (self->known_shown_ns, until);
}

/* The thread is in its state up to @until. */
static void
advance (HeddleThreadStates *self, gint64 until)
{
  gint64 time = until - self->passed_ns;

  if (time <= 0)
    return;
  self->passed_ns = until;
  switch (self->state)
    {
    case STATE_ON_CPU:
      self->totals.on_cpu_ns += time;
      break;
    case STATE_READY:
      self->totals.ready_ns += time;
      break;
    case STATE_BLOCKED:
      break;
    case STATE_UNKNOWN:
    default:
      self->totals.unknown_ns += time;
      break;
    }
}

static State
state_after (HeddleSwitchKind kind)
{
  switch (kind)
    {
    case HEDDLE_SWITCH_IN:
      return STATE_ON_CPU;
    case HEDDLE_SWITCH_OUT:
      return STATE_BLOCKED;
    case HEDDLE_SWITCH_PREEMPTED:
    case HEDDLE_SWITCH_BORN:
      return STATE_READY;
    case HEDDLE_SWITCH_EXIT:
    case HEDDLE_SWITCH_LOST:
    default:
      return STATE_UNKNOWN;
    }
}

/* A switch tells which CPU the thread gets or leaves; so where it was on one that was not known, it
 * is known when it leaves that. */
static void
note_cpu (HeddleThreadStates *self, const HeddleSwitch *change)
{
  if (change->kind == HEDDLE_SWITCH_IN)
    self->on_cpu = heddle_cpu_bit (change->cpu);
  if (change->kind == HEDDLE_SWITCH_IN || change->kind == HEDDLE_SWITCH_OUT
      || change->kind == HEDDLE_SWITCH_PREEMPTED)
    self->totals.cpus |= heddle_cpu_bit (change->cpu);
  if (change->kind != HEDDLE_SWITCH_IN)
    self->on_cpu = 0;
}

static void
apply (HeddleThreadStates *self, HeddleSwitchKind kind, gint64 time, HeddleStatesStretch stretch,
       gpointer data)
{
  State next = state_after (kind);

  /* one that comes too late, since it was on another CPU's ring, holds from where it is known */
  time = MAX (time, self->passed_ns);
  advance (self, time);
  if (self->state == STATE_ON_CPU && next != STATE_ON_CPU && next != STATE_UNKNOWN)
    {
      self->totals.switches++;
      self->totals.preempted += kind == HEDDLE_SWITCH_PREEMPTED;
    }
  /* nothing more is told of such a thread, be it alive or not */
  if (kind == HEDDLE_SWITCH_EXIT)
    self->unknown_until_ns = G_MAXINT64;
  else if (kind == HEDDLE_SWITCH_BORN)
    self->unknown_until_ns = 0; /* the number of one that has ended is used again */
  if (next == self->state)
    return;
  show (self, time, stretch, data);
  if (next == STATE_UNKNOWN || self->state == STATE_UNKNOWN)
    show_known (self, time, stretch, data);
  self->state = next;
  self->since_ns = time;
}

/* Forgets changes that are passed. */
static void
tidy (HeddleThreadStates *self)
{
  if (self->first == self->changes->len)
    g_array_set_size (self->changes, 0);
  else if (self->first >= MOST_KEPT)
    g_array_remove_range (self->changes, 0, self->first);
  else
    return;
  self->first = 0;
}

static void
pass (HeddleThreadStates *self, gint64 until, HeddleStatesStretch stretch, gpointer data)
{
  while (self->first < self->changes->len)
    {
      const HeddleSwitch *change = &g_array_index (self->changes, HeddleSwitch, self->first);

      if (change->time_ns > until)
        break;
      apply (self, change->kind, change->time_ns, stretch, data);
      note_cpu (self, change);
      self->first++;
    }
  advance (self, until);
  tidy (self);
}

static void
add_change (HeddleThreadStates *self, const HeddleSwitch *change)
{
  GArray *changes = self->changes;
  guint at = changes->len;

  g_array_append_val (changes, *change);
  for (; at > self->first; at--)
    {
      HeddleSwitch *before = &g_array_index (changes, HeddleSwitch, at - 1);

      if (before->time_ns <= change->time_ns)
        break;
      before[1] = *before;
    }
  g_array_index (changes, HeddleSwitch, at) = *change;
}

/* Nobody asks for the oldest changes of a thread that is not known as a worker. */
static void
limit (HeddleThreadStates *self)
{
  guint n = self->changes->len - self->first;

  if (!self->joined && n > MOST_KEPT)
    pass (self, g_array_index (self->changes, HeddleSwitch, self->first + n / 2).time_ns, NULL,
          NULL);
}

/**
 * heddle_states_take:
 * @change: what happened; its time is that of heddle_clock_to_ns()
 *
 * Notes the change for its thread, which need not be known. Changes of a thread may come out of
 * order, as long as those that were passed come first.
 */
void
heddle_states_take (HeddleStates *self, const HeddleSwitch *change)
{
  HeddleThreadStates *thread;

  if (change->kind == HEDDLE_SWITCH_LOST)
    {
      self->lost_from_ns = MIN (self->lost_from_ns, change->time_ns);
      return;
    }
  thread = get_thread (self, change->tid);
  if (change->kind == HEDDLE_SWITCH_EXIT && !thread->joined)
    {
      g_hash_table_remove (self->threads, GUINT_TO_POINTER (change->tid));
      return;
    }
  add_change (thread, change);
  limit (thread);
}

/* From the first loss on nobody knows what the thread did. */
static void
lose (HeddleThreadStates *self, gint64 from, gint64 now)
{
  const HeddleSwitch loss = { .time_ns = from, .tid = self->tid, .kind = HEDDLE_SWITCH_LOST };
  guint n = self->changes->len;

  while (n > self->first && g_array_index (self->changes, HeddleSwitch, n - 1).time_ns > from)
    n--;
  g_array_set_size (self->changes, n);
  g_array_append_val (self->changes, loss);
  self->unknown_until_ns = MAX (self->unknown_until_ns, now);
}

/**
 * heddle_states_settle:
 * @now: all changes before have been taken, but for such as are on their way
 *
 * Ends a batch of heddle_states_take(). Where some were lost, no state is known from the first loss
 * on until the thread does something after @now.
 */
void
heddle_states_settle (HeddleStates *self, gint64 now)
{
  GHashTableIter iter;
  gpointer thread;

  self->drained_at_ns = now;
  if (self->lost_from_ns == G_MAXINT64)
    return;
  g_hash_table_iter_init (&iter, self->threads);
  while (g_hash_table_iter_next (&iter, NULL, &thread))
    lose (thread, self->lost_from_ns, now);
  self->lost_from_ns = G_MAXINT64;
}

static void
take_switch (const HeddleSwitch *record, gpointer data)
{
  HeddleStates *self = data;
  HeddleSwitch change = *record;

  change.time_ns += self->offset_ns;
  heddle_states_take (self, &change);
}

/* Compares the clock of the events with that of the switches: the one is read between two looks at
 * the other, so the difference is known to lie between two bounds, wide ones where the thread was
 * interrupted. It is moved by no more than these ask for: were it measured anew each time, a thread
 * that was off its CPU for a few microseconds could seem to come back before it went. Returns: now,
 * by the clock of the events. */
static gint64
compare_clocks (HeddleStates *self)
{
  gint64 before = heddle_clock_to_ns (heddle_clock_ticks ());
  gint64 monotonic = heddle_clock_monotonic_ns ();
  gint64 after = heddle_clock_to_ns (heddle_clock_ticks ());

  self->offset_ns = CLAMP (self->offset_ns, before - monotonic, MAX (before, after) - monotonic);
  return before;
}

/**
 * heddle_states_drain:
 *
 * Takes all switches that the kernel has recorded until now. A worker's switches before an event
 * that it had published before this call are among them.
 */
void
heddle_states_drain (HeddleStates *self)
{
  gint64 now = compare_clocks (self);

  if (self->switches != NULL)
    heddle_switches_drain (self->switches, take_switch, self);
  if (self->lost_from_ns != G_MAXINT64)
    now = heddle_clock_to_ns (heddle_clock_ticks ());
  heddle_states_settle (self, now);
}

/**
 * heddle_states_get_horizon:
 * @thread: one of them
 *
 * Returns: up to when the states of a worker in a task can be shown: whatever it did before, it has
 *   told
 */
gint64
heddle_states_get_horizon (const HeddleStates *self, const HeddleThreadStates *thread)
{
  gint64 horizon = self->drained_at_ns - UNTOLD_NS;
  gint64 since = thread->since_ns;
  State state = thread->state;

  if (thread->first < thread->changes->len)
    {
      const HeddleSwitch *last =
        &g_array_index (thread->changes, HeddleSwitch, thread->changes->len - 1);

      state = state_after (last->kind);
      since = last->time_ns;
    }
  if (state != STATE_READY)
    return horizon;
  return MIN (horizon, MAX (since, self->drained_at_ns - UNTOLD_PREEMPTED_NS) - UNTOLD_NS);
}

/**
 * heddle_states_join:
 * @tid: of a worker
 *
 * Returns: (transfer none): the thread's states, from the first change on that is known; valid
 *   until heddle_states_leave()
 */
HeddleThreadStates *
heddle_states_join (HeddleStates *self, guint32 tid)
{
  HeddleThreadStates *thread = get_thread (self, tid);

  thread->joined = TRUE;
  return thread;
}

/**
 * heddle_states_leave:
 * @thread: (transfer full): of a worker that is gone
 */
void
heddle_states_leave (HeddleStates *self, HeddleThreadStates *thread)
{
  g_hash_table_remove (self->threads, GUINT_TO_POINTER (thread->tid));
}

/**
 * heddle_thread_states_pass:
 * @until: when the thread wrote down an event: it was on a CPU then
 * @stretch: (scope call): is given the stretches that have ended
 *
 * Passes all changes up to @until.
 */
void
heddle_thread_states_pass (HeddleThreadStates *thread, gint64 until, HeddleStatesStretch stretch,
                           gpointer data)
{
  pass (thread, until, stretch, data);
  if (thread->state == STATE_UNKNOWN && until > thread->unknown_until_ns)
    apply (thread, HEDDLE_SWITCH_IN, until, stretch, data);
}

/**
 * heddle_thread_states_show:
 * @until: a moment
 * @stretch: (scope call): is given all stretches up to @until that it was not given before
 *
 * Passes all changes up to @until, and hands out the state of that moment, too, although it goes
 * on.
 */
void
heddle_thread_states_show (HeddleThreadStates *thread, gint64 until, HeddleStatesStretch stretch,
                           gpointer data)
{
  pass (thread, until, stretch, data);
  show (thread, thread->passed_ns, stretch, data);
  show_known (thread, thread->passed_ns, stretch, data);
}

/**
 * heddle_thread_states_mark_cpus:
 *
 * From here on it is noted which CPUs the thread is on.
 */
void
heddle_thread_states_mark_cpus (HeddleThreadStates *thread)
{
  thread->totals.cpus = thread->on_cpu;
}

/**
 * heddle_thread_states_get_totals:
 * @at: a moment up to which changes were passed; where they were passed further, since the thread
 * told of that moment late, what it was since is taken back
 * @totals: (out): what the thread's time was made of up to @at
 *
 * Returns: FALSE if that is not known any more
 */
gboolean
heddle_thread_states_get_totals (const HeddleThreadStates *thread, gint64 at,
                                 HeddleStatesTotals *totals)
{
  gint64 late = MAX (thread->passed_ns - at, 0);

  *totals = thread->totals;
  switch (thread->state)
    {
    case STATE_ON_CPU:
      totals->on_cpu_ns -= late;
      if (thread->on_cpu == 0)
        totals->cpus = 0;
      break;
    case STATE_READY:
      totals->ready_ns -= late;
      break;
    case STATE_BLOCKED:
      break;
    case STATE_UNKNOWN:
    default:
      return FALSE;
    }
  return thread->since_ns - at <= SAME_NS;
}
