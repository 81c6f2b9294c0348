/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a user types into a spin button.
 *
 * GTK removes letters while the user types them and changes a number that is out of range, both
 * without a word. Here the field keeps what the user types while it has the keyboard, and a hint
 * says at once what is wrong with it. The spin button never takes a wrong number: when the user
 * leaves the field or presses Return, the last right number comes back, and the hint says what was
 * not taken. The hint stays until something else stands in the field, the field gets the keyboard
 * again or leaves the screen, or a run has ended and the field can be changed again.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/widgets/number-input.h"
#include "base/error.h"
#include "base/format.h"

#define KEY "heddle-number-input"
#define SHOWN 12 /* letters of what was typed that a hint repeats */
#define WIDTH_MAX 12

typedef struct {
  int width; /* letters, at least */
  HeddleNumberHintFunc show;
  gpointer data; /* borrowed: the spin button is a part of it */
  char *refused; /* owned: what GTK is about to replace; NULL: nothing */
  gboolean told; /* there is a hint */
} Input;

static void
input_free (gpointer data)
{
  Input *input = data;

  g_free (input->refused);
  g_free (input);
}

/* As wide as what stands in it, with a little room to type, however large the largest number is. */
static void
fit_width (GtkEditable *spin, int least)
{
  int chars = CLAMP ((int) g_utf8_strlen (gtk_editable_get_text (spin), -1), least, WIDTH_MAX);

  gtk_editable_set_width_chars (spin, chars);
  gtk_editable_set_max_width_chars (spin, chars);
}

/* Whether it is a number that may stand there, as GTK will read it. */
static gboolean
is_right (GtkSpinButton *spin)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (spin))));
  double min, max, number;
  char *end;

  gtk_spin_button_get_range (spin, &min, &max);
  number = g_strtod (text, &end);
  return *text != '\0' && *end == '\0' && isfinite (number) && number >= min && number <= max
         && (gtk_spin_button_get_digits (spin) > 0 || number == floor (number));
}

static void
format_bound (GtkSpinButton *spin, double bound, char *buffer, gsize size)
{
  if (gtk_spin_button_get_digits (spin) == 0 && bound >= 0)
    heddle_format_count ((guint64) bound, buffer, size);
  else
    g_snprintf (buffer, size, "%.10g", bound);
}

static void
format_range (GtkSpinButton *spin, char from[HEDDLE_FORMAT_SIZE], char to[HEDDLE_FORMAT_SIZE])
{
  double min, max;

  gtk_spin_button_get_range (spin, &min, &max);
  format_bound (spin, min, from, HEDDLE_FORMAT_SIZE);
  format_bound (spin, max, to, HEDDLE_FORMAT_SIZE);
}

static char *
dup_hint (GtkSpinButton *spin, const char *refused)
{
  g_autofree char *start = NULL;
  char from[HEDDLE_FORMAT_SIZE], to[HEDDLE_FORMAT_SIZE];

  format_range (spin, from, to);
  if (refused == NULL)
    /* Translators: the least and the greatest number that may be typed */
    return g_strdup_printf (_("%s to %s"), from, to);
  start = g_utf8_substring (refused, 0, MIN (g_utf8_strlen (refused, -1), SHOWN));
  /* Translators: the least and the greatest number that may be typed, and what was */
  return g_strdup_printf (_("%s to %s, not “%s”"), from, to, start);
}

static void
tell (GtkSpinButton *spin, Input *input, gboolean right, const char *hint)
{
  input->told = hint != NULL;
  if (!right)
    gtk_widget_add_css_class (GTK_WIDGET (spin), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (spin), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_STATE_INVALID,
                               right ? GTK_ACCESSIBLE_INVALID_FALSE : GTK_ACCESSIBLE_INVALID_TRUE,
                               -1);
  input->show (GTK_WIDGET (spin), hint, input->data);
}

static void
changed_cb (GtkSpinButton *spin, Input *input)
{
  gboolean right = is_right (spin);
  g_autofree char *hint = NULL;

  fit_width (GTK_EDITABLE (spin), input->width);
  /* on the way from one text to another there is none for a moment */
  if (!right
      && (input->refused != NULL
          || (gtk_widget_get_state_flags (GTK_WIDGET (spin)) & GTK_STATE_FLAG_FOCUS_WITHIN) == 0))
    return;
  if (!right || input->refused != NULL)
    hint = dup_hint (spin, input->refused);
  g_clear_pointer (&input->refused, g_free);
  tell (spin, input, right, hint);
}

