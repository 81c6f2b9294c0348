/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/pulse-text.h"
#include "base/format.h"

/* "main loop answers in 0.2 ms (p99 2.1 ms)" */
static char *
dup_answers (const HeddlePulseReading *reading)
{
  char answer[HEDDLE_FORMAT_SIZE], p99[HEDDLE_FORMAT_SIZE];

  heddle_format_duration (reading->answer_ns, answer, sizeof answer);
  heddle_format_duration (reading->answer_p99_ns, p99, sizeof p99);
  /* Translators: two durations; p99 is the 99th percentile */
  return g_strdup_printf (_("main loop answers in %s (p99 %s)"), answer, p99);
}

/* "frames 16.7 ms (p99 16.7 ms)"; they are measured while a run goes on. */
static char *
dup_frames (const HeddleFramesReading *frames)
{
  char last[HEDDLE_FORMAT_SIZE], p99[HEDDLE_FORMAT_SIZE];

  if (frames->last_ns == 0)
    return NULL;
  heddle_format_duration (frames->last_ns, last, sizeof last);
  heddle_format_duration (frames->p99_ns, p99, sizeof p99);
  /* Translators: two durations; p99 is the 99th percentile */
  return g_strdup_printf (_("frames %s (p99 %s)"), last, p99);
}

static char *
dup_answers_shortly (const HeddlePulseReading *reading)
{
  char p99[HEDDLE_FORMAT_SIZE];

  heddle_format_duration (reading->answer_p99_ns, p99, sizeof p99);
  /* Translators: how fast the main loop answers; a duration */
  return g_strdup_printf (_("answers p99 %s"), p99);
}

static char *
dup_frames_shortly (const HeddleFramesReading *frames)
{
  char p99[HEDDLE_FORMAT_SIZE];

  if (frames->last_ns == 0)
    return NULL;
  heddle_format_duration (frames->p99_ns, p99, sizeof p99);
  /* Translators: how far frames are apart; a duration */
  return g_strdup_printf (_("frames p99 %s"), p99);
}

/* How many stalls there were, and the longest for as long as the program runs: the strip shows only
 * the last seconds. */
static char *
dup_stalls (const HeddlePulseReading *reading, gboolean longest_too)
{
  g_autofree char *count =
    g_strdup_printf (ngettext ("%u stall", "%u stalls", reading->n_stalls), reading->n_stalls);
  char longest[HEDDLE_FORMAT_SIZE];

  if (reading->n_stalls == 0 || !longest_too)
    return g_steal_pointer (&count);
  heddle_format_duration (reading->answer_max_ns, longest, sizeof longest);
  /* Translators: how long the longest stall took, and "3 stalls" */
  return g_strdup_printf (_("longest %s · %s"), longest, count);
}

/* "Heddle: 4 % of a core"; below ten per cent with a decimal, since an idle window takes less than
 * one. */
static char *
dup_own (const HeddlePulseReading *reading)
{
  double percent = reading->own_share * 100;
  char number[HEDDLE_FORMAT_SIZE];

  if (reading->own_share < 0)
    return NULL;
  g_snprintf (number, sizeof number, percent < 9.95 ? "%.1f" : "%.0f", percent);
  /* Translators: what the program itself takes, without the tasks that it runs: a number of per
   * cent of one processor core */
  return g_strdup_printf (_("Heddle: %s %% of a core"), number);
}

/* "120 events unread" */
static char *
dup_backlog (const HeddlePulseNumbers *numbers)
{
  char events[HEDDLE_FORMAT_SIZE];

  if (!numbers->running)
    return NULL;
  heddle_format_count (numbers->backlog.events, events, sizeof events);
  /* Translators: what workers have recorded and the program has not read yet; a number */
  return g_strdup_printf (
    ngettext ("%s event unread", "%s events unread", (gulong) numbers->backlog.events), events);
}

/* Joins those of the parts that are there, and frees them. */
static char *
join (char *parts[], guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      if (parts[i] != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", parts[i]);
      g_free (parts[i]);
    }
  return g_string_free (text, FALSE);
}

/**
 * heddle_pulse_text_dup:
 * @nth: 0: the longest text; less than %HEDDLE_PULSE_TEXTS
 *
 * The same numbers for less and less room: what matters most is cut last.
 *
 * Returns: (transfer full): a line
 */
char *
heddle_pulse_text_dup (const HeddlePulseNumbers *numbers, guint nth)
{
  const HeddlePulseReading *pulse = &numbers->pulse;
  char *parts[5] = { NULL };

  switch (nth)
    {
    case 0:
    case 1:
      parts[0] = nth == 0 ? dup_answers (pulse) : dup_answers_shortly (pulse);
      parts[1] = nth == 0 ? dup_frames (&numbers->frames) : dup_frames_shortly (&numbers->frames);
      parts[4] = dup_backlog (numbers);
      break;
    case 2:
    case 3:
      parts[1] = dup_frames_shortly (&numbers->frames);
      if (parts[1] == NULL)
        parts[0] = dup_answers_shortly (pulse);
      break;
    default: break;
    }
  parts[2] = dup_stalls (pulse, nth < HEDDLE_PULSE_TEXTS - 1);
  if (nth < 3)
    parts[3] = dup_own (pulse);
  return join (parts, G_N_ELEMENTS (parts));
}

/**
 * heddle_pulse_text_dup_longest:
 *
 * Returns: (transfer full): "Longest since the start: ..."
 */
char *
heddle_pulse_text_dup_longest (const HeddlePulseNumbers *numbers)
{
  char answer[HEDDLE_FORMAT_SIZE], frame[HEDDLE_FORMAT_SIZE];

  heddle_format_duration (numbers->pulse.answer_max_ns, answer, sizeof answer);
  heddle_format_duration (numbers->frames.max_ns, frame, sizeof frame);
  /* Translators: two durations */
  return g_strdup_printf (_("Longest since the start: answer %s, frame %s"), answer, frame);
}
