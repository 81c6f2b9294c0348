/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * Figures as bars, a line each: its name, a bar up to its value, a whisker over its spread, a mark
 * where the notes print something else, the value in words. Those of one group stand below a
 * heading, with what the notes claim about them.
 */

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/format.h"
#include "charts/bars-chart.h"
#include "charts/bars-layout.h"

#define HEADING_HEIGHT 21 /* at least; letters may be larger */
#define HEADING_FROM 700 /* width from which claims may stand beside their headings */
#define COLUMN_GAP 10
#define BAR_INSET 4      /* above and below a bar */
#define CAP 7            /* height of a whisker's ends */
#define MARK 3           /* width of what the notes print */
#define MARK_GAP 6       /* between that and the words of the notes */
#define CLAIM_GAP 18     /* between a heading and these words */
#define TICK_ROOM 12     /* between the texts of an axis */

struct _HeddleBarsChart {
  HeddleChart chart;

  HeddleFigure figures[HEDDLE_MAX_FIGURES]; /* a copy */
  guint n_figures;
  const HeddleFigureGroup *groups; /* static */

  HeddleBarsRow rows[HEDDLE_BARS_MAX_ROWS];
  guint n_rows;
  HeddleBarsScale scales[HEDDLE_N_FIGURE_UNITS];
  int name_width, value_width; /* of the columns left and right of the bars */
};

G_DEFINE_FINAL_TYPE (HeddleBarsChart, heddle_bars_chart, HEDDLE_TYPE_CHART)

static void
format_amount (HeddleFigureUnit unit, double amount, char *buffer, gsize size)
{
  heddle_format_measured (amount, unit == HEDDLE_FIGURE_BYTES, buffer, size);
}

static int
line_height (HeddleBarsChart *self, HeddleTextKind kind, int least)
{
  int height;

  heddle_text_cache_get (&self->chart.texts, kind, "0", NULL, &height);
  return MAX (least, height);
}

