/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/results-sort.h"
#include "app/model/worker-text.h"
#include "app/run/tables/workers-pane.h"
#include "app/widgets/a11y/stack-pages.h"
#include "app/widgets/table/table.h"
#include "base/format.h"
#include "trace/clock.h"

/* numbers that change faster cannot be read */
#define MIN_INTERVAL_NS (240 * G_GINT64_CONSTANT (1000000))

/* Up to DEATHS as they are now; what follows is of a stretch of time. */
enum {
  NAME, KIND, ID, STATE, TASK, WAITS_FOR, DONE, CPU_TIME, CPU_SHARE, MEMORY, DEATHS,
  FAILED, BUSY, ON_CPU, READY, BLOCKED
};

#define N_COLUMNS (BLOCKED + 1)
#define NARROW_TASK 140 /* beside what it waits for */

#define TEXT HEDDLE_COLUMN_SORTS
#define NUMBER (HEDDLE_COLUMN_SORTS | HEDDLE_COLUMN_NUMBER)
#define SPARE HEDDLE_COLUMN_SPARE

static const HeddleTableColumn all_columns[] = {
  [NAME] = { N_("Worker"), 100, 0, 0, TEXT },
  [KIND] = { N_("Kind"), 72, 0, 0, TEXT | SPARE },
  [ID] = { N_("Id"), 72, 0, 0, NUMBER | SPARE },
  [STATE] = { N_("State"), 72, 0, 0, TEXT },
  [TASK] = { N_("Current Task"), 200, 1, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE, TEXT },
  [WAITS_FOR] = { N_("Waits for"), 300, 1, 0, TEXT },
  [DONE] = { N_("Tasks"), 84, 0, 0, NUMBER },
  [CPU_TIME] = { N_("CPU Time"), 84, 0, 0, NUMBER | SPARE },
  [CPU_SHARE] = { N_("CPU"), 52, 0, 0, NUMBER | SPARE },
  [MEMORY] = { N_("Memory"), 84, 0, 0, NUMBER | SPARE },
  [DEATHS] = { N_("Deaths"), 60, 0, 0, NUMBER | SPARE },
  [FAILED] = { N_("Failed"), 72, 0, 0, NUMBER },
  [BUSY] = { N_("Occupied"), 84, 0, 0, NUMBER },
  [ON_CPU] = { N_("On CPU"), 84, 0, 0, NUMBER },
  [READY] = { N_("Ready"), 84, 0, 0, NUMBER },
  [BLOCKED] = { N_("Blocked"), 84, 0, 0, NUMBER },
};

struct _HeddleWorkersPane {
  HeddleContainer parent_instance;

  HeddleTableColumn columns[N_COLUMNS]; /* what the table shows of all_columns */
  GtkWidget *stack;   /* child: table or empty */
  GtkWidget *empty;   /* in stack */
  HeddleTable *table; /* in stack */

  HeddleRun *run;            /* owned */
  HeddleWorkerInfo *workers; /* owned: room for HEDDLE_MAX_WORKERS, made once */
  HeddleLaneSum *sums;       /* owned: of the stretch, by the workers' places */
  guint n_workers;
  gint64 begin_ns, end_ns;   /* the stretch, CLOCK_MONOTONIC; end 0: as they are now */
  gboolean with_states;      /* of the tasks: the stretch has times of them */
  GListStore *model;         /* owned: a place for each worker; the rows are read from workers */
  gint64 updated_ns;
  HeddleRunState updated_in;
};

G_DEFINE_FINAL_TYPE (HeddleWorkersPane, heddle_workers_pane, HEDDLE_TYPE_CONTAINER)

#define HEDDLE_TYPE_WORKER_PLACE (heddle_worker_place_get_type ())
G_DECLARE_FINAL_TYPE (HeddleWorkerPlace, heddle_worker_place, HEDDLE, WORKER_PLACE, GObject)

/* A place in the list of workers: the table's item. What stands there is in the pane's array. */
struct _HeddleWorkerPlace {
  GObject parent_instance;
  guint index;
};

G_DEFINE_FINAL_TYPE (HeddleWorkerPlace, heddle_worker_place, G_TYPE_OBJECT)

static void
heddle_worker_place_class_init (HeddleWorkerPlaceClass *klass)
{
}

