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

  *self = (HeddleTaskFacts) {
    .waited_ns = span->queued > 0 ? MAX (span->begin - span->queued, 0) : -1,
    .ran_ns = length, .state = span->state, .times = span->times,
  };
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
      return _("lost: its worker died");
    case HEDDLE_TASK_RUNNING:
      return _("running");
    case HEDDLE_TASK_QUEUED:
    default:
      return _("queued");
    }
}

/* What is written so far, and what stands between two facts and between two lines. */
typedef struct {
  GString *text;
  const char *comma, *line;
  gboolean begins; /* nothing stands in this line yet */
} Writer;

static void
end_line (Writer *self)
{
  self->begins = TRUE;
}

G_GNUC_PRINTF (2, 3)
static void
add (Writer *self, const char *format, ...)
{
  va_list arguments;

  if (self->text->len > 0)
    g_string_append (self->text, self->begins ? self->line : self->comma);
  self->begins = FALSE;
  va_start (arguments, format);
  g_string_append_vprintf (self->text, format, arguments);
  va_end (arguments);
}

static void
add_time (Writer *self, const char *format, gint64 ns)
{
  char duration[HEDDLE_FORMAT_SIZE];

  heddle_format_duration (ns, duration, sizeof duration);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* a translation of one of this file's */
  add (self, format, duration);
#pragma GCC diagnostic pop
}

/* "on CPU 1.1 ms · ready 4.2 ms · I/O 0.3 ms" */
static void
add_times (Writer *text, const HeddleTaskFacts *facts)
{
  static const char *const reasons[HEDDLE_N_WAITS] = { N_("slept %s"), N_("waited for others %s"),
                                                       N_("I/O %s") };
  gboolean split = facts->times.known && facts->times.ready_ns >= 0;
  gint64 blocked = facts->ran_ns - facts->times.on_cpu_ns - facts->times.ready_ns;

  if (facts->times.known)
    add_time (text, _("on CPU %s"), facts->times.on_cpu_ns);
  if (split)
    add_time (text, _("ready %s"), facts->times.ready_ns);
  for (guint i = 0; i < HEDDLE_N_WAITS; i++)
    {
      if (facts->waits_ns[i] > 0)
        add_time (text, _(reasons[i]), facts->waits_ns[i]);
      blocked -= facts->waits_ns[i];
    }
  /* what is left of the time blocked; waits take a little longer than their task is blocked */
  if (split && blocked > facts->ran_ns / 100)
    add_time (text, _("blocked for another reason %s"), blocked);
  if (!facts->times.known)
    add (text, "%s", facts->state == HEDDLE_TASK_RUNNING
                       ? _("time on CPU and ready not known yet")
                       : _("time on CPU and ready not known"));
}

#define CPUS_NAMED 6 /* of more the number is told */

/* "CPU 1", "CPUs 0, 1"; on a machine with more than 64 the last bit is several. */
static void
add_cpus (Writer *text, guint64 cpus)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = 0;

  for (guint cpu = 0; cpu < 64; cpu++)
    {
      if ((cpus & heddle_cpu_bit (cpu)) == 0)
        continue;
      if (n++ > 0)
        g_string_append (names, ", ");
      g_string_append_printf (names, "%u", cpu);
      if (cpu == 63)
        g_string_append_c (names, '+');
    }
  if (n > CPUS_NAMED && cpus < heddle_cpu_bit (63))
    /* Translators: how many processors a task was on, one after the other */
    add (text, ngettext ("on %u CPU in turn", "on %u CPUs in turn", n), n);
  else if (n > CPUS_NAMED)
    add (text, ngettext ("on %u CPU or more in turn", "on %u CPUs or more in turn", n), n);
  else if (n > 0)
    /* Translators: the numbers of the processors that a task was on: "CPUs 0, 1" */
    add (text, ngettext ("CPU %s", "CPUs %s", n), names->str);
}

static void
add_switches (Writer *text, const HeddleTaskFacts *facts)
{
  if (!facts->times.known || !facts->has_switches)
    return;
  add_cpus (text, facts->times.cpus);
  add (text, ngettext ("left a CPU %u time", "left a CPU %u times", facts->times.switches),
       facts->times.switches);
  add (text, ngettext ("preempted %u time", "preempted %u times", facts->times.preempted),
       facts->times.preempted);
}

/**
 * heddle_task_facts_describe:
 * @comma: what stands between two facts: " · ", or ", " where it is read aloud
 * @line: what stands between two lines
 *
 * Returns: (transfer full): two lines, or three where switches are known: "waited 14.9 ms · ran 5.6
 *   ms · done", "on CPU 1.1 ms · ready 4.2 ms · I/O 0.3 ms", "CPUs 0, 1 · left a CPU 3 times ·
 *   preempted 2 times"
 */
char *
heddle_task_facts_describe (const HeddleTaskFacts *self, const char *comma, const char *line)
{
  Writer text = { .text = g_string_new (NULL), .comma = comma, .line = line };

  if (self->waited_ns >= 0)
    add_time (&text, _("waited %s"), self->waited_ns);
  add_time (&text, _("ran %s"), self->ran_ns);
  add (&text, "%s", state_text (self->state));
  if (self->attempt > 1)
    add (&text, _("attempt %u"), self->attempt);
  end_line (&text);
  add_times (&text, self);
  end_line (&text);
  add_switches (&text, self);
  return g_string_free (text.text, FALSE);
}
