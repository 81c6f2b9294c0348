/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the program's runs hold in memory now, a row for each, and what the system has given the
 * whole program; asked anew once a second while it is on screen. New numbers are inscriptions, so
 * only a run that comes or goes leads to a layout.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <unistd.h>

#include "app/memory-group.h"
#include "app/model/run-object.h"
#include "app/widgets/a11y/accessible.h"
#include "base/format.h"

#define INTERVAL_MS 1000
#define BYTES_CHARS 10  /* "1023.9 MiB" */
#define PARTS_CHARS 60

typedef struct {
  GWeakRef object;         /* a HeddleRunObject; none: the whole program, or the run has gone */
  AdwPreferencesRow *row;  /* in the group */
  GtkInscription *parts;
  GtkInscription *bytes;
} Line;

struct _HeddleMemoryGroup {
  AdwPreferencesGroup parent_instance;

  GPtrArray *lines; /* of Line: the program first, then the runs */
  GCancellable *cancellable; /* of reading what the system says */
  gboolean reading;
  guint source;
};

G_DEFINE_FINAL_TYPE (HeddleMemoryGroup, heddle_memory_group, ADW_TYPE_PREFERENCES_GROUP)

static GtkInscription *
add_inscription (GtkBox *box, guint n_chars, float xalign)
{
  GtkWidget *inscription =
    g_object_new (GTK_TYPE_INSCRIPTION, "min-chars", MIN (n_chars, 12), "nat-chars", n_chars,
                  "min-lines", 1, "nat-lines", 1, "xalign", xalign, "text-overflow",
                  GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END, NULL);

  gtk_widget_add_css_class (inscription, "numeric");
  gtk_box_append (box, inscription);
  return GTK_INSCRIPTION (inscription);
}

static void
add_line (HeddleMemoryGroup *self, HeddleRunObject *object, const char *title)
{
  Line *line = g_new0 (Line, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", title, "xalign", 0.0f, "hexpand", TRUE,
                                   "ellipsize", PANGO_ELLIPSIZE_END, NULL);

  g_weak_ref_init (&line->object, object);
  gtk_widget_add_css_class (box, "memory-row");
  gtk_box_append (GTK_BOX (head), label);
  line->bytes = add_inscription (GTK_BOX (head), BYTES_CHARS, 1);
  gtk_box_append (GTK_BOX (box), head);
  /* below both: the parts need all the width */
  line->parts = add_inscription (GTK_BOX (box), PARTS_CHARS, 0);
  gtk_widget_add_css_class (GTK_WIDGET (line->parts), "card-value");
  line->row = g_object_new (ADW_TYPE_PREFERENCES_ROW, "activatable", FALSE, "title", title, "child",
                            box, NULL);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (line->row));
  g_ptr_array_add (self->lines, line);
}

static void
line_free (gpointer data)
{
  Line *line = data;

  g_weak_ref_clear (&line->object);
  g_free (line);
}

/* The number, and what it is made of; as one text for screen readers. */
static void
show (const Line *line, gint64 bytes, const char *parts)
{
  char text[HEDDLE_FORMAT_SIZE];
  g_autofree char *all = NULL;

  heddle_format_bytes (bytes, text, sizeof text);
  gtk_inscription_set_text (line->bytes, text);
  gtk_inscription_set_text (line->parts, parts);
  all = g_strdup_printf ("%s: %s; %s", adw_preferences_row_get_title (line->row), text, parts);
  heddle_accessible_set_name (GTK_WIDGET (line->row), all);
}

static void
show_run (const Line *line, HeddleRunObject *object)
{
  HeddleRunMemory memory;
  char lanes[HEDDLE_FORMAT_SIZE], results[HEDDLE_FORMAT_SIZE], log[HEDDLE_FORMAT_SIZE],
    rest[HEDDLE_FORMAT_SIZE];
  g_autofree char *parts = NULL;

  heddle_run_get_memory (heddle_run_object_get_run (object), &memory);
  /* Translators: what the memory of a run is for; each %s is a size, "12.3 MiB" */
  parts = g_strdup_printf (_("history %s · results %s · log %s · other %s"),
                           heddle_format_bytes ((gint64) memory.lanes, lanes, sizeof lanes),
                           heddle_format_bytes ((gint64) memory.results, results, sizeof results),
                           heddle_format_bytes ((gint64) memory.log, log, sizeof log),
                           heddle_format_bytes ((gint64) memory.rest, rest, sizeof rest));
  show (line, (gint64) (memory.lanes + memory.results + memory.log + memory.rest), parts);
}