static void
heddle_worker_place_init (HeddleWorkerPlace *self)
{
}

static const char *
state_text (HeddleWorkerState state)
{
  switch (state)
    {
    case HEDDLE_WORKER_STARTING: return _("starting");
    case HEDDLE_WORKER_IDLE: return _("idle");
    case HEDDLE_WORKER_BUSY: return _("occupied");
    case HEDDLE_WORKER_PAUSED: return _("paused");
    case HEDDLE_WORKER_WAITING: return _("waiting");
    case HEDDLE_WORKER_GONE: return _("ended");
    default: return "";
    }
}

static void
format_task (const HeddleWorkerInfo *worker, char *buffer, gsize size)
{
  if (worker->task == 0)
    g_strlcpy (buffer, "–", size);
  else if (worker->progress >= 0)
    g_snprintf (buffer, size, "%" G_GUINT64_FORMAT " %s (%d %%)", worker->task, worker->label,
                (int) (worker->progress * 100));
  else
    g_snprintf (buffer, size, "%" G_GUINT64_FORMAT " %s", worker->task, worker->label);
}

/* Below 0: not known. */
static double
share_of_cpu (const HeddleWorkerInfo *worker)
{
  if (worker->cpu_ns < 0 || worker->alive_ns <= 0)
    return -1;
  return (double) worker->cpu_ns / (double) worker->alive_ns;
}

static gint64
blocked_of (const HeddleLaneSum *sum)
{
  return MAX (sum->known_ns - sum->on_cpu_ns - sum->ready_ns, 0);
}

static void
fill_sum (HeddleTableRow *row, const HeddleLaneSum *sum, HeddleCellLook look)
{
  const struct {
    guint column;
    gint64 time;
    gboolean known;
  } times[] = {
    { BUSY, sum->busy_ns, TRUE },
    { ON_CPU, sum->on_cpu_ns, sum->known_ns > 0 },
    { READY, sum->ready_ns, sum->known_ns > 0 },
    { BLOCKED, blocked_of (sum), sum->known_ns > 0 },
  };
  char text[HEDDLE_FORMAT_SIZE];

  heddle_format_count (sum->n_done + sum->n_failed, text, sizeof text);
  heddle_table_row_set_text (row, DONE, text, look);
  heddle_format_count (sum->n_failed, text, sizeof text);
  heddle_table_row_set_text (row, FAILED, sum->n_failed > 0 ? text : "–",
                             sum->n_failed > 0 ? HEDDLE_CELL_ERROR : HEDDLE_CELL_DIM);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      heddle_format_duration (times[i].time, text, sizeof text);
      heddle_table_row_set_text (row, times[i].column, times[i].known ? text : "–", look);
    }
}

static void
fill_numbers (HeddleTableRow *row, const HeddleWorkerInfo *worker, HeddleCellLook look)
{
  char text[HEDDLE_FORMAT_SIZE];

  heddle_format_count (worker->tasks, text, sizeof text);
  heddle_table_row_set_text (row, DONE, text, look);
  heddle_format_duration (worker->cpu_ns, text, sizeof text);
  heddle_table_row_set_text (row, CPU_TIME, worker->cpu_ns >= 0 ? text : "–", look);
  heddle_format_percent (share_of_cpu (worker), text, sizeof text);
  heddle_table_row_set_text (row, CPU_SHARE, share_of_cpu (worker) >= 0 ? text : "–", look);
  heddle_format_bytes (worker->rss, text, sizeof text);
  heddle_table_row_set_text (row, MEMORY, text, look);
  g_snprintf (text, sizeof text, "%u", worker->deaths);
  heddle_table_row_set_text (row, DEATHS, worker->deaths > 0 ? text : "–",
                             worker->deaths > 0 ? HEDDLE_CELL_ERROR : HEDDLE_CELL_DIM);
}

/* What a screen reader says of a row: "Thread 1, busy, 12 doc/a.txt". */
static void
name_row (HeddleTableRow *row, const HeddleWorkerInfo *worker, const char *state, const char *task)
{
  g_autoptr (GString) name = g_string_new (worker->name);

  g_string_append_printf (name, ", %s", state);
  if (worker->task != 0)
    /* Translators: for screen readers, part of a list: the number and name of a task */
    g_string_append_printf (name, _(", task %s"), task);
  if (worker->waits_for[0] != '\0')
    {
      g_autofree char *waits_for = heddle_worker_text_dup_wait (worker);

      g_string_append_printf (name, ", %s", waits_for);
    }
  heddle_table_row_set_name (row, name->str);
}

