/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/worker/options.h"

#include "engine/model/run-options.h"

static gboolean
take_number (const char *text, guint64 least, guint64 most, guint64 *number)
{
  return g_ascii_string_to_unsigned (text, 10, least, most, number, NULL);
}

static gboolean
take (HeddleWorkerOptions *self, const char *name, char *value)
{
  gboolean taken = TRUE;
  guint64 number = 0;

  if (g_str_equal (name, "--protocol"))
    {
      taken = take_number (value, 1, G_MAXUINT, &number);
      self->protocol = (guint) number;
    }
  else if (g_str_equal (name, "--nice"))
    {
      taken = take_number (value, 0, HEDDLE_NICE_IDLE, &number);
      self->nice = (int) number;
    }
  else if (g_str_equal (name, "--manager"))
    {
      taken = take_number (value, 1, G_MAXINT, &number);
      self->manager = (int) number;
    }
  else if (g_str_equal (name, "--threads"))
    {
      taken = take_number (value, 1, HEDDLE_MAX_WORKERS, &number);
      self->n_threads = (guint) number;
    }
  else if (g_str_equal (name, "--prompt"))
    self->prompt = g_str_equal (value, "yes");
  else if (g_str_equal (name, "--affinity"))
    self->affinity = value;
  else if (g_str_equal (name, "--workload"))
    self->workload = value;
  else if (g_str_equal (name, "--set"))
    g_ptr_array_add (self->assignments, value);
  else
    taken = FALSE;
  return taken;
}

/**
 * heddle_worker_options_parse:
 * @self: (out): what was told; holds texts of @argv, and is to be cleared in any case
 *
 * Reads the arguments of the worker program: pairs of a name and a value, each in its range, of
 * which the last of a name counts.
 *
 * Returns: FALSE where one is none of ours, or not enough were given
 */
gboolean
heddle_worker_options_parse (HeddleWorkerOptions *self, int argc, char **argv)
{
  *self = (HeddleWorkerOptions) { .affinity = "", .assignments = g_ptr_array_new () };
  for (int i = 1; i < argc; i += 2)
    if (i + 1 >= argc || !take (self, argv[i], argv[i + 1]))
      return FALSE;
  return self->protocol != 0 && (self->workload != NULL || self->manager != 0);
}

/**
 * heddle_worker_options_clear:
 *
 * Frees what it owns.
 */
void
heddle_worker_options_clear (HeddleWorkerOptions *self)
{
  g_clear_pointer (&self->assignments, g_ptr_array_unref);
}
