/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdatomic.h>

#include <glib.h>

G_BEGIN_DECLS

/* How a test ends one of the first tasks of "commands" while all others go on. */
typedef struct {
  _Atomic guint64 id;      /* which one; 0: none */
  atomic_int wake_fds[16]; /* by the number of the task, once it has begun: what wakes its worker */
} TestCommandCancel;

extern TestCommandCancel test_command_cancel;

G_END_DECLS