static void
fill (HeddleTableRow *row, GObject *item, gpointer data)
{
  HeddleWorkersPane *self = data;
  guint index = HEDDLE_WORKER_PLACE (item)->index;
  const HeddleWorkerInfo *worker = &self->workers[index];
  HeddleCellLook look = worker->state == HEDDLE_WORKER_GONE ? HEDDLE_CELL_DIM : HEDDLE_CELL_PLAIN;
  const char *state = worker->overdue ? _("overdue") : state_text (worker->state);
  char text[128];

  if (index >= self->n_workers)
    return;
  heddle_table_row_set_icon (row, NAME, worker->deaths > 0 ? "dialog-error-symbolic" : NULL);
  heddle_table_row_set_text (row, NAME, worker->name, look);
  heddle_table_row_set_text (row, KIND, worker->is_process ? _("process") : _("thread"), look);
  g_snprintf (text, sizeof text, "%d", worker->is_process ? worker->pid : worker->tid);
  heddle_table_row_set_text (row, ID, text, look);
  heddle_table_row_set_text (row, STATE, state, worker->overdue ? HEDDLE_CELL_ERROR : look);
  format_task (worker, text, sizeof text);
  heddle_table_row_set_text (row, TASK, text, look);
  heddle_table_row_set_text (row, WAITS_FOR, worker->waits_for, look);
  name_row (row, worker, state, text);
  fill_numbers (row, worker, look);
  if (self->end_ns != 0)
    fill_sum (row, &self->sums[index], look);
}

#define COMPARE(one, other) ((one) < (other) ? -1 : (one) > (other))

static int
compare_sums (const HeddleLaneSum *a, const HeddleLaneSum *b, guint column)
{
  switch (column)
    {
    case DONE: return COMPARE (a->n_done + a->n_failed, b->n_done + b->n_failed);
    case FAILED: return COMPARE (a->n_failed, b->n_failed);
    case BUSY: return COMPARE (a->busy_ns, b->busy_ns);
    case ON_CPU: return COMPARE (a->on_cpu_ns, b->on_cpu_ns);
    case READY: return COMPARE (a->ready_ns, b->ready_ns);
    case BLOCKED: return COMPARE (blocked_of (a), blocked_of (b));
    default: return 0;
    }
}

static int
compare_workers (const HeddleWorkerInfo *a, const HeddleWorkerInfo *b, guint column)
{
  switch (column)
    {
    case NAME: return heddle_results_sort_compare_texts (a->name, b->name);
    case KIND: return COMPARE (a->is_process, b->is_process);
    case ID: return COMPARE (a->is_process ? a->pid : a->tid, b->is_process ? b->pid : b->tid);
    case STATE: return COMPARE (a->state, b->state);
    case TASK: return COMPARE (a->task, b->task);
    case WAITS_FOR: return heddle_results_sort_compare_texts (a->waits_for, b->waits_for);
    case DONE: return COMPARE (a->tasks, b->tasks);
    case CPU_TIME: return COMPARE (a->cpu_ns, b->cpu_ns);
    case CPU_SHARE: return COMPARE (share_of_cpu (a), share_of_cpu (b));
    case MEMORY: return COMPARE (a->rss, b->rss);
    case DEATHS: return COMPARE (a->deaths, b->deaths);
    default: return 0;
    }
}

static int
compare_by (HeddleWorkersPane *self, guint a, guint b, guint column)
{
  if (self->end_ns != 0 && (column == DONE || column >= FAILED))
    return compare_sums (&self->sums[a], &self->sums[b], column);
  return compare_workers (&self->workers[a], &self->workers[b], column);
}

