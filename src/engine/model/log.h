/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/types.h"

G_BEGIN_DECLS

/* What tasks printed and what happened to workers. Bounded; any thread; a short lock. */
typedef enum {
  HEDDLE_LOG_OUTPUT,  /* a task printed it */
  HEDDLE_LOG_INFO,    /* the run says so */
  HEDDLE_LOG_WARNING, /* a worker died, a task is retried */
  HEDDLE_LOG_ERROR,   /* the run cannot go on */
} HeddleLogLevel;

struct _HeddleLogLine {
  gint64 time; /* CLOCK_MONOTONIC nanoseconds */
  HeddleLogLevel level;
  guint worker;   /* 0: none */
  guint64 task;   /* 0: none */
  char *text;     /* owned by the line: heddle_log_line_clear() */
};

void heddle_log_line_clear (HeddleLogLine *line);

HeddleLog *heddle_log_new (guint capacity);
HeddleLog *heddle_log_ref (HeddleLog *self);
void heddle_log_unref (HeddleLog *self);
guint64 heddle_log_add (HeddleLog *self, gint64 time, HeddleLogLevel level, guint worker,
                        guint64 task, const char *text);
guint64 heddle_log_printf (HeddleLog *self, HeddleLogLevel level, guint worker, guint64 task,
                           const char *format, ...) G_GNUC_PRINTF (5, 6);
guint64 heddle_log_get_first (HeddleLog *self);
guint64 heddle_log_get_length (HeddleLog *self);
gboolean heddle_log_get (HeddleLog *self, guint64 index, HeddleLogLine *line);
gsize heddle_log_get_bytes (HeddleLog *self);
char *heddle_log_dup_first_error (HeddleLog *self, guint64 *index);

G_END_DECLS