static int
text_width (HeddleBarsChart *self, HeddleTextKind kind, const char *text)
{
  PangoLayout *layout = heddle_text_cache_get (&self->chart.texts, kind, text, NULL, NULL);
  int width;

  pango_layout_set_width (layout, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

/* What the notes claim about a group, or NULL. */
static char *
dup_claim (HeddleBarsChart *self, guint group)
{
  const char *claim = self->groups[group].claim;

  /* Translators: words of the lecture notes, with quotation marks where they are theirs */
  return claim != NULL ? g_strdup_printf (_("Lecture notes say: %s"), _(claim)) : NULL;
}

/* Whether there is room for every claim beside its heading, rather than below it. */
static gboolean
is_wide (HeddleBarsChart *self, int width)
{
  for (guint i = 0; i < self->n_figures && width >= 0; i++)
    {
      guint group = self->figures[i].group;
      g_autofree char *claim = dup_claim (self, group);

      if (claim != NULL
          && text_width (self, HEDDLE_TEXT_HEADING, _(self->groups[group].name)) + CLAIM_GAP + MARK
              + MARK_GAP + text_width (self, HEDDLE_TEXT_SMALL, claim)
            > width)
        return FALSE;
    }
  return width < 0 || width >= HEADING_FROM;
}

/* Where rows stand in a chart of this width. */
static guint
lay_out (HeddleBarsChart *self, int width, HeddleBarsRow rows[HEDDLE_BARS_MAX_ROWS])
{
  int heading = line_height (self, HEDDLE_TEXT_HEADING, HEADING_HEIGHT),
      line = line_height (self, HEDDLE_TEXT_NAME, 0), down = 0;
  guint n = heddle_bars_layout (self->figures, self->n_figures, heading, line, rows);

  if (is_wide (self, width))
    return n;
  /* a claim below its heading moves down what follows */
  for (guint i = 0; i < n; i++)
    {
      rows[i].y += down;
      if (rows[i].kind != HEDDLE_BARS_HEADING || self->groups[rows[i].index].claim == NULL)
        continue;
      rows[i].height += heading - 3;
      down += heading - 3;
    }
  return n;
}

/* The plot: what is between the columns of names and values. */
static void
get_plot (HeddleBarsChart *self, int *x, int *width)
{
  int room = gtk_widget_get_width (GTK_WIDGET (self));

  *x = MIN (self->name_width, room * 2 / 5) + COLUMN_GAP;
  *width = MAX (room - *x - self->value_width - COLUMN_GAP, 1);
}

static int
place (HeddleBarsChart *self, HeddleFigureUnit unit, double value)
{
  int x, width;

  get_plot (self, &x, &width);
  return x + (int) lround (heddle_bars_scale_place (&self->scales[unit], value) * width);
}

/* A text of at most this width, in the middle of a row. */
static void
draw_text (HeddleBarsChart *self, GtkSnapshot *snapshot, HeddleTextKind kind, const char *text,
           int x, int width, const HeddleBarsRow *row, const GdkRGBA *colour)
{
  PangoLayout *layout = heddle_text_cache_get (&self->chart.texts, kind, text, NULL, NULL);
  int height;

  if (width <= 0)
    return;
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, NULL, &height);
  heddle_text_cache_draw (&self->chart.texts, snapshot, kind, text, x,
                          row->y + (row->height - height) / 2, colour);
}

static gboolean
has_mark (HeddleBarsChart *self, guint group)
{
  for (guint i = 0; i < self->n_figures; i++)
    if (self->figures[i].group == group && self->figures[i].claim > 0)
      return TRUE;
  return FALSE;
}

/* What the notes claim, beside or below the heading; with the mark in front of it that stands in
 * the bars. */
static void
draw_claim (HeddleBarsChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette,
            const HeddleBarsRow *row, int x)
{
  g_autofree char *text = dup_claim (self, row->index);
  int room = gtk_widget_get_width (GTK_WIDGET (self));

  if (text == NULL)
    return;
  if (has_mark (self, row->index))
    {
      heddle_chart_fill (snapshot, x, row->y + 5, MARK, row->height - 10, &palette->slow);
      x += MARK + MARK_GAP;
    }
  draw_text (self, snapshot, HEDDLE_TEXT_SMALL, text, x, room - x, row, &palette->dim);
}

static void
draw_heading (HeddleBarsChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette,
              const HeddleBarsRow *row, const GdkRGBA *ink)
{
  const char *name = _(self->groups[row->index].name);
  int room = gtk_widget_get_width (GTK_WIDGET (self));
  HeddleBarsRow upper = *row, lower = *row;

  if (is_wide (self, room))
    {
      int width = MIN (text_width (self, HEDDLE_TEXT_HEADING, name), room / 2);

      draw_text (self, snapshot, HEDDLE_TEXT_HEADING, name, 0, width + 4, row, ink);
      draw_claim (self, snapshot, palette, row, width + CLAIM_GAP);
      return;
    }
  upper.height = lower.height = row->height / 2;
  lower.y += upper.height;
  draw_text (self, snapshot, HEDDLE_TEXT_HEADING, name, 0, room,
             self->groups[row->index].claim != NULL ? &upper : row, ink);
  draw_claim (self, snapshot, palette, &lower, 0);
}

static void
draw_bar (HeddleBarsChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette,
          const HeddleBarsRow *row, const GdkRGBA *ink, gboolean lit)
{
  const HeddleFigure *figure = &self->figures[row->index];
  GdkRGBA colour = heddle_palette_fade (&palette->text, lit ? 1 : 0.85f);
  int x, width, middle = row->y + row->height / 2, end = place (self, row->unit, figure->value);
  char amount[HEDDLE_FORMAT_SIZE];

  get_plot (self, &x, &width);
  draw_text (self, snapshot, HEDDLE_TEXT_NAME, _(figure->name), 0, x - COLUMN_GAP, row, ink);
  if (figure->value > 0)
    heddle_chart_fill (snapshot, x, row->y + BAR_INSET, MAX (end - x, 2),
                       row->height - 2 * BAR_INSET, &colour);
  if (figure->high > 0)
    {
      int low = place (self, row->unit, figure->low), high = place (self, row->unit, figure->high);

      heddle_chart_fill (snapshot, low, middle, high - low, 1, ink);
      heddle_chart_fill (snapshot, low, middle - CAP / 2, 1, CAP, ink);
      heddle_chart_fill (snapshot, high, middle - CAP / 2, 1, CAP, ink);
    }
  if (figure->claim > 0)
    heddle_chart_fill (snapshot, place (self, row->unit, figure->claim) - MARK / 2, row->y + 1,
                       MARK, row->height - 2, &palette->slow);
  format_amount (figure->unit, figure->value, amount, sizeof amount);
  draw_text (self, snapshot, HEDDLE_TEXT_NAME, amount, x + width + COLUMN_GAP,
             self->value_width + 2, row, ink);
}

/* The lines behind the bars of a unit, and what they stand for; texts that would touch are left
 * out. */
static void
draw_axis (HeddleBarsChart *self, GtkSnapshot *snapshot, const HeddlePalette *palette,
           const HeddleBarsRow *row, int top)
{
  double ticks[HEDDLE_BARS_MAX_TICKS];
  guint n = heddle_bars_scale_ticks (&self->scales[row->unit], ticks);
  int plot, plot_width, free_from = 0;

  get_plot (self, &plot, &plot_width);
  if (self->scales[row->unit].logarithmic)
    draw_text (self, snapshot, HEDDLE_TEXT_SMALL, _("logarithmic scale"), 0, plot - COLUMN_GAP,
               row, &palette->dim);
  for (guint i = 0; i < n; i++)
    {
      int x = place (self, row->unit, ticks[i]), width, begin;
      char text[HEDDLE_FORMAT_SIZE];

      heddle_chart_fill (snapshot, x, top, 1, row->y - top, &palette->grid);
      format_amount (row->unit, ticks[i], text, sizeof text);
      width = text_width (self, HEDDLE_TEXT_SMALL, text);
      /* the first one stands at the end of the plot, and to its right where the names are */
      begin = MAX (x - width / 2, plot);
      if (begin < free_from)
        continue;
      draw_text (self, snapshot, HEDDLE_TEXT_SMALL, text, begin, width + 2, row, &palette->dim);
      free_from = begin + width + TICK_ROOM;
    }
}

static void
draw (HeddleChart *chart, GtkSnapshot *snapshot, const HeddlePalette *palette, gint64 now)
{
  HeddleBarsChart *self = HEDDLE_BARS_CHART (chart);
  GdkRGBA ink = palette->dim;
  int top = 0;

  ink.alpha = 0.9f;
  for (guint i = 0; i < self->n_rows; i++)
    if (self->rows[i].kind == HEDDLE_BARS_AXIS)
      {
        draw_axis (self, snapshot, palette, &self->rows[i], top);
        top = self->rows[i].y + self->rows[i].height;
      }
  for (guint i = 0; i < self->n_rows; i++)
    if (self->rows[i].kind == HEDDLE_BARS_HEADING)
      draw_heading (self, snapshot, palette, &self->rows[i], &ink);
    else if (self->rows[i].kind == HEDDLE_BARS_BAR)
      draw_bar (self, snapshot, palette, &self->rows[i], &ink, (int) i == chart->hover);
}

static GtkSizeRequestMode
heddle_bars_chart_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
heddle_bars_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                           int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleBarsRow rows[HEDDLE_BARS_MAX_ROWS];

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 260;
      *natural = 800;
      return;
    }
  *minimum = *natural =
    heddle_bars_height (rows, lay_out (HEDDLE_BARS_CHART (widget), for_size, rows));
}

