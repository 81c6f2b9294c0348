/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/run/monitor/chip-strip.h"
#include "app/run/monitor/watch-row.h"
#include "app/widgets/a11y/accessible.h"
#include "base/format.h"
#include "engine/sync/shared.h"

/*
 * Something that tasks share, as it is now: its name, what it is, what it holds, how full it is.
 * All texts are inscriptions or drawn, so that a change leads to no layout pass.
 */
struct _HeddleWatchRow {
  HeddleContainer parent_instance;

  /* template children */
  GtkInscription *name;
  GtkInscription *kind;
  GtkInscription *number; /* in place of the chips for a single value */
  HeddleChipStrip *chips;
  GtkInscription *fill;

  HeddleWatch watch; /* what is shown */
  gboolean filled;   /* watch is set */
};

#define NAME_CHARS 18
#define NUMBER_NAME_CHARS 27 /* no kind stands behind it */

G_STATIC_ASSERT (HEDDLE_WATCH_ENTRIES <= HEDDLE_CHIPS_MAX);

G_DEFINE_FINAL_TYPE (HeddleWatchRow, heddle_watch_row, HEDDLE_TYPE_CONTAINER)

static const char *
kind_text (HeddleWatchKind kind)
{
  switch (kind)
    {
    case HEDDLE_WATCH_VALUE: return _("number");
    case HEDDLE_WATCH_LIST: return _("list");
    case HEDDLE_WATCH_DICT: return _("dictionary");
    case HEDDLE_WATCH_CHANNEL: return _("messages");
    case HEDDLE_WATCH_LINES: return _("lines");
    default: return "";
    }
}

static void
heddle_watch_row_class_init (HeddleWatchRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (HEDDLE_TYPE_CHIP_STRIP);
  gtk_widget_class_set_css_name (widget_class, "watchrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/heddle/Heddle/ui/run/monitor/watch-row.ui");
  gtk_widget_class_bind_template_child (widget_class, HeddleWatchRow, name);
  gtk_widget_class_bind_template_child (widget_class, HeddleWatchRow, kind);
  gtk_widget_class_bind_template_child (widget_class, HeddleWatchRow, number);
  gtk_widget_class_bind_template_child (widget_class, HeddleWatchRow, chips);
  gtk_widget_class_bind_template_child (widget_class, HeddleWatchRow, fill);
}

static void
heddle_watch_row_init (HeddleWatchRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What stays: only another thing that is watched leads to a layout pass. */
static void
set_head (HeddleWatchRow *self, const HeddleWatch *watch)
{
  gtk_inscription_set_text (self->name, watch->name);
  gtk_inscription_set_nat_chars (
    self->name, watch->kind == HEDDLE_WATCH_VALUE ? NUMBER_NAME_CHARS : NAME_CHARS);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name), watch->name);
  gtk_inscription_set_text (self->kind, kind_text (watch->kind));
  /* a number speaks for itself */
  gtk_widget_set_visible (GTK_WIDGET (self->kind), watch->kind != HEDDLE_WATCH_VALUE);
  gtk_widget_set_visible (GTK_WIDGET (self->number), watch->kind == HEDDLE_WATCH_VALUE);
  gtk_widget_set_visible (GTK_WIDGET (self->chips), watch->kind != HEDDLE_WATCH_VALUE);
  gtk_widget_set_visible (GTK_WIDGET (self->fill), watch->kind != HEDDLE_WATCH_VALUE);
}

static void
set_value (HeddleWatchRow *self, gint64 value)
{
  char text[HEDDLE_FORMAT_SIZE];

  gtk_inscription_set_text (self->number, heddle_format_signed (value, text, sizeof text));
}

static void
set_entries (HeddleWatchRow *self, const HeddleWatch *watch)
{
  HeddleChip chips[HEDDLE_WATCH_ENTRIES];
  guint n = MIN (watch->n_entries, HEDDLE_WATCH_ENTRIES);
  char length[HEDDLE_FORMAT_SIZE], capacity[HEDDLE_FORMAT_SIZE];
  g_autofree char *fill = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_strlcpy (chips[i].text, watch->entries[i], sizeof chips[i].text);
      chips[i].tip[0] = '\0';
    }
  heddle_chip_strip_set_chips (self->chips, chips, n, watch->length);
  heddle_format_count (watch->length, length, sizeof length);
  heddle_format_count (watch->capacity, capacity, sizeof capacity);
  /* nobody knows how many lines there will be */
  fill = watch->kind == HEDDLE_WATCH_LINES ? g_strdup (length)
                                           : g_strdup_printf (_("%s of %s"), length, capacity);
  gtk_inscription_set_text (self->fill, fill);
}

/* Screen readers get it as a sentence, the first entries only. */
static void
tell (HeddleWatchRow *self)
{
  const HeddleWatch *watch = &self->watch;
  g_autoptr (GString) text = g_string_new (NULL);

  if (watch->kind == HEDDLE_WATCH_VALUE)
    g_string_append (text, gtk_inscription_get_text (self->number));
  else
    g_string_append (text, gtk_inscription_get_text (self->fill));
  for (guint i = 0; watch->kind != HEDDLE_WATCH_VALUE && i < MIN (watch->n_entries, 5); i++)
    g_string_append_printf (text, "%s%s", i == 0 ? ": " : ", ", watch->entries[i]);
  g_string_prepend (text, ": ");
  g_string_prepend (text, watch->name);
  heddle_accessible_set_name (GTK_WIDGET (self), text->str);
}

static gboolean
is_same (const HeddleWatch *a, const HeddleWatch *b)
{
  gboolean same = a->value == b->value && a->length == b->length && a->capacity == b->capacity
    && a->n_entries == b->n_entries;

  for (guint i = 0; same && i < MIN (a->n_entries, HEDDLE_WATCH_ENTRIES); i++)
    same = g_str_equal (a->entries[i], b->entries[i]);
  return same;
}

/**
 * heddle_watch_row_set:
 * @watch: what it shows from now on; copied
 *
 * Costs a comparison where nothing has changed. Main loop, as everything here.
 */
void
heddle_watch_row_set (HeddleWatchRow *self, const HeddleWatch *watch)
{
  gboolean other;

  g_return_if_fail (HEDDLE_IS_WATCH_ROW (self));
  g_return_if_fail (watch != NULL);

  other = !self->filled || self->watch.kind != watch->kind
    || !g_str_equal (self->watch.name, watch->name);
  if (!other && is_same (&self->watch, watch))
    return;
  self->watch = *watch;
  self->filled = TRUE;
  if (other)
    set_head (self, watch);
  if (watch->kind == HEDDLE_WATCH_VALUE)
    set_value (self, watch->value);
  else
    set_entries (self, watch);
  tell (self);
}

/**
 * heddle_watch_row_is_number:
 *
 * Returns: whether it shows a single number, which needs little room
 */
gboolean
heddle_watch_row_is_number (HeddleWatchRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_WATCH_ROW (self), FALSE);

  return self->filled && self->watch.kind == HEDDLE_WATCH_VALUE;
}
