/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 *   stuck       task 1 is lost (its process is killed; a thread's fails) and all others wait for
 * what it does not do any more, on a kind of object that "what" names: an index of stuck_kinds.
 * stuck_names: what the verdict says that they wait for meet-often  all tasks meet four times at a
 * barrier; the first attempt of task 1 is killed after it was there twice meet-late   all tasks
 * meet once at a barrier; only the first three are made before the run is stopped meet-alone  all
 * tasks would have to meet at a barrier, and there are more of them than workers hand-over   task 1
 * waits for task 2, and that for task 3, which ends its wait once the value STUCK_GO is not 0
 */
extern const char *const stuck_kinds[];
extern const char *const stuck_names[];
extern const guint stuck_n_kinds;

#define STUCK_GO 12 /* number of the object in the arena, from 1 */
#define STUCK_RING 11 /* of these: nobody waits for task 1 */

G_END_DECLS
