/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/model/run-object.h"

G_BEGIN_DECLS

typedef void (*HeddleCloserFunc) (gpointer data);

void heddle_closer_ask (GtkWindow *parent, GPtrArray *runs, HeddleCloserFunc confirmed, gpointer data,
                        GDestroyNotify destroy);
void heddle_closer_ask_to_stop (GtkWindow *parent, HeddleRunObject *run);
void heddle_closer_stop (GtkWindow *parent, GPtrArray *runs, gboolean patient, HeddleCloserFunc done, gpointer data, GDestroyNotify destroy);

G_END_DECLS
