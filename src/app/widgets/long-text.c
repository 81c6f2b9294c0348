/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text of any length in a text view.
 *
 * Pango shapes what is left of a line again for each row that it breaks off, so one line of 16 000
 * digits held the main loop for half a second, and each measurement of the view for as long again.
 * Two measures against that:
 *
 * - A line that is longer than LINE_WHOLE is put into the view as rows of the letters that fit. The
 * ends of these rows are noted (cuts); what is copied from the view has none of them. When the view
 * gets another width, the rows are made anew.
 * - The view gets the text in pieces, the next one when the end of what it has comes near. What is
 * never looked at costs nothing.
 */
#include "config.h"

#include <string.h>

#include "app/widgets/a11y/accessible.h"
#include "app/widgets/long-text.h"

#define PIECE 16384      /* bytes that the view gets at a time */
#define LINE_WHOLE 1024  /* bytes of a line that is left to the view to wrap */
#define COLUMNS_LEAST 20
#define SHORT_BYTES 400  /* a text that needs no more room than it has lines */
#define SHORT_HEIGHT 200
/* so few of a short text need no bar to scroll by, which would be taller than they are */
#define SHORT_LINES 6
#define MARGIN 8
#define MARGIN_ABOVE 6 /* and below */

struct _HeddleLongText {
  HeddleContainer parent_instance;

  GtkWidget *scrolled; /* child */
  GtkTextView *view;   /* borrowed: in scrolled */
  GtkTextMark *top;    /* borrowed: of its buffer; where it is to be scrolled to */

  char *text;          /* owned; valid UTF-8 */
  gsize length;        /* bytes */
  gsize shown;         /* bytes of it that the view has */
  gboolean cutting;    /* the line in which these end is cut into rows */
  guint column;        /* letters in the last row that the view has */
  guint n_letters;     /* that the view has, with the ends of rows */
  /* of guint: letters of the view that are the end of a row and not in the text, in order */
  GArray *cuts;

  guint columns;       /* letters in a row */
  guint fitting;       /* as many as fit now */
  guint source;        /* fills the view; 0: none */
};

G_DEFINE_FINAL_TYPE (HeddleLongText, heddle_long_text, HEDDLE_TYPE_CONTAINER)

/* How many cuts stand before a letter of the view. */
static guint
count_cuts (HeddleLongText *self, guint letter)
{
  guint low = 0, high = self->cuts->len;

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (self->cuts, guint, middle) < letter)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Whether the line that begins at @from is to be cut. */
static gboolean
is_long_line (HeddleLongText *self, gsize from)
{
  return self->length - from > LINE_WHOLE && memchr (self->text + from, '\n', LINE_WHOLE) == NULL;
}

/* Ends the row that is full, behind its last space where it has one. @space: where that stands in
 * @piece, and in which column; 0: nowhere. */
static void
cut_row (HeddleLongText *self, GString *piece, gsize space, guint space_column)
{
  guint behind = space > 0 ? self->column - space_column : 0;
  guint letter = self->n_letters - behind;

  g_string_insert_c (piece, space > 0 ? (gssize) space : -1, '\n');
  g_array_append_val (self->cuts, letter);
  self->n_letters++;
  self->column = behind;
}

/* Appends what comes next in the text to @piece, until @end. */
static void
append_piece (HeddleLongText *self, GString *piece, gsize end)
{
  gsize space = 0;
  guint space_column = 0;

  while (self->shown < end)
    {
      const char *letter = self->text + self->shown;
      gsize bytes = (gsize) (g_utf8_next_char (letter) - letter);

      if (self->column == 0 && (self->shown == 0 || letter[-1] == '\n'))
        self->cutting = is_long_line (self, self->shown);
      if (self->cutting && self->column >= self->columns && *letter != '\n')
        {
          cut_row (self, piece, space, space_column);
          space = 0;
        }
      g_string_append_len (piece, letter, (gssize) bytes);
      self->shown += bytes;
      self->n_letters++;
      self->column = *letter == '\n' ? 0 : self->column + 1;
      if (*letter == ' ' || *letter == '\n')
        {
          space = *letter == ' ' ? piece->len : 0;
          space_column = self->column;
        }
    }
}