static void
heddle_bars_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleBarsChart *self = HEDDLE_BARS_CHART (widget);

  GTK_WIDGET_CLASS (heddle_bars_chart_parent_class)
    ->size_allocate (widget, width, height, baseline);
  self->n_rows = lay_out (self, width, self->rows);
}

static int
find_row (HeddleChart *chart, double x, double y)
{
  HeddleBarsChart *self = HEDDLE_BARS_CHART (chart);

  return heddle_bars_row_at (self->rows, self->n_rows, y);
}

/* "a thread: 15 µs (four out of five measurements: 14 to 19 µs); the notes: 1.9 ms" */
static void
append_figure (GString *text, const HeddleFigure *figure)
{
  char amount[HEDDLE_FORMAT_SIZE], low[HEDDLE_FORMAT_SIZE], high[HEDDLE_FORMAT_SIZE];

  format_amount (figure->unit, figure->value, amount, sizeof amount);
  g_string_append_printf (text, "%s: %s", _(figure->name), amount);
  if (figure->high > 0)
    {
      format_amount (figure->unit, figure->low, low, sizeof low);
      format_amount (figure->unit, figure->high, high, sizeof high);
      g_string_append_c (text, ' ');
      g_string_append_printf (text, _("(four out of five measurements: %s to %s)"), low, high);
    }
  if (figure->claim > 0)
    {
      format_amount (figure->unit, figure->claim, amount, sizeof amount);
      g_string_append (text, "; ");
      g_string_append_printf (text, _("lecture notes say %s"), amount);
    }
}

static void
append_scale (GString *text, const HeddleBarsScale *scale, HeddleFigureUnit unit)
{
  if (!scale->logarithmic)
    g_string_append (text, _("The scale begins at 0: a bar twice as long means twice as much."));
  else if (unit == HEDDLE_FIGURE_BYTES)
    g_string_append (text, _("Logarithmic scale: each line is four times the one before it."));
  else
    g_string_append (text, _("Logarithmic scale: each line is ten times the one before it."));
}

