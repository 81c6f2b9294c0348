/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One source, made once, is the ping: the watchdog thread makes it ready, the loop dispatches it.
 * So a ping allocates nothing and takes the same way through the loop as an input event. One is
 * under way at a time: a frozen loop is not flooded. The watchdog wakes at the next ping, or when
 * the ping under way becomes a stall, and never because of an answer.
 */
#include "config.h"

#include "measure/own-cpu.h"
#include "measure/pulse.h"
#include "measure/recent.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/futex.h"
#include "trace/clock.h"

#define OWN_INTERVAL_NS (1000 * G_GINT64_CONSTANT (1000000))

struct _HeddlePulse {
  _Atomic guint n_refs;   /* the owner's, and the source's while it may be dispatched */
  /* owned; set once; its ready time is set by the watchdog and by the dispatch */
  GSource *source;
  pthread_t watchdog;     /* set once */
  gint64 interval;        /* never changes */
  gboolean watching;      /* owner only: there is a watchdog */

  pthread_mutex_t lock;
  pthread_cond_t wake;    /* the watchdog is to end */
  /* guarded by lock */
  gboolean quit;
  gboolean outstanding;   /* a ping is under way */
  gboolean counted;       /* and is known as a stall */
  gint64 sent;
  HeddleRecent answers;
  guint n_stalls;
  double own_share;       /* as in the reading */
};

typedef struct {
  GSource source;
  /* written once before the source is attached; atomic since the sanitizer does not see the
   * context's lock */
  HeddlePulse *_Atomic pulse;
} PingSource;

static void
pulse_unref (HeddlePulse *self)
{
  /* acq_rel: all uses of the other side come before the end */
  if (atomic_fetch_sub_explicit (&self->n_refs, 1, memory_order_acq_rel) > 1)
    return;
  pthread_cond_destroy (&self->wake);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/* Counts the ping under way as a stall once it has waited for too long. Called with the lock held.
 * Returns the wait so far. */
static gint64
note_wait (HeddlePulse *self, gint64 now)
{
  gint64 wait = self->outstanding ? MAX (now - self->sent, 0) : 0;

  if (wait > HEDDLE_PULSE_STALL_NS && !self->counted)
    {
      self->counted = TRUE;
      self->n_stalls++;
    }
  return wait;
}

/* The loop answers; any thread that runs the context. */
static gboolean
ping_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  HeddlePulse *self = atomic_load_explicit (&((PingSource *) source)->pulse, memory_order_acquire);

  g_source_set_ready_time (source, -1);
  /* the source has one, but the sanitizer does not see that its end comes after this */
  atomic_fetch_add_explicit (&self->n_refs, 1, memory_order_relaxed);
  pthread_mutex_lock (&self->lock);
  if (self->outstanding)
    {
      heddle_recent_add (&self->answers, note_wait (self, heddle_clock_monotonic_ns ()));
      self->outstanding = FALSE;
    }
  pthread_mutex_unlock (&self->lock);
  pulse_unref (self);
  return G_SOURCE_CONTINUE;
}

static void
ping_finalize (GSource *source)
{
  pulse_unref (((PingSource *) source)->pulse);
}

static GSourceFuncs ping_funcs = { NULL, NULL, ping_dispatch, ping_finalize, NULL, NULL };

/* Watchdog's thread, without the lock: workers that begin wait for the clocks to be read. */
static void
measure_own (HeddlePulse *self, HeddleOwnCpu *last)
{
  HeddleOwnCpu sample;
  double share;

  heddle_own_cpu_read (&sample);
  share = heddle_own_cpu_get_share (last, &sample);
  *last = sample;
  pthread_mutex_lock (&self->lock);
  self->own_share = share;
  pthread_mutex_unlock (&self->lock);
}

static gpointer
watch (gpointer data)
{
  HeddlePulse *self = data;
  HeddleOwnCpu own;
  gint64 next = heddle_clock_monotonic_ns ();

  pthread_setname_np (pthread_self (), "heddle-pulse");
  heddle_own_cpu_read (&own);
  pthread_mutex_lock (&self->lock);
  while (!self->quit)
    {
      gint64 now = heddle_clock_monotonic_ns ();

      if (now - own.at_ns >= OWN_INTERVAL_NS)
        {
          pthread_mutex_unlock (&self->lock);
          measure_own (self, &own);
          pthread_mutex_lock (&self->lock);
          continue; /* with the time of now */
        }
      note_wait (self, now);
      if (now >= next)
        {
          next = MAX (next + self->interval, now);
          if (!self->outstanding)
            {
              self->outstanding = TRUE;
              self->counted = FALSE;
              self->sent = now;
              pthread_mutex_unlock (&self->lock);
              g_source_set_ready_time (self->source, 0);
              pthread_mutex_lock (&self->lock);
            }
        }
      if (self->quit)
        break;
      heddle_cond_wait_until (&self->wake, &self->lock,
                              self->outstanding && !self->counted
                                ? MIN (next, self->sent + HEDDLE_PULSE_STALL_NS + 1)
                                : next);
    }
  pthread_mutex_unlock (&self->lock);
  return NULL;
}

