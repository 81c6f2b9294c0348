/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/*
 * The same jobs twice. Preemptive: each job is a task, on a thread or process of its own, and the
 * kernel decides who has the processor. Cooperative: all jobs are coroutines of one task, on one
 * thread, and each keeps the processor until it yields.
 */

#include <glib/gi18n-lib.h>
#include <sched.h>
#include <stdatomic.h>

#include "engine/sync/shared.h"
#include "engine/task/task.h"
#include "trace/clock.h"
#include "workloads/burn.h"
#include "workloads/coroutine.h"
#include "workloads/common.h"
#include "workloads/list.h"
#include "workloads/sharing.h"

#define MAX_JOBS 16
#define MAX_ROUNDS 100

typedef enum { MODE_PREEMPTIVE, MODE_COOPERATIVE } Mode;

typedef struct {
  HeddleRange tasks; /* first */
  Mode mode;
  guint n_jobs;
  guint n_rounds;
  gint64 work_ns;
  gboolean forget;
  gboolean one_cpu;
  gboolean yield_inside;
  HeddleMutex *lock;       /* guards turns */
  HeddleList *turns;       /* which job had each round, in order */
  HeddleValue *counted;    /* rounds, by all jobs and without a lock */
  _Atomic guint32 *rounds; /* done, of each job: one that is tried again goes on there */
  HeddleEnd end;
} Multitasking;

typedef struct {
  const Multitasking *plan;
  HeddleTask *task;
  HeddleCoroutine *coroutine; /* NULL: on a thread of its own */
  guint number;               /* from 0; texts have one more, the number of its task */
  gint64 waits_since;         /* when it yielded, or was ready to begin */
  gint64 longest_wait;
} Job;

static const char *const modes[] = { "preemptive", "cooperative", NULL };
static const char *const mode_names[] = { N_("Preemptive"), N_("Cooperative"), NULL };

static const HeddleParam params[] = {
  { .name = "mode", .label = N_("Scheduling"), .type = HEDDLE_PARAM_CHOICE,
    .initial = "cooperative", .choices = modes, .choice_names = mode_names,
    .description = N_("Preemptive: the kernel interrupts a job. Cooperative: a job keeps the processor until it yields."),
    .field = HEDDLE_FIELD (Multitasking, mode) },
  { .name = "jobs", .label = N_("Jobs"), .initial = "3", .min = 2, .max = MAX_JOBS,
    .description = N_("Number of jobs that want the processor."),
    .field = HEDDLE_FIELD (Multitasking, n_jobs) },
  { .name = "rounds", .label = N_("Rounds"), .initial = "4", .min = 1, .max = MAX_ROUNDS,
    .description = N_("Number of rounds of each job. After a round the job yields."),
    .field = HEDDLE_FIELD (Multitasking, n_rounds) },
  { .name = "work", .label = N_("Work"), .initial = "50", .max = 10000, .unit = N_("ms"),
    .description = N_("Processor time that one round takes."),
    .field = HEDDLE_FIELD (Multitasking, work_ns) },
  { .name = "forget-to-yield", .label = N_("Forget to yield"), .type = HEDDLE_PARAM_SWITCH,
    .initial = "off", .description = N_("Whether job 1 does all of its rounds without yielding."),
    .field = HEDDLE_FIELD (Multitasking, forget) },
  { .name = "yield-inside", .label = N_("Yield inside"), .type = HEDDLE_PARAM_SWITCH,
    .initial = "off",
    .description = N_("Whether a job yields between reading the count of rounds and writing it back, and not after a round."),
    .field = HEDDLE_FIELD (Multitasking, yield_inside) },
  { .name = "one-processor", .label = N_("One processor"), .type = HEDDLE_PARAM_SWITCH,
    .initial = "on",
    .description = N_("Whether preemptive jobs share one processor, as cooperative ones do, or may use all processors."),
    .field = HEDDLE_FIELD (Multitasking, one_cpu) },
};

static gpointer
multitasking_open (const HeddleSettings *settings, GError **error)
{
  Multitasking *self = heddle_settings_open (settings, error);

  self->tasks.n = self->mode == MODE_PREEMPTIVE ? self->n_jobs : 1;
  return self;
}

static gboolean
multitasking_share (gpointer data, HeddleShared *shared, GError **error)
{
  Multitasking *self = data;

  self->lock = heddle_shared_mutex (shared, N_("list of turns"));
  self->turns = heddle_shared_list (shared, N_("turns"), MAX_JOBS * MAX_ROUNDS, TRUE);
  self->counted = heddle_shared_value (shared, N_("rounds counted"), 0, TRUE);
  self->rounds = heddle_shared_bytes (shared, "rounds", sizeof *self->rounds * self->n_jobs);
  heddle_end_share (&self->end, shared, self->tasks.n);
  return TRUE;
}

static void
job_waited (Job *self)
{
  self->longest_wait = MAX (self->longest_wait, heddle_clock_monotonic_ns () - self->waits_since);
}

