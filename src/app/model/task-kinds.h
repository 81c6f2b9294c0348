/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Sorts tasks by their kinds, which are what their names have in common: "reader 1" and "reader 2"
 * are of the kind "reader", "gimp.png" is of the kind ".png". So many kinds as are given room for
 * get a number, in the order in which they are met; all others share 0. No GTK, any one thread.
 */
typedef struct _HeddleTaskKinds HeddleTaskKinds;

/* A kind was met for the first time. It may be in the midst of drawing. */
typedef void (*HeddleTaskKindsMet) (gpointer data);

#define HEDDLE_TASK_KIND_NEW G_MAXUINT /* not met yet */

HeddleTaskKinds *heddle_task_kinds_new (guint n_kinds);
void heddle_task_kinds_free (HeddleTaskKinds *self);
void heddle_task_kinds_set_met_func (HeddleTaskKinds *self, HeddleTaskKindsMet met, gpointer data);

guint heddle_task_kinds_find (const HeddleTaskKinds *self, guint64 id);
guint heddle_task_kinds_add (HeddleTaskKinds *self, guint64 id, const char *label);
guint heddle_task_kinds_get_n (const HeddleTaskKinds *self);
const char *heddle_task_kinds_get_name (const HeddleTaskKinds *self, guint kind);

char *heddle_task_kind_dup (const char *label);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HeddleTaskKinds, heddle_task_kinds_free)

G_END_DECLS