/* What was not taken has been read, or is of the past. What is wrong still stays said. */
static void
forget (GtkSpinButton *spin, Input *input)
{
  if (!input->told || !is_right (spin))
    return;
  tell (spin, input, TRUE, NULL);
}

static void
on_enter (GtkEventController *focus, Input *input)
{
  forget (GTK_SPIN_BUTTON (gtk_event_controller_get_widget (focus)), input);
}

static void
on_state_flags_changed (GtkSpinButton *spin, GtkStateFlags before, Input *input)
{
  if ((before & GTK_STATE_FLAG_INSENSITIVE) != 0 && gtk_widget_is_sensitive (GTK_WIDGET (spin)))
    forget (spin, input);
}

/* GTK wants to know the number, since the field is left, Return is pressed or a button of it. */
static int
input_cb (GtkSpinButton *spin, double *number, Input *input)
{
  if (is_right (spin))
    return FALSE; /* GTK reads it itself */
  g_free (input->refused);
  input->refused = g_strdup (gtk_editable_get_text (GTK_EDITABLE (spin)));
  return GTK_INPUT_ERROR;
}

/**
 * heddle_number_input_watch:
 * @spin: a spin button
 * @width: letters that it has room for, however short the number is
 * @show: called with what is wrong, as soon as something is, and with %NULL once nothing is
 * @data: for @show; has to be there for as long as @spin
 *
 * Lets the user type anything, and says what may be typed where that is something else.
 */
void
heddle_number_input_watch (GtkSpinButton *spin, int width, HeddleNumberHintFunc show,
                           gpointer data)
{
  GtkEventController *focus;
  Input *input;

  g_return_if_fail (GTK_IS_SPIN_BUTTON (spin));
  g_return_if_fail (show != NULL);

  fit_width (GTK_EDITABLE (spin), width);
  input = g_new0 (Input, 1);
  input->width = width;
  input->show = show;
  input->data = data;
  g_object_set_data_full (G_OBJECT (spin), KEY, input, input_free);
  gtk_spin_button_set_numeric (spin, FALSE);
  gtk_spin_button_set_update_policy (spin, GTK_UPDATE_IF_VALID);
  g_signal_connect (spin, "input", G_CALLBACK (input_cb), input);
  g_signal_connect (spin, "changed", G_CALLBACK (changed_cb), input);
  g_signal_connect (spin, "unmap", G_CALLBACK (forget), input);
  g_signal_connect (spin, "state-flags-changed", G_CALLBACK (on_state_flags_changed), input);
  focus = gtk_event_controller_focus_new ();
  g_signal_connect (focus, "enter", G_CALLBACK (on_enter), input);
  gtk_widget_add_controller (GTK_WIDGET (spin), focus);
}

/**
 * heddle_number_input_get_value:
 * @spin: a spin button
 *
 * Returns: its number, with what was typed and not left yet where that is right; what is wrong
 * stays as it is typed
 */
double
heddle_number_input_get_value (GtkSpinButton *spin)
{
  g_return_val_if_fail (GTK_IS_SPIN_BUTTON (spin), 0);

  if (is_right (spin))
    gtk_spin_button_update (spin);
  return gtk_spin_button_get_value (spin);
}

/**
 * heddle_number_input_check:
 * @spin: a spin button
 * @name: what it is called on the screen
 * @error: says what may stand in it (%HEDDLE_ERROR_USAGE)
 *
 * Returns: whether what stands in it is right
 */
gboolean
heddle_number_input_check (GtkSpinButton *spin, const char *name, GError **error)
{
  char from[HEDDLE_FORMAT_SIZE], to[HEDDLE_FORMAT_SIZE];
  const char *typed;

  g_return_val_if_fail (GTK_IS_SPIN_BUTTON (spin), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (is_right (spin))
    return TRUE;
  typed = gtk_editable_get_text (GTK_EDITABLE (spin));
  format_range (spin, from, to);
  if (gtk_spin_button_get_digits (spin) == 0)
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                 _("“%s” must be a whole number from %s to %s, not “%s”"), name, from, to, typed);
  else
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                 _("“%s” must be a number from %s to %s, not “%s”"), name, from, to, typed);
  return FALSE;
}

/**
 * heddle_number_input_forget:
 * @spin: a spin button
 *
 * Takes back the hint that says what was not taken. What is wrong with what stands there stays
 * said. A spin button that can be used again does so by itself.
 */
void
heddle_number_input_forget (GtkSpinButton *spin)
{
  g_return_if_fail (GTK_IS_SPIN_BUTTON (spin));

  forget (spin, g_object_get_data (G_OBJECT (spin), KEY));
}