/* Lets another job have the processor. */
static void
job_yield (Job *self)
{
  if (self->plan->forget && self->number == 0)
    return;
  self->waits_since = heddle_clock_monotonic_ns ();
  if (self->coroutine != NULL)
    heddle_coroutine_yield (self->coroutine);
  else
    sched_yield ();
  job_waited (self);
}

static gboolean
job_note_turn (Job *self)
{
  HeddleSyncStatus status = heddle_mutex_lock (self->plan->lock, self->task);

  if (!HEDDLE_SYNC_ACQUIRED (status))
    return FALSE;
  heddle_list_append (self->plan->turns, self->number + 1);
  heddle_mutex_unlock (self->plan->lock, self->task);
  return TRUE;
}

/* The job itself: the same code in both modes. Returns FALSE if the task should end. */
static gboolean
job_run (Job *self)
{
  const Multitasking *plan = self->plan;

  for (guint round = atomic_load (&plan->rounds[self->number]) + 1; round <= plan->n_rounds;
       round++)
    {
      gint64 counted;

      if (!job_note_turn (self))
        return FALSE;
      counted = heddle_value_get (plan->counted);
      heddle_task_print (self->task, _("Job %u: round %u of %u"), self->number + 1, round,
                         plan->n_rounds);
      /* a job that is preempted within a round waits for its next turn, too */
      if (!heddle_burn (self->task, plan->work_ns, &self->longest_wait))
        return FALSE;
      if (plan->yield_inside)
        job_yield (self);
      heddle_value_set (plan->counted, counted + 1);
      atomic_store (&plan->rounds[self->number], round);
      if (self->coroutine == NULL)
        heddle_task_set_progress (self->task, (double) round / plan->n_rounds);
      if (round < plan->n_rounds && !plan->yield_inside)
        job_yield (self);
    }
  return TRUE;
}

static void
job_tell_wait (const Job *self)
{
  heddle_task_print (self->task, _("Job %u: longest wait for a turn %.1f ms"), self->number + 1,
                     (double) self->longest_wait / 1e6);
}

/* How many rounds were counted without a lock. */
static void
tell_count (const Multitasking *self, HeddleTask *task)
{
  guint expected = self->n_jobs * self->n_rounds;
  gint64 counted = heddle_value_get (self->counted);

  heddle_task_print (task, _("Rounds: %u, counted without a lock: %lld"), expected,
                     (long long) counted);
}

/* Makes the calling thread stay on the first processor it may use. Returns FALSE where the system
 * does not let it. */
static gboolean
stay_on_one_processor (cpu_set_t *before)
{
  cpu_set_t one;
  int cpu = 0;

  if (sched_getaffinity (0, sizeof *before, before) != 0)
    return FALSE;
  while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET (cpu, before))
    cpu++;
  CPU_ZERO (&one);
  CPU_SET (cpu, &one);
  return sched_setaffinity (0, sizeof one, &one) == 0;
}

static void
run_preemptive (Multitasking *self, HeddleTask *task)
{
  Job job = { .plan = self, .task = task, .number = (guint) heddle_task_get_id (task) - 1 };
  cpu_set_t before;
  gboolean bound = self->one_cpu && stay_on_one_processor (&before);
  gboolean done = job_run (&job);

  if (bound)
    sched_setaffinity (0, sizeof before, &before);
  if (!done)
    return;
  job_tell_wait (&job);
  if (heddle_end_is_last (&self->end, task))
    tell_count (self, task);
  heddle_task_return_printf (task, _("longest wait %.1f ms"), (double) job.longest_wait / 1e6);
}

static void
job_body (HeddleCoroutine *coroutine, gpointer data)
{
  Job *self = data;

  job_waited (self);
  job_run (self);
}

/* The whole scheduler: resumes one job after another, round and round, until all have finished. */
static void
take_turns (const Multitasking *self, Job *jobs)
{
  guint n_left = self->n_jobs;
  guint n_turns = 0;

  while (n_left > 0)
    {
      n_left = 0;
      for (guint i = 0; i < self->n_jobs; i++)
        n_left += heddle_coroutine_resume (jobs[i].coroutine);
      n_turns++;
      heddle_task_set_progress (jobs[0].task, MIN (1.0, (double) n_turns / self->n_rounds));
    }
}

static void
run_cooperative (const Multitasking *self, HeddleTask *task)
{
  Job jobs[MAX_JOBS] = { 0 };
  gint64 now = heddle_clock_monotonic_ns ();
  gint64 longest = 0;

  for (guint i = 0; i < self->n_jobs; i++)
    {
      jobs[i] = (Job) { .plan = self, .task = task, .number = i, .waits_since = now };
      jobs[i].coroutine = heddle_coroutine_new (job_body, &jobs[i]);
    }
  take_turns (self, jobs);
  for (guint i = 0; i < self->n_jobs; i++)
    {
      heddle_coroutine_free (jobs[i].coroutine);
      longest = MAX (longest, jobs[i].longest_wait);
    }
  if (heddle_task_is_cancelled (task))
    return;
  for (guint i = 0; i < self->n_jobs; i++)
    job_tell_wait (&jobs[i]);
  tell_count (self, task);
  heddle_task_return_printf (task, _("longest wait %.1f ms"), (double) longest / 1e6);
}

