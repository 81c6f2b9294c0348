/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The output: everything that the program writes while a run goes on passes through here.
 *
 * A thread that has something to say appends it to a buffer; one thread ("heddle-output") writes.
 * So lines of a run reach a reader of the pipe within 20 ms, a slow reader holds the run back and
 * not the other way round (a buffer is bounded), and the live view at the foot of the terminal and
 * the lines that scroll above it never mix.
 *
 * Where standard output and standard error are the same file or terminal they share one buffer, and
 * so keep their order.
 */
typedef struct _HeddleOutput HeddleOutput;

typedef enum {
  HEDDLE_STREAM_OUT,
  HEDDLE_STREAM_ERR,
  HEDDLE_N_STREAMS
} HeddleStream;

/* Paints the live view: lines separated by '\n', none wider than @columns, at most @rows; empty:
 * show nothing. Output's thread. */
typedef void (*HeddleOutputPainter) (GString *frame, guint columns, guint rows, gpointer data);

/* A stream cannot be written to any more. @error: errno. Once a stream; output's thread; must not
 * block. */
typedef void (*HeddleOutputFailed) (HeddleStream stream, int error, gpointer data);

HeddleOutput *heddle_output_new (HeddleOutputFailed failed, gpointer data, GError **error);
void heddle_output_free (HeddleOutput *self);

char *heddle_output_begin (HeddleOutput *self, HeddleStream stream, gsize room);
void heddle_output_commit (HeddleOutput *self, HeddleStream stream, char *end);
void heddle_output_write (HeddleOutput *self, HeddleStream stream, const char *text, gssize length);
void heddle_output_say (HeddleOutput *self, const char *text);
void heddle_output_printf (HeddleOutput *self, HeddleStream stream, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

int heddle_output_find_terminal (void);
void heddle_output_set_painter (HeddleOutput *self, int terminal, HeddleOutputPainter painter,
                                gpointer data);
void heddle_output_repaint (HeddleOutput *self);
void heddle_output_suspend (HeddleOutput *self);
int heddle_output_close (HeddleOutput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleOutput, heddle_output_free)

G_END_DECLS
