/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sys/types.h>

#include <glib.h>

G_BEGIN_DECLS

/*
 * A command of the user that is executed: a process in a group of its own, with what it starts. It
 * reads from where it is told or finds its input empty; what it writes is read while it runs.
 */

/* What to execute. All of it is borrowed while heddle_child_run() lasts. */
typedef struct {
  char *const *argv;        /* NULL-terminated; the first is a path, or looked for in PATH */
  char *const *environment; /* NULL: this program's */
  const char *directory;    /* NULL: this program's */
  int stdin_fd;             /* -1: nothing to read */
} HeddleCommand;

typedef enum { HEDDLE_CHILD_OUT, HEDDLE_CHILD_ERR, HEDDLE_N_CHILD_STREAMS } HeddleChildStream;

/* What the command may ask of who runs it, on the calling thread. */
typedef struct {
  /* bytes that it has written, at least 1, in the order of its writes to one stream, and of both as
   * far as they were read one by one */
  void (*output) (HeddleChildStream stream, const char *bytes, gsize n, gpointer data);
  /* whether it is to be ended */
  gboolean (*is_over) (gpointer data);
  gpointer data;
  int wake_fd; /* an eventfd that is written to when is_over() is to be asked; -1: none */
} HeddleChildHost;

typedef enum {
  HEDDLE_CHILD_ENDED,       /* by itself: code or signal says how */
  HEDDLE_CHILD_TERMINATED,  /* it was asked to end, by SIGTERM, and did */
  HEDDLE_CHILD_KILLED,      /* it, or some of its group, did not listen and was killed */
  HEDDLE_CHILD_NOT_STARTED, /* error says why */
} HeddleChildEnding;

typedef struct {
  HeddleChildEnding ending;
  int error;         /* an errno; 0: it was started */
  int code;          /* exit status, 0 to 255; -1: none */
  int signal;        /* what ended it; 0: it ended by itself */
  gint64 cpu_ns;     /* processor time of it and of its children that it has waited for */
  gint64 ready_ns;   /* for how long it was ready and not executed; -1: not known, as where it had
                        several processes or threads */
  guint64 switches;  /* how often it, or one of these children, left a processor */
  guint64 preempted; /* taken, of these */
  guint64 max_rss;   /* bytes that the largest of them had in memory at most */
  guint64 n_bytes[HEDDLE_N_CHILD_STREAMS];
  guint n_killed; /* processes of its group that did not listen, and were killed */
  guint n_left;   /* processes of its group that are there even so */
} HeddleChildEnd;

void heddle_child_run (const HeddleCommand *command, const HeddleChildHost *host,
                       HeddleChildEnd *end);

G_END_DECLS
