/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "trace/states.h"

G_BEGIN_DECLS

/* What the worker program is told by who starts it. The texts are those of its arguments. */
typedef struct {
  guint protocol;        /* HEDDLE_PROTOCOL of who starts it */
  int nice;              /* see HeddleRunOptions */
  HeddleStatesSource states; /* where the times of its tasks come from */
  gboolean prompt;       /* tasks are submitted by hand, and somebody waits for each */
  const char *affinity;  /* see heddle_affinity_check() */
  guint n_threads;       /* 0: the process is one worker */
  int manager;           /* the host's pid; 0: not started as a manager */
  const char *workload;  /* NULL: a manager */
  GPtrArray *assignments; /* owned: of NAME=VALUE */
} HeddleWorkerOptions;

gboolean heddle_worker_options_parse (HeddleWorkerOptions *self, int argc, char **argv);
void heddle_worker_options_clear (HeddleWorkerOptions *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HeddleWorkerOptions, heddle_worker_options_clear)

G_END_DECLS
