/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The outlet: everything that the program writes while a run goes on passes here.
 *
 * Whoever has something to say appends it to a buffer; one thread ("outlet") writes. So lines of a run reach a reader of
 * the pipe within 20 ms, a slow reader holds the run back and not the other way round (a buffer is bounded), and the
 * live view at the foot of the terminal and the lines that scroll above it never mix.
 *
 * Where standard output and standard error are the same file or terminal they share one buffer, and so keep their order.
 */
typedef struct _HeddleOutlet HeddleOutlet;

typedef enum {
  HEDDLE_STREAM_OUT,
  HEDDLE_STREAM_ERR,
  HEDDLE_N_STREAMS
} HeddleStream;

/* Paints the live view: lines separated by '\n', none wider than @columns, at most @rows; empty: show nothing. Outlet's thread. */
typedef void (*HeddleOutletPainter) (GString *frame, guint columns, guint rows, gpointer data);

/* A stream cannot be written to any more. @error: errno. Once a stream; outlet's thread; must not block. */
typedef void (*HeddleOutletFailed) (HeddleStream stream, int error, gpointer data);

HeddleOutlet *heddle_outlet_new (HeddleOutletFailed failed, gpointer data, GError **error);
void heddle_outlet_free (HeddleOutlet *self);

char *heddle_outlet_begin (HeddleOutlet *self, HeddleStream stream, gsize room);
void heddle_outlet_commit (HeddleOutlet *self, HeddleStream stream, char *end);
void heddle_outlet_write (HeddleOutlet *self, HeddleStream stream, const char *text, gssize length);
void heddle_outlet_say (HeddleOutlet *self, const char *text);
void heddle_outlet_printf (HeddleOutlet *self, HeddleStream stream, const char *format, ...) G_GNUC_PRINTF (3, 4);

int heddle_outlet_find_terminal (void);
void heddle_outlet_set_painter (HeddleOutlet *self, int terminal, HeddleOutletPainter painter, gpointer data);
void heddle_outlet_repaint (HeddleOutlet *self);
void heddle_outlet_suspend (HeddleOutlet *self);
int heddle_outlet_close (HeddleOutlet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleOutlet, heddle_outlet_free)

G_END_DECLS
