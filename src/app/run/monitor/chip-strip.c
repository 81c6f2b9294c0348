/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A row of chips: what waits in line, what a list holds.
 *
 * They change ten times a second, so chips are drawn, not widgets: a new text must not lead to a
 * layout pass of the whole window. Texts are laid out once and kept while they stay, also where
 * they move. The last one that has some room ends with an ellipsis where it needs more; what comes
 * after it is counted.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "app/run/monitor/chip-strip.h"
#include "app/widgets/a11y/accessible.h"
#include "base/format.h"
#include "charts/tip.h"

#define GAP 5
#define PADDING_X 7
#define PADDING_Y 3
#define RADIUS 5
#define CHIP_MIN 48 /* pixels: in less nothing could be read */

typedef struct {
  HeddleChip chip;
  PangoLayout *layout; /* NULL: not laid out yet */
  int width;           /* of the chip, pixels */
} LaidOutChip;

struct _HeddleChipStrip {
  GtkWidget parent_instance;

  LaidOutChip chips[HEDDLE_CHIPS_MAX];
  guint n_chips;
  guint64 n_all;     /* how many there are, shown or not */
  char *placeholder; /* owned */
  int text_height;   /* 0: to be measured */
  HeddleTip tip;
};

enum { PROP_0, PROP_PLACEHOLDER };

G_DEFINE_FINAL_TYPE (HeddleChipStrip, heddle_chip_strip, GTK_TYPE_WIDGET)

static void
chip_lay_out (HeddleChipStrip *self, LaidOutChip *chip)
{
  if (chip->layout != NULL)
    return;
  chip->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), chip->chip.text);
  pango_layout_set_single_paragraph_mode (chip->layout, TRUE);
  pango_layout_get_pixel_size (chip->layout, &chip->width, NULL);
  chip->width += 2 * PADDING_X;
}

static void
heddle_chip_strip_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleChipStrip *self = HEDDLE_CHIP_STRIP (widget);

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 80;
      *natural = 400;
      return;
    }
  if (self->text_height == 0)
    {
      g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, "0");

      pango_layout_get_pixel_size (layout, NULL, &self->text_height);
    }
  *minimum = *natural = self->text_height + 2 * PADDING_Y;
}

static void
draw_text (GtkSnapshot *snapshot, PangoLayout *layout, int x, int y, const GdkRGBA *colour)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}

/* Draws a chip, no wider than @room. */
static void
draw_chip (HeddleChipStrip *self, GtkSnapshot *snapshot, LaidOutChip *chip, int x, int room,
           const GdkRGBA *text, const GdkRGBA *ground)
{
  int width = MIN (chip->width, room), height = self->text_height + 2 * PADDING_Y;
  int y = (gtk_widget_get_height (GTK_WIDGET (self)) - height) / 2;
  g_autoptr (PangoLayout) layout = g_object_ref (chip->layout);
  GskRoundedRect shape;

  if (width < chip->width)
    {
      g_object_unref (layout);
      layout = pango_layout_copy (chip->layout);
      pango_layout_set_width (layout, (width - 2 * PADDING_X) * PANGO_SCALE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    }
  gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width,
                                                                (float) height), RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, ground, &shape.bounds);
  gtk_snapshot_pop (snapshot);
  draw_text (snapshot, layout, x + PADDING_X, y + PADDING_Y, text);
}

/* "+ 40 more", or NULL where none are. */
static PangoLayout *
lay_out_more (HeddleChipStrip *self, guint64 n_more, int *width)
{
  char count[HEDDLE_FORMAT_SIZE], line[96];
  PangoLayout *layout;

  *width = 0;
  if (n_more == 0)
    return NULL;
  /* Translators: how many tasks wait behind those that are shown; a number stands for %s */
  g_snprintf (line, sizeof line, _("+ %s more"), heddle_format_count (n_more, count, sizeof count));
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), line);
  pango_layout_get_pixel_size (layout, width, NULL);
  return layout;
}

/* How many chips are seen in @room: the last one of them may have to end with an ellipsis. */
static guint
count_shown (HeddleChipStrip *self, int room)
{
  int x = 0;

  for (guint i = 0; i < self->n_chips; i++)
    {
      chip_lay_out (self, &self->chips[i]);
      if (x + MIN (self->chips[i].width, CHIP_MIN) > room)
        return i;
      x += self->chips[i].width + GAP;
      if (x - GAP > room)
        return i + 1;
    }
  return self->n_chips;
}

static void
draw_placeholder (HeddleChipStrip *self, GtkSnapshot *snapshot, const GdkRGBA *dim)
{
  g_autoptr (PangoLayout) layout = NULL;

  if (self->placeholder == NULL)
    return;
  layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->placeholder);
  draw_text (snapshot, layout, 0,
             (gtk_widget_get_height (GTK_WIDGET (self)) - self->text_height) / 2, dim);
}

