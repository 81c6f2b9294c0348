/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/span.h"

G_BEGIN_DECLS

/* Writes a trace in the Trace Event Format ("Chrome trace JSON"), which Perfetto and
 * chrome://tracing open. It streams: memory does not grow with the trace. The first error sticks
 * and is reported by close(). One thread at a time. Times are nanoseconds of CLOCK_MONOTONIC; the
 * file's times start at @origin. */
typedef gboolean (*HeddleTraceStopped) (gboolean opening, gpointer data);

HeddleTraceWriter *heddle_trace_writer_new (const char *path, const char *title, gint64 origin,
                                            HeddleTraceStopped stopped, gpointer data,
                                            GError **error);
void heddle_trace_writer_lane (HeddleTraceWriter *self, guint lane, const char *name, int pid,
                               int tid);
void heddle_trace_writer_span (HeddleTraceWriter *self, guint lane, const HeddleSpan *span,
                               const char *label, guint attempt, gint64 queued);
void heddle_trace_writer_mark (HeddleTraceWriter *self, guint lane, gint64 time, const char *text);
void heddle_trace_writer_counter (HeddleTraceWriter *self, gint64 time, const char *name,
                                  gdouble value);
gboolean heddle_trace_writer_close (HeddleTraceWriter *self, guint64 dropped_events,
                                    GError **error);

G_END_DECLS
