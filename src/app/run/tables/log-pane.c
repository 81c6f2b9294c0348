/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>

#include "app/model/log-model.h"
#include "app/model/worker-text.h"
#include "app/run/tables/log-pane.h"
#include "app/widgets/a11y/stack-pages.h"
#include "app/widgets/table/table.h"
#include "base/format.h"

#define NOTE_CHARS 80

struct _HeddleLogPane {
  HeddleContainer parent_instance;

  GtkWidget *note;    /* child */
  GtkWidget *stack;   /* child: table or empty */
  GtkWidget *empty;   /* in stack */
  HeddleTable *table; /* in stack */

  HeddleRun *run;        /* owned */
  HeddleLogModel *model; /* owned */
  gint64 started_ns;     /* when the run's clock began */

  guint64 wanted;        /* index of the line that is to be shown ... */
  guint showing;         /* ... by a tick callback, once the table has its place; 0: none */
};

enum { TIME, WORKER, TEXT };

static const HeddleTableColumn columns[] = {
  [TIME] = { N_("Time"), 84, 0 },
  [WORKER] = { N_("Worker"), 108, 0 },
  [TEXT] = { N_("Text"), 300, 1 },
};

G_DEFINE_FINAL_TYPE (HeddleLogPane, heddle_log_pane, HEDDLE_TYPE_CONTAINER)

static void
fill (HeddleTableRow *row, GObject *item, gpointer data)
{
  HeddleLogPane *self = data;
  const HeddleLogLine *line = heddle_log_row_get (HEDDLE_LOG_ROW (item));
  static const struct {
    HeddleCellLook look;
    const char *icon;
  } levels[] = {
    [HEDDLE_LOG_INFO] = { HEDDLE_CELL_DIM, NULL },
    [HEDDLE_LOG_OUTPUT] = { HEDDLE_CELL_PLAIN, NULL },
    [HEDDLE_LOG_WARNING] = { HEDDLE_CELL_PLAIN, "dialog-warning-symbolic" },
    [HEDDLE_LOG_ERROR] = { HEDDLE_CELL_ERROR, "dialog-error-symbolic" },
  };
  char text[HEDDLE_FORMAT_SIZE];

  heddle_format_clock (line->time - self->started_ns, text, sizeof text);
  heddle_table_row_set_text (row, TIME, text, HEDDLE_CELL_DIM);
  heddle_worker_text_format_name (self->run, line->worker, text, sizeof text);
  heddle_table_row_set_text (row, WORKER, text,
                             line->worker > 0 ? HEDDLE_CELL_PLAIN : HEDDLE_CELL_DIM);
  heddle_table_row_set_text (row, TEXT, line->text != NULL ? line->text : _("no longer available"),
                             levels[line->level].look);
  heddle_table_row_set_icon (row, TEXT, levels[line->level].icon);
}

/* A line that was given up has no place; then the log is shown as it is. */
static gboolean
show_wanted (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  HeddleLogPane *self = HEDDLE_LOG_PANE (widget);
  HeddleTableBody *body = heddle_table_get_body (self->table);
  guint64 first = self->model != NULL ? heddle_log_model_get_given_up (self->model) : 0;
  guint64 n = self->model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->model)) : 0;

  if (n > 0 && gtk_widget_get_height (GTK_WIDGET (body)) == 0)
    return G_SOURCE_CONTINUE;
  if (self->wanted >= first && self->wanted - first < n)
    {
      heddle_table_body_select (body, (guint) (self->wanted - first));
      gtk_widget_grab_focus (GTK_WIDGET (body));
    }
  self->showing = 0;
  return G_SOURCE_REMOVE;
}

static void
heddle_log_pane_dispose (GObject *object)
{
  HeddleLogPane *self = HEDDLE_LOG_PANE (object);

  if (self->showing != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->showing);
  self->showing = 0;
  if (self->table != NULL)
    heddle_table_body_set_model (heddle_table_get_body (self->table), NULL);
  self->table = NULL;
  g_clear_object (&self->model);
  g_clear_pointer (&self->run, heddle_run_unref);
  G_OBJECT_CLASS (heddle_log_pane_parent_class)->dispose (object);
}

