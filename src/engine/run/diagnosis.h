/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/model/types.h"

G_BEGIN_DECLS

/*
 * What holds a run up, said from facts about a stretch of its time. Each rule is a pure function of
 * the facts and silent when in doubt; docs/diagnosis.md has every rule with its limits and the
 * reasons for them. The facts of a run come from heddle_run_get_tally() and
 * heddle_run_fill_facts().
 */

/* Time of all workers together, nanoseconds: two workers have two seconds a second. What is not
 * known is -1. */
typedef struct {
  guint n;          /* the run is set to so many */
  guint n_needed;   /* so many are needed, as tasks wait for each other; 0: any number will do */
  gint64 time_ns;   /* what there was, without pauses */
  gint64 busy_ns;   /* they had a task in hand */
  gint64 on_cpu_ns; /* of busy_ns: executed by a processor */
  gint64 ready_ns;  /* of busy_ns: could have been, and another thread was */
  gint64 slept_ns;  /* of busy_ns: waited for time to pass */
  gint64 shared_ns; /* of busy_ns: waited for something that the tasks share */
  /* without a task, while the producer went on and the queue was short */
  gint64 starved_ns;
  gint64 between_ns; /* without a task, while the queue had one for each of them */
  gint64 over_ns; /* without a task, while none was left or to come and others had theirs in hand */
} HeddleFactsWorkers;

typedef struct {
  guint n;             /* that the workers may use; 0: not known */
  gint64 used_ns;      /* their time that this program and its workers had; -1: not known */
  double quota;        /* CPUs that the control group may use; 0: any number */
  guint64 n_periods;   /* of the control group, in each of which it may use its quota */
  guint64 n_throttled; /* of these, in which it was stopped because it had used it up */
} HeddleFactsProcessors;

/* Time, nanoseconds. */
typedef struct {
  gboolean by_hand;    /* tasks come from outside of the run */
  gint64 producing_ns; /* the producer made tasks, or waited for room */
  gint64 full_ns;      /* of it: it waited, since the queue was full */
  gint64 stocked_ns;   /* the queue had a task for each worker */
  guint64 left;        /* tasks that no worker has begun */
} HeddleFactsQueue;

typedef struct {
  guint64 n_ended;
  guint64 n_ended_ever; /* since the start of the run */
  gint64 median_ns;     /* of those; 0: none has */
  /* The task that was in hand alone, when there was nothing left to do. */
  guint64 last; /* 0: there was none */
  guint last_worker;
  gint64 last_ns;  /* for how long it has run */
  gint64 alone_ns; /* of it: so long it was alone */
} HeddleFactsTasks;

/* What the tasks share and had to wait for most. */
typedef struct {
  gboolean is_lock;
  gboolean is_mutex; /* one worker at a time holds it, also to read */
  char name[64];     /* in the user's language; empty: there was none */
  gint64 waited_ns;  /* of the workers' shared_ns */
  guint n_waiters;   /* workers that waited for it */
  gint64 held_ns;    /* workers held it, all together: the least that it can have been */
  guint holder;      /* number of the worker that held it most; 0: not known */
  gint64 holder_ns;  /* for so long that one did */
} HeddleFactsObject;

typedef struct {
  gint64 length_ns; /* of the stretch, without pauses */
  HeddleBackend backend;
  guint backends;      /* HEDDLE_BACKEND_BIT()s that the workload can run on */
  guint prefetch;      /* tasks that worker processes are handed ahead */
  gboolean measures;   /* its tasks measure something: with other settings, something else */
  gboolean deadlocked; /* waits were ended as they would have lasted for ever */
  HeddleFactsWorkers workers;
  HeddleFactsProcessors processors;
  HeddleFactsQueue queue;
  HeddleFactsTasks tasks;
  HeddleFactsObject object;
} HeddleDiagnosisFacts;

typedef enum {
  HEDDLE_VERDICT_NONE,
  HEDDLE_VERDICT_STARVED,   /* workers wait for the producer */
  HEDDLE_VERDICT_TOO_FEW,   /* the producer waits for workers, and processors have nothing to do */
  HEDDLE_VERDICT_CROWDED,   /* more workers than processors */
  HEDDLE_VERDICT_TOO_SMALL, /* tasks take less time than what is between them */
  HEDDLE_VERDICT_STRAGGLER, /* one task holds the end */
  HEDDLE_VERDICT_LOCK,      /* workers wait for their turn with a lock */
  HEDDLE_VERDICT_WAITING,   /* tasks mostly wait for time or for the outside world */
  HEDDLE_VERDICT_MAIN_LOOP, /* the main loop does the work */
  HEDDLE_VERDICT_QUOTA,     /* the control group is stopped */
  HEDDLE_N_VERDICTS
} HeddleVerdictKind;

