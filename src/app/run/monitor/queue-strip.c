/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The head of the queue as a row of chips: "30476 gimp.png". */
#include "config.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "app/run/monitor/queue-strip.h"
#include "base/format.h"

G_STATIC_ASSERT (HEDDLE_SNAPSHOT_QUEUE <= HEDDLE_CHIPS_MAX);

/* Files are known by their names; the whole path is in the tooltip. */
static const char *
short_label (const char *label)
{
  const char *slash = strrchr (label, '/');

  return slash != NULL && slash[1] != '\0' ? slash + 1 : label;
}

/**
 * heddle_queue_strip_show:
 * @strip: the chips
 * @snapshot: whose queue they show
 *
 * Main loop.
 */
void
heddle_queue_strip_show (HeddleChipStrip *strip, const HeddleRunSnapshot *snapshot)
{
  HeddleChip chips[HEDDLE_SNAPSHOT_QUEUE];
  guint n = MIN (snapshot->n_entries, HEDDLE_SNAPSHOT_QUEUE);

  for (guint i = 0; i < n; i++)
    {
      const HeddleQueueEntry *entry = &snapshot->entries[i];

      g_snprintf (chips[i].text, sizeof chips[i].text, "%s%" PRIu64 " %s",
                  entry->due_ns != 0 ? "↻ " : "", entry->id, short_label (entry->label));
      g_strchomp (chips[i].text);
      g_snprintf (chips[i].tip, sizeof chips[i].tip,
                  entry->due_ns != 0 ? _("Task %" PRIu64 ": %s, waits for its next attempt")
                                     : _("Task %" PRIu64 ": %s"),
                  entry->id, entry->label);
    }
  heddle_chip_strip_set_chips (strip, chips, n,
                               snapshot->queue_length + snapshot->n_waiting_retries);
}

/**
 * heddle_queue_strip_dup_count:
 * @snapshot: a run
 *
 * Returns: (transfer full): how full the queue is, in words: "40 of 64 · producer waiting, goes on
 *   at 32". Main loop.
 */
char *
heddle_queue_strip_dup_count (const HeddleRunSnapshot *snapshot)
{
  char queued[HEDDLE_FORMAT_SIZE], capacity[HEDDLE_FORMAT_SIZE], waiting[HEDDLE_FORMAT_SIZE];
  guint resumes_at = snapshot->producer_resumes_at;

  if (snapshot->queue_length + snapshot->n_waiting_retries == 0)
    return g_strdup (_("empty"));
  heddle_format_count (snapshot->queue_length, queued, sizeof queued);
  heddle_format_count (snapshot->queue_capacity, capacity, sizeof capacity);
  if (snapshot->n_waiting_retries > 0)
    /* Translators: tasks in the queue, its capacity, tasks that wait for their next attempt */
    return g_strdup_printf (
      _("%s of %s · %s wait for the next attempt"), queued, capacity,
      heddle_format_count (snapshot->n_waiting_retries, waiting, sizeof waiting));
  if (snapshot->producer_waiting && resumes_at != G_MAXUINT)
    /* Translators: tasks in the queue, its capacity, at how many tasks the producer puts in more */
    return g_strdup_printf (_("%s of %s · producer waiting, resumes at %s"), queued, capacity,
                            heddle_format_count (resumes_at, waiting, sizeof waiting));
  if (snapshot->producer_waiting)
    /* Translators: tasks in the queue, its capacity */
    return g_strdup_printf (_("%s of %s · producer waiting"), queued, capacity);
  return g_strdup_printf (_("%s of %s"), queued, capacity);
}