static void
heddle_log_pane_class_init (HeddleLogPaneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = heddle_log_pane_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
heddle_log_pane_init (HeddleLogPane *self)
{
  gtk_orientable_set_orientation (
    GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->note = g_object_new (GTK_TYPE_INSCRIPTION, "xalign", 0.0f, "text-overflow",
                             GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END, "nat-chars", NOTE_CHARS,
                             "visible", FALSE, NULL);
  gtk_widget_add_css_class (self->note, "card-value");
  gtk_widget_set_parent (self->note, GTK_WIDGET (self));
  self->stack = gtk_stack_new ();
  heddle_stack_pages_track (GTK_STACK (self->stack));
  self->empty = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->empty), TRUE);
  gtk_label_set_justify (GTK_LABEL (self->empty), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (self->empty, "dim-label");
  gtk_stack_add_child (GTK_STACK (self->stack), self->empty);
  self->table =
    HEDDLE_TABLE (heddle_table_new (columns, G_N_ELEMENTS (columns), _("Log"), fill, self));
  heddle_table_body_set_follow_end (heddle_table_get_body (self->table), TRUE);
  gtk_stack_add_child (GTK_STACK (self->stack), GTK_WIDGET (self->table));
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
}

/**
 * heddle_log_pane_set_run:
 * @run: (nullable): whose log to show; a reference is taken
 *
 * Main loop.
 */
void
heddle_log_pane_set_run (HeddleLogPane *self, HeddleRun *run)
{
  g_return_if_fail (HEDDLE_IS_LOG_PANE (self));

  if (run == self->run)
    return;
  heddle_table_body_set_model (heddle_table_get_body (self->table), NULL);
  g_clear_object (&self->model);
  g_clear_pointer (&self->run, heddle_run_unref);
  self->started_ns = 0;
  if (run != NULL)
    {
      self->run = heddle_run_ref (run);
      self->model = heddle_log_model_new (heddle_run_get_log (run));
      heddle_table_body_set_model (heddle_table_get_body (self->table), G_LIST_MODEL (self->model));
    }
  heddle_log_pane_update (self, 0);
}

/**
 * heddle_log_pane_update:
 * @started_ns: when the run began, CLOCK_MONOTONIC nanoseconds; 0: not yet
 *
 * Shows what was logged since the last call. Main loop.
 */
void
heddle_log_pane_update (HeddleLogPane *self, gint64 started_ns)
{
  char count[HEDDLE_FORMAT_SIZE];
  guint64 given_up;

  g_return_if_fail (HEDDLE_IS_LOG_PANE (self));

  if (started_ns != self->started_ns)
    {
      self->started_ns = started_ns;
      heddle_table_body_refresh (heddle_table_get_body (self->table));
    }
  if (self->model != NULL)
    heddle_log_model_update (self->model);
  given_up = self->model != NULL ? heddle_log_model_get_given_up (self->model) : 0;
  if (given_up > 0)
    {
      g_autofree char *note = g_strdup_printf (
        ngettext ("The oldest %s line was removed to save memory",
                  "The oldest %s lines were removed to save memory", (gulong) given_up),
        heddle_format_count (given_up, count, sizeof count));

      /* without a layout pass: the number grows with each update */
      gtk_inscription_set_text (GTK_INSCRIPTION (self->note), note);
    }
  gtk_widget_set_visible (self->note, given_up > 0);
  if (self->model != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0)
    {
      gtk_stack_set_visible_child (GTK_STACK (self->stack), GTK_WIDGET (self->table));
      return;
    }
  gtk_label_set_label (GTK_LABEL (self->empty),
                       self->run == NULL ? _("Press Start to see what tasks print")
                                         : _("Nothing logged yet"));
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->empty);
}

/**
 * heddle_log_pane_show_line:
 * @line: its index in the log
 *
 * Scrolls to a line, puts the cursor on it and the keyboard into the table, now or as soon as the
 * table has its place. Main loop.
 */
void
heddle_log_pane_show_line (HeddleLogPane *self, guint64 line)
{
  g_return_if_fail (HEDDLE_IS_LOG_PANE (self));

  self->wanted = line;
  if (self->showing == 0)
    self->showing = gtk_widget_add_tick_callback (GTK_WIDGET (self), show_wanted, NULL, NULL);
}
