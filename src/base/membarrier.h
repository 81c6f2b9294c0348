/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Two threads that each store one word and then load the other's have to do it in order, or neither
 * sees the other. A locked instruction makes that order, on both sides. Where one side does it for
 * every task and the other one rarely, the kernel can do it for both (membarrier): the frequent one
 * only keeps its compiler from changing the order, the rare one has a barrier put into every
 * thread.
 */

/* Whether the kernel makes barriers for this process. Set before main(), then only read. Where it
 * does not, each side makes its own. */
extern gboolean heddle_membarrier_works;

gboolean heddle_membarrier (void);

G_END_DECLS
