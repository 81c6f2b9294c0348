/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "charts/chart.h"
#include "charts/raster.h"
#include "charts/swatch.h"

#define SIZE 10

/* Draws with the colours and the shapes of the lanes chart: ends that were not good differ in shape
 * as well. */
struct _HeddleSwatch {
  GtkWidget parent_instance;

  char *kind; /* owned */
};

enum { PROP_0, PROP_KIND };

G_DEFINE_FINAL_TYPE (HeddleSwatch, heddle_swatch, GTK_TYPE_WIDGET)

static void
heddle_swatch_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = SIZE;
  *minimum_baseline = *natural_baseline = -1;
}

/* A line, or a fill with its pattern; a task of which no more is known where @state is none. */
static void
snapshot_state (GtkWidget *widget, GtkSnapshot *snapshot, const HeddlePalette *palette,
                HeddleLaneState state)
{
  HeddleRaster raster;

  if (state == HEDDLE_N_STATE_FILLS)
    state = HEDDLE_STATE_UNKNOWN;
  if (state == HEDDLE_STATE_HOLDING)
    {
      heddle_chart_fill (snapshot, 0, SIZE - 3, SIZE, 2, &palette->states[state]);
      return;
    }
  heddle_raster_begin (&raster, 0, 0, SIZE, SIZE, gtk_widget_get_scale_factor (widget));
  heddle_raster_rect (&raster, 0, 0, SIZE, SIZE, &palette->states[state]);
  heddle_raster_pattern (&raster, 0, 0, SIZE, SIZE, heddle_state_get_pattern (state),
                         &palette->lines[state]);
  heddle_raster_end (&raster, snapshot);
}

/* Whether the kind is @name and a number below @n: "kind-3". */
static gboolean
has_number (HeddleSwatch *self, const char *name, guint n, guint *number)
{
  gsize length = strlen (name);
  guint64 found;

  if (self->kind == NULL || strncmp (self->kind, name, length) != 0 || self->kind[length] != '-'
      || !g_ascii_string_to_unsigned (self->kind + length + 1, 10, 0, n - 1, &found, NULL))
    return FALSE;
  *number = (guint) found;
  return TRUE;
}

/* What tasks are coloured by but states. Returns: FALSE if the swatch is of none of that. */
static gboolean
find_plain_colour (HeddleSwatch *self, const HeddlePalette *palette, GdkRGBA *colour)
{
  guint number;

  if (g_strcmp0 (self->kind, "done") == 0)
    *colour = palette->good;
  else if (has_number (self, "kind", HEDDLE_N_TASK_KINDS, &number))
    *colour = palette->kinds[number];
  else if (has_number (self, "tone", HEDDLE_LANE_TONES, &number))
    *colour = heddle_palette_get_tone (palette, number);
  else
    return FALSE;
  return TRUE;
}

static void
heddle_swatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  HeddleSwatch *self = HEDDLE_SWATCH (widget);
  HeddlePalette palette;
  HeddleLaneState state = heddle_state_parse (self->kind);
  GdkRGBA plain;
  gboolean lost = g_strcmp0 (self->kind, "lost") == 0;

  heddle_palette_init (&palette, widget);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
    snapshot,
    &GRAPHENE_POINT_INIT ((float) (gtk_widget_get_width (widget) - SIZE) / 2,
                          (float) (gtk_widget_get_height (widget) - SIZE) / 2));
  if (g_strcmp0 (self->kind, "cancelled") == 0)
    {
      heddle_chart_fill (snapshot, 0, 0, SIZE, 4, &palette.cancelled);
      heddle_chart_fill (snapshot, 0, 6, SIZE, 4, &palette.cancelled);
    }
  else if (lost || g_strcmp0 (self->kind, "failed") == 0)
    {
      const GdkRGBA *colour = lost ? &palette.lost : &palette.failed;
      GdkRGBA stripe = heddle_palette_mix (colour, &palette.base, 0.45f);

      heddle_chart_fill (snapshot, 0, 0, SIZE, 2, colour);
      heddle_chart_fill (snapshot, 0, 4, SIZE, 6, colour);
      for (int x = 2; lost && x < SIZE; x += 4)
        heddle_chart_fill (snapshot, x, 4, 2, 6, &stripe);
    }
  else if (g_strcmp0 (self->kind, "queued") == 0)
    {
      heddle_chart_fill (snapshot, 0, SIZE / 2 - 1, SIZE, 2, &palette.dim);
      heddle_chart_fill (snapshot, 0, SIZE / 4, 1, SIZE - 2 * (SIZE / 4), &palette.dim);
    }
  else if (find_plain_colour (self, &palette, &plain))
    heddle_chart_fill (snapshot, 0, 0, SIZE, SIZE, &plain);
  else
    snapshot_state (widget, snapshot, &palette, state);
  gtk_snapshot_restore (snapshot);
}

static void
heddle_swatch_set_property (GObject *object, guint property_id, const GValue *value,
                            GParamSpec *pspec)
{
  HeddleSwatch *self = HEDDLE_SWATCH (object);

  if (property_id != PROP_KIND)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      return;
    }
  g_free (self->kind);
  self->kind = g_value_dup_string (value);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
heddle_swatch_finalize (GObject *object)
{
  g_free (HEDDLE_SWATCH (object)->kind);
  G_OBJECT_CLASS (heddle_swatch_parent_class)->finalize (object);
}

static void
heddle_swatch_class_init (HeddleSwatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = heddle_swatch_finalize;
  object_class->set_property = heddle_swatch_set_property;
  widget_class->measure = heddle_swatch_measure;
  widget_class->snapshot = heddle_swatch_snapshot;
  g_object_class_install_property (
    object_class, PROP_KIND,
    g_param_spec_string ("kind", NULL, NULL, NULL, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS));
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
heddle_swatch_init (HeddleSwatch *self)
{
}