static void
heddle_chip_strip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  HeddleChipStrip *self = HEDDLE_CHIP_STRIP (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int room = gtk_widget_get_width (widget), x = 0, width;
  GdkRGBA text, ground, dim;
  guint n_shown = count_shown (self, room);

  gtk_style_context_get_color (style, &text);
  ground = text;
  ground.alpha *= 0.16f;
  if (!gtk_style_context_lookup_color (style, "card_fg_color", &dim))
    dim = text;
  dim.alpha *= 0.72f;
  if (self->n_all == 0)
    {
      draw_placeholder (self, snapshot, &dim);
      return;
    }
  if (n_shown < self->n_all)
    {
      g_autoptr (PangoLayout) more = NULL;

      /* the note takes room itself, at the right edge: here as much as if no chip were seen */
      more = lay_out_more (self, self->n_all, &width);
      n_shown = count_shown (self, room - width - 2 * GAP);
      g_object_unref (more);
      more = lay_out_more (self, self->n_all - n_shown, &width);
      draw_text (snapshot, more, room - width,
                 (gtk_widget_get_height (widget) - self->text_height) / 2, &dim);
      room -= width + 2 * GAP;
    }
  for (guint i = 0; i < n_shown; i++)
    {
      draw_chip (self, snapshot, &self->chips[i], x, room - x, &text, &ground);
      x += self->chips[i].width + GAP;
    }
}

static gboolean
heddle_chip_strip_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard,
                                 GtkTooltip *tooltip)
{
  HeddleChipStrip *self = HEDDLE_CHIP_STRIP (widget);
  int at = 0;

  for (guint i = 0; i < self->n_chips && !keyboard; i++)
    {
      LaidOutChip *chip = &self->chips[i];

      if (x >= at && x < at + chip->width)
        return heddle_tip_show (&self->tip, tooltip, x, y,
                                chip->chip.tip[0] != '\0' ? chip->chip.tip : chip->chip.text, NULL);
      at += chip->width + GAP;
    }
  return FALSE;
}

/* Other font: everything is laid out anew. */
static void
heddle_chip_strip_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  HeddleChipStrip *self = HEDDLE_CHIP_STRIP (widget);

  GTK_WIDGET_CLASS (heddle_chip_strip_parent_class)->css_changed (widget, change);
  for (guint i = 0; i < self->n_chips; i++)
    g_clear_object (&self->chips[i].layout);
  self->text_height = 0;
  gtk_widget_queue_resize (widget);
}

static void
heddle_chip_strip_set_property (GObject *object, guint property_id, const GValue *value,
                                GParamSpec *pspec)
{
  if (property_id == PROP_PLACEHOLDER)
    HEDDLE_CHIP_STRIP (object)->placeholder = g_value_dup_string (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
heddle_chip_strip_finalize (GObject *object)
{
  HeddleChipStrip *self = HEDDLE_CHIP_STRIP (object);

  for (guint i = 0; i < self->n_chips; i++)
    g_clear_object (&self->chips[i].layout);
  g_free (self->placeholder);
  G_OBJECT_CLASS (heddle_chip_strip_parent_class)->finalize (object);
}

static void
heddle_chip_strip_class_init (HeddleChipStripClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = heddle_chip_strip_finalize;
  object_class->set_property = heddle_chip_strip_set_property;
  g_object_class_install_property (
    object_class, PROP_PLACEHOLDER,
    g_param_spec_string ("placeholder", NULL, NULL, NULL,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
  widget_class->measure = heddle_chip_strip_measure;
  widget_class->snapshot = heddle_chip_strip_snapshot;
  widget_class->query_tooltip = heddle_chip_strip_query_tooltip;
  widget_class->css_changed = heddle_chip_strip_css_changed;
  gtk_widget_class_set_css_name (widget_class, "chipstrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
heddle_chip_strip_init (HeddleChipStrip *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  heddle_tip_init (&self->tip, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/* Screen readers get the first few; reading more would take longer than they stay. */
static void
tell (HeddleChipStrip *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < MIN (self->n_chips, 5); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", self->chips[i].chip.text);
  heddle_accessible_set_description (GTK_WIDGET (self), text->str);
}

static gboolean
is_same (const HeddleChip *a, const HeddleChip *b)
{
  return g_str_equal (a->text, b->text) && g_str_equal (a->tip, b->tip);
}

/**
 * heddle_chip_strip_set_chips:
 * @chips: (array length=n_chips): the first ones, first first; copied
 * @n_all: how many there are in all
 *
 * Costs a comparison where nothing has moved.
 *
 * Returns: whether anything has changed
 */
gboolean
heddle_chip_strip_set_chips (HeddleChipStrip *self, const HeddleChip *chips, guint n_chips,
                             guint64 n_all)
{
  LaidOutChip old[HEDDLE_CHIPS_MAX];
  guint n_old = self->n_chips, next = 0;
  gboolean changed;

  g_return_val_if_fail (HEDDLE_IS_CHIP_STRIP (self), FALSE);

  n_chips = MIN (n_chips, HEDDLE_CHIPS_MAX);
  changed = n_all != self->n_all || n_chips != n_old;
  memcpy (old, self->chips, sizeof *old * n_old);
  self->n_chips = n_chips;
  self->n_all = n_all;
  for (guint i = 0; i < n_chips; i++)
    {
      LaidOutChip *chip = &self->chips[i];
      guint found = next;

      /* chips mostly leave at the front, and the others keep their order */
      while (found < n_old && !is_same (&old[found].chip, &chips[i]))
        found++;
      changed = changed || found != i;
      if (found == n_old)
        {
          *chip = (LaidOutChip) { .chip = chips[i] };
          continue;
        }
      *chip = old[found];
      old[found].layout = NULL;
      next = found + 1;
    }
  for (guint i = 0; i < n_old; i++)
    g_clear_object (&old[i].layout);
  if (!changed)
    return FALSE;
  tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  heddle_tip_changed (&self->tip);
  return TRUE;
}
