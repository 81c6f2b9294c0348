/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "app/model/pulse-text.h"
#include "base/format.h"

static HeddlePulseNumbers
sample (void)
{
  return (HeddlePulseNumbers) {
    .pulse = {
      .answer_ns = 200 * HEDDLE_US,
      .answer_p99_ns = 2100 * HEDDLE_US,
      .answer_max_ns = 450 * HEDDLE_MS,
      .own_share = 0.042,
    },
    .frames = { .last_ns = 16700 * HEDDLE_US, .p99_ns = 16700 * HEDDLE_US, .n = 500 },
    .running = TRUE,
    .backlog = { 1200, 0.25 },
  };
}

static void
assert_text (const HeddlePulseNumbers *numbers, guint nth, const char *wanted)
{
  g_autofree char *text = heddle_pulse_text_dup (numbers, nth);

  g_assert_cmpstr (text, ==, wanted);
}

static void
test_all_of_it (void)
{
  HeddlePulseNumbers numbers = sample ();

  assert_text (&numbers, 0,
               "main loop answers in 200 µs (p99 2.1 ms) · frames 16.7 ms (p99 16.7 ms)"
               " · 0 stalls · Heddle: 4.2 % of a core · 1200 events unread");
  numbers.pulse.n_stalls = 1;
  numbers.pulse.own_share = 0.996;
  numbers.backlog.events = 1;
  assert_text (&numbers, 0,
               "main loop answers in 200 µs (p99 2.1 ms) · frames 16.7 ms (p99 16.7 ms)"
               " · longest 450 ms · 1 stall · Heddle: 100 % of a core · 1 event unread");
}

/* Nothing is shown that was not measured. */
static void
test_what_is_not_known (void)
{
  HeddlePulseNumbers numbers = sample ();

  numbers.pulse.own_share = -1;
  numbers.frames = (HeddleFramesReading) { 0 };
  numbers.running = FALSE;
  assert_text (&numbers, 0, "main loop answers in 200 µs (p99 2.1 ms) · 0 stalls");
  assert_text (&numbers, 2, "answers p99 2.1 ms · 0 stalls");
}

static void
test_less_and_less_room (void)
{
  HeddlePulseNumbers numbers = sample ();
  gsize last = G_MAXSIZE;

  assert_text (&numbers, 2, "frames p99 16.7 ms · 0 stalls · Heddle: 4.2 % of a core");
  assert_text (&numbers, HEDDLE_PULSE_TEXTS - 1, "0 stalls");
  for (guint i = 0; i < HEDDLE_PULSE_TEXTS; i++)
    {
      g_autofree char *text = heddle_pulse_text_dup (&numbers, i);

      g_assert_cmpuint (strlen (text), <, last);
      last = strlen (text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pulse-text/all-of-it", test_all_of_it);
  g_test_add_func ("/pulse-text/what-is-not-known-is-not-told", test_what_is_not_known);
  g_test_add_func ("/pulse-text/less-and-less-room", test_less_and_less_room);
  return g_test_run ();
}
