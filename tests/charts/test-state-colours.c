/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fills of states, as people see them who see fewer colours: the matrices of Machado, Oliveira
 * and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009),
 * at full severity, in linear sRGB; differences are those of CIE76 under D65.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "charts/state-colours.h"

typedef struct {
  double v[3];
} Vector;

typedef struct {
  Vector row[3];
} Matrix;

/* The first one sees all colours. */
static const Matrix eyes[] = {
  { { { { 1, 0, 0 } }, { { 0, 1, 0 } }, { { 0, 0, 1 } } } },
  { { { { 0.152286, 1.052583, -0.204868 } },
      { { 0.114503, 0.786281, 0.099216 } },
      { { -0.003882, -0.048116, 1.051998 } } } },
  { { { { 0.367322, 0.860646, -0.227968 } },
      { { 0.280085, 0.672501, 0.047413 } },
      { { -0.011820, 0.042940, 0.968881 } } } },
  { { { { 1.255528, -0.076749, -0.178779 } },
      { { -0.078411, 0.930809, 0.147602 } },
      { { 0.004733, 0.691367, 0.303900 } } } },
};

static const Matrix xyz_of_rgb = { { { { 0.4124564, 0.3575761, 0.1804375 } },
                                     { { 0.2126729, 0.7151522, 0.0721750 } },
                                     { { 0.0193339, 0.1191920, 0.9503041 } } } };

static Vector
multiply (const Matrix *matrix, const Vector *vector)
{
  Vector product;

  for (guint i = 0; i < 3; i++)
    {
      product.v[i] = 0;
      for (guint k = 0; k < 3; k++)
        product.v[i] += matrix->row[i].v[k] * vector->v[k];
    }
  return product;
}

