/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/widgets/card-grid.h"

#define SPACING 10
/* pixels from which all cards stand side by side, with letters of the usual size */
#define WIDE 840
/* pixels that a card has at least where two stand side by side: its value and something of its
 * title can be read */
#define CARD 200
#define USUAL_DPI (96 * 1024)

/*
 * Cards of one width: all side by side where there is room, else two abreast, never three and one;
 * one below the other where two would not fit.
 */
struct _HeddleCardGrid {
  HeddleContainer parent_instance;
};

G_DEFINE_FINAL_TYPE (HeddleCardGrid, heddle_card_grid, HEDDLE_TYPE_CONTAINER)

/* Cards that are not there take no place. */
static GtkWidget *
next_card (GtkWidget *card)
{
  while (card != NULL && !gtk_widget_should_layout (card))
    card = gtk_widget_get_next_sibling (card);
  return card;
}

#define EACH_CARD(grid, card)                                                                      \
  GtkWidget *card = next_card (gtk_widget_get_first_child (grid));                                 \
  card != NULL;                                                                                    \
  card = next_card (gtk_widget_get_next_sibling (card))

static int
count_cards (GtkWidget *widget)
{
  int n = 0;

  for (EACH_CARD (widget, card))
    n++;
  return n;
}

/* What the largest of the cards asks for; their texts take more lines the narrower they are. */
static void
measure_cards (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
               int *natural)
{
  *minimum = *natural = 0;
  for (EACH_CARD (widget, card))
    {
      int card_minimum, card_natural;

      gtk_widget_measure (card, orientation, for_size, &card_minimum, &card_natural, NULL, NULL);
      *minimum = MAX (*minimum, card_minimum);
      *natural = MAX (*natural, card_natural);
    }
}

/* Larger letters need wider cards. */
static int
scaled (GtkWidget *widget, int pixels)
{
  int dpi;

  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi, NULL);
  return dpi > USUAL_DPI ? (int) ((gint64) pixels * dpi / USUAL_DPI) : pixels;
}

static int
count_columns (GtkWidget *widget, int width)
{
  int n = count_cards (widget), minimum, natural;

  if (width < 0 || width >= scaled (widget, WIDE))
    return MAX (n, 1);
  measure_cards (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural);
  minimum = MAX (minimum, scaled (widget, CARD));
  return CLAMP ((width + SPACING) / (minimum + SPACING), 1, MAX (MIN (n, 2), 1));
}

static void
heddle_card_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  int n = count_cards (widget), columns, lines, card_width;

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_cards (widget, orientation, -1, minimum, natural);
      *natural = MAX (*natural * n + SPACING * (n - 1), *minimum);
      return;
    }
  columns = count_columns (widget, for_size);
  lines = (n + columns - 1) / columns;
  /* of the narrowest: where the width does not divide, some are a pixel wider */
  card_width = for_size < 0 ? -1 : MAX ((for_size + SPACING) / columns - SPACING, 0);
  measure_cards (widget, orientation, card_width, minimum, natural);
  *minimum = MAX (*minimum * lines + SPACING * (lines - 1), 0);
  *natural = MAX (*natural * lines + SPACING * (lines - 1), 0);
}

static void
heddle_card_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  int columns = count_columns (widget, width);
  int lines = MAX ((count_cards (widget) + columns - 1) / columns, 1);
  int line_height = (height - SPACING * (lines - 1)) / lines;
  int i = 0;

  for (EACH_CARD (widget, card))
    {
      int column = i % columns, y = (i / columns) * (line_height + SPACING);
      int x = (width + SPACING) * column / columns;
      int end = (width + SPACING) * (column + 1) / columns - SPACING;

      heddle_container_place (card, x, y, end - x, line_height);
      i++;
    }
}

static void
heddle_card_grid_class_init (HeddleCardGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->get_request_mode = heddle_container_height_for_width;
  widget_class->measure = heddle_card_grid_measure;
  widget_class->size_allocate = heddle_card_grid_size_allocate;
}

static void
heddle_card_grid_init (HeddleCardGrid *self)
{
}
