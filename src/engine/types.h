/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/error.h"
#include "measure/types.h"
#include "trace/types.h"

G_BEGIN_DECLS

typedef struct _HeddleBackendInfo HeddleBackendInfo;
typedef struct _HeddleCollector HeddleCollector;
typedef struct _HeddleInput HeddleInput;
typedef struct _HeddleItem HeddleItem;
typedef struct _HeddleLog HeddleLog;
typedef struct _HeddleParam HeddleParam;
typedef struct _HeddlePool HeddlePool;
typedef struct _HeddlePoolClass HeddlePoolClass;
typedef struct _HeddleProducer HeddleProducer;
typedef struct _HeddleQueue HeddleQueue;
typedef struct _HeddleResults HeddleResults;
typedef struct _HeddleRetries HeddleRetries;
typedef struct _HeddleRow HeddleRow;
typedef struct _HeddleRun HeddleRun;
typedef struct _HeddleRunOptions HeddleRunOptions;
typedef struct _HeddleRunSnapshot HeddleRunSnapshot;
typedef struct _HeddleSettings HeddleSettings;
typedef struct _HeddleSlot HeddleSlot;
typedef struct _HeddleTask HeddleTask;
typedef struct _HeddleWorkload HeddleWorkload;

/* The kinds of pool. */
typedef enum {
  HEDDLE_BACKEND_THREADS,
  HEDDLE_BACKEND_PROCESSES,
  HEDDLE_BACKEND_MAIN_LOOP,          /* in slices: the loop gets its turn between tasks */
  HEDDLE_BACKEND_MAIN_LOOP_BLOCKING, /* all in one go: freezes the window, on purpose */
  HEDDLE_BACKEND_THREAD_PER_TASK,
  HEDDLE_BACKEND_PROCESS_PER_TASK,
  HEDDLE_N_BACKENDS
} HeddleBackend;

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

typedef enum {
  HEDDLE_STOP_DRAIN,  /* no new tasks; what is queued and running ends by itself */
  HEDDLE_STOP_CANCEL, /* no new tasks; the queued are cancelled, the running are asked to end */
  HEDDLE_STOP_KILL,   /* as cancel, and worker processes that do not end within a second are terminated, and killed a second later */
} HeddleStopPolicy;

typedef enum {
  HEDDLE_RUN_READY,
  HEDDLE_RUN_RUNNING,
  HEDDLE_RUN_PAUSED,
  HEDDLE_RUN_STOPPING,
  HEDDLE_RUN_FINISHED, /* every task has ended and every worker is gone */
} HeddleRunState;

G_END_DECLS
