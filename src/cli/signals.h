/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Signals, on a thread of their own: Ctrl+C is heard even while the main loop is blocked on
 * purpose. @signal is SIGINT, SIGTERM, SIGHUP, SIGTSTP or SIGWINCH. Called on that thread. */
typedef struct _HeddleSignals HeddleSignals;
typedef void (*HeddleSignalFunc) (int signal, gpointer data);

void heddle_signals_block (gboolean terminal);
void heddle_signals_release (void);
void heddle_signals_die (int number) G_GNUC_NORETURN;
HeddleSignals *heddle_signals_new (HeddleSignalFunc func, gpointer data, GError **error);
void heddle_signals_listen (HeddleSignals *self);
void heddle_signals_free (HeddleSignals *self);

G_END_DECLS
