/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include "batch/commands.h"
#include "batch/template.h"

G_BEGIN_DECLS

struct _HeddleCommands {
  HeddleCommandsOptions options;
  HeddleInputs *inputs; /* the producer's thread reads them */
  HeddleTemplate *template;
  int stop_fd; /* an eventfd that is written to once inputs are wanted no longer */

  /* Where all inputs were read before the run: constant from then on, but for the jobs, of which
   * the producer frees those that it has submitted. */
  GPtrArray
    *jobs;       /* HeddleArguments of those to be run; NULL: inputs are read as they are needed */
  GArray *seqs;  /* the number of each of them, guint32 */
  guint64 total; /* of all, done or not */
  HeddleCommandsKnown known;

  atomic_bool halted;                         /* slots set it: no other job is begun */
  _Atomic guint64 ended[HEDDLE_N_JOB_STATES]; /* jobs of this run; slots count, relaxed */
};

void heddle_commands_encode (const HeddleArguments *arguments, GString *to);
HeddleArguments *heddle_commands_decode (const char *input, gsize length);
void heddle_commands_wait_for_stop (HeddleCommands *self);
guint32 heddle_commands_get_seq (const HeddleCommands *self, guint64 task);
gboolean heddle_commands_expand (HeddleCommands *self, const HeddleArguments *arguments,
                                 guint32 seq, guint slot, GString *line, GStrv *argv,
                                 GError **error);
void heddle_commands_execute (gpointer data, HeddleTask *task);

G_END_DECLS
