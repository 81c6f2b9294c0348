/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of the results with its whole texts, to read, select and copy. */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <inttypes.h>

#include "app/pane-format.h"
#include "app/result-dialog.h"
#include "charts/axis.h"

static void
on_copy (GtkButton *button, gpointer data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), data);
}

/* A titled text that can be selected; nothing where there is no text. */
static void
add_text (GtkBox *box, const char *title, const char *text)
{
  GtkWidget *head, *label, *copy, *view, *scrolled;
  g_autofree char *copy_name = NULL;
  g_autofree char *shown = NULL;

  if (text == NULL || text[0] == '\0')
    return;
  shown = g_utf8_make_valid (text, -1);
  head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  label = g_object_new (GTK_TYPE_LABEL, "label", title, "xalign", 0.0f, "hexpand", TRUE, NULL);
  gtk_widget_add_css_class (label, "heading");
  gtk_box_append (GTK_BOX (head), label);
  /* Translators: %s is "Input", "Result" or "Error" */
  copy_name = g_strdup_printf (_("Copy %s"), title);
  copy = g_object_new (GTK_TYPE_BUTTON, "icon-name", "edit-copy-symbolic", "tooltip-text", copy_name, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (copy), GTK_ACCESSIBLE_PROPERTY_LABEL, copy_name, -1);
  gtk_widget_add_css_class (copy, "flat");
  g_signal_connect_data (copy, "clicked", G_CALLBACK (on_copy), g_strdup (shown), (GClosureNotify) g_free, 0);
  gtk_box_append (GTK_BOX (head), copy);
  gtk_box_append (box, head);

  view = g_object_new (GTK_TYPE_TEXT_VIEW, "editable", FALSE, "cursor-visible", FALSE, "monospace", TRUE, "wrap-mode", GTK_WRAP_WORD_CHAR,
                       "left-margin", 8, "right-margin", 8, "top-margin", 6, "bottom-margin", 6, NULL);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), shown, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  scrolled = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "child", view, "hscrollbar-policy", GTK_POLICY_NEVER, "propagate-natural-height", TRUE,
                           "max-content-height", 200, "vexpand", strlen (text) > 400, NULL);
  gtk_widget_add_css_class (scrolled, "result-text");
  gtk_box_append (box, scrolled);
}

static char *
describe (HeddleRun *run, const HeddleRow *row)
{
  char worker[HEDDLE_FORMAT_SIZE], waited[HEDDLE_AXIS_TEXT], ran[HEDDLE_AXIS_TEXT];

  heddle_format_worker_name (run, row->worker, worker, sizeof worker);
  if (row->started_ns == 0)
    return g_strdup (_("Never started"));
  heddle_axis_format_duration (row->started_ns - row->queued_ns, waited, sizeof waited);
  heddle_axis_format_duration (row->finished_ns - row->started_ns, ran, sizeof ran);
  if (row->attempt > 1)
    /* Translators: name of a worker, two durations, a number */
    return g_strdup_printf (_("%s · waited %s · ran %s · attempt %u"), worker, waited, ran, row->attempt);
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
  GtkWidget *window, *header, *box, *facts, *outer;
  GtkEventController *keys = gtk_shortcut_controller_new ();
  g_autofree char *title = g_strdup_printf (_("Task %" PRIu64 ": %s"), row->id, state_word (row->state));
  g_autofree char *description = describe (run, row);

  window = g_object_new (ADW_TYPE_WINDOW, "title", title, "modal", TRUE, "default-width", 640, "destroy-with-parent", TRUE,
                         "transient-for", gtk_widget_get_root (parent), NULL);
  header = adw_header_bar_new ();
  gtk_widget_add_css_class (header, "flat");
  box = g_object_new (GTK_TYPE_BOX, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 6,
                      "margin-start", 18, "margin-end", 18, "margin-bottom", 18, NULL);
  facts = g_object_new (GTK_TYPE_LABEL, "label", description, "xalign", 0.0f, "wrap", TRUE, "selectable", TRUE, "can-focus", FALSE, NULL);
  gtk_widget_add_css_class (facts, "dim-label");
  gtk_box_append (GTK_BOX (box), facts);
  add_text (GTK_BOX (box), _("Input"), row->label);
  add_text (GTK_BOX (box), _("Result"), row->result);
  add_text (GTK_BOX (box), _("Error"), row->error);
  outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (outer), header);
  gtk_box_append (GTK_BOX (outer), box);
  adw_window_set_content (ADW_WINDOW (window), outer);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, keys);
  gtk_window_present (GTK_WINDOW (window));
}
