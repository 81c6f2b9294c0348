/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of any length in a real window; needs a display, and is skipped where there is none. */
#include "config.h"

#include <string.h>

#include <gtk/gtk.h>

#include "app/widgets/long-text.h"

#define DIGITS 100000
#define LONGEST_ROW 400 /* letters; the screen has no room for more */

typedef struct {
  GtkWidget *window;
  HeddleLongText *text;
} Stage;

static GtkTextBuffer *
buffer_of (Stage *stage)
{
  return gtk_text_view_get_buffer (heddle_long_text_get_view (stage->text));
}

static void
stage_init (Stage *stage, const char *text)
{
  GtkWidget *widget = heddle_long_text_new (text, "Result");

  stage->text = HEDDLE_LONG_TEXT (widget);
  stage->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 700, 400);
  gtk_window_set_child (GTK_WINDOW (stage->window), widget);
  gtk_window_present (GTK_WINDOW (stage->window));
  while (gtk_text_buffer_get_char_count (buffer_of (stage)) == 0)
    g_main_context_iteration (NULL, TRUE);
}

static guint
longest_line (Stage *stage)
{
  guint longest = 0;
  GtkTextIter at;

  for (int line = 0; line < gtk_text_buffer_get_line_count (buffer_of (stage)); line++)
    {
      gtk_text_buffer_get_iter_at_line (buffer_of (stage), &at, line);
      longest = MAX (longest, (guint) gtk_text_iter_get_chars_in_line (&at));
    }
  return longest;
}

static char *
dup_all (Stage *stage)
{
  GtkTextIter begin, end;

  gtk_text_buffer_get_bounds (buffer_of (stage), &begin, &end);
  gtk_text_buffer_select_range (buffer_of (stage), &begin, &end);
  return heddle_long_text_dup_selection (stage->text);
}

/* Scrolls to the end again and again until it does not get farther. */
static char *
read_to_the_end (Stage *stage, gsize length)
{
  GtkAdjustment *adjustment =
    gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (heddle_long_text_get_view (stage->text)));
  char *all = dup_all (stage);

  while (strlen (all) < length)
    {
      int n = gtk_text_buffer_get_char_count (buffer_of (stage));

      while (gtk_text_buffer_get_char_count (buffer_of (stage)) == n)
        {
          gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
          g_main_context_iteration (NULL, TRUE);
        }
      g_free (all);
      all = dup_all (stage);
    }
  return all;
}

static char *
make_digits (void)
{
  char *text = g_malloc (DIGITS + 1);

  for (guint i = 0; i < DIGITS; i++)
    text[i] = (char) ('0' + i * 7 % 10);
  text[DIGITS] = '\0';
  return text;
}

static void
test_one_long_line (void)
{
  g_autofree char *text = make_digits ();
  g_autofree char *first = NULL;
  g_autofree char *all = NULL;
  Stage stage;

  stage_init (&stage, text);
  first = dup_all (&stage);
  g_assert_cmpuint (strlen (first), <, DIGITS / 2);
  g_assert_true (g_str_has_prefix (text, first));
  g_assert_cmpuint (longest_line (&stage), <, LONGEST_ROW);

  all = read_to_the_end (&stage, DIGITS);
  g_assert_cmpstr (all, ==, text);
  g_assert_cmpuint (longest_line (&stage), <, LONGEST_ROW);
  gtk_window_destroy (GTK_WINDOW (stage.window));
}

static void
test_part_of_a_line (void)
{
  g_autofree char *text = make_digits ();
  GtkTextIter begin, end;
  Stage stage;

  stage_init (&stage, text);
  /* any stretch is that of the text, wherever its rows end */
  for (int from = 0, letter = 0; from < 1000; from += 37)
    {
      g_autofree char *part = NULL;

      gtk_text_buffer_get_iter_at_offset (buffer_of (&stage), &begin, from);
      gtk_text_buffer_get_iter_at_offset (buffer_of (&stage), &end, from + 37);
      gtk_text_buffer_select_range (buffer_of (&stage), &begin, &end);
      part = heddle_long_text_dup_selection (stage.text);
      g_assert_null (strchr (part, '\n'));
      g_assert_cmpint (strncmp (part, text + letter, strlen (part)), ==, 0);
      letter += (int) strlen (part);
    }
  gtk_window_destroy (GTK_WINDOW (stage.window));
}

