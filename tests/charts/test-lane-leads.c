/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leads to a task: its wait in the queue, where there is room, and never a wrong one. */
#include "config.h"

#include "charts/lane-blocks.h"

static guint n_asked;

/* Tasks with an even number came as long before they began as the number says. */
static gint64
queued (const HeddleSpan *span, gpointer data)
{
  n_asked++;
  return span->id % 2 == 0 ? span->begin - (gint64) span->id : 0;
}

static GArray *
add_leads (int first, const HeddleSpan *spans, guint n)
{
  GArray *blocks = g_array_new (FALSE, FALSE, sizeof (HeddleLaneBlock));
  HeddleTimeScale scale;

  heddle_time_scale_init (&scale, 1000, 1100, 100); /* a pixel is a nanosecond */
  n_asked = 0;
  heddle_lane_blocks_add_leads (blocks, &scale, first, spans, n, queued, NULL);
  return blocks;
}

static void
assert_lead (GArray *blocks, guint n, int x, int width, gboolean has_begin)
{
  const HeddleLaneBlock *block = &g_array_index (blocks, HeddleLaneBlock, n);

  g_assert_cmpint (block->flags, ==, HEDDLE_BLOCK_LEAD);
  g_assert_cmpint (block->x, ==, x);
  g_assert_cmpint (block->width, ==, width);
  g_assert_cmpint (block->level > 0, ==, has_begin);
}

static void
test_leads (void)
{
  const HeddleSpan spans[] = {
    { 1020, 1030, 12, HEDDLE_TASK_DONE, { 0 } }, /* waited for 12 */
    { 1033, 1040, 90, HEDDLE_TASK_DONE, { 0 } }, /* no room */
    { 1060, 1070, 50, HEDDLE_TASK_DONE, { 0 } }, /* since before the last one ended */
    { 1080, 1081, 13, HEDDLE_TASK_DONE, { 0 } }, /* not known */
    { 1090, 1099, 0, HEDDLE_TASK_DONE, { 0 } },  /* did not wait */
  };
  g_autoptr (GArray) blocks = add_leads (0, spans, G_N_ELEMENTS (spans));

  g_assert_cmpuint (blocks->len, ==, 2);
  assert_lead (blocks, 0, 8, 12, TRUE);
  assert_lead (blocks, 1, 41, 19, FALSE);
  g_assert_cmpuint (n_asked, ==, 4);
}

/* Nothing is told of the time before the history begins, nor of tasks out of sight. */
static void
test_edges (void)
{
  const HeddleSpan spans[] = {
    { 990, 1005, 4, HEDDLE_TASK_DONE, { 0 } },
    { 1050, 1060, 200, HEDDLE_TASK_DONE, { 0 } },
    { 1110, 1120, 30, HEDDLE_TASK_DONE, { 0 } },
  };
  g_autoptr (GArray) blocks = add_leads (0, spans, G_N_ELEMENTS (spans));
  g_autoptr (GArray) later = add_leads (20, spans, G_N_ELEMENTS (spans));

  g_assert_cmpuint (blocks->len, ==, 1);
  assert_lead (blocks, 0, 6, 44, FALSE);
  g_assert_cmpuint (later->len, ==, 1);
  assert_lead (later, 0, 20, 30, FALSE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lane-leads/in-the-gap-before-the-task", test_leads);
  g_test_add_func ("/lane-leads/at-the-edges", test_edges);
  return g_test_run ();
}
