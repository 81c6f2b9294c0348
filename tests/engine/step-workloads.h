/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 *   use-stepped  each task uses an object, of the kind that "what" names: an index of step_kinds.
 * Every second one dies at its first attempt, "stride" instructions later than the one before it,
 * and each "cycle"th as early as the first
 */
extern const char *const step_kinds[];
extern const guint step_n_kinds;

#define STEP_WORKERS 3
#define STEP_PERMITS 2
#define STEP_SEMAPHORE_NUMBER 4 /* of the object in the arena, from 1 */
#define STEP_SEMAPHORE 3 /* of step_kinds */
#define STEP_BARRIER 5
#define STEP_MANAGER 13

G_END_DECLS
