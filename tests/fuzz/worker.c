/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two worker processes that write anything into their rings, and the collector that reads them:
 * what they were given, what they claim, what comes of it. The accounting rule has to hold after
 * each step, counted here from what was given and not from the engine's own sums; a task ends once;
 * what people read is UTF-8.
 */
#include "config.h"

#include <string.h>

#include "engine/collect/validate.h"
#include "engine/queue/retry.h"
#include "engine/run/run-private.h"
#include "fuzz.h"
#include "trace/clock.h"
#include "workloads/list.h"

#define TASKS 250
#define RING 64
#define N_WORKERS 2

typedef struct {
  HeddleSlot *slot;
  HeddleRing *ring;
  guint64 head;
  GArray *given; /* of HeddleItem, to the worker that stands there */
} Worker;

typedef struct {
  FuzzInput input;
  HeddleRun *run;
  HeddleCollector *collector;
  Worker workers[N_WORKERS];
  guint64 pushed;
  guint ends[TASKS + 1]; /* of each task */
  guint n_rows;
} Fuzz;

static void
see_row (const HeddleRow *row, gpointer data)
{
  Fuzz *self = data;

  self->n_rows++;
  g_assert_cmpuint (row->id, >=, 1);
  g_assert_cmpuint (row->id, <=, self->pushed);
  g_assert_cmpuint (++self->ends[row->id], ==, 1);
  g_assert_true (row->state >= HEDDLE_TASK_DONE && row->state <= HEDDLE_TASK_LOST);
  g_assert_cmpint (row->started_ns, <=, row->finished_ns);
  fuzz_assert_utf8 (row->label);
}

static void
see_line (const HeddleLogLine *line, gpointer data)
{
  fuzz_assert_utf8 (line->text);
}

static HeddleRun *
make_run (Fuzz *self)
{
  const HeddleWorkload *workload = heddle_workloads_find ("costs");
  g_autoptr (HeddleSettings) settings = heddle_settings_new (workload);
  g_autoptr (GError) error = NULL;
  HeddleRunOptions options;
  HeddleRun *run;

  heddle_run_options_init (&options, workload);
  options.backend = HEDDLE_BACKEND_PROCESSES;
  options.workers = N_WORKERS;
  options.queue = TASKS;
  options.retries = fuzz_u8 (&self->input) % 3;
  options.retry_delay = 0;
  options.lane_budget = options.result_budget = 1 << 20;
  options.hooks = (HeddleRunHooks) { .row = see_row, .line = see_line };
  options.hooks_data = self;
  run = heddle_run_new (settings, &options, &error);
  g_assert_no_error (error);
  return run;
}

static void
push_tasks (Fuzz *self, guint n)
{
  n = MIN (n, TASKS - (guint) self->pushed);
  if (n == 0)
    return;
  heddle_queue_push (
    self->run->queue,
    &(HeddleItem){
      .id = self->pushed + 1, .count = n, .attempt = 1, .queued = heddle_clock_ticks () });
  self->pushed += n;
}

static void
give (Fuzz *self, Worker *worker)
{
  HeddleItem items[4];
  guint n = heddle_queue_try_take (self->run->queue, items, G_N_ELEMENTS (items),
                                   1 + fuzz_u8 (&self->input) % 16);

  for (guint i = 0; i < n; i++)
    heddle_slot_assign (worker->slot, &items[i]);
  heddle_slot_publish_assigned (worker->slot);
  g_array_append_vals (worker->given, items, n);
}

static guint64
pick_time (Fuzz *self)
{
  guint kind = fuzz_u8 (&self->input);

  if (kind < 200)
    return self->collector->bounds.first_ticks + kind;
  return kind < 230 ? heddle_clock_ticks () : fuzz_number (&self->input);
}

/* Which task a claim is about: the next one, the one in hand, or any. */
static guint64
pick_task (Fuzz *self, Worker *worker)
{
  guint kind = fuzz_u8 (&self->input);
  const HeddleAssignedTasks *next = heddle_assigned_peek (&worker->slot->assigned);

  if (kind < 120)
    return (next != NULL ? next->id : 0) + kind % 8;
  return kind < 240 ? worker->slot->task.id : fuzz_number (&self->input);
}