/* Gives the view the text up to @end, or a little more: letters are not split. */
static void
fill_to (HeddleLongText *self, gsize end)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  g_autoptr (GString) piece = g_string_sized_new (PIECE + PIECE / 16);
  GtkTextIter at;

  append_piece (self, piece, MIN (end, self->length));
  gtk_text_buffer_get_end_iter (buffer, &at);
  gtk_text_buffer_insert (buffer, &at, piece->str, (int) piece->len);
}

/* Makes the rows anew in the width that there is, with the same letter at the top. */
static void
fill_anew (HeddleLongText *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->view);
  gsize shown = self->shown;
  GdkRectangle visible;
  GtkTextIter top;
  guint letter;

  gtk_text_view_get_visible_rect (self->view, &visible);
  gtk_text_view_get_iter_at_location (self->view, &top, visible.x, visible.y);
  letter = (guint) gtk_text_iter_get_offset (&top);
  letter -= count_cuts (self, letter);

  gtk_text_buffer_set_text (buffer, "", 0);
  g_array_set_size (self->cuts, 0);
  self->shown = 0;
  self->column = self->n_letters = 0;
  self->columns = self->fitting;
  fill_to (self, MAX (shown, PIECE));
  if (letter == 0)
    return;
  /* with the cuts before it, which are as many as there are rows before it */
  for (guint i = 0; i < self->cuts->len && g_array_index (self->cuts, guint, i) <= letter; i++)
    letter++;
  gtk_text_buffer_get_iter_at_offset (buffer, &top, (int) letter);
  gtk_text_buffer_move_mark (buffer, self->top, &top);
  gtk_text_view_scroll_to_mark (self->view, self->top, 0, TRUE, 0, 0);
}

static gboolean
is_near_the_end (HeddleLongText *self)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view));

  return gtk_adjustment_get_value (adjustment) + 3 * gtk_adjustment_get_page_size (adjustment)
    > gtk_adjustment_get_upper (adjustment);
}

static gboolean
fill (gpointer data)
{
  HeddleLongText *self = data;

  self->source = 0;
  if (self->fitting != self->columns)
    fill_anew (self);
  else if (self->shown < self->length && is_near_the_end (self))
    fill_to (self, self->shown + PIECE);
  return G_SOURCE_REMOVE;
}

/* Before the next frame, and never in the middle of a layout: the view asks for another one when it
 * gets text. */
static void
want_text (HeddleLongText *self)
{
  if (self->source != 0)
    return;
  self->source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, fill, self, NULL);
  g_source_set_name_by_id (self->source, "[heddle] long text");
}

static void
on_moved (HeddleLongText *self)
{
  if (self->columns > 0 && self->shown < self->length && is_near_the_end (self))
    want_text (self);
}

/* What is copied is what the text has, without the ends of rows. */
static void
on_copy (HeddleLongText *self)
{
  g_autofree char *selection = heddle_long_text_dup_selection (self);

  if (selection != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), selection);
  g_signal_stop_emission_by_name (self->view, "copy-clipboard");
}

/* The width of a letter, of which all have the same. */
static guint
count_columns (HeddleLongText *self, int width)
{
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (GTK_WIDGET (self->view), "0000000000");
  int ten;

  pango_layout_get_size (layout, &ten, NULL);
  /* one less: the view has a border, and wraps a row that touches its margin */
  return (guint) MAX (COLUMNS_LEAST, (width - 2 * MARGIN) * PANGO_SCALE / (MAX (ten, 10) / 10) - 1);
}

