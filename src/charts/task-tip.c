/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a tip tells of a task, without GTK. What is not known is said to be so, never 0. */
#include "config.h"

#include "charts/task-tip.h"

#include <glib/gi18n-lib.h>

#include "base/format.h"

/**
 * heddle_task_facts_init:
 * @self: (out): what is known
 * @span: a task in a lane
 * @sum: the sum of its time there, by heddle_lane_store_sum()
 *
 * Takes what the lane store knows; the caller adds what it knows of queue, attempt and switches.
 */
void
heddle_task_facts_init (HeddleTaskFacts *self, const HeddleSpan *span, const HeddleLaneSum *sum)
{
  gint64 length = span->end - span->begin;

  *self = (HeddleTaskFacts) { .waited_ns = -1, .ran_ns = length, .state = span->state,
                              .times = span->times };
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    self->waits_ns[i] = sum->waits_ns[i];
  /* all of its switches are known, but for what rounding makes of the ends */
  if (!span->times.known && length > 0 && sum->known_ns >= length - length / 100)
    self->times = (HeddleTaskTimes) { .on_cpu_ns = sum->on_cpu_ns, .ready_ns = sum->ready_ns,
                                      .known = TRUE };
}

static const char *
state_text (HeddleTaskState state)
{
  switch (state)
    {
    case HEDDLE_TASK_DONE:
      return _("done");
    case HEDDLE_TASK_FAILED:
      return _("failed");
    case HEDDLE_TASK_CANCELLED:
      return _("cancelled");
    case HEDDLE_TASK_LOST:
      return _("lost");
    case HEDDLE_TASK_RUNNING:
      return _("running");
    case HEDDLE_TASK_QUEUED:
    default:
      return _("queued");
    }
}

static void
add (GString *line, const char *format, gint64 ns)
{
  char duration[HEDDLE_FORMAT_SIZE];

  heddle_format_duration (ns, duration, sizeof duration);
  if (line->len > 0 && line->str[line->len - 1] != '\n')
    g_string_append (line, " · ");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* a translation of one of this file's */
  g_string_append_printf (line, format, duration);
#pragma GCC diagnostic pop
}

/* "on CPU 1.1 ms · ready 4.2 ms · I/O 0.3 ms" */
static void
add_times (GString *text, const HeddleTaskFacts *facts)
{
  static const char *const reasons[HEDDLE_N_WAITS] = { N_("slept %s"), N_("waited for others %s"),
                                                       N_("I/O %s") };
  gint64 blocked = facts->ran_ns - facts->times.on_cpu_ns - facts->times.ready_ns;

  if (facts->times.known)
    {
      add (text, _("on CPU %s"), facts->times.on_cpu_ns);
      add (text, _("ready %s"), facts->times.ready_ns);
    }
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    {
      if (facts->waits_ns[i] > 0)
        add (text, _(reasons[i]), facts->waits_ns[i]);
      blocked -= facts->waits_ns[i];
    }
  /* what is left of the time blocked; waits take a little longer than their task is blocked */
  if (facts->times.known && blocked > facts->ran_ns / 100)
    add (text, _("blocked for another reason %s"), blocked);
  if (!facts->times.known)
    {
      if (text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append (text, " · ");
      g_string_append (text, _("time on CPU and ready not known"));
    }
}

static void
add_switches (GString *text, const HeddleTaskFacts *facts)
{
  if (!facts->times.known || !facts->has_switches)
    return;
  g_string_append_c (text, '\n');
  g_string_append_printf (text,
                          ngettext ("left a CPU %u time", "left a CPU %u times",
                                    facts->times.switches),
                          facts->times.switches);
  g_string_append (text, " · ");
  g_string_append_printf (text,
                          ngettext ("preempted %u time", "preempted %u times",
                                    facts->times.preempted),
                          facts->times.preempted);
}

/**
 * heddle_task_facts_describe:
 *
 * Returns: (transfer full): two lines, or three where switches are known: "waited 14.9 ms · ran 5.6
 * ms · done", "on CPU 1.1 ms · ready 4.2 ms · I/O 0.3 ms", "left a CPU 3 times · preempted 2 times"
 */
char *
heddle_task_facts_describe (const HeddleTaskFacts *self)
{
  GString *text = g_string_new (NULL);

  if (self->waited_ns >= 0)
    add (text, _("waited %s"), self->waited_ns);
  add (text, _("ran %s"), self->ran_ns);
  g_string_append_printf (text, " · %s", state_text (self->state));
  if (self->attempt > 1)
    g_string_append_printf (text, _(" · attempt %u"), self->attempt);
  g_string_append_c (text, '\n');
  add_times (text, self);
  add_switches (text, self);
  return g_string_free (text, FALSE);
}
