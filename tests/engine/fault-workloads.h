/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Workloads whose task number FAULT_TASK, at its first attempt, does what a broken worker program
 * would. The parameter "what" says which.
 * "-threads": the same on threads of a child process.
 *
 *   lie, lie-threads          writes something into its ring or its segment that cannot be true,
 * and waits to be killed for it die-writing               dies while it writes its ring die-of dies
 * of signal number "what"; 0: of having no memory; FAULT_EXIT + n: exits with status n die-stepped
 * every second task dies so many instructions after its last one, from few for the first to many
 * for the last; "what": how fast they grow die-after                 task FAULT_TASK takes longer
 * than it may, ends when its process is to be terminated, and the one after it dies at once; "what"
 * 1: when the host knows that it has begun garbage-arena             writes random bytes over the
 * memory that the tasks share, from the seed "what", tells that half of the task is done and waits
 * to be killed garbage, garbage-threads  writes random bytes over its segment, from the seed
 * "what", and dies chatter, chatter-threads  task 2 tells details until "what" of them were given
 * up, and then makes the file that FAULT_MARK names hold-threads              never ends
 */
#define FAULT_TASK 5
#define FAULT_EXIT 1000

/* The environment names a file here: in the first worker process with threads, which removes it,
 * the second thread never is ready. */
#define FAULT_UNREADY "FAULT_UNREADY"

extern const char *const fault_lies[];
extern const guint fault_n_lies;

extern const char *const fault_points[]; /* where die-writing dies */
extern const guint fault_n_points;

extern const gboolean fault_can_step; /* whether die-stepped is there */
void fault_die_after (guint64 n_steps); /* where it is: machine instructions */

#define FAULT_POINT_ENDED 4 /* of these: the end of the task was told */

G_END_DECLS
