/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/types.h"

G_BEGIN_DECLS

/* What a backend, a kind of pool, is called and is. A new one is a row here and one in
 * pools/backends.c. */
struct _HeddleBackendInfo {
  HeddleBackend backend;
  const char *id;          /* "threads": as on the command line */
  const char *name;        /* N_("Threads") */
  const char *worker_name; /* N_("Thread %u") */
  const char *description; /* N_ one sentence */
  gboolean is_process;     /* workers are child processes */
  gboolean is_loop;        /* the main loop is the one worker, however many are asked for */
};

const HeddleBackendInfo *heddle_backend_get_info (HeddleBackend backend);
gboolean heddle_backend_from_id (const char *id, HeddleBackend *backend);

G_END_DECLS
