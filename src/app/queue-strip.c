/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The head of the queue as a row of chips: "30476 gimp.png".
 *
 * The line moves ten times a second, so chips are drawn, not widgets: a new text must not lead to a layout pass of the whole window.
 * Texts are laid out once and kept while their task waits. What does not fit is cut off at the edge and counted.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "app/queue-strip.h"
#include "charts/axis.h"

#define GAP 5
#define PADDING_X 7
#define PADDING_Y 3
#define RADIUS 5

typedef struct {
  guint64 id;
  char label[sizeof ((HeddleQueueEntry *) NULL)->label];
  PangoLayout *layout; /* NULL: not laid out yet */
  int width;           /* of the chip, pixels */
} Chip;

struct _HeddleQueueStrip {
  GtkWidget parent_instance;

  Chip chips[HEDDLE_SNAPSHOT_QUEUE];
  guint n_chips;
  guint64 n_queued;
  int text_height;    /* 0: to be measured */
};

G_DEFINE_FINAL_TYPE (HeddleQueueStrip, heddle_queue_strip, GTK_TYPE_WIDGET)

static void
chip_clear (Chip *chip)
{
  g_clear_object (&chip->layout);
  *chip = (Chip) { 0 };
}

/* Files are known by their names; the whole path is in the tooltip. */
static const char *
short_label (const char *label)
{
  const char *slash = strrchr (label, '/');

  return slash != NULL && slash[1] != '\0' ? slash + 1 : label;
}

static void
chip_lay_out (HeddleQueueStrip *self, Chip *chip)
{
  char text[96];

  if (chip->layout != NULL)
    return;
  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT " %s", chip->id, short_label (chip->label));
  chip->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), g_strchomp (text));
  pango_layout_get_pixel_size (chip->layout, &chip->width, NULL);
  chip->width += 2 * PADDING_X;
}

static void
heddle_queue_strip_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  HeddleQueueStrip *self = HEDDLE_QUEUE_STRIP (widget);

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
draw_chip (HeddleQueueStrip *self, GtkSnapshot *snapshot, Chip *chip, float x, int height, const GdkRGBA *text, const GdkRGBA *ground)
{
  GskRoundedRect shape;

  gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (x, 0, (float) chip->width, (float) height), RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, ground, &shape.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + PADDING_X, (float) ((height - self->text_height) / 2)));
  gtk_snapshot_append_layout (snapshot, chip->layout, text);
  gtk_snapshot_restore (snapshot);
}

/* "+ 40 more" stands at the right edge; returns the room that is left of it. */
static int
draw_more (HeddleQueueStrip *self, GtkSnapshot *snapshot, guint64 n_more, const GdkRGBA *dim)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autoptr (PangoLayout) layout = NULL;
  char count[HEDDLE_AXIS_TEXT], line[96];
  int width;

  if (n_more == 0)
    return gtk_widget_get_width (widget);
  /* Translators: how many tasks wait behind those that are shown; a number stands for %s */
  g_snprintf (line, sizeof line, _("+ %s more"), heddle_axis_format_count (n_more, count, sizeof count));
  layout = gtk_widget_create_pango_layout (widget, line);
  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (gtk_widget_get_width (widget) - width),
                                                          (float) ((gtk_widget_get_height (widget) - self->text_height) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, dim);
  gtk_snapshot_restore (snapshot);
  return gtk_widget_get_width (widget) - width - 2 * GAP;
}

static void
draw_empty (HeddleQueueStrip *self, GtkSnapshot *snapshot, const GdkRGBA *dim)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), _("No task waits"));

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (0, PADDING_Y));
  gtk_snapshot_append_layout (snapshot, layout, dim);
  gtk_snapshot_restore (snapshot);
}

/* How many chips stand whole in @room. */
static guint
count_whole (HeddleQueueStrip *self, int room)
{
  int x = 0;

  for (guint i = 0; i < self->n_chips; i++)
    {
      chip_lay_out (self, &self->chips[i]);
      if (x + self->chips[i].width > room)
        return i;
      x += self->chips[i].width + GAP;
    }
  return self->n_chips;
}

static void
heddle_queue_strip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  HeddleQueueStrip *self = HEDDLE_QUEUE_STRIP (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int height = gtk_widget_get_height (widget);
  int room = gtk_widget_get_width (widget);
  GdkRGBA text, ground, dim;
  float x = 0;
  guint n_whole = count_whole (self, room);

  gtk_style_context_get_color (style, &text);
  ground = text;
  ground.alpha *= 0.16f;
  if (!gtk_style_context_lookup_color (style, "card_fg_color", &dim))
    dim = text;
  dim.alpha *= 0.6f;
  if (self->n_queued == 0)
    {
      draw_empty (self, snapshot, &dim);
      return;
    }
  /* the note takes room itself: count again without it */
  if (n_whole < self->n_queued)
    n_whole = count_whole (self, room - 90);
  room = draw_more (self, snapshot, self->n_queued - MIN (n_whole, self->n_queued), &dim);
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) MAX (room, 0), (float) height));
  for (guint i = 0; i < self->n_chips && x < (float) room; i++)
    {
      chip_lay_out (self, &self->chips[i]);
      draw_chip (self, snapshot, &self->chips[i], x, height, &text, &ground);
      x += (float) (self->chips[i].width + GAP);
    }
  gtk_snapshot_pop (snapshot);
}