/* Workers that are alike stand by their numbers. */
static int
compare_places (gconstpointer one, gconstpointer other, gpointer data)
{
  HeddleWorkersPane *self = data;
  guint a = HEDDLE_WORKER_PLACE ((gpointer) one)->index,
        b = HEDDLE_WORKER_PLACE ((gpointer) other)->index, column;
  gboolean descending;
  int order = 0;

  if (heddle_table_get_order (self->table, &column, &descending) && a < self->n_workers
      && b < self->n_workers)
    order = (descending ? -1 : 1) * compare_by (self, a, b, column);
  return order != 0 ? order : a < b ? -1 : a > b;
}

/* The list is sorted anew only where it has to be, since all of it changes then. */
static void
put_in_order (HeddleWorkersPane *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  gboolean sorted = TRUE;

  for (guint i = 1; i < n && sorted; i++)
    {
      g_autoptr (GObject) before = g_list_model_get_item (G_LIST_MODEL (self->model), i - 1);
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->model), i);

      sorted = compare_places (before, item, self) < 0;
    }
  if (!sorted)
    g_list_store_sort (self->model, compare_places, self);
}

static gboolean
find_place (GListModel *model, GObject *item, guint *position)
{
  return g_list_store_find (G_LIST_STORE (model), item, position);
}

/* Workers come, and leave their place only with the run. */
static void
set_length (HeddleWorkersPane *self, guint n_workers)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_object_unref);

  self->n_workers = n_workers;
  if (n_workers < n)
    {
      g_list_store_remove_all (self->model);
      n = 0;
    }
  for (guint i = n; i < n_workers; i++)
    {
      HeddleWorkerPlace *place = g_object_new (HEDDLE_TYPE_WORKER_PLACE, NULL);

      place->index = i;
      g_ptr_array_add (places, place);
    }
  if (places->len > 0)
    g_list_store_splice (self->model, n, 0, places->pdata, places->len);
}

static void
on_sorted (HeddleWorkersPane *self)
{
  put_in_order (self);
  heddle_table_body_refresh (heddle_table_get_body (self->table));
}

static gboolean
is_offered (HeddleWorkersPane *self, guint column)
{
  if (column == NAME || column == KIND || column == ID || column == DONE)
    return TRUE;
  if (column >= FAILED)
    return self->end_ns != 0 && (column < ON_CPU || self->with_states);
  /* where the tasks share nothing, none can wait */
  if (column == WAITS_FOR)
    return self->end_ns == 0 && self->run != NULL
      && heddle_run_get_workload (self->run)->share != NULL;
  return self->end_ns == 0;
}

/* A column that has nothing to say is not there. */
static void
offer_columns (HeddleWorkersPane *self)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      HeddleTableColumn column = all_columns[i];

      if (!is_offered (self, i))
        column.width = (int) (column.weight = 0);
      if (i == TASK && column.width > 0 && is_offered (self, WAITS_FOR))
        column.width = NARROW_TASK;
      changed = changed || column.width != self->columns[i].width;
      self->columns[i] = column;
    }
  if (changed)
    heddle_table_columns_changed (self->table);
}

static void
heddle_workers_pane_dispose (GObject *object)
{
  HeddleWorkersPane *self = HEDDLE_WORKERS_PANE (object);

  if (self->table != NULL)
    heddle_table_body_set_model (heddle_table_get_body (self->table), NULL);
  self->table = NULL;
  g_clear_object (&self->model);
  g_clear_pointer (&self->run, heddle_run_unref);
  g_clear_pointer (&self->workers, g_free);
  g_clear_pointer (&self->sums, g_free);
  G_OBJECT_CLASS (heddle_workers_pane_parent_class)->dispose (object);
}

static void
heddle_workers_pane_class_init (HeddleWorkersPaneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = heddle_workers_pane_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
heddle_workers_pane_init (HeddleWorkersPane *self)
{
  self->model = g_list_store_new (HEDDLE_TYPE_WORKER_PLACE);
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      self->columns[i] = all_columns[i];
      if (!is_offered (self, i))
        self->columns[i].width = (int) (self->columns[i].weight = 0);
    }
  self->stack = gtk_stack_new ();
  heddle_stack_pages_track (GTK_STACK (self->stack));
  self->empty = gtk_label_new (_("Press Start to see the workers"));
  gtk_label_set_wrap (GTK_LABEL (self->empty), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->empty), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->empty, "dim-label");
  gtk_stack_add_child (GTK_STACK (self->stack), self->empty);
  self->table =
    HEDDLE_TABLE (heddle_table_new (self->columns, N_COLUMNS, _("Workers"), fill, self));
  g_signal_connect_swapped (self->table, "sorted", G_CALLBACK (on_sorted), self);
  heddle_table_body_set_find (heddle_table_get_body (self->table), find_place);
  heddle_table_body_set_model (heddle_table_get_body (self->table), G_LIST_MODEL (self->model));
  gtk_stack_add_child (GTK_STACK (self->stack), GTK_WIDGET (self->table));
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
}