/* /proc/self/statm: pages, of which the second number counts those that are in memory, and the
 * third those that are of files or shared. */
static void
program_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (HeddleMemoryGroup) self = data;
  g_autofree char *text = NULL;
  g_autofree char *parts = NULL;
  g_auto (GStrv) words = NULL;
  char shared[HEDDLE_FORMAT_SIZE];
  gint64 page = sysconf (_SC_PAGESIZE);

  self->reading = FALSE;
  if (!g_file_load_contents_finish (G_FILE (source), result, &text, NULL, NULL, NULL)
      || self->lines->len == 0)
    return;
  words = g_strsplit (text, " ", 4);
  if (g_strv_length (words) < 3)
    return;
  heddle_format_bytes (g_ascii_strtoll (words[2], NULL, 10) * page, shared, sizeof shared);
  parts = g_strdup_printf (_("of this in files and shared with others: %s"), shared);
  show (g_ptr_array_index (self->lines, 0), g_ascii_strtoll (words[1], NULL, 10) * page, parts);
}

static void
read_program (HeddleMemoryGroup *self)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/proc/self/statm");

  if (self->reading)
    return;
  self->reading = TRUE;
  g_file_load_contents_async (file, self->cancellable, program_read_cb, g_object_ref (self));
}

static gboolean
is_shown (HeddleMemoryGroup *self, GPtrArray *objects)
{
  if (self->lines->len != objects->len + 1)
    return FALSE;
  for (guint i = 0; i < objects->len; i++)
    {
      Line *line = g_ptr_array_index (self->lines, i + 1);
      g_autoptr (HeddleRunObject) object = g_weak_ref_get (&line->object);

      if (object != g_ptr_array_index (objects, i))
        return FALSE;
    }
  return TRUE;
}

/* A row for each run there is. */
static void
update_lines (HeddleMemoryGroup *self, GPtrArray *objects)
{
  if (is_shown (self, objects))
    return;
  while (self->lines->len > 1)
    {
      Line *line = g_ptr_array_index (self->lines, self->lines->len - 1);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (line->row));
      g_ptr_array_set_size (self->lines, (int) self->lines->len - 1);
    }
  for (guint i = 0; i < objects->len; i++)
    add_line (self, g_ptr_array_index (objects, i),
              heddle_run_object_get_title (g_ptr_array_index (objects, i)));
}

static gboolean
update (gpointer data)
{
  HeddleMemoryGroup *self = data;
  g_autoptr (GPtrArray) objects = heddle_run_object_list ();

  update_lines (self, objects);
  for (guint i = 0; i < objects->len; i++)
    show_run (g_ptr_array_index (self->lines, i + 1), g_ptr_array_index (objects, i));
  read_program (self);
  return G_SOURCE_CONTINUE;
}

static void
heddle_memory_group_map (GtkWidget *widget)
{
  HeddleMemoryGroup *self = HEDDLE_MEMORY_GROUP (widget);

  GTK_WIDGET_CLASS (heddle_memory_group_parent_class)->map (widget);
  update (self);
  self->source = g_timeout_add (INTERVAL_MS, update, self);
  g_source_set_name_by_id (self->source, "[heddle] memory of runs");
}

static void
heddle_memory_group_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&HEDDLE_MEMORY_GROUP (widget)->source, g_source_remove);
  GTK_WIDGET_CLASS (heddle_memory_group_parent_class)->unmap (widget);
}

static void
heddle_memory_group_dispose (GObject *object)
{
  HeddleMemoryGroup *self = HEDDLE_MEMORY_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_ptr_array_set_size (self->lines, 0);
  G_OBJECT_CLASS (heddle_memory_group_parent_class)->dispose (object);
}

static void
heddle_memory_group_finalize (GObject *object)
{
  HeddleMemoryGroup *self = HEDDLE_MEMORY_GROUP (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->lines);
  G_OBJECT_CLASS (heddle_memory_group_parent_class)->finalize (object);
}

static void
heddle_memory_group_class_init (HeddleMemoryGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = heddle_memory_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = heddle_memory_group_finalize;
  GTK_WIDGET_CLASS (klass)->map = heddle_memory_group_map;
  GTK_WIDGET_CLASS (klass)->unmap = heddle_memory_group_unmap;
}

static void
heddle_memory_group_init (HeddleMemoryGroup *self)
{
  self->lines = g_ptr_array_new_with_free_func (line_free);
  self->cancellable = g_cancellable_new ();
  add_line (self, NULL, _("Whole program"));
}
