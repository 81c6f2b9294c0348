/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "measure/backlog.h"

#define HOLD_NS (250 * G_GINT64_CONSTANT (1000000))

/**
 * heddle_backlog_add:
 * @events: how many are unread in one more ring
 * @capacity: for how many that has room, at least 1
 */
void
heddle_backlog_add (HeddleBacklog *self, guint64 events, guint capacity)
{
  g_return_if_fail (self != NULL && capacity > 0);

  self->events += events;
  self->fill = MAX (self->fill, MIN ((double) events / capacity, 1));
}

static HeddleBacklog
most_of (const HeddleBacklog *a, const HeddleBacklog *b)
{
  return (HeddleBacklog) { MAX (a->events, b->events), MAX (a->fill, b->fill) };
}

/**
 * heddle_backlog_peak_take:
 * @now_ns: CLOCK_MONOTONIC
 * @pass: what a pass over the rings has found
 *
 * Returns: the most that any pass of the last quarter to half of a second found
 */
HeddleBacklog
heddle_backlog_peak_take (HeddleBacklogPeak *self, gint64 now_ns, const HeddleBacklog *pass)
{
  gint64 past = now_ns - self->since_ns;

  if (past >= HOLD_NS)
    {
      self->before = past < 2 * HOLD_NS ? self->present : (HeddleBacklog) { 0 };
      self->present = (HeddleBacklog) { 0 };
      self->since_ns = now_ns;
    }
  self->present = most_of (&self->present, pass);
  return most_of (&self->present, &self->before);
}
