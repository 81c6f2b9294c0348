/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/run/tables/tables-save.h"

#include <glib/gi18n.h>

#include "app/widgets/picture.h"
#include "base/format.h"
#include "history/export.h"

/* What a thread writes. */
typedef struct {
  HeddleRun *run;             /* owned */
  HeddleRowList *selected;    /* owned; NULL: no rows are selected */
  HeddleResultsFilter filter; /* owned */
  HeddleExportFormat format;
} Wanted;

static void
wanted_free (gpointer data)
{
  Wanted *self = data;

  heddle_run_unref (self->run);
  g_clear_pointer (&self->selected, heddle_row_list_free);
  heddle_results_filter_clear (&self->filter);
  g_free (self);
}

static gboolean
wants (const HeddleRow *row, gpointer data)
{
  return heddle_results_filter_matches (data, row);
}

static gboolean
write_run (gpointer data, const char *path, GCancellable *cancellable, GError **error)
{
  Wanted *self = data;
  HeddleExport export = { .format = self->format,
                          .begin_ns = self->filter.begin_ns,
                          .end_ns = self->filter.end_ns };
  g_autofree guint64 *ids = NULL;

  if (self->selected != NULL)
    export.ids = ids = heddle_row_list_dup_ids (self->selected, &export.n_ids);
  else if (!heddle_results_filter_is_empty (&self->filter))
    {
      export.wants = wants;
      export.wants_data = &self->filter;
    }
  return heddle_export_write (self->run, &export, path, cancellable, error);
}

static const struct {
  const char *id;
  const char *ending;
  HeddleExportFormat format;
} formats[] = {
  { "csv", "csv", HEDDLE_EXPORT_CSV },
  { "jsonl", "jsonl", HEDDLE_EXPORT_JSONL },
  { "trace", "json", HEDDLE_EXPORT_TRACE },
};

/* What will be in the file, said before it is written. */
static char *
dup_title (const Wanted *self)
{
  char count[HEDDLE_FORMAT_SIZE];
  gsize n;

  if (self->format == HEDDLE_EXPORT_TRACE)
    return g_strdup (self->filter.end_ns != 0 ? _("Save the Selected Time as a Trace")
                                              : _("Save the Run as a Trace"));
  if (self->selected == NULL)
    return g_strdup (heddle_results_filter_is_empty (&self->filter) ? _("Save All Results")
                                                                    : _("Save Matching Results"));
  n = heddle_row_list_get_length (self->selected);
  heddle_format_count (n, count, sizeof count);
  /* Translators: %s is a number */
  return g_strdup_printf (ngettext ("Save %s Selected Result", "Save %s Selected Results",
                                    (gulong) n), count);
}

/**
 * heddle_tables_save_run:
 * @run: a reference is taken
 * @format: "csv", "jsonl" or "trace"
 * @selected: (transfer full) (nullable): these rows only
 * @filter: otherwise those that it wants, and of a trace its stretch of time
 * @only_errors: of them only those of failed and lost tasks
 *
 * Asks for a file and has it written.
 */
void
heddle_tables_save_run (HeddleSaveBar *bar, HeddleRun *run, const char *format,
                        HeddleRowList *selected, const HeddleResultsFilter *filter,
                        gboolean only_errors)
{
  static const guint errors = 1u << HEDDLE_TASK_FAILED | 1u << HEDDLE_TASK_LOST;
  Wanted *wanted = g_new0 (Wanted, 1);
  g_autofree char *title = NULL;
  g_autofree char *name = NULL;
  const char *ending = formats[0].ending;

  wanted->run = heddle_run_ref (run);
  wanted->selected = selected;
  heddle_results_filter_copy (filter, &wanted->filter);
  if (only_errors)
    wanted->filter.states = wanted->filter.states == 0 ? errors : wanted->filter.states & errors;
  if (only_errors && wanted->filter.states == 0)
    wanted->filter.states = 1u << HEDDLE_TASK_QUEUED; /* none: a row is of a task that ended */
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (format, formats[i].id))
      {
        wanted->format = formats[i].format;
        ending = formats[i].ending;
      }
  title = dup_title (wanted);
  name = g_strdup_printf ("%s.%s", heddle_run_get_workload (run)->id, ending);
  heddle_save_bar_begin (bar, title, name, write_run, wanted, wanted_free);
}

static gboolean
write_picture (gpointer data, const char *path, GCancellable *cancellable, GError **error)
{
  return heddle_picture_write (data, path, error);
}

/**
 * heddle_tables_save_picture:
 * @widget: as it is now
 * @run: (nullable): what the file is called after
 * @format: "png" or "svg"
 *
 * Asks for a file and has the picture written. Does nothing where @widget is not on the screen.
 */
void
heddle_tables_save_picture (HeddleSaveBar *bar, GtkWidget *widget, HeddleRun *run,
                            const char *format)
{
  HeddlePicture *picture = heddle_picture_new (widget, g_str_equal (format, "svg"));
  g_autofree char *name =
    g_strdup_printf ("%s.%s", run != NULL ? heddle_run_get_workload (run)->id : "heddle", format);

  if (picture != NULL)
    heddle_save_bar_begin (bar, _("Save the Timeline as a Picture"), name, write_picture, picture,
                           (GDestroyNotify) heddle_picture_free);
}
