/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "app/about.h"
#include "engine/model/processors.h"
#include "trace/clock.h"

/* What somebody who mends a report of trouble needs to know of this machine. */
static char *
describe_machine (void)
{
  HeddleProcessors processors = heddle_processors_get ();
  g_autofree char *processors_text = heddle_processors_dup_text (&processors);

  return g_strdup_printf (
    "Heddle %s\nGTK %u.%u.%u, libadwaita %u.%u.%u, GLib %u.%u.%u\nRenderer: %s\nClock: %s\nProcessors: %s\n",
    HEDDLE_VERSION, gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version (),
    adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version (),
    glib_major_version, glib_minor_version, glib_micro_version,
    g_getenv ("GSK_RENDERER") != NULL ? g_getenv ("GSK_RENDERER") : "GTK's choice",
    heddle_clock.tsc ? "time stamp counter" : "CLOCK_MONOTONIC", processors_text);
}

/**
 * heddle_about_present:
 * @parent: (nullable): the window it belongs to
 *
 * Shows what Heddle is.
 */
void
heddle_about_present (GtkWindow *parent)
{
  g_autofree char *machine = describe_machine ();
  GtkWidget *window = adw_about_window_new ();

  g_object_set (window,
                "application-name", _("Heddle"),
                "application-icon", "org.heddle.Heddle",
                "version", HEDDLE_VERSION,
                "developer-name", _("The Heddle project"),
                "comments", _("Run real work on threads, on processes or on the main loop, and see every worker, every queue and every task while they run."),
                "license-type", GTK_LICENSE_GPL_3_0,
                "debug-info", machine,
                "debug-info-filename", "heddle.txt",
                /* Translators: put your name here, one a line; it is shown as the translator. */
                "translator-credits", _("translator-credits"),
                "transient-for", parent,
                "modal", TRUE,
                NULL);
  gtk_window_present (GTK_WINDOW (window));
}