/* A change of settings under which the cause is gone. */
typedef enum {
  HEDDLE_CURE_NONE,
  HEDDLE_CURE_WORKERS,  /* value: how many */
  HEDDLE_CURE_BACKEND,  /* value: HeddleBackend */
  HEDDLE_CURE_PREFETCH, /* value: how many tasks */
} HeddleCureKind;

/* Where the cause is seen on the lanes. */
typedef enum {
  HEDDLE_EVIDENCE_NONE,
  HEDDLE_EVIDENCE_IDLE,   /* gaps between tasks */
  HEDDLE_EVIDENCE_BUSY,   /* tasks */
  HEDDLE_EVIDENCE_READY,  /* waits for a processor */
  HEDDLE_EVIDENCE_SHARED, /* waits for what tasks share */
  HEDDLE_EVIDENCE_SLEEP,  /* waits for time or for the outside world */
} HeddleEvidence;

/* What tasks share, and who holds it. */
typedef struct {
  char name[64]; /* in the user's language */
  gboolean is_mutex;
  guint holder;     /* number of the worker that held it most; 0: not known */
  gint64 holder_ns; /* for so long that one did */
  double held;      /* of a mutex: the share of the time in which a worker held it */
} HeddleVerdictObject;

/* Plain data. What a kind leaves open is 0. */
typedef struct {
  HeddleVerdictKind kind;
  double strength; /* the share of the workers' time that it explains, 0 to 1 */
  guint n_workers;
  guint n_processors;
  double share;          /* of time, 0 to 1: of what, the text of each kind says */
  double quota;          /* CPUs */
  guint n;               /* workers that wait, or that would do */
  gint64 task_ns;        /* of a task: the median, or that of the straggler */
  gint64 other_ns;       /* what it is compared with */
  guint64 task;          /* the straggler */
  HeddleBackend backend; /* on which the run was */
  HeddleVerdictObject object;
  HeddleCureKind cure;
  guint cure_value;
  HeddleEvidence evidence;
  guint evidence_worker; /* number of the one worker; 0: all */
} HeddleVerdict;

typedef gboolean (*HeddleDiagnosisRule) (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict);

gboolean heddle_diagnosis_find (const HeddleDiagnosisFacts *facts, HeddleVerdictKind kind,
                                HeddleVerdict *verdict);
gboolean heddle_diagnosis_find_best (const HeddleDiagnosisFacts *facts, HeddleVerdict *verdict);
guint heddle_diagnosis_find_all (const HeddleDiagnosisFacts *facts,
                                 HeddleVerdict verdicts[HEDDLE_N_VERDICTS]);

/* Which verdict is shown while a run lasts, so that the line does not flicker. */
typedef struct {
  HeddleVerdict shown;         /* kind NONE: nothing */
  gint64 shown_confirmed_ns;   /* when it was found last */
  HeddleVerdictKind candidate; /* found instead of it */
  gint64 candidate_since_ns;
} HeddleDiagnosisFilter;

#define HEDDLE_DIAGNOSIS_APPEARS_NS (1500 * G_GINT64_CONSTANT (1000000))
#define HEDDLE_DIAGNOSIS_GOES_NS    (4000 * G_GINT64_CONSTANT (1000000))

gboolean heddle_diagnosis_filter_take (HeddleDiagnosisFilter *self, const HeddleVerdict *found,
                                       gint64 now);

/* diagnosis-text.c: in the user's language. */
#define HEDDLE_VERDICT_FIGURES 10

typedef struct {
  const char *key;
  double value;
} HeddleVerdictFigure;

const char *heddle_verdict_get_id (HeddleVerdictKind kind);
char *heddle_verdict_dup_title (const HeddleVerdict *self);
char *heddle_verdict_dup_text (const HeddleVerdict *self);
char *heddle_verdict_dup_cure (const HeddleVerdict *self);
guint heddle_verdict_get_figures (const HeddleVerdict *self, HeddleVerdictFigure *figures);

G_END_DECLS
