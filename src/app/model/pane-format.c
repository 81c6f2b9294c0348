/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the data panes write what the axis helpers (charts/axis.h) do not: everything into the caller's buffer, translated. */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>

#include "app/model/pane-format.h"
#include "charts/axis.h"

/**
 * heddle_format_worker_name:
 * @worker: its number, from 1; 0: none
 *
 * What the run calls the worker ("Thread 3"). Returns: @buffer. Any thread.
 */
char *
heddle_format_worker_name (HeddleRun *run, guint worker, char *buffer, gsize size)
{
  const HeddleRunOptions *options = heddle_run_get_options (run);
  const char *pattern = _(heddle_backend_get_info (options->backend)->worker_name);
  const char *place = strstr (pattern, "%u");

  if (worker == 0)
    g_strlcpy (buffer, "–", size);
  else if (place == NULL)
    g_strlcpy (buffer, pattern, size);
  else
    g_snprintf (buffer, size, "%.*s%u%s", (int) (place - pattern), pattern, worker, place + 2);
  return buffer;
}

/**
 * heddle_format_bytes:
 * @bytes: -1: not known
 *
 * In powers of 1024, as memory is counted everywhere in the window: "24.1 MiB". Returns: @buffer. Any thread.
 */
char *
heddle_format_bytes (gint64 bytes, char *buffer, gsize size)
{
  g_autofree char *text = bytes >= 0 ? g_format_size_full ((guint64) bytes, G_FORMAT_SIZE_IEC_UNITS) : g_strdup ("–");

  g_strlcpy (buffer, text, size);
  return buffer;
}

/**
 * heddle_format_offset:
 * @ns: time since the start of the run
 *
 * Time on the run's own clock, to the millisecond: "0:03.214". Returns: @buffer. Any thread.
 */
char *
heddle_format_offset (gint64 ns, char *buffer, gsize size)
{
  gint64 ms = MAX (ns, 0) / 1000000;
  int hours = (int) (ms / 3600000);

  if (hours > 0)
    g_snprintf (buffer, size, "%d:%02d:%02d.%03d", hours, (int) (ms / 60000 % 60), (int) (ms / 1000 % 60), (int) (ms % 1000));
  else
    g_snprintf (buffer, size, "%d:%02d.%03d", (int) (ms / 60000), (int) (ms / 1000 % 60), (int) (ms % 1000));
  return buffer;
}

/**
 * heddle_format_percent:
 * @fraction: 0 to 1
 *
 * "93 %". Returns: @buffer. Any thread.
 */
char *
heddle_format_percent (double fraction, char *buffer, gsize size)
{
  /* Translators: a number of per cent; the space is a narrow one that does not break */
  g_snprintf (buffer, size, _("%d %%"), (int) lround (CLAMP (fraction, 0, 1) * 100));
  return buffer;
}

/**
 * heddle_format_signed:
 * @value: any whole number
 *
 * With its digits in groups of three: "−30 412". Returns: @buffer. Any thread.
 */
char *
heddle_format_signed (gint64 value, char *buffer, gsize size)
{
  guint64 magnitude = value < 0 ? -(guint64) value : (guint64) value;
  gsize at = value < 0 ? g_strlcpy (buffer, "\u2212", size) : 0;

  if (at < size)
    heddle_axis_format_count (magnitude, buffer + at, size - at);
  return buffer;
}

/**
 * heddle_dup_waits_for:
 * @worker: one that waits
 *
 * Returns: (transfer full): "waits for the lock “list”, held by Thread 2". Any thread.
 */
char *
heddle_dup_waits_for (const HeddleWorkerInfo *worker)
{
  /* Translators: %s is "the lock “list”, held by Thread 2" or the like */
  return g_strdup_printf (_("waits for %s"), worker->waits_for);
}
