/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "measure/backlog.h"

#define MS G_GINT64_CONSTANT (1000000)
#define START (1000 * MS)

static HeddleBacklog
take (HeddleBacklogPeak *peak, gint64 ms, guint64 events, double fill)
{
  return heddle_backlog_peak_take (peak, START + ms * MS, &(HeddleBacklog) { events, fill });
}

static void
test_sum_and_fullest (void)
{
  HeddleBacklog backlog = { 0 };

  heddle_backlog_add (&backlog, 10, 1000);
  heddle_backlog_add (&backlog, 0, 1000);
  heddle_backlog_add (&backlog, 300, 400);
  heddle_backlog_add (&backlog, 5, 10);
  g_assert_cmpuint (backlog.events, ==, 315);
  g_assert_cmpfloat (backlog.fill, ==, 0.75);
  /* what a broken worker claims */
  heddle_backlog_add (&backlog, 5000, 1000);
  g_assert_cmpfloat (backlog.fill, ==, 1);
}

static void
test_most_is_held (void)
{
  HeddleBacklogPeak peak = { 0 };

  g_assert_cmpuint (take (&peak, 0, 7, 0.1).events, ==, 7);
  g_assert_cmpuint (take (&peak, 100, 900, 0.2).events, ==, 900);
  g_assert_cmpuint (take (&peak, 110, 3, 0.5).events, ==, 900);
  g_assert_cmpfloat (take (&peak, 120, 0, 0).fill, ==, 0.5);
  /* the next quarter of a second still tells it, the one after does not */
  g_assert_cmpuint (take (&peak, 260, 2, 0).events, ==, 900);
  g_assert_cmpuint (take (&peak, 490, 4, 0).events, ==, 900);
  g_assert_cmpuint (take (&peak, 520, 1, 0).events, ==, 4);
  g_assert_cmpfloat (take (&peak, 530, 1, 0).fill, ==, 0);
}

static void
test_a_pause_forgets (void)
{
  HeddleBacklogPeak peak = { 0 };

  take (&peak, 0, 500, 0.9);
  g_assert_cmpuint (take (&peak, 501, 0, 0).events, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backlog/sum-and-fullest-ring", test_sum_and_fullest);
  g_test_add_func ("/backlog/the-most-is-held-for-a-moment", test_most_is_held);
  g_test_add_func ("/backlog/a-pause-forgets", test_a_pause_forgets);
  return g_test_run ();
}