/*
 * How high a short text is in that width, with all around it. The view knows the height of those
 * lines only that it has laid out, which it does after the first layout of the window where the
 * machine is busy, and what it finds then, in the middle of a layout, makes no other one: the text
 * would stay a line without height.
 */
static int
measure_height (HeddleLongText *self, int width)
{
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (GTK_WIDGET (self->view), self->text);
  GtkStyleContext *style = gtk_widget_get_style_context (self->scrolled);
  GtkBorder border, padding;
  int height;

  gtk_style_context_get_border (style, &border);
  gtk_style_context_get_padding (style, &padding);
  width -= border.left + border.right + padding.left + padding.right + 2 * MARGIN;
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  if (width > 0)
    pango_layout_set_width (layout, width * PANGO_SCALE);
  pango_layout_get_pixel_size (layout, NULL, &height);
  return MIN (height + 2 * MARGIN_ABOVE, SHORT_HEIGHT) + border.top + border.bottom + padding.top
    + padding.bottom;
}

static void
heddle_long_text_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                          int *natural, int *minimum_baseline, int *natural_baseline)
{
  HeddleLongText *self = HEDDLE_LONG_TEXT (widget);
  GtkPolicyType bar;
  int height;

  gtk_widget_measure (self->scrolled, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL || heddle_long_text_is_long (self))
    return;
  gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (self->scrolled), NULL, &bar);
  height = measure_height (self, for_size);
  if (bar == GTK_POLICY_NEVER)
    *minimum = MAX (*minimum, height);
  *natural = MAX (MAX (*natural, height), *minimum);
}

static void
heddle_long_text_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  HeddleLongText *self = HEDDLE_LONG_TEXT (widget);

  gtk_widget_allocate (self->scrolled, width, height, baseline, NULL);
  if (heddle_long_text_is_long (self))
    self->fitting = count_columns (self, width);
  if (self->fitting != self->columns)
    want_text (self);
}

static void
heddle_long_text_dispose (GObject *object)
{
  HeddleLongText *self = HEDDLE_LONG_TEXT (object);

  g_clear_handle_id (&self->source, g_source_remove);
  G_OBJECT_CLASS (heddle_long_text_parent_class)->dispose (object);
}

static void
heddle_long_text_finalize (GObject *object)
{
  HeddleLongText *self = HEDDLE_LONG_TEXT (object);

  g_array_unref (self->cuts);
  g_free (self->text);
  G_OBJECT_CLASS (heddle_long_text_parent_class)->finalize (object);
}

static void
heddle_long_text_class_init (HeddleLongTextClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = heddle_long_text_dispose;
  G_OBJECT_CLASS (klass)->finalize = heddle_long_text_finalize;
  widget_class->get_request_mode = heddle_container_height_for_width;
  widget_class->measure = heddle_long_text_measure;
  widget_class->size_allocate = heddle_long_text_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "longtext");
}

static void
heddle_long_text_init (HeddleLongText *self)
{
  GtkTextIter start;

  self->cuts = g_array_new (FALSE, FALSE, sizeof (guint));
  self->view =
    g_object_new (GTK_TYPE_TEXT_VIEW, "editable", FALSE, "cursor-visible", FALSE, "monospace", TRUE,
                  "wrap-mode", GTK_WRAP_WORD_CHAR, "left-margin", MARGIN, "right-margin", MARGIN,
                  "top-margin", MARGIN_ABOVE, "bottom-margin", MARGIN_ABOVE, NULL);
  gtk_text_buffer_get_start_iter (gtk_text_view_get_buffer (self->view), &start);
  self->top =
    gtk_text_buffer_create_mark (gtk_text_view_get_buffer (self->view), NULL, &start, TRUE);
  g_signal_connect_swapped (self->view, "copy-clipboard", G_CALLBACK (on_copy), self);
  self->scrolled = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", self->view,
                                 "hscrollbar-policy", GTK_POLICY_NEVER, NULL);
  gtk_widget_add_css_class (self->scrolled, "result-text");
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
}

