/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/figure.h"
#include "engine/model/param.h"
#include "engine/model/types.h"

G_BEGIN_DECLS

typedef enum {
  HEDDLE_GROUP_REAL_WORK,
  HEDDLE_GROUP_BASICS,
  HEDDLE_GROUP_POOLS,
  HEDDLE_GROUP_SHARING,
  HEDDLE_GROUP_FAILURES,
  HEDDLE_GROUP_COSTS,
  HEDDLE_N_GROUPS
} HeddleGroup;

const char *heddle_group_get_name (HeddleGroup group);

#define HEDDLE_BACKEND_BIT(b) (1u << (b))
/* Those on which any C function can run, which is what workloads are made of. The workers of
 * "commands" only wait for what they have started: that it takes one task at a time, and looks at
 * no clock of its own, is good for commands only, so who wants it names it. */
#define HEDDLE_BACKENDS_ALL                                                                        \
  (((1u << HEDDLE_N_BACKENDS) - 1) & ~HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_COMMANDS))
/* Those that run several tasks at the same time and begin them in the order of the queue, so that a
 * task may wait for those before it: all but the main loop's. */
#define HEDDLE_BACKENDS_CONCURRENT                                                                 \
  (HEDDLE_BACKENDS_ALL                                                                             \
   & ~(HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_MAIN_LOOP)                                               \
       | HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_MAIN_LOOP_BLOCKING)))

/* A setting worth trying, offered on the workload's page. */
typedef struct {
  const char *label;    /* N_ what a click applies: "Lock off, 4 workers" */
  const char *settings; /* "lock=off workers=4": as on the command line */
} HeddlePreset;

/*
 * A workload: something that can be run. Plain C: the same functions work in a thread, in a worker
 * process and on the main loop. All strings are static; those marked N_ are translated where they
 * are shown. Over 20 fields: a table that each workload fills by name.
 */
struct _HeddleWorkload {
  const char *id;      /* "checksum-files" */
  const char *name;    /* N_("Checksum files") */
  const char *summary; /* N_ one line under the title */
  const char *badge;   /* N_ a word or two in the catalogue ("CPU"), or NULL */
  const char *about; /* N_ what to look for, plain text, paragraphs separated by an empty line */
  const char *notes;   /* N_ what the lecture notes say about it, or NULL */
  const HeddlePreset *tries; /* settings to try, ended by one with a NULL label; or NULL */
  const HeddleFigureGroup *figures; /* groups of its tasks' figures, to be drawn; or NULL */
  /* N_ why a run had no task ("There are no files below the folder."), or NULL */
  const char *nothing;
  const char *lines; /* N_ the name under which its tasks' lines are shown, in order; or NULL */
  HeddleGroup group;
  guint backends;              /* HEDDLE_BACKEND_BIT()s it can run on */
  HeddleBackend default_backend;
  guint default_workers;       /* 0: one a processor, see processors.h; 1: it needs to have one, as
                                  it measures, and no preference says otherwise */
  guint default_queue;         /* tasks; 0: 64 */
  const char *sums; /* "sha256sum" if results are checksums of the files in its inputs; or NULL */
  gboolean ordered;            /* results are shown in the order of the ids, as map() gives them */
  const HeddleParam *params;
  guint n_params;

  /* Opens the workload, in the host and in every worker process. Returns what the other functions
   * get as @data, or NULL with @error set. @settings outlives the data. NULL:
   * heddle_settings_open(), which stores the parameters in data of that size. */
  gpointer (*open) (const HeddleSettings *settings, GError **error);
  gsize data_size;
  void (*close) (gpointer data); /* NULL: g_free() */

  /* Names what tasks share (shared.h), or NULL. After open(), in every process. */
  gboolean (*share) (gpointer data, HeddleShared *shared, GError **error);
  gsize arena; /* bytes that share() needs in all, 0: 1 MiB */

  /* Seconds that a task may take where the run sets no limit, 0: any; or NULL. */
  double (*time_limit) (gpointer data);

  /* Its tasks may take their process with them. On the backend "threads" they then run on the
   * threads of one child process, never in the host; backends of the host's own threads and of the
   * main loop must not be among the backends. */
  gboolean dangerous;

  /* How many tasks must run at the same time (parties of a barrier): so many workers; or NULL. */
  guint (*parties) (gpointer data);

  /* Makes the tasks. FALSE with @error set: it cannot go on. Producer's thread. */
  gboolean (*produce) (gpointer data, HeddleProducer *producer, GError **error);

  /* Executes one task. All threads of the process share @data: do not write it. Worker. */
  void (*execute) (gpointer data, HeddleTask *task);

  /* What a task without an input is called ("the factorial of 5"). Any thread. */
  void (*label) (gpointer data, guint64 id, char *buffer, gsize size);

  /* What a task with this input is called, if not by the input; or NULL. Any thread. */
  void (*input_label) (const char *input, char *buffer, gsize size);

  /* A result as a sentence ("The factorial of 5 is 120"), newly allocated; or NULL. Any thread. */
  char *(*sentence) (gpointer data, guint64 id, const char *label, const char *result);
};

guint heddle_workload_get_default_workers (const HeddleWorkload *self);
char *heddle_workload_dup_default_workers_text (const HeddleWorkload *self);

gpointer heddle_workload_open (const HeddleWorkload *self, const HeddleSettings *settings,
                               GError **error);
void heddle_workload_close (const HeddleWorkload *self, gpointer data);

/* A function of the workload has failed: makes sure that there is an error which says so. */
void heddle_workload_explain (const HeddleWorkload *self, GError **error);

G_END_DECLS