/**
 * heddle_workers_pane_set_run:
 * @run: (nullable): whose workers to show; a reference is taken
 *
 * Main loop.
 */
void
heddle_workers_pane_set_run (HeddleWorkersPane *self, HeddleRun *run)
{
  g_return_if_fail (HEDDLE_IS_WORKERS_PANE (self));

  if (run == self->run)
    return;
  g_clear_pointer (&self->run, heddle_run_unref);
  if (run != NULL)
    self->run = heddle_run_ref (run);
  self->updated_ns = 0;
  self->end_ns = 0;
  offer_columns (self);
  set_length (self, 0);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->empty);
}

/**
 * heddle_workers_pane_set_stretch:
 * @begin_ns: CLOCK_MONOTONIC nanoseconds
 * @end_ns: where the stretch has ended; 0: as the workers are now
 *
 * Shows what the workers did in it. Main loop.
 */
void
heddle_workers_pane_set_stretch (HeddleWorkersPane *self, gint64 begin_ns, gint64 end_ns)
{
  g_return_if_fail (HEDDLE_IS_WORKERS_PANE (self));

  if (begin_ns == self->begin_ns && end_ns == self->end_ns)
    return;
  self->begin_ns = begin_ns;
  self->end_ns = end_ns;
  self->updated_ns = 0;
  offer_columns (self);
}

/**
 * heddle_workers_pane_set_with_states:
 * @with_states: whether the run knows the states of its tasks
 *
 * A stretch has their times, or has none of them. Main loop.
 */
void
heddle_workers_pane_set_with_states (HeddleWorkersPane *self, gboolean with_states)
{
  g_return_if_fail (HEDDLE_IS_WORKERS_PANE (self));

  if (with_states == self->with_states)
    return;
  self->with_states = with_states;
  offer_columns (self);
}

/* Costs a few looks into the lanes for each worker, however many tasks there are in the stretch. */
static void
read_sums (HeddleWorkersPane *self)
{
  HeddleLaneStore *lanes = heddle_run_get_lanes (self->run);

  if (self->sums == NULL)
    self->sums = g_new0 (HeddleLaneSum, HEDDLE_MAX_WORKERS);
  for (guint i = 0; i < self->n_workers; i++)
    heddle_lane_store_sum (lanes, self->workers[i].number - 1, self->begin_ns, self->end_ns,
                           &self->sums[i]);
}

/**
 * heddle_workers_pane_update:
 *
 * Shows the workers as they are now, four times a second at most. Main loop.
 */
void
heddle_workers_pane_update (HeddleWorkersPane *self)
{
  gint64 now = heddle_clock_monotonic_ns ();
  HeddleRunState state;

  g_return_if_fail (HEDDLE_IS_WORKERS_PANE (self));

  if (self->run == NULL)
    return;
  /* a change of state is shown at once: after the last one no other update may come */
  state = heddle_run_get_state (self->run);
  if (now - self->updated_ns < MIN_INTERVAL_NS && state == self->updated_in)
    return;
  self->updated_ns = now;
  self->updated_in = state;
  if (self->workers == NULL)
    self->workers = g_new0 (HeddleWorkerInfo, HEDDLE_MAX_WORKERS);
  set_length (self,
              MIN (heddle_run_get_workers (self->run, self->workers, HEDDLE_MAX_WORKERS),
                   HEDDLE_MAX_WORKERS));
  if (self->end_ns != 0)
    read_sums (self);
  put_in_order (self);
  heddle_table_body_refresh (heddle_table_get_body (self->table));
  gtk_stack_set_visible_child (GTK_STACK (self->stack),
                               self->n_workers > 0 ? GTK_WIDGET (self->table) : self->empty);
}
