/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/options.h"
#include "cli/output.h"
#include "cli/report.h"
#include "engine/run/run.h"

G_BEGIN_DECLS

#define HEDDLE_SESSION_STOPS 3

/*
 * A run in the terminal: the main thread runs the main loop, on which the main-loop backends
 * execute; the supervisor's thread hands rows and lines to the report; the output's thread writes
 * them and paints the live view; one more thread waits for signals.
 *
 * What the fields point to is the caller's, and there until heddle_session_run() has returned.
 */
typedef struct {
  const HeddleSettings *settings;
  HeddleRunOptions *options; /* whose hooks are the session's */
  HeddleCliFormat format;
  gboolean no_live;
  gboolean own_words; /* what is logged of single tasks is said by who has opened the session */
  gboolean quiet; /* where nobody looks, and all went well, nothing is said of the end */
  /* what Ctrl+C does, the first time and so on; once more than these, of which the first one
   * without a notice is none any more, and the program ends at once */
  struct {
    HeddleStopPolicy policy;
    const char *notice; /* N_ */
  } stops[HEDDLE_SESSION_STOPS];

  /* Each may be NULL. */
  void (*opened) (HeddleOutput *output, HeddleRun *run, gpointer data); /* before it starts */
  /* a task ended; NULL: heddle_report_row(). Supervisor's thread */
  void (*row) (HeddleReport *report, HeddleRun *run, const HeddleRow *row, gpointer data);
  void (*stopping) (gpointer data); /* the run begins no more, or has ended. Any thread; again */
  void (*finished) (gpointer data); /* it has ended: the last words. Main thread */
  void (*cleared) (gpointer data);  /* the program dies of a signal next. Main thread */
  gpointer data;
} HeddleSession;

int heddle_session_run (const HeddleSession *spec, GError **error);

G_END_DECLS
