/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include <glib.h>

#include "engine/pools/command/child.h"
#include "engine/pools/command/guard.h"

G_BEGIN_DECLS

/*
 * What the guard knows of this program: memory that both have mapped. This program writes, and the
 * guard reads once nobody writes any longer, since the kernel has closed this program's end of the
 * lifeline. So nothing but the claim of an entry has to be ordered.
 */

/* more than a run has slots: whoever finds no entry runs its command without a guard */
#define HEDDLE_GUARD_N_ENTRIES 2048

#define HEDDLE_GUARD_FREE     0
#define HEDDLE_GUARD_STARTING (-1)

/* A command in hand. */
struct _HeddleGuardEntry {
  _Atomic gint32 group; /* its process group, or one of the two above */
  /* inode numbers of the pipes that it writes to; 0: not known. By these it is found where this
   * program died before it had the number of the group */
  _Atomic guint64 pipes[HEDDLE_N_CHILD_STREAMS];
};

typedef struct {
  gint32 session; /* this program's, and so that of its commands */
  gint32 group;   /* this program's, and so that of none of them */
  HeddleGuardEntry entries[HEDDLE_GUARD_N_ENTRIES];
} HeddleGuardTable;

/* The descriptors that the guard gets. */
enum { HEDDLE_GUARD_FD_LIFELINE = 3, HEDDLE_GUARD_FD_TABLE, HEDDLE_GUARD_FD_END };

#define HEDDLE_GUARD_OPTION "--guard"

G_END_DECLS
