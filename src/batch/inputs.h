/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "batch/arguments.h"
#include "batch/source.h"

G_BEGIN_DECLS

/*
 * The values of a batch's jobs, one job after another, as its sources give them: all combinations,
 * of which the first source's value changes last; linked sources side by side until the shortest
 * ends.
 *
 * The first source, with what is linked to it, is read as it is needed: a pipe that never ends
 * gives its first job at once. The others are read whole before the first job. One thread at a
 * time.
 */
typedef struct _HeddleInputs HeddleInputs;

typedef struct {
  GPtrArray *sources;     /* HeddleSourceSpec */
  const char *columns;    /* regular expression that separates them; with csv, a byte; or NULL */
  guint per_job;          /* records of a job at most; 0: one, of which nothing is inserted */
  HeddleTrim trim;
  char terminator;        /* of the records of files */
  gboolean csv;
  gboolean header;        /* the first record of each source names its columns */
  gboolean link;          /* all sources side by side; shorter ones start again */
  gboolean skip_blank;
  HeddleBeforeRead before_read; /* (nullable): called before a file may have to be waited for */
  gpointer before_read_data;
} HeddleInputsOptions;

HeddleInputs *heddle_inputs_new (const HeddleInputsOptions *options, GError **error);
void heddle_inputs_free (HeddleInputs *self);
const char *const *heddle_inputs_get_names (HeddleInputs *self);
HeddleArguments *heddle_inputs_next (HeddleInputs *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleInputs, heddle_inputs_free)

G_END_DECLS