static void
put_slot (Worker *worker, guint64 time, guint64 word)
{
  worker->ring->slots[worker->head++ % RING] = (HeddleEvent) { time, word };
}

static void
claim (Fuzz *self, Worker *worker)
{
  HeddleEventType type = (HeddleEventType) (fuzz_u8 (&self->input) % (HEDDLE_N_EVENTS + 1));
  guint aux = fuzz_u8 (&self->input) % 8;
  guint64 id = pick_task (self, worker);

  put_slot (worker, pick_time (self), heddle_event_word (type, aux, id));
  atomic_store (&worker->ring->head, worker->head);
}

static void
claim_text (Fuzz *self, Worker *worker)
{
  static const HeddleEventType types[] = { HEDDLE_EVENT_RESULT_TEXT, HEDDLE_EVENT_ERROR_TEXT,
                                           HEDDLE_EVENT_OUTPUT_TEXT, HEDDLE_EVENT_FIGURE,
                                           HEDDLE_EVENT_TIMES };
  HeddleEventType type = types[fuzz_u8 (&self->input) % G_N_ELEMENTS (types)];
  guint64 length = type == HEDDLE_EVENT_FIGURE  ? sizeof (HeddleFigure)
                   : type == HEDDLE_EVENT_TIMES ? sizeof (HeddleTimesEvent)
                                                : fuzz_u8 (&self->input);
  guint64 n_slots = (length + sizeof (HeddleEvent) - 1) / sizeof (HeddleEvent);

  put_slot (worker, length, heddle_event_word (type, 0, pick_task (self, worker)));
  for (guint64 i = 0; i < n_slots; i++, worker->head++)
    {
      HeddleEvent *slot = &worker->ring->slots[worker->head % RING];

      fuzz_bytes (&self->input, slot, sizeof *slot);
      if (i == 0 && type == HEDDLE_EVENT_OUTPUT_TEXT)
        slot->time = pick_time (self);
      if (type == HEDDLE_EVENT_TIMES)
        *slot = (HeddleEvent) { fuzz_u16 (&self->input), fuzz_u16 (&self->input) };
    }
  atomic_store (&worker->ring->head, worker->head);
}

static void
write_anything (Fuzz *self, Worker *worker)
{
  gsize bytes = heddle_ring_bytes (RING);
  gsize at = fuzz_u16 (&self->input) % bytes;
  gsize length = fuzz_u8 (&self->input);

  fuzz_bytes (&self->input, (guint8 *) worker->ring + at, MIN (length, bytes - at));
}

static void
look (Fuzz *self, Worker *worker)
{
  guint64 n_ended = fuzz_number (&self->input);

  self->collector->settled = heddle_clock_monotonic_ns ();
  heddle_collector_drain_locked (self->collector, worker->slot);
  g_assert_true (n_ended <= worker->slot->worker.n_started
                 || !heddle_validate_ended (worker->slot, n_ended));
  g_assert_cmpint (self->collector->counts.times.on_cpu_ns
                     + self->collector->counts.times.ready_ns,
                   <=, self->collector->counts.times.span_ns);
  heddle_collector_flush_locked (self->collector);
  heddle_collector_tell_log_locked (self->collector);
}

static guint64
count_given (const Worker *worker)
{
  guint64 n = 0;

  for (guint i = 0; i < worker->given->len; i++)
    n += g_array_index (worker->given, HeddleItem, i).count;
  return n;
}

/* As the pool does: what it had not started goes back, the rest is the collector's. */
static void
take_back (Fuzz *self, Worker *worker, guint64 n_started)
{
  g_assert_cmpuint (n_started, <=, count_given (worker));
  for (guint i = 0; i < worker->given->len; i++)
    {
      HeddleItem *item = &g_array_index (worker->given, HeddleItem, i);
      guint32 started = (guint32) MIN (n_started, item->count);

      n_started -= started;
      item->id += started;
      item->count -= started;
      if (item->count > 0)
        heddle_queue_put_back (self->run->queue, item, 1);
    }
  g_array_set_size (worker->given, 0);
  heddle_slot_clear_assigned (worker->slot);
}

