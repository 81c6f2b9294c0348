/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include <glib/gi18n.h>

#include "cli/format.h"
#include "cli/live.h"
#include "engine/model/backend.h"
#include "engine/sync/shared.h"

/* How much of the past a lane shows. */
#define WINDOW_NS (10 * G_GINT64_CONSTANT (1000000000))
#define MAX_CELLS 120
#define MAX_BAR 40

typedef enum {
  INK_PLAIN,
  INK_STRONG,
  INK_DIM,
  INK_BUSY,
  INK_WAITING,
  INK_FAILED,
} Ink;

static const char *const inks[] = {
  [INK_PLAIN] = "\033[0m",
  [INK_STRONG] = "\033[0;1m",
  [INK_DIM] = "\033[0;2m",
  [INK_BUSY] = "\033[0;34m",
  [INK_WAITING] = "\033[0;33m",
  [INK_FAILED] = "\033[0;1;31m",
};

/* How busy a cell of a lane was, in eighths. Failures and waiting have signs of their own: colour
 * alone tells nothing. */
static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const ascii_blocks[] = { " ", ".", ":", "-", "-", "=", "=", "#", "#" };

struct _HeddleLive {
  HeddleRun *run;
  gboolean ascii;  /* the locale knows no block characters */
  gboolean colour;
  pthread_mutex_t lock;
  char *notice;    /* guarded by lock; NULL: none */

  /* output's thread, while it paints */
  GString *frame;
  guint columns;
  HeddleRunSnapshot snapshot;
  HeddleWorkerInfo workers[256];
  HeddleWatch watches[HEDDLE_MAX_WATCHES];
};

/**
 * heddle_live_new:
 * @run: what is shown
 *
 * Returns: (transfer full): the live view, made for the locale and the wishes of the environment
 * (NO_COLOR)
 */
