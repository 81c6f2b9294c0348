/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/raster.h"

static const GdkRGBA RED = { 1, 0, 0, 1 };
static const GdkRGBA HALF_BLUE = { 0, 0, 1, 0.5f };

static guint32
at (const HeddleRaster *raster,
    int                 x,
    int                 y)
{
  return raster->pixels[y * raster->width + x];
}

static guint
count (const HeddleRaster *raster,
       guint32             value)
{
  guint n = 0;

  for (int i = 0; i < raster->width * raster->height; i++)
    n += raster->pixels[i] == value;
  return n;
}

static void
test_whole (void)
{
  HeddleRaster raster;

  heddle_raster_begin (&raster, 10, 20, 8, 6, 1);
  heddle_raster_rect (&raster, 12, 21, 3, 2, &RED);
  g_assert_cmphex (at (&raster, 2, 1), ==, 0xffff0000);
  g_assert_cmphex (at (&raster, 4, 2), ==, 0xffff0000);
  g_assert_cmpuint (count (&raster, 0xffff0000), ==, 6);
  g_assert_cmpuint (count (&raster, 0), ==, 42);
  heddle_raster_clear (&raster);
}

static void
test_edges (void)
{
  HeddleRaster raster;

  /* a quarter of the first column, half of the last row */
  heddle_raster_begin (&raster, 0, 0, 4, 4, 1);
  heddle_raster_rect (&raster, 0.75f, 0, 1.25f, 1.5f, &RED);
  g_assert_cmphex (at (&raster, 0, 0) >> 24, ==, 255 / 4);
  g_assert_cmphex (at (&raster, 1, 0), ==, 0xffff0000);
  g_assert_cmphex (at (&raster, 1, 1) >> 24, ==, 255 / 2);
  g_assert_cmphex (at (&raster, 0, 1) >> 24, ==, 255 / 8);
  g_assert_cmphex (at (&raster, 2, 0), ==, 0);

  /* narrower than a pixel */
  heddle_raster_rect (&raster, 3.25f, 3.25f, 0.5f, 0.5f, &RED);
  g_assert_cmphex (at (&raster, 3, 3) >> 24, ==, 255 / 4);
  heddle_raster_clear (&raster);
}

static void
test_over (void)
{
  HeddleRaster raster;
  guint32 mixed;

  heddle_raster_begin (&raster, 0, 0, 2, 1, 1);
  heddle_raster_rect (&raster, 0, 0, 1, 1, &RED);
  heddle_raster_rect (&raster, 0, 0, 2, 1, &HALF_BLUE);
  mixed = at (&raster, 0, 0);
  g_assert_cmpuint (mixed >> 24, >=, 254);
  g_assert_cmpint (ABS ((int) ((mixed >> 16) & 255) - 127), <=, 1);
  g_assert_cmpint (ABS ((int) (mixed & 255) - 128), <=, 1);
  g_assert_cmphex (at (&raster, 1, 0), ==, 0x80000080); /* premultiplied */
  heddle_raster_clear (&raster);
}

static void
test_outside (void)
{
  HeddleRaster raster;

  heddle_raster_begin (&raster, 0, 0, 3, 3, 1);
  heddle_raster_rect (&raster, -5, -5, 2, 20, &RED);
  heddle_raster_rect (&raster, 3, 0, 2, 2, &RED);
  heddle_raster_rect (&raster, 0, 0, 0, 2, &RED);
  heddle_raster_rect (&raster, 2, 2, -1, -1, &RED);
  g_assert_false (raster.drawn);
  heddle_raster_rect (&raster, -1e6f, -1e6f, 2e6f, 2e6f, &RED);
  g_assert_cmpuint (count (&raster, 0xffff0000), ==, 9);
  heddle_raster_clear (&raster);
}

static void
test_scale (void)
{
  HeddleRaster raster;

  heddle_raster_begin (&raster, 0, 0, 4, 2, 2);
  g_assert_cmpint (raster.width, ==, 8);
  heddle_raster_rect (&raster, 1, 0.5f, 0.5f, 1, &RED);
  g_assert_cmphex (at (&raster, 2, 1), ==, 0xffff0000);
  g_assert_cmphex (at (&raster, 2, 2), ==, 0xffff0000);
  g_assert_cmpuint (count (&raster, 0xffff0000), ==, 2);
  heddle_raster_clear (&raster);
}

static void
test_handed_over (void)
{
  HeddleRaster raster;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  graphene_rect_t bounds;

  heddle_raster_begin (&raster, 0, 0, 0, 5, 1); /* of no size */
  heddle_raster_rect (&raster, 0, 0, 1, 1, &RED);
  heddle_raster_end (&raster, snapshot);
  heddle_raster_begin (&raster, 0, 0, 5, 5, 1); /* nothing on it */
  heddle_raster_end (&raster, snapshot);
  heddle_raster_begin (&raster, 3, 4, 5, 6, 2);
  heddle_raster_rect (&raster, 4, 5, 1, 1, &RED);
  heddle_raster_end (&raster, snapshot);
  g_assert_null (raster.pixels);

  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  g_assert_cmpint (gsk_render_node_get_node_type (node), ==, GSK_CAIRO_NODE);
  gsk_render_node_get_bounds (node, &bounds);
  g_assert_true (graphene_rect_equal (&bounds, &GRAPHENE_RECT_INIT (3, 4, 5, 6)));
}

/* What benchmarks count: what lies within the picture, once for each time that it is drawn. */
static void
test_drawn (void)
{
  HeddleRasterDrawn before = heddle_raster_get_drawn (), after;
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  HeddleRaster raster;

  heddle_raster_begin (&raster, 0, 0, 8, 6, 2);
  heddle_raster_rect (&raster, 1, 1, 3, 2, &RED);
  heddle_raster_rect (&raster, 1, 1, 3, 2, &HALF_BLUE);
  heddle_raster_rect (&raster, 7, 5, 10, 10, &RED);
  heddle_raster_rect (&raster, 20, 20, 3, 2, &RED);
  heddle_raster_rect (&raster, 2, 2, 0, 2, &RED);
  heddle_raster_pattern (&raster, 0, 0, 2, 1, HEDDLE_PATTERN_NONE, &RED);
  heddle_raster_pattern (&raster, 0, 0, 2, 1, heddle_state_get_pattern (HEDDLE_STATE_FAILED), &RED);
  heddle_raster_pattern (&raster, 9, 0, 2, 1, heddle_state_get_pattern (HEDDLE_STATE_FAILED), &RED);
  heddle_raster_end (&raster, snapshot);
  after = heddle_raster_get_drawn ();
  g_assert_cmpuint (after.n_pictures - before.n_pictures, ==, 1);
  g_assert_cmpuint (after.n_rectangles - before.n_rectangles, ==, 4);
  g_assert_cmpuint (after.n_pixels - before.n_pixels, ==, 4 * (2 * 6 + 1 + 2));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gtk_init_check (); /* for the types of nodes; a display is not needed */
  g_test_add_func ("/raster/whole-pixels", test_whole);
  g_test_add_func ("/raster/edges-between-pixels-are-shares", test_edges);
  g_test_add_func ("/raster/colours-lie-over-each-other", test_over);
  g_test_add_func ("/raster/what-lies-outside-is-not-drawn", test_outside);
  g_test_add_func ("/raster/dense-displays", test_scale);
  g_test_add_func ("/raster/handed-over-as-one-node", test_handed_over);
  g_test_add_func ("/raster/what-was-drawn-is-counted", test_drawn);
  return g_test_run ();
}
