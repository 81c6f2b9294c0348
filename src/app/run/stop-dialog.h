/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/model/run-object.h"

G_BEGIN_DECLS

typedef void (*HeddleStopDialogFunc) (gpointer data);

void heddle_stop_dialog_ask_to_close (GtkWindow *parent, GPtrArray *runs,
                                      HeddleStopDialogFunc confirmed, gpointer data,
                                      GDestroyNotify destroy);
void heddle_stop_dialog_ask_to_stop (GtkWindow *parent, HeddleRunObject *run);
void heddle_stop_dialog_stop_runs (GtkWindow *parent, GPtrArray *runs, gboolean patient,
                                   HeddleStopDialogFunc done, gpointer data,
                                   GDestroyNotify destroy);

G_END_DECLS
