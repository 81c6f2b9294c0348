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
typedef struct _HeddleInputTable HeddleInputTable;
typedef struct _HeddleLog HeddleLog;
typedef struct _HeddleLogLine HeddleLogLine;
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
typedef struct _HeddleShared HeddleShared;
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
  HEDDLE_BACKEND_COMMANDS, /* threads that wait for the user's commands */
  HEDDLE_N_BACKENDS
} HeddleBackend;

typedef enum {
  HEDDLE_STOP_DRAIN,  /* no new tasks; what is queued and running ends by itself */
  HEDDLE_STOP_REST,   /* no new tasks; the queued are cancelled, what is running ends by itself */
  HEDDLE_STOP_CANCEL, /* no new tasks; the queued are cancelled, the running are asked to end */
  HEDDLE_STOP_KILL, /* as cancel; processes get SIGTERM after a second, then SIGKILL */
} HeddleStopPolicy;

typedef enum {
  HEDDLE_RUN_READY,
  HEDDLE_RUN_RUNNING,
  HEDDLE_RUN_PAUSED,
  HEDDLE_RUN_STOPPING,
  HEDDLE_RUN_FINISHED, /* every task has ended and every worker is gone */
} HeddleRunState;

/* Limits of a run. */
#define HEDDLE_MAX_WORKERS 1024
#define HEDDLE_MAX_QUEUE 1000000 /* tasks */
#define HEDDLE_MAX_PREFETCH 4096 /* tasks */
#define HEDDLE_MAX_RESULT (64u << 20) /* bytes: a result, or an error, may not be longer */
#define HEDDLE_NICE_IDLE 20 /* workers get only the processor time that nobody else wants, and give
                               it back at once */

G_END_DECLS
