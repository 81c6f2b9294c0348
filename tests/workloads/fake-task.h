/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/skipped.h"
#include "engine/model/workload.h"
#include "engine/run/producer.h"
#include "engine/task/task.h"

G_BEGIN_DECLS

/*
 * The task and the producer as a workload sees them, without an engine behind: what the workload
 * says is kept as it came, and a test can step in at the moments at which the workload looks at its
 * task. Linked in place of the engine's.
 */
struct _HeddleTask {
  guint64 id;
  const char *input; /* borrowed */
  gsize input_length;
  gboolean cancelled;
  gboolean in_io;         /* between heddle_task_begin_io() and heddle_task_end_io() */
  /* execute() asks whether it is cancelled, for the nth time from 1 */
  void (*looked) (HeddleTask *task, guint nth, gpointer data);
  gpointer looked_data;
  guint n_looks;
  guint cancel_at_sleep; /* this sleep, from 1, is cut short; 0: none */
  GArray *sleeps;        /* gint64 */
  GArray *progress;      /* double */
  GString *printed;      /* lines */
  char *result;
  gsize result_length;
  char *error;
  GArray *figures;       /* HeddleFigure */
};

struct _HeddleProducer {
  GPtrArray *inputs; /* char *, in the order of submission */
  guint64 n_range;   /* tasks submitted as ranges */
  guint64 total;
  guint64 skipped[HEDDLE_N_SKIPPED];
  guint stop_after;  /* so many are taken; 0: all */
};

void fake_task_init (HeddleTask *task, guint64 id, const char *input);
void fake_task_clear (HeddleTask *task);
void fake_producer_init (HeddleProducer *producer);
void fake_producer_clear (HeddleProducer *producer);
gpointer fake_open (const HeddleWorkload *workload, HeddleSettings **settings,
                    const char *const *assignments);

G_END_DECLS