static void
multitasking_execute (gpointer data, HeddleTask *task)
{
  Multitasking *self = data;

  if (self->mode == MODE_PREEMPTIVE)
    run_preemptive (self, task);
  else
    run_cooperative (self, task);
}

static void
multitasking_label (gpointer data, guint64 id, char *buffer, gsize size)
{
  const Multitasking *self = data;

  if (self->mode == MODE_PREEMPTIVE)
    g_snprintf (buffer, size, _("job %u"), (guint) id);
  else
    g_snprintf (buffer, size, g_dngettext (GETTEXT_PACKAGE, "%u job on one thread",
                                           "%u jobs on one thread", self->n_jobs),
                self->n_jobs);
}

static char *
multitasking_sentence (gpointer data, guint64 id, const char *label, const char *result)
{
  const Multitasking *self = data;

  if (self->mode == MODE_PREEMPTIVE)
    return g_strdup_printf (_("Job %u: %s"), (guint) id, result);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u job on one thread: %s",
                                       "%u jobs on one thread: %s", self->n_jobs),
                          self->n_jobs, result);
}

static const HeddlePreset tries[] = {
  { N_("Cooperative, all yield"), "mode=cooperative forget-to-yield=off yield-inside=off" },
  { N_("Cooperative, one forgets to yield"), "mode=cooperative forget-to-yield=on yield-inside=off" },
  { N_("Cooperative, they yield inside"), "mode=cooperative forget-to-yield=off yield-inside=on" },
  { N_("Preemptive, one forgets to yield"), "mode=preemptive forget-to-yield=on yield-inside=off one-processor=on backend=threads" },
  { N_("Preemptive, on all processors"), "mode=preemptive yield-inside=off one-processor=off backend=threads" },
  { NULL, NULL },
};

const HeddleWorkload heddle_workload_preemptive_or_cooperative = {
  .id = "preemptive-or-cooperative",
  .name = N_("Preemptive or cooperative"),
  .summary = N_("The same jobs, interrupted by the kernel or yielding by themselves; one of them can forget to yield."),
  .badge = N_("CPU"),
  .about = N_("Several jobs want one processor. With preemptive multitasking the kernel interrupts a job after a while: often after a few "
    "milliseconds, in this window after up to 20, since its workers ask the kernel for long time slices so that the window stays smooth. With cooperative multitasking a job keeps the processor until it yields: here the jobs are coroutines, functions that can stop in the middle and go on later, and all of them run on one thread.\n"
    "\n"
    "What to look for: the list “turns”, under “Shared”, and the log show which job did each round. Cooperative jobs take turns in a fixed order: 1 2 3 "
    "1 2 3. Switch “Forget to yield” on, and job 1 does all of its rounds before any other job begins. The last lines of the log say how long each job had to wait for its turn at most: that time is then much longer.\n"
    "\n"
    "Each job also counts the rounds, without any lock: it reads “rounds counted”, works, and writes one more back. A cooperative job is not interrupted meanwhile, so the count is right. "
    "Switch “Yield inside” on, and the others take their turns between the reading and the writing: rounds are lost. Code that must not be interrupted must not yield, or it needs a lock.\n"
    "\n"
    "Now the same with preemptive scheduling. That job 1 does not yield changes little for the others, because the kernel interrupts it anyway, and rounds are lost wherever the kernel happens to interrupt a job. Each "
    "preemptive job has its own lane; the cooperative ones share one, since they run on a single thread."),
  .notes = N_("The notes say: the system interrupts preemptive threads to share the processor fairly, and cooperative ones must yield by themselves. Both "
    "can be seen here. They do not mention the cost: a cooperative job can stop all others, and a preemptive one can be interrupted anywhere, which is why it needs locks. A cooperative job can be interrupted only where it yields, and needs locks only across a yield.\n"
    "\n"
    "They name user interfaces as an example of cooperative multitasking. That is true: this window's main loop is one. A run on the backend “Main loop, blocking” is a job that forgets to yield."),
  .tries = tries,
  .group = HEDDLE_GROUP_BASICS,
  .backends = HEDDLE_BACKENDS_CONCURRENT,
  .default_backend = HEDDLE_BACKEND_THREADS,
  .default_workers = 3,
  .params = params,
  .n_params = G_N_ELEMENTS (params),
  .data_size = sizeof (Multitasking),
  .open = multitasking_open,
  .share = multitasking_share,
  .arena = 128 << 10,
  .parties = heddle_range_get_n,
  .produce = heddle_range_produce,
  .execute = multitasking_execute,
  .label = multitasking_label,
  .sentence = multitasking_sentence,
};