/**
 * heddle_pulse_new:
 * @context: (nullable): the context of the loop to watch, the default one for %NULL
 * @interval_ms: milliseconds from one ping to the next, at least 1
 *
 * Starts to watch a loop; the first ping is sent at once. Where no watchdog thread can be started,
 * which happens when the system has no room for another thread, there are no pings.
 *
 * Returns: (transfer full): free with heddle_pulse_free()
 */
HeddlePulse *
heddle_pulse_new (GMainContext *context, guint interval_ms)
{
  HeddlePulse *self = g_new0 (HeddlePulse, 1);

  atomic_init (&self->n_refs, 2);
  self->own_share = -1;
  self->interval = (gint64) MAX (interval_ms, 1) * 1000000;
  pthread_mutex_init (&self->lock, NULL);
  heddle_cond_init (&self->wake);

  self->source = g_source_new (&ping_funcs, sizeof (PingSource));
  atomic_store_explicit (&((PingSource *) self->source)->pulse, self, memory_order_release);
  g_source_set_static_name (self->source, "heddle-pulse-ping");
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
  g_source_attach (self->source, context);
  self->watching = pthread_create (&self->watchdog, NULL, watch, self) == 0;
  if (!self->watching)
    g_warning ("The main loop is not watched: no thread could be started");
  return self;
}

/**
 * heddle_pulse_free:
 * @self: (transfer full): a pulse
 *
 * Ends the watch. The loop may run meanwhile, in this or another thread. Waits for the watchdog,
 * which is never busy for long.
 */
void
heddle_pulse_free (HeddlePulse *self)
{
  g_return_if_fail (self != NULL);

  pthread_mutex_lock (&self->lock);
  self->quit = TRUE;
  pthread_cond_signal (&self->wake);
  pthread_mutex_unlock (&self->lock);
  if (self->watching)
    pthread_join (self->watchdog, NULL);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  pulse_unref (self);
}

/**
 * heddle_pulse_read:
 * @reading: (out): the state of the loop at this moment
 *
 * Any thread. A ping under way counts as soon as it has waited for longer than the last answer
 * took.
 */
void
heddle_pulse_read (HeddlePulse *self, HeddlePulseReading *reading)
{
  gint64 wait;

  g_return_if_fail (self != NULL && reading != NULL);

  memset (reading, 0, sizeof *reading);
  pthread_mutex_lock (&self->lock);
  wait = note_wait (self, heddle_clock_monotonic_ns ());
  reading->interval_ns = self->interval;
  reading->answer_ns = MAX (self->answers.last, wait);
  reading->answer_max_ns = MAX (self->answers.max, wait);
  reading->n_pings = self->answers.count;
  reading->n_stalls = self->n_stalls;
  reading->own_share = self->own_share;
  reading->stalled = wait > HEDDLE_PULSE_STALL_NS;
  reading->n_history = heddle_recent_copy (&self->answers, reading->history);
  pthread_mutex_unlock (&self->lock);

  reading->answer_p99_ns = heddle_recent_p99 (reading->history, reading->n_history);
}

/**
 * heddle_pulse_count_stalls:
 *
 * Any thread; cheaper than a reading, to find out whether one is worth while.
 *
 * Returns: how many stalls there were since the beginning
 */
guint
heddle_pulse_count_stalls (HeddlePulse *self)
{
  guint n_stalls;

  g_return_val_if_fail (self != NULL, 0);

  pthread_mutex_lock (&self->lock);
  note_wait (self, heddle_clock_monotonic_ns ());
  n_stalls = self->n_stalls;
  pthread_mutex_unlock (&self->lock);
  return n_stalls;
}

/**
 * heddle_pulse_reset:
 *
 * Forgets all that was measured. A ping under way goes on, and counts when it is answered; if it is
 * a stall it was counted before and is not again.
 */
void
heddle_pulse_reset (HeddlePulse *self)
{
  g_return_if_fail (self != NULL);

  pthread_mutex_lock (&self->lock);
  memset (&self->answers, 0, sizeof self->answers);
  self->n_stalls = 0;
  pthread_mutex_unlock (&self->lock);
}