static char *
dup_tip (HeddleChart *chart, int x, int y, GdkRectangle *area)
{
  HeddleBarsChart *self = HEDDLE_BARS_CHART (chart);
  int at = heddle_bars_row_at (self->rows, self->n_rows, y);
  const HeddleBarsRow *row = at >= 0 ? &self->rows[at] : NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (row == NULL)
    return NULL;
  *area = (GdkRectangle) { 0, row->y, gtk_widget_get_width (GTK_WIDGET (self)), row->height };
  if (row->kind == HEDDLE_BARS_AXIS)
    append_scale (text, &self->scales[row->unit], row->unit);
  else if (row->kind == HEDDLE_BARS_BAR)
    append_figure (text, &self->figures[row->index]);
  else
    return dup_claim (self, row->index);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The columns are as wide as what stands in them. */
static void
measure_columns (HeddleChart *chart)
{
  HeddleBarsChart *self = HEDDLE_BARS_CHART (chart);

  self->name_width = self->value_width = 0;
  for (guint unit = 0; unit < HEDDLE_N_FIGURE_UNITS; unit++)
    if (self->scales[unit].logarithmic)
      self->name_width = text_width (self, HEDDLE_TEXT_SMALL, _("logarithmic scale")) + 2;
  for (guint i = 0; i < self->n_figures; i++)
    {
      char amount[HEDDLE_FORMAT_SIZE];

      format_amount (self->figures[i].unit, self->figures[i].value, amount, sizeof amount);
      self->name_width =
        MAX (self->name_width, text_width (self, HEDDLE_TEXT_NAME, _(self->figures[i].name)) + 2);
      self->value_width = MAX (self->value_width, text_width (self, HEDDLE_TEXT_NAME, amount));
    }
}

/* All of them as a text, group by group as they are drawn. */
static char *
describe (HeddleChart *chart)
{
  HeddleBarsChart *self = HEDDLE_BARS_CHART (chart);
  HeddleBarsRow rows[HEDDLE_BARS_MAX_ROWS];
  guint n = lay_out (self, -1, rows);
  g_autoptr (GString) text = g_string_new (n > 0 ? NULL : _("nothing measured yet"));

  for (guint i = 0; i < n; i++)
    {
      if (rows[i].kind == HEDDLE_BARS_AXIS)
        continue;
      if (rows[i].kind == HEDDLE_BARS_HEADING)
        g_string_append_printf (text, "%s%s: ", i > 0 ? ". " : "",
                                _(self->groups[rows[i].index].name));
      else
        {
          if (rows[i - 1].kind == HEDDLE_BARS_BAR)
            g_string_append (text, ", ");
          append_figure (text, &self->figures[rows[i].index]);
        }
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
heddle_bars_chart_class_init (HeddleBarsChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  HeddleChartClass *chart_class = HEDDLE_CHART_CLASS (klass);

  widget_class->get_request_mode = heddle_bars_chart_get_request_mode;
  widget_class->measure = heddle_bars_chart_measure;
  widget_class->size_allocate = heddle_bars_chart_size_allocate;
  chart_class->draw = draw;
  chart_class->find = find_row;
  chart_class->dup_tip = dup_tip;
  chart_class->describe = describe;
  chart_class->measure_texts = measure_columns;
  gtk_widget_class_set_css_name (widget_class, "barschart");
}

static void
heddle_bars_chart_init (HeddleBarsChart *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Measured figures"), -1);
}

/**
 * heddle_bars_chart_set_figures:
 * @figures: (array length=n_figures): what to show; copied
 * @n_figures: at most HEDDLE_MAX_FIGURES
 * @groups: in which they stand; static, and one for every number of a group among @figures
 *
 * The chart redraws only if the figures are others than before.
 */
void
heddle_bars_chart_set_figures (HeddleBarsChart *self, const HeddleFigure *figures, guint n_figures,
                               const HeddleFigureGroup *groups)
{
  g_return_if_fail (HEDDLE_IS_BARS_CHART (self));
  g_return_if_fail (n_figures <= HEDDLE_MAX_FIGURES);
  g_return_if_fail (n_figures == 0 || groups != NULL);

  if (n_figures == self->n_figures && groups == self->groups
      && memcmp (figures, self->figures, sizeof *figures * n_figures) == 0)
    return;
  self->n_figures = n_figures;
  self->groups = groups;
  if (n_figures > 0)
    memcpy (self->figures, figures, sizeof *figures * n_figures);
  for (guint unit = 0; unit < HEDDLE_N_FIGURE_UNITS; unit++)
    heddle_bars_scale_init (&self->scales[unit], unit, self->figures, n_figures);
  measure_columns (&self->chart);
  heddle_chart_describe (&self->chart, TRUE);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  heddle_chart_show_data (&self->chart);
}
