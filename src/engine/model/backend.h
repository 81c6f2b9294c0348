/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/types.h"

G_BEGIN_DECLS

/*
 * What a backend, a kind of pool, is called and is: a part of its HeddlePoolClass. Whoever wants to
 * know how a backend behaves asks for one of these properties, never which backend it is.
 */
struct _HeddleBackendInfo {
  const char *id;          /* "threads": as on the command line */
  const char *name;        /* N_("Threads") */
  const char *variant;     /* N_("Pool"): what sets it apart from others of the same workers */
  const char *worker_name; /* N_("Thread %u") */
  const char *description; /* N_ one sentence */
  gboolean is_process;     /* workers are child processes */
  gboolean is_loop;        /* the main loop is the one worker, however many are asked for */
  gboolean is_per_task;    /* every task gets a worker of its own */
  gboolean is_blocking;    /* the main loop does nothing else until all tasks are done */
  gboolean is_command; /* a task is a command of the user: its worker sleeps meanwhile, and what the
                          command has cost is what the task has */
};

/* Data of pools/backends.c, so that this room calls nothing above it. */
extern const HeddleBackendInfo *const heddle_backends[HEDDLE_N_BACKENDS];

const HeddleBackendInfo *heddle_backend_get_info (HeddleBackend backend);
gboolean heddle_backend_recycles (HeddleBackend backend);
void heddle_backend_name_worker (HeddleBackend backend, guint number, char *buffer, gsize size);
char *heddle_backend_dup_ids (guint backends);
gboolean heddle_backend_parse (const char *id, const HeddleWorkload *workload,
                               HeddleBackend *backend, GError **error);

G_END_DECLS
