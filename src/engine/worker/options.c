/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/worker/options.h"

#include "engine/model/run-options.h"

static const struct {
  const char *name;
  guint64 least, most;
  gsize offset; /* of an int or a guint in HeddleWorkerOptions */
} numbers[] = {
  { "--protocol", 1, G_MAXUINT, G_STRUCT_OFFSET (HeddleWorkerOptions, protocol) },
  { "--nice", 0, HEDDLE_NICE_IDLE, G_STRUCT_OFFSET (HeddleWorkerOptions, nice) },
  { "--manager", 1, G_MAXINT, G_STRUCT_OFFSET (HeddleWorkerOptions, manager) },
  { "--threads", 1, HEDDLE_MAX_WORKERS, G_STRUCT_OFFSET (HeddleWorkerOptions, n_threads) },
};

static gboolean
take (HeddleWorkerOptions *self, const char *name, char *value)
{
  guint64 number = 0;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (g_str_equal (numbers[i].name, name))
      {
        gboolean ok = g_ascii_string_to_unsigned (value, 10, numbers[i].least, numbers[i].most,
                                                  &number, NULL);

        G_STRUCT_MEMBER (guint, self, numbers[i].offset) = (guint) number;
        return ok;
      }
  if (g_str_equal (name, "--states"))
    return heddle_states_source_parse (value, &self->states, NULL);
  if (g_str_equal (name, "--prompt"))
    self->prompt = g_str_equal (value, "yes");
  else if (g_str_equal (name, "--affinity"))
    self->affinity = value;
  else if (g_str_equal (name, "--workload"))
    self->workload = value;
  else if (g_str_equal (name, "--set"))
    g_ptr_array_add (self->assignments, value);
  else
    return FALSE;
  return TRUE;
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
