/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of the results with its whole texts, to read, select and copy. */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "app/model/worker-text.h"
#include "app/run/tables/result-dialog.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/long-text.h"
#include "base/format.h"

#define WIDTH 640
#define WIDTH_LONG 960 /* of the dialog of a text that needs room ... */
#define HEIGHT_LONG 720 /* ... where the window behind it is as large */

/* What the buttons beside a text work on; counted, since a file chooser may outlive the dialog. */
typedef struct {
  AdwToastOverlay *toasts; /* owned */
  HeddleLongText *text;    /* owned */
  char *file_name;         /* owned: what a file is called unless the user says otherwise */
} Part;

static void
part_free (gpointer data)
{
  Part *part = data;

  g_object_unref (part->toasts);
  g_object_unref (part->text);
  g_free (part->file_name);
}

static void
part_unref (gpointer data)
{
  g_rc_box_release_full (data, part_free);
}

static void
say (AdwToastOverlay *toasts, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1); /* a toast takes markup */

  adw_toast_overlay_add_toast (toasts, adw_toast_new (escaped));
}

static void
on_copy (GtkButton *button, gpointer data)
{
  Part *part = data;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)),
                          heddle_long_text_get_text (part->text));
  say (part->toasts, _("Copied"));
}

static void
on_written (GObject *file, GAsyncResult *result, gpointer data)
{
  g_autoptr (AdwToastOverlay) toasts = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_parse_name (G_FILE (file));
  g_autofree char *text = NULL;

  if (g_file_replace_contents_finish (G_FILE (file), result, NULL, &error))
    /* Translators: the name of a file */
    text = g_strdup_printf (_("Saved as %s"), name);
  else
    /* Translators: the name of a file, and what went wrong */
    text = g_strdup_printf (_("%s could not be saved: %s"), name, error->message);
  if (gtk_widget_get_root (GTK_WIDGET (toasts)) != NULL)
    say (toasts, text);
  else if (error != NULL)
    g_message ("%s", text); /* the dialog was closed meanwhile */
}

static void
on_chosen (GtkNativeDialog *chooser, int response, gpointer data)
{
  Part *part = data;
  g_autoptr (GFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *text = heddle_long_text_get_text (part->text);

  file =
    response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  if (file != NULL)
    {
      bytes =
        g_bytes_new_with_free_func (text, strlen (text), g_object_unref, g_object_ref (part->text));
      g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL,
                                           on_written, g_object_ref (part->toasts));
    }
  gtk_native_dialog_destroy (chooser);
  g_object_unref (chooser);
}