static void
test_another_width (void)
{
  g_autofree char *text = make_digits ();
  g_autofree char *all = NULL;
  Stage stage;
  guint before;

  stage_init (&stage, text);
  before = longest_line (&stage);
  gtk_window_set_default_size (GTK_WINDOW (stage.window), 450, 400);
  while (longest_line (&stage) >= before)
    g_main_context_iteration (NULL, TRUE);
  all = read_to_the_end (&stage, DIGITS);
  g_assert_cmpstr (all, ==, text);
  gtk_window_destroy (GTK_WINDOW (stage.window));
}

/* Lines of their own stay lines; words stay whole where rows end; letters of several bytes are
 * letters. */
static void
test_lines_and_words (void)
{
  g_autoptr (GString) text = g_string_new ("a line\nanother: größer\n\n");
  g_autofree char *all = NULL;
  GtkTextIter at, end;
  Stage stage;

  for (guint i = 0; i < 2000; i++)
    g_string_append (text, "wörter ");
  g_string_append (text, "\nlast line\n");
  stage_init (&stage, text->str);
  all = read_to_the_end (&stage, text->len);
  g_assert_cmpstr (all, ==, text->str);
  g_assert_cmpuint (longest_line (&stage), <, LONGEST_ROW);
  for (int line = 3; line < 100; line++)
    {
      g_autofree char *row = NULL;

      gtk_text_buffer_get_iter_at_line (buffer_of (&stage), &at, line);
      end = at;
      gtk_text_iter_forward_to_line_end (&end);
      row = gtk_text_iter_get_text (&at, &end);
      g_assert_true (g_str_has_prefix (row, "wörter "));
      g_assert_true (g_str_has_suffix (row, "wörter "));
    }
  gtk_window_destroy (GTK_WINDOW (stage.window));
}

static void
test_short (void)
{
  Stage stage;
  g_autofree char *all = NULL;

  stage_init (&stage, "42 \377");
  g_assert_false (heddle_long_text_is_long (stage.text));
  all = dup_all (&stage);
  g_assert_cmpstr (all, ==, "42 \357\277\275");
  gtk_window_destroy (GTK_WINDOW (stage.window));
}

static int
natural_height (GtkWidget *widget, int width)
{
  int minimum, natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, &minimum, &natural, NULL, NULL);
  g_assert_cmpint (minimum, <=, natural);
  return natural;
}

/* A window asks for its height once, before the view has laid out anything. */
static void
test_short_has_its_height_at_once (void)
{
  const char *lines = "one\ntwo\nthree";
  g_autoptr (GString) words = g_string_new (NULL);
  GtkWidget *one = g_object_ref_sink (heddle_long_text_new ("waited 0.592 s", "Result"));
  GtkWidget *three = g_object_ref_sink (heddle_long_text_new (lines, "Result"));
  GtkWidget *wrapped, *label = g_object_ref_sink (gtk_label_new ("waited 0.592 s"));
  int line = natural_height (label, -1), minimum;

  g_assert_cmpint (line, >, 0);
  gtk_widget_measure (one, GTK_ORIENTATION_VERTICAL, 592, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, >=, line);
  g_assert_cmpint (natural_height (one, -1), >=, line);
  g_assert_cmpint (natural_height (three, 592), >=, natural_height (one, 592) + 2 * (line - 4));
  for (guint i = 0; i < 40; i++)
    g_string_append (words, "a word ");
  wrapped = g_object_ref_sink (heddle_long_text_new (words->str, "Result"));
  g_assert_cmpint (natural_height (wrapped, 300), >, natural_height (wrapped, 592));
  g_assert_cmpint (natural_height (wrapped, 592), >, natural_height (one, 592));
  g_object_unref (one);
  g_object_unref (three);
  g_object_unref (wrapped);
  g_object_unref (label);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/long-text/one-line-comes-in-pieces-and-is-cut-into-rows", test_one_long_line);
  g_test_add_func ("/long-text/a-part-is-copied-as-it-is-in-the-text", test_part_of_a_line);
  g_test_add_func ("/long-text/rows-follow-the-width", test_another_width);
  g_test_add_func ("/long-text/lines-and-words-stay", test_lines_and_words);
  g_test_add_func ("/long-text/short-ones-are-there-at-once", test_short);
  g_test_add_func ("/long-text/short-ones-have-their-height-at-once",
                   test_short_has_its_height_at_once);
  return g_test_run ();
}