static void
be_born (Fuzz *self, Worker *worker)
{
  heddle_ring_init (worker->ring, RING);
  worker->head = 0;
  heddle_collector_worker_born (self->collector, worker->slot, worker->ring, 1, 1, NULL);
}

static void
die (Fuzz *self, Worker *worker)
{
  take_back (self, worker,
             heddle_collector_worker_died (self->collector, worker->slot, "was ended",
                                           HEDDLE_DEATH_REPLACED));
  be_born (self, worker);
}

static void
try_again (Fuzz *self)
{
  HeddleItem item;

  while (heddle_retries_take (self->collector->retries, G_MAXINT64, &item))
    heddle_queue_put_back (self->run->queue, &item, 1);
}

static void
check (Fuzz *self)
{
  HeddleCollector *collector = self->collector;
  guint64 ended = heddle_collector_count_ended_locked (collector);
  guint64 waiting = heddle_retries_get_length (collector->retries);
  guint64 running = 0;
  HeddleQueueCounts counts;

  for (guint i = 0; i < N_WORKERS; i++)
    {
      guint64 given = count_given (&self->workers[i]);

      g_assert_cmpuint (self->workers[i].slot->worker.n_started, <=, given);
      waiting += given - self->workers[i].slot->worker.n_started;
      running += self->workers[i].slot->task.in_hand;
    }
  heddle_queue_get_counts (self->run->queue, &counts);
  g_assert_cmpuint (self->pushed, ==, counts.queued + waiting + running + ended);
  /* rows come in the order of finishing, whatever time a worker tells: here all at once */
  self->collector->settled = G_MAXINT64;
  heddle_collector_hand_out_rows_locked (self->collector);
  g_assert_cmpuint (self->n_rows, ==, ended);
}

static void
step (Fuzz *self)
{
  guint what = fuzz_u8 (&self->input);
  Worker *worker = &self->workers[what / 16 % N_WORKERS];

  switch (what % 16)
    {
    case 0:
      push_tasks (self, 1 + fuzz_u8 (&self->input) % 20);
      break;
    case 1:
    case 2:
      give (self, worker);
      break;
    case 3:
      write_anything (self, worker);
      break;
    case 4:
      die (self, worker);
      break;
    case 5:
      try_again (self);
      break;
    case 6:
    case 7:
    case 8:
      claim_text (self, worker);
      break;
    case 9:
    case 10:
      look (self, worker);
      break;
    default:
      claim (self, worker);
      break;
    }
  check (self);
}

/* What is kept of the rows is for people. */
static void
check_results (Fuzz *self)
{
  for (guint64 i = heddle_results_get_first (self->run->stores.results);
       i < heddle_results_get_length (self->run->stores.results); i++)
    {
      HeddleRow row;

      if (!heddle_results_get (self->run->stores.results, i, &row))
        continue;
      fuzz_assert_utf8 (row.label);
      heddle_row_clear (&row);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree Fuzz *fuzz = g_new0 (Fuzz, 1);

  fuzz->input = (FuzzInput) { data, size };
  fuzz->run = make_run (fuzz);
  fuzz->collector = fuzz->run->collector;
  for (guint i = 0; i < N_WORKERS; i++)
    {
      Worker *worker = &fuzz->workers[i];

      worker->ring = g_aligned_alloc0 (1, heddle_ring_bytes (RING), 64);
      worker->given = g_array_new (FALSE, FALSE, sizeof (HeddleItem));
      worker->slot = heddle_collector_add_slot (fuzz->collector, NULL, RING, TRUE);
      be_born (fuzz, worker);
    }
  push_tasks (fuzz, 40);
  while (fuzz->input.left > 0)
    step (fuzz);
  for (guint i = 0; i < N_WORKERS; i++)
    die (fuzz, &fuzz->workers[i]);
  /* as at the end of a run */
  fuzz->collector->settled = G_MAXINT64;
  look (fuzz, &fuzz->workers[0]);
  check (fuzz);
  check_results (fuzz);
  heddle_run_unref (fuzz->run);
  for (guint i = 0; i < N_WORKERS; i++)
    {
      g_array_unref (fuzz->workers[i].given);
      g_aligned_free (fuzz->workers[i].ring);
    }
  return 0;
}