static double
linear (double value)
{
  return value <= 0.04045 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
root (double value)
{
  return value > 216.0 / 24389 ? cbrt (value) : (24389.0 / 27 * value + 16) / 116;
}

/* "#rrggbb", seen with those eyes, in CIE Lab. */
static Vector
lab_of (const char *colour, const Matrix *eye)
{
  unsigned long rgb = strtoul (colour + 1, NULL, 16);
  const Vector white = { { 0.95047, 1, 1.08883 } };
  Vector seen, xyz;

  g_assert_cmpuint (strlen (colour), ==, 7);
  for (guint i = 0; i < 3; i++)
    seen.v[i] = linear ((double) (rgb >> (16 - 8 * i) & 0xff) / 255);
  seen = multiply (eye, &seen);
  for (guint i = 0; i < 3; i++)
    seen.v[i] = CLAMP (seen.v[i], 0, 1);
  xyz = multiply (&xyz_of_rgb, &seen);
  for (guint i = 0; i < 3; i++)
    xyz.v[i] = root (xyz.v[i] / white.v[i]);
  return (Vector){ { 116 * xyz.v[1] - 16, 500 * (xyz.v[0] - xyz.v[1]),
                     200 * (xyz.v[1] - xyz.v[2]) } };
}

static double
difference (const char *a, const char *b, const Matrix *eye)
{
  Vector one = lab_of (a, eye), other = lab_of (b, eye);

  return sqrt (pow (one.v[0] - other.v[0], 2) + pow (one.v[1] - other.v[1], 2)
               + pow (one.v[2] - other.v[2], 2));
}

/* Known values, so that the test itself is tested. */
static void
test_measure (void)
{
  Vector red = lab_of ("#ff0000", &eyes[0]);

  g_assert_cmpfloat_with_epsilon (red.v[0], 53.24, 0.01);
  g_assert_cmpfloat_with_epsilon (red.v[1], 80.09, 0.05);
  g_assert_cmpfloat_with_epsilon (red.v[2], 67.20, 0.05);
  g_assert_cmpfloat_with_epsilon (difference ("#000000", "#ffffff", &eyes[0]), 100, 0.01);
  /* who lacks the red receptor hardly tells a dark red from black, or this green from an orange */
  g_assert_cmpfloat (difference ("#400000", "#000000", &eyes[1]), <, 12);
  g_assert_cmpfloat (difference ("#400000", "#000000", &eyes[0]), >, 25);
}

/* What stands in the legend as a fill. */
static gboolean
is_fill (guint state)
{
  return state != HEDDLE_STATE_UNKNOWN && state != HEDDLE_STATE_HOLDING;
}

static void
test_differ (void)
{
  for (guint scheme = 0; scheme < HEDDLE_N_SCHEMES; scheme++)
    for (guint eye = 0; eye < G_N_ELEMENTS (eyes); eye++)
      for (guint a = 0; a < HEDDLE_N_STATE_FILLS; a++)
        {
          const char *fill = heddle_state_get_colour (a, scheme);

          g_assert_cmpfloat (difference (fill, heddle_state_get_base (scheme), &eyes[eye]), >=,
                             HEDDLE_STATE_MIN_CONTRAST);
          for (guint b = a + 1; b < HEDDLE_N_STATE_FILLS; b++)
            if (is_fill (a) && is_fill (b))
              {
                double between =
                  difference (fill, heddle_state_get_colour (b, scheme), &eyes[eye]);

                if (between < HEDDLE_STATE_MIN_DIFFERENCE)
                  g_test_message ("scheme %u, eyes %u: %s and %s", scheme, eye,
                                  heddle_state_get_name (a), heddle_state_get_name (b));
                g_assert_cmpfloat (between, >=, HEDDLE_STATE_MIN_DIFFERENCE);
              }
        }
}

static void
test_kinds (void)
{
  for (guint scheme = 0; scheme < HEDDLE_N_SCHEMES; scheme++)
    for (guint eye = 0; eye < G_N_ELEMENTS (eyes); eye++)
      for (guint a = 0; a < HEDDLE_N_TASK_KINDS; a++)
        {
          const char *fill = heddle_kind_get_colour (a, scheme);

          g_assert_cmpfloat (difference (fill, heddle_state_get_base (scheme), &eyes[eye]), >=,
                             HEDDLE_STATE_MIN_CONTRAST);
          /* a task that failed is red whatever its kind */
          g_assert_cmpfloat (difference (fill,
                                         heddle_state_get_colour (HEDDLE_STATE_FAILED, scheme),
                                         &eyes[eye]),
                             >=, HEDDLE_STATE_MIN_DIFFERENCE);
          for (guint b = a + 1; b < HEDDLE_N_TASK_KINDS; b++)
            g_assert_cmpfloat (difference (fill, heddle_kind_get_colour (b, scheme), &eyes[eye]),
                               >=, HEDDLE_KIND_MIN_DIFFERENCE);
        }
}

/* Any two patterns differ in a twentieth of all pixels at least, and both repeat. */
static void
test_patterns (void)
{
  for (guint a = 0; a < HEDDLE_N_PATTERNS; a++)
    for (guint b = a + 1; b < HEDDLE_N_PATTERNS; b++)
      {
        guint n_different = 0;

        for (guint y = 0; y < HEDDLE_PATTERN_PERIOD; y++)
          for (guint x = 0; x < HEDDLE_PATTERN_PERIOD; x++)
            {
              n_different += heddle_pattern_has (a, x, y) != heddle_pattern_has (b, x, y);
              g_assert_cmpint (heddle_pattern_has (b, x, y), ==,
                               heddle_pattern_has (b, x + HEDDLE_PATTERN_PERIOD,
                                                   y + HEDDLE_PATTERN_PERIOD));
            }
        g_assert_cmpuint (n_different, >=, HEDDLE_PATTERN_PERIOD * HEDDLE_PATTERN_PERIOD / 20);
      }
  /* no two fills have the same */
  for (guint a = 0; a < HEDDLE_N_STATE_FILLS; a++)
    for (guint b = a + 1; b < HEDDLE_N_STATE_FILLS; b++)
      if (is_fill (a) && is_fill (b))
        g_assert_cmpint (heddle_state_get_pattern (a), !=, heddle_state_get_pattern (b));
}

static void
test_names (void)
{
  for (guint i = 0; i < HEDDLE_N_STATE_FILLS; i++)
    g_assert_cmpint (heddle_state_parse (heddle_state_get_name (i)), ==, i);
  g_assert_cmpint (heddle_state_parse ("nonsense"), ==, HEDDLE_N_STATE_FILLS);
  g_assert_cmpint (heddle_state_parse (NULL), ==, HEDDLE_N_STATE_FILLS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/state-colours/differences-are-measured-right", test_measure);
  g_test_add_func ("/state-colours/all-eyes-tell-fills-apart", test_differ);
  g_test_add_func ("/state-colours/all-eyes-tell-kinds-apart", test_kinds);
  g_test_add_func ("/state-colours/patterns-tell-fills-apart", test_patterns);
  g_test_add_func ("/state-colours/names-are-understood", test_names);
  return g_test_run ();
}