static gboolean
heddle_queue_strip_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  HeddleQueueStrip *self = HEDDLE_QUEUE_STRIP (widget);
  int at = 0;

  for (guint i = 0; i < self->n_chips && !keyboard; i++)
    {
      Chip *chip = &self->chips[i];

      if (x >= at && x < at + chip->width)
        {
          g_autofree char *text = g_strdup_printf (_("Task %" PRIu64 ": %s"), chip->id, chip->label);

          gtk_tooltip_set_text (tooltip, text);
          return TRUE;
        }
      at += chip->width + GAP;
    }
  return FALSE;
}

/* Other font: everything is laid out anew. */
static void
heddle_queue_strip_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  HeddleQueueStrip *self = HEDDLE_QUEUE_STRIP (widget);

  GTK_WIDGET_CLASS (heddle_queue_strip_parent_class)->css_changed (widget, change);
  for (guint i = 0; i < self->n_chips; i++)
    g_clear_object (&self->chips[i].layout);
  self->text_height = 0;
  gtk_widget_queue_resize (widget);
}

static void
heddle_queue_strip_finalize (GObject *object)
{
  HeddleQueueStrip *self = HEDDLE_QUEUE_STRIP (object);

  for (guint i = 0; i < self->n_chips; i++)
    chip_clear (&self->chips[i]);
  G_OBJECT_CLASS (heddle_queue_strip_parent_class)->finalize (object);
}

static void
heddle_queue_strip_class_init (HeddleQueueStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = heddle_queue_strip_finalize;
  widget_class->measure = heddle_queue_strip_measure;
  widget_class->snapshot = heddle_queue_strip_snapshot;
  widget_class->query_tooltip = heddle_queue_strip_query_tooltip;
  widget_class->css_changed = heddle_queue_strip_css_changed;
  gtk_widget_class_set_css_name (widget_class, "queuestrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
heddle_queue_strip_init (HeddleQueueStrip *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Waiting tasks"), -1);
}

/* Screen readers get the first few; reading more would take longer than they wait. */
static void
tell (HeddleQueueStrip *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < MIN (self->n_chips, 5); i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT " %s", i > 0 ? ", " : "", self->chips[i].id, short_label (self->chips[i].label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
}

/**
 * heddle_queue_strip_set_entries:
 * @entries: (array length=n_entries): the first in line, first first; copied
 * @n_queued: how many are in line in all
 *
 * Main loop. Costs a comparison where nothing has moved.
 */
void
heddle_queue_strip_set_entries (HeddleQueueStrip *self, const HeddleQueueEntry *entries, guint n_entries, guint64 n_queued)
{
  Chip old[HEDDLE_SNAPSHOT_QUEUE];
  guint n_old = self->n_chips, kept = 0;
  gboolean changed = n_queued != self->n_queued || n_entries != self->n_chips;

  g_return_if_fail (HEDDLE_IS_QUEUE_STRIP (self));

  memcpy (old, self->chips, sizeof old);
  self->n_chips = MIN (n_entries, HEDDLE_SNAPSHOT_QUEUE);
  self->n_queued = n_queued;
  for (guint i = 0; i < self->n_chips; i++)
    {
      Chip *chip = &self->chips[i];

      /* the line moves forward: what was looked for is never in front of what was found */
      while (kept < n_old && old[kept].id < entries[i].id)
        chip_clear (&old[kept++]);
      if (kept < n_old && old[kept].id == entries[i].id && g_str_equal (old[kept].label, entries[i].label))
        {
          changed = changed || kept != i;
          *chip = old[kept];
          old[kept++] = (Chip) { 0 };
          continue;
        }
      changed = TRUE;
      *chip = (Chip) { .id = entries[i].id };
      g_strlcpy (chip->label, entries[i].label, sizeof chip->label);
    }
  for (; kept < n_old; kept++)
    chip_clear (&old[kept]);
  for (guint i = self->n_chips; i < HEDDLE_SNAPSHOT_QUEUE; i++)
    self->chips[i] = (Chip) { 0 };
  if (!changed)
    return;
  tell (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * heddle_queue_strip_dup_count:
 * @snapshot: a run
 *
 * Returns: (transfer full): how full the queue is, in words: "64 of 64 · producer waiting". Main loop.
 */
char *
heddle_queue_strip_dup_count (const HeddleRunSnapshot *snapshot)
{
  char queued[HEDDLE_AXIS_TEXT], capacity[HEDDLE_AXIS_TEXT];

  if (snapshot->queue_length == 0)
    return g_strdup (_("empty"));
  heddle_axis_format_count (snapshot->queue_length, queued, sizeof queued);
  heddle_axis_format_count (snapshot->queue_capacity, capacity, sizeof capacity);
  if (snapshot->producer_waiting)
    /* Translators: tasks in the queue, its capacity */
    return g_strdup_printf (_("%s of %s · producer waiting"), queued, capacity);
  return g_strdup_printf (_("%s of %s"), queued, capacity);
}