static void
follow_scrolling (HeddleLongText *self)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->view));

  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_moved), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_moved), self, G_CONNECT_SWAPPED);
}

/**
 * heddle_long_text_new:
 * @text: what to show; bytes that are no UTF-8 are replaced
 * @label: what a screen reader calls it
 *
 * Returns: (transfer floating): a view of @text that scrolls. Main loop, as everything here.
 */
GtkWidget *
heddle_long_text_new (const char *text, const char *label)
{
  HeddleLongText *self;

  g_return_val_if_fail (text != NULL && label != NULL, NULL);

  self = g_object_new (HEDDLE_TYPE_LONG_TEXT, NULL);
  self->text = g_utf8_make_valid (text, -1);
  self->length = strlen (self->text);
  heddle_accessible_set_name (GTK_WIDGET (self->view), label);
  if (heddle_long_text_is_long (self))
    {
      gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
      gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (self->scrolled),
                                                  SHORT_HEIGHT / 2);
      follow_scrolling (self);
    }
  else
    {
      g_object_set (self->scrolled, "propagate-natural-height", TRUE, "max-content-height",
                    SHORT_HEIGHT, NULL);
      fill_to (self, self->length);
      if (gtk_text_buffer_get_line_count (gtk_text_view_get_buffer (self->view)) <= SHORT_LINES)
        g_object_set (self->scrolled, "vscrollbar-policy", GTK_POLICY_NEVER, NULL);
    }
  return GTK_WIDGET (self);
}

/**
 * heddle_long_text_is_long:
 *
 * Returns: whether it wants all the room that there is
 */
gboolean
heddle_long_text_is_long (HeddleLongText *self)
{
  g_return_val_if_fail (HEDDLE_IS_LONG_TEXT (self), FALSE);
  return self->length > SHORT_BYTES;
}

/**
 * heddle_long_text_get_text:
 *
 * Returns: (transfer none): the whole text, as it can be shown
 */
const char *
heddle_long_text_get_text (HeddleLongText *self)
{
  g_return_val_if_fail (HEDDLE_IS_LONG_TEXT (self), NULL);
  return self->text;
}

/**
 * heddle_long_text_get_view:
 *
 * Returns: (transfer none): the view in it, which has as much of the text as was looked at
 *
 * Only tests use it.
 */
GtkTextView *
heddle_long_text_get_view (HeddleLongText *self)
{
  g_return_val_if_fail (HEDDLE_IS_LONG_TEXT (self), NULL);
  return self->view;
}

/**
 * heddle_long_text_dup_selection:
 *
 * Returns: (transfer full) (nullable): what is selected, as the text has it
 */
char *
heddle_long_text_dup_selection (HeddleLongText *self)
{
  GtkTextBuffer *buffer;
  GtkTextIter begin, end;
  g_autofree char *shown = NULL;
  GString *text;
  const char *from;
  guint letter;

  g_return_val_if_fail (HEDDLE_IS_LONG_TEXT (self), NULL);

  buffer = gtk_text_view_get_buffer (self->view);
  if (!gtk_text_buffer_get_selection_bounds (buffer, &begin, &end))
    return NULL;
  shown = gtk_text_buffer_get_text (buffer, &begin, &end, TRUE);
  text = g_string_sized_new (strlen (shown));
  from = shown;
  letter = (guint) gtk_text_iter_get_offset (&begin);
  for (guint i = count_cuts (self, letter); i < self->cuts->len; i++)
    {
      guint cut = g_array_index (self->cuts, guint, i);
      const char *row_end;

      if (cut >= (guint) gtk_text_iter_get_offset (&end))
        break;
      row_end = g_utf8_offset_to_pointer (from, (glong) (cut - letter));
      g_string_append_len (text, from, row_end - from);
      from = row_end + 1;
      letter = cut + 1;
    }
  g_string_append (text, from);
  return g_string_free (text, FALSE);
}