static void
on_save (GtkButton *button, gpointer data)
{
  Part *part = data;
  GtkFileChooserNative *chooser;

  chooser = gtk_file_chooser_native_new (_("Save As"),
                                         GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (button))),
                                         GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), part->file_name);
  g_signal_connect_data (chooser, "response", G_CALLBACK (on_chosen), g_rc_box_acquire (part),
                         (GClosureNotify) part_unref, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
add_button (GtkBox *head, const char *icon, const char *name, GCallback callback, Part *part)
{
  GtkWidget *button = g_object_new (GTK_TYPE_BUTTON, "icon-name", icon, "tooltip-text", name, NULL);

  heddle_accessible_set_name (button, name);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect (button, "clicked", callback, part);
  gtk_box_append (head, button);
}

static GtkWidget *
make_count (const char *text)
{
  char count[HEDDLE_FORMAT_SIZE];
  glong n = g_utf8_strlen (text, -1);
  g_autofree char *label = NULL;
  GtkWidget *widget;

  heddle_format_count ((guint64) n, count, sizeof count);
  /* Translators: how long a text is; %s is a number */
  label = g_strdup_printf (ngettext ("%s character", "%s characters", (gulong) n), count);
  widget = g_object_new (GTK_TYPE_LABEL, "label", label, "xalign", 0.0f, "hexpand", TRUE, NULL);
  gtk_widget_add_css_class (widget, "dim-label");
  return widget;
}

/* A titled text that can be selected, copied and saved; nothing where there is no text. Returns:
 * whether it needs much room. */
static gboolean
add_text (GtkBox *box, AdwToastOverlay *toasts, const char *title, const char *file_name,
          const char *text)
{
  GtkWidget *head, *label, *view;
  g_autofree char *copy_name = NULL;
  g_autofree char *save_name = NULL;
  Part *part;

  if (text == NULL || text[0] == '\0')
    return FALSE;
  view = heddle_long_text_new (text, title);
  part = g_rc_box_new0 (Part);
  part->toasts = g_object_ref (toasts);
  part->text = HEDDLE_LONG_TEXT (g_object_ref_sink (view));
  part->file_name = g_strdup (file_name);

  head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  label = g_object_new (GTK_TYPE_LABEL, "label", title, "xalign", 0.0f, NULL);
  gtk_widget_add_css_class (label, "heading");
  gtk_box_append (GTK_BOX (head), label);
  gtk_box_append (GTK_BOX (head), make_count (heddle_long_text_get_text (part->text)));
  /* Translators: %s is "Input", "Result" or "Error" */
  copy_name = g_strdup_printf (_("Copy %s"), title);
  add_button (GTK_BOX (head), "edit-copy-symbolic", copy_name, G_CALLBACK (on_copy), part);
  /* Translators: %s is "Input", "Result" or "Error" */
  save_name = g_strdup_printf (_("Save %s"), title);
  add_button (GTK_BOX (head), "document-save-symbolic", save_name, G_CALLBACK (on_save), part);
  gtk_box_append (box, head);
  gtk_box_append (box, view);
  g_object_set_data_full (G_OBJECT (head), "heddle-part", part, part_unref);
  return heddle_long_text_is_long (part->text);
}

static char *
describe (HeddleRun *run, const HeddleRow *row)
{
  char worker[HEDDLE_FORMAT_SIZE], waited[HEDDLE_FORMAT_SIZE], ran[HEDDLE_FORMAT_SIZE];

  heddle_worker_text_format_name (run, row->worker, worker, sizeof worker);
  if (row->started_ns == 0)
    return g_strdup (_("Never started"));
  heddle_format_duration (row->started_ns - row->queued_ns, waited, sizeof waited);
  heddle_format_duration (row->finished_ns - row->started_ns, ran, sizeof ran);
  if (row->attempt > 1)
    /* Translators: name of a worker, two durations, a number */
    return g_strdup_printf (_("%s · waited %s · ran %s · attempt %u"), worker, waited, ran,
                            row->attempt);
  /* Translators: name of a worker, two durations */
  return g_strdup_printf (_("%s · waited %s · ran %s"), worker, waited, ran);
}

static const char *
state_word (HeddleTaskState state)
{
  switch (state)
    {
    case HEDDLE_TASK_DONE: return _("done");
    case HEDDLE_TASK_FAILED: return _("failed");
    case HEDDLE_TASK_CANCELLED: return _("cancelled");
    case HEDDLE_TASK_LOST: return _("lost");
    default: return "";
    }
}

/* Returns: whether one of them needs much room. */
static gboolean
add_texts (GtkBox *box, AdwToastOverlay *toasts, const HeddleRow *row)
{
  const struct {
    const char *title, *word, *text;
  } parts[] = {
    { _("Input"), "input", row->label },
    { _("Result"), "result", row->result },
    { _("Error"), "error", row->error },
  };
  gboolean is_long = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *file_name =
        g_strdup_printf ("task-%" PRIu64 "-%s.txt", row->id, parts[i].word);

      is_long = add_text (box, toasts, parts[i].title, file_name, parts[i].text) || is_long;
    }
  return is_long;
}

/**
 * heddle_result_dialog_present:
 * @parent: a widget in the window that the dialog belongs to
 * @run: whose row it is
 * @row: copied
 *
 * Shows a row with the whole of its texts. Main loop.
 */
void
heddle_result_dialog_present (GtkWidget *parent, HeddleRun *run, const HeddleRow *row)
{
  GtkWidget *window, *header, *box, *facts, *outer, *toasts;
  GtkWidget *behind = GTK_WIDGET (gtk_widget_get_root (parent));
  GtkEventController *keys = gtk_shortcut_controller_new ();
  g_autofree char *title =
    g_strdup_printf (_("Task %" PRIu64 ": %s"), row->id, state_word (row->state));
  g_autofree char *description = describe (run, row);
  gboolean is_long;

  window = g_object_new (ADW_TYPE_WINDOW, "title", title, "modal", TRUE, "default-width", WIDTH,
                         "destroy-with-parent", TRUE, "transient-for", behind, NULL);
  header = adw_header_bar_new ();
  gtk_widget_add_css_class (header, "flat");
  box = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 6,
                      "margin-start", 18, "margin-end", 18, "margin-bottom", 18, NULL);
  toasts = adw_toast_overlay_new ();
  gtk_widget_set_vexpand (toasts, TRUE);
  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (toasts), box);
  facts = g_object_new (GTK_TYPE_LABEL, "label", description, "xalign", 0.0f, "wrap", TRUE,
                        "selectable", TRUE, "can-focus", FALSE, NULL);
  gtk_widget_add_css_class (facts, "dim-label");
  gtk_box_append (GTK_BOX (box), facts);
  is_long = add_texts (GTK_BOX (box), ADW_TOAST_OVERLAY (toasts), row);
  if (is_long)
    gtk_window_set_default_size (GTK_WINDOW (window),
                                 MIN (WIDTH_LONG, gtk_widget_get_width (behind)),
                                 MIN (HEIGHT_LONG, gtk_widget_get_height (behind)));
  outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (outer), header);
  gtk_box_append (GTK_BOX (outer), toasts);
  adw_window_set_content (ADW_WINDOW (window), outer);
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (keys),
    gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                      gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  gtk_window_present (GTK_WINDOW (window));
}