HeddleLive *
heddle_live_new (HeddleRun *run)
{
  HeddleLive *self = g_new0 (HeddleLive, 1);
  const char *no_colour = g_getenv ("NO_COLOR");

  self->run = heddle_run_ref (run);
  self->ascii = !g_get_charset (NULL);
  self->colour = no_colour == NULL || *no_colour == '\0';
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

void
heddle_live_free (HeddleLive *self)
{
  heddle_run_unref (self->run);
  g_free (self->notice);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/**
 * heddle_live_set_notice:
 *
 * Shows @notice in the view from the next painting on. Any thread.
 */
void
heddle_live_set_notice (HeddleLive *self, const char *notice)
{
  pthread_mutex_lock (&self->lock);
  g_free (self->notice);
  self->notice = g_strdup (notice);
  pthread_mutex_unlock (&self->lock);
}

static void
set_ink (HeddleLive *self, Ink ink)
{
  if (self->colour)
    g_string_append (self->frame, inks[ink]);
}

/* Text in the rest of a line; returns the columns that are left then. */
static guint
add_text (HeddleLive *self, const char *text, guint left, HeddleCut cut)
{
  return left - heddle_format_fitted (self->frame, text, left, cut, self->ascii);
}

static guint
add_inked (HeddleLive *self, Ink ink, const char *text, guint left, HeddleCut cut)
{
  set_ink (self, ink);
  left = add_text (self, text, left, cut);
  set_ink (self, INK_PLAIN);
  return left;
}

static const char *
separator (HeddleLive *self)
{
  return self->ascii ? " - " : " · ";
}

static void
end_line (HeddleLive *self)
{
  set_ink (self, INK_PLAIN);
  g_string_append_c (self->frame, '\n');
}

static const char *
state_word (HeddleRunState state)
{
  switch (state)
    {
    case HEDDLE_RUN_PAUSED:
      return _("paused");
    case HEDDLE_RUN_STOPPING:
      return _("stopping");
    case HEDDLE_RUN_FINISHED:
      return _("finished");
    default:
      return NULL;
    }
}

static void
paint_title (HeddleLive *self)
{
  const HeddleBackendInfo *backend =
    heddle_backend_get_info (heddle_run_get_options (self->run)->backend);
  const char *state = state_word (self->snapshot.state);
  g_autoptr (GString) text = g_string_new (NULL);
  guint left;

  left = add_inked (self, INK_STRONG, _(heddle_run_get_workload (self->run)->name), self->columns,
                    HEDDLE_CUT_END);
  g_string_append_printf (text, "%s%s%s", separator (self), _(backend->name), separator (self));
  g_string_append_printf (
    text, g_dngettext (GETTEXT_PACKAGE, "%u worker", "%u workers", self->snapshot.n_workers),
    self->snapshot.n_workers);
  g_string_append (text, separator (self));
  heddle_append_duration (text, self->snapshot.elapsed_ns);
  if (state != NULL)
    g_string_append_printf (text, "%s%s", separator (self), state);
  add_text (self, text->str, left, HEDDLE_CUT_END);
  end_line (self);
}

/* Eighths of a column, as far as the characters allow. */
static void
paint_bar (HeddleLive *self, double share, guint width)
{
  static const char *const parts[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
  guint eighths = (guint) (CLAMP (share, 0, 1) * width * 8);
  guint used = eighths / 8;

  g_string_append_c (self->frame, '[');
  set_ink (self, INK_BUSY);
  for (guint i = 0; i < used; i++)
    g_string_append (self->frame, self->ascii ? "#" : "█");
  if (!self->ascii && eighths % 8 != 0)
    {
      g_string_append (self->frame, parts[eighths % 8]);
      used++;
    }
  set_ink (self, INK_PLAIN);
  g_string_append_printf (self->frame, "%*s]", (int) (width - used), "");
}

static void
append_count (HeddleLive *self, GString *text, guint64 count, const char *word)
{
  if (count == 0)
    return;
  g_string_append (text, separator (self));
  heddle_append_count (text, count);
  g_string_append_printf (text, " %s", word);
}

static void
paint_progress (HeddleLive *self)
{
  const HeddleRunSnapshot *snapshot = &self->snapshot;
  guint64 ended = snapshot->done + snapshot->failed + snapshot->cancelled + snapshot->lost;
  g_autoptr (GString) text = g_string_new (NULL);
  guint bar = 0;

  if (snapshot->total > 0)
    {
      /* as in the window: what was cancelled has not come further */
      double share = MIN (1.0, (double) (ended - snapshot->cancelled) / snapshot->total);

      bar = self->columns >= 60 ? MIN (self->columns / 3, MAX_BAR) : 0;
      if (bar > 0)
        paint_bar (self, share, bar);
      g_string_append (text, bar > 0 ? " " : "");
      heddle_append_percent (text, floor (share * 100) / 100);
      g_string_append (text, "  ");
      heddle_append_count (text, ended);
      g_string_append_printf (text, " %s ", _("of"));
      heddle_append_count (text, snapshot->total);
    }
  else
    {
      heddle_append_count (text, ended);
      g_string_append_printf (text, " %s ", _("of"));
      heddle_append_count (text, snapshot->submitted);
      g_string_append (text, snapshot->producing ? _(" found so far") : "");
    }
  append_count (self, text, snapshot->failed, _("failed"));
  append_count (self, text, snapshot->lost, _("lost"));
  append_count (self, text, snapshot->cancelled, _("cancelled"));
  append_count (self, text, snapshot->retried, _("retried"));
  g_string_append (text, separator (self));
  heddle_append_rate (text, snapshot->rate);
  if (snapshot->left_ns >= 0)
    {
      g_string_append (text, separator (self));
      heddle_append_time_left (text, snapshot->left_ns, snapshot->left_most_ns);
    }
  add_text (self, text->str, self->columns - (bar > 0 ? bar + 2 : 0), HEDDLE_CUT_END);
  end_line (self);
}

static void
paint_cells (HeddleLive *self, const HeddleLaneCell *cells, guint n_cells)
{
  Ink ink = INK_PLAIN;

  for (guint i = 0; i < n_cells; i++)
    {
      const HeddleLaneCell *cell = &cells[i];
      guint level = (guint) ceilf (CLAMP (cell->busy, 0, 1) * 8 - 0.01f);
      const char *sign = self->ascii ? ascii_blocks[level] : blocks[level];
      Ink wanted = INK_BUSY;

      if (cell->n_failed > 0)
        {
          sign = self->ascii ? "x" : "×";
          wanted = INK_FAILED;
        }
      else if (cell->waiting > cell->busy / 2)
        {
          sign = self->ascii ? "w" : "▒";
          wanted = INK_WAITING;
        }
      if (wanted != ink)
        set_ink (self, ink = wanted);
      g_string_append (self->frame, sign);
    }
  set_ink (self, INK_PLAIN);
}

/* The share of the shown time of the run in which the worker had a task, as in the window. */
static double
lane_utilisation (HeddleLaneStore *lanes, guint lane, gint64 begin, gint64 end)
{
  HeddleLaneCell cell = { 0 };

  if (heddle_lane_store_count_slots (lanes, &begin, end) > 0)
    heddle_lane_store_get_cells (lanes, lane, begin, end, &cell, 1);
  return cell.busy;
}

/* What the worker waits for says more now than what its task is called. */
static void
paint_waiting (HeddleLive *self, const HeddleWorkerInfo *worker, guint room)
{
  g_autofree char *text = g_strdup_printf (_("waits for %s"), worker->waits_for);

  g_string_append_c (self->frame, ' ');
  add_inked (self, INK_WAITING, text, room, HEDDLE_CUT_END);
}

static void
paint_lane (HeddleLive *self, HeddleLaneStore *lanes, const HeddleWorkerInfo *worker,
            guint name_width)
{
  guint label_width = self->columns >= 50 ? MIN (self->columns / 3, 48) : 0;
  guint fixed = name_width + 1 + 5 + 2 + (label_width > 0 ? label_width + 1 : 0);
  guint n_cells = self->columns > fixed ? MIN (self->columns - fixed, MAX_CELLS) : 0;
  gint64 end = self->snapshot.started_ns + self->snapshot.elapsed_ns, begin = end - WINDOW_NS;
  HeddleLaneCell cells[MAX_CELLS] = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  guint left;

  if (n_cells > 0)
    heddle_lane_store_get_cells (lanes, worker->number - 1, begin, end, cells, n_cells);
  left = add_text (self, worker->name, MIN (name_width, self->columns), HEDDLE_CUT_END);
  g_string_append_printf (self->frame, "%*s", (int) left + 1, "");
  heddle_append_percent (text, lane_utilisation (lanes, worker->number - 1, begin, end));
  g_string_append_printf (self->frame, "%5s ", text->str);
  if (n_cells > 0)
    paint_cells (self, cells, n_cells);
  if (n_cells > 0 && label_width > 0 && worker->task != 0)
    {
      g_string_printf (text, "%" G_GUINT64_FORMAT, worker->task);
      if (worker->progress >= 0)
        {
          g_string_append_c (text, ' ');
          heddle_append_percent (text, worker->progress);
        }
      g_string_append_c (self->frame, ' ');
      left = add_text (self, text->str, label_width, HEDDLE_CUT_END);
      if (left > 4 && worker->overdue)
        {
          /* the task takes longer than it may, and has been asked to end */
          g_string_append_c (self->frame, ' ');
          left = add_inked (self, INK_FAILED, _("overdue"), left - 1, HEDDLE_CUT_END);
        }
      if (left > 4 && worker->state == HEDDLE_WORKER_WAITING && worker->waits_for[0] != '\0')
        paint_waiting (self, worker, left - 1);
      else if (left > 4 && worker->label[0] != '\0')
        {
          g_string_append_c (self->frame, ' ');
          add_text (self, worker->label, left - 1, HEDDLE_CUT_START);
        }
    }
  end_line (self);
}

static void
paint_lanes (HeddleLive *self, guint max_lanes)
{
  HeddleLaneStore *lanes = heddle_run_get_lanes (self->run);
  guint n_lanes = self->snapshot.n_lanes;
  guint n_shown = n_lanes <= max_lanes ? n_lanes : max_lanes - 1;
  guint name_width = 8;

  n_shown = MIN (n_shown, G_N_ELEMENTS (self->workers));
  n_shown = MIN (n_shown, heddle_run_get_workers (self->run, self->workers, n_shown));
  for (guint i = 0; i < n_shown; i++)
    name_width = CLAMP (heddle_format_width (self->workers[i].name), name_width, 16);
  for (guint i = 0; i < n_shown; i++)
    paint_lane (self, lanes, &self->workers[i], name_width);
  if (n_shown < n_lanes)
    {
      g_autofree char *more = g_strdup_printf (_("and %u more"), n_lanes - n_shown);

      add_inked (self, INK_DIM, more, self->columns, HEDDLE_CUT_END);
      end_line (self);
    }
}

/* "[0, 1, 2] 3 of 8", "{a: 1} 1 of 16", "42". */
static void
append_watch (GString *text, const HeddleWatch *watch)
{
  gboolean is_dict = watch->kind == HEDDLE_WATCH_DICT;

  if (watch->kind == HEDDLE_WATCH_VALUE)
    {
      g_string_append_printf (text, "%" G_GINT64_FORMAT, watch->value);
      return;
    }
  if (watch->kind == HEDDLE_WATCH_LINES)
    g_string_append_printf (text, "%u", watch->length);
  else
    g_string_append_printf (text, _("%u of %u"), watch->length, watch->capacity);
  g_string_append (text, is_dict ? " {" : " [");
  for (guint i = 0; i < watch->n_entries; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", watch->entries[i]);
  if (watch->n_entries < watch->length)
    g_string_append (text, ", …");
  g_string_append_c (text, is_dict ? '}' : ']');
}

/* What the tasks share, as far as there is room. */
static void
paint_watches (HeddleLive *self, guint n_watches)
{
  for (guint i = 0; i < n_watches; i++)
    {
      g_autoptr (GString) text = g_string_new (": ");
      guint left;

      left = add_inked (self, INK_STRONG, self->watches[i].name, self->columns, HEDDLE_CUT_END);
      append_watch (text, &self->watches[i]);
      add_text (self, text->str, left, HEDDLE_CUT_END);
      end_line (self);
    }
}

static void
paint_queue (HeddleLive *self)
{
  const HeddleRunSnapshot *snapshot = &self->snapshot;
  g_autoptr (GString) text = g_string_new (_("Queue"));
  guint left;

  g_string_append_c (text, ' ');
  heddle_append_count (text, snapshot->queue_length);
  g_string_append_printf (text, " %s ", _("of"));
  heddle_append_count (text, snapshot->queue_capacity);
  if (snapshot->producer_waiting)
    g_string_append_printf (text, "%s%s", separator (self), _("producer waiting"));
  if (snapshot->producer_waiting && snapshot->producer_resumes_at != G_MAXUINT)
    {
      g_string_append_printf (text, ", %s ", _("resumes at"));
      heddle_append_count (text, snapshot->producer_resumes_at);
    }
  left = add_text (self, text->str, self->columns, HEDDLE_CUT_END);
  set_ink (self, INK_DIM);
  for (guint i = 0; i < snapshot->n_entries && left > 12; i++)
    {
      g_string_printf (text, "%s%" G_GUINT64_FORMAT " ", i == 0 ? ": " : ", ",
                       snapshot->entries[i].id);
      left = add_text (self, text->str, left, HEDDLE_CUT_END);
      left = add_text (self, snapshot->entries[i].label, MIN (left, 24), HEDDLE_CUT_START) + left
        - MIN (left, 24);
    }
  end_line (self);
}

static void
paint_figures (HeddleLive *self)
{
  const HeddleRunSnapshot *snapshot = &self->snapshot;
  g_autoptr (GString) text = g_string_new (_("Utilisation"));

  g_string_append_c (text, ' ');
  heddle_append_percent (text, snapshot->utilisation);
  if (snapshot->n_task_times > 0)
    {
      g_string_append_printf (text, "%s%s p50 ", separator (self), _("task time"));
      heddle_append_duration (text, snapshot->task_p50_ns);
      g_string_append (text, ", p99 ");
      heddle_append_duration (text, snapshot->task_p99_ns);
    }
  append_count (
    self, text, snapshot->workers_lost,
    g_dngettext (GETTEXT_PACKAGE, "worker died", "workers died", (gulong) snapshot->workers_lost));
  append_count (self, text, snapshot->dropped_events,
                g_dngettext (GETTEXT_PACKAGE, "event dropped", "events dropped",
                             (gulong) snapshot->dropped_events));
  add_text (self, text->str, self->columns, HEDDLE_CUT_END);
  end_line (self);
}

/**
 * heddle_live_paint:
 * @frame: set to the view
 * @columns: of the terminal
 * @rows: of the terminal
 * @live: the view
 *
 * A #HeddleOutputPainter. Two rows of the terminal are left to the lines that scroll above.
 */
void
heddle_live_paint (GString *frame, guint columns, guint rows, gpointer live)
{
  HeddleLive *self = live;
  g_autofree char *notice = NULL;
  guint fixed, n_watches;

  pthread_mutex_lock (&self->lock);
  notice = g_strdup (self->notice);
  pthread_mutex_unlock (&self->lock);
  self->frame = frame;
  self->columns = columns;
  heddle_run_get_snapshot (self->run, &self->snapshot);
  fixed = 4 + 2 + (notice != NULL);
  if (rows >= 5)
    paint_title (self);
  paint_progress (self);
  n_watches = heddle_run_get_watches (self->run, self->watches, G_N_ELEMENTS (self->watches));
  if (rows > fixed)
    paint_lanes (self, rows - fixed);
  if (rows > fixed + self->snapshot.n_lanes)
    paint_watches (self, MIN (n_watches, rows - fixed - self->snapshot.n_lanes));
  if (rows >= 6)
    {
      paint_queue (self);
      paint_figures (self);
    }
  if (rows >= 4 && notice != NULL)
    {
      add_inked (self, INK_STRONG, notice, self->columns, HEDDLE_CUT_END);
      end_line (self);
    }
  g_string_truncate (frame, frame->len - 1); /* the last end of line */
}
