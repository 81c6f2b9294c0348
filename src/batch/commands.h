/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/inputs.h"
#include "batch/joblog.h"
#include "batch/journal.h"
#include "engine/model/workload.h"
#include "engine/pools/command/child.h"

G_BEGIN_DECLS

/*
 * The jobs of a batch as the tasks of a run: each has the values of one job for its input, from
 * which its slot makes the command, and executes it. What begins and ends is written into the
 * records before anybody hears of it.
 *
 * The run has heddle_commands_workload, and one of these as the data of its options.
 */
typedef struct _HeddleCommands HeddleCommands;

extern const HeddleWorkload heddle_commands_workload;

/* One attempt of a job. All texts are borrowed. */
typedef struct {
  guint64 task; /* its id in the run: without those that an earlier run had done */
  guint32 seq;  /* the job's number among all, from 1 */
  guint attempt;
  guint slot;
  const char *label;   /* its values, as they are shown */
  const char *command; /* as a shell reads it; NULL: there is none */
  gint64 started_us;   /* since 1970 */
  gint64 runtime_us;
  HeddleJobState state;      /* IN_HAND until it has ended */
  gboolean is_last;          /* when it has ended: it is not tried again */
  const char *why;           /* when it did not end well: for people; or NULL */
  const HeddleChildEnd *end; /* when its command has ended; NULL: it was not started */
} HeddleJob;

/* Each is called on the thread of the slot, which may wait in it; several at the same time. */
typedef struct {
  void (*output) (const HeddleJob *job, HeddleChildStream stream, const char *bytes, gsize n,
                  gpointer data);
  void (*ended) (const HeddleJob *job, gpointer data);
  /* what is done can no more be written down, so nothing else shall begin; takes the error */
  void (*broken) (GError *error, gpointer data);
  gpointer data;
} HeddleCommandsHooks;

/* All of it is borrowed, and there until the run is freed. */
typedef struct {
  const HeddleInputsOptions *inputs; /* but for before_read, which is the run's own */
  const char *command;               /* with replacement strings; NULL: the values are commands */
  const char *placeholder;           /* what stands for {}; NULL: {} */
  gboolean no_shell;                 /* the words of the command are executed as they are */
  const char *shell;                 /* a POSIX shell: a path, or a name in PATH */
  const HeddleSeqTable *known; /* what an earlier run has done is not done again; NULL: none has */
  gboolean again;              /* what failed then is */
  HeddleJournal *journal;      /* NULL: none */
  HeddleJoblog *joblog;        /* NULL: none */
  guint halt_after; /* once so many jobs have failed no other one is begun; 0: they may all fail */
  guint retries;    /* as in the run's options */
  gint64 limit_ns;  /* likewise; 0: none */
  HeddleCommandsHooks hooks;
} HeddleCommandsOptions;

/* How the jobs of this run compare with those of an earlier one. */
typedef struct {
  guint64 done;    /* not done again */
  guint64 failed;  /* likewise */
  guint64 in_hand; /* were begun, and are again: nobody knows how far they were */
  guint64 changed; /* had another command, and are run */
} HeddleCommandsKnown;

HeddleCommands *heddle_commands_new (const HeddleCommandsOptions *options, GError **error);
void heddle_commands_free (HeddleCommands *self);
void heddle_commands_stop (HeddleCommands *self);
void heddle_commands_get_counts (HeddleCommands *self, HeddleJobCounts *counts);
void heddle_commands_get_known (HeddleCommands *self, HeddleCommandsKnown *known);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleCommands, heddle_commands_free)

G_END_DECLS
