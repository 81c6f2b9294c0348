/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/affinity.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sched.h>
#include <string.h>

#include "base/parse.h"
#include "engine/model/policy.h"

/* The CPUs of the calling thread, without those that a container or taskset took away. */
static gboolean
get_allowed (cpu_set_t *allowed, GError **error)
{
  CPU_ZERO (allowed);
  if (sched_getaffinity (0, sizeof *allowed, allowed) == 0)
    return TRUE;
  g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START, _("The list of CPUs cannot be read: %s"),
               g_strerror (errno));
  return FALSE;
}

/* "0-1,4" */
static char *
describe (const cpu_set_t *cpus)
{
  GString *text = g_string_new (NULL);

  for (int first = 0; first < CPU_SETSIZE; first++)
    {
      int last = first;

      if (!CPU_ISSET (first, cpus))
        continue;
      while (last + 1 < CPU_SETSIZE && CPU_ISSET (last + 1, cpus))
        last++;
      g_string_append_printf (text, "%s%d", text->len > 0 ? "," : "", first);
      if (last > first)
        g_string_append_printf (text, "-%d", last);
      first = last;
    }
  return g_string_free (text, FALSE);
}

/**
 * heddle_affinity_refuse:
 * @text: no list of CPUs
 *
 * Sets HEDDLE_ERROR_USAGE, which says what is one. Any thread.
 *
 * Returns: FALSE
 */
gboolean
heddle_affinity_refuse (const char *text, GError **error)
{
  return heddle_refuse (error,
                        _("“%s” is not a list of CPUs. Enter numbers and ranges such as 0-3,6, or spread for one CPU per worker"), text);
}

static gboolean
read_number (const char **at, int *number)
{
  int value = 0;

  if (!g_ascii_isdigit (**at))
    return FALSE;
  for (; g_ascii_isdigit (**at); (*at)++)
    value = MIN (value * 10 + (**at - '0'), CPU_SETSIZE);
  *number = value;
  return TRUE;
}

static gboolean
add_range (cpu_set_t *cpus, int first, int last, const cpu_set_t *allowed, GError **error)
{
  for (int cpu = first; cpu <= last; cpu++)
    {
      if (cpu >= CPU_SETSIZE || !CPU_ISSET (cpu, allowed))
        {
          g_autofree char *known = describe (allowed);

          return heddle_refuse (error, _("This program may not use CPU %d; it may use: %s"), cpu,
                                known);
        }
      CPU_SET (cpu, cpus);
    }
  return TRUE;
}

static gboolean
parse_list (const char *text, const cpu_set_t *allowed, cpu_set_t *cpus, GError **error)
{
  const char *at = text;

  CPU_ZERO (cpus);
  while (TRUE)
    {
      int first, last;

      if (!read_number (&at, &first))
        return heddle_affinity_refuse (text, error);
      last = first;
      if (*at == '-')
        {
          at++;
          if (!read_number (&at, &last) || last < first)
            return heddle_affinity_refuse (text, error);
        }
      if (!add_range (cpus, first, last, allowed, error))
        return FALSE;
      if (*at == '\0')
        return TRUE;
      if (*at++ != ',')
        return heddle_affinity_refuse (text, error);
    }
}

static int
nth_cpu (const cpu_set_t *cpus, int nth)
{
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET (cpu, cpus) && nth-- == 0)
      return cpu;
  g_return_val_if_reached (0);
}

/* The CPUs of one worker, from 1. */
static gboolean
find_cpus (const char *text, guint worker, cpu_set_t *cpus, GError **error)
{
  cpu_set_t allowed;

  if (!get_allowed (&allowed, error))
    return FALSE;
  if (!g_str_equal (text, "spread"))
    return parse_list (text, &allowed, cpus, error);
  CPU_ZERO (cpus);
  CPU_SET (nth_cpu (&allowed, (int) ((worker - 1) % (guint) CPU_COUNT (&allowed))), cpus);
  return TRUE;
}

/**
 * heddle_affinity_check:
 * @text: a list of CPUs, "spread", or empty
 *
 * Any thread.
 *
 * Returns: TRUE if workers can be bound to that; FALSE with HEDDLE_ERROR_USAGE if it makes no sense
 * or names a CPU that is not there
 */
gboolean
heddle_affinity_check (const char *text, GError **error)
{
  cpu_set_t cpus;

  g_return_val_if_fail (text != NULL, FALSE);

  return *text == '\0' || find_cpus (text, 1, &cpus, error);
}

/**
 * heddle_affinity_bind:
 * @text: as heddle_affinity_check() accepts it
 * @worker: the worker's number, from 1
 *
 * Binds the calling thread, which has all CPUs of the program until then. Worker's thread.
 *
 * Returns: FALSE with @error set if a CPU has gone meanwhile
 */
gboolean
heddle_affinity_bind (const char *text, guint worker, GError **error)
{
  cpu_set_t cpus;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (worker > 0, FALSE);

  if (*text == '\0')
    return TRUE;
  if (!find_cpus (text, worker, &cpus, error))
    return FALSE;
  if (sched_setaffinity (0, sizeof cpus, &cpus) == 0)
    return TRUE;
  g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_START,
               _("Worker %u cannot be bound to the CPUs “%s”: %s"), worker, text,
               g_strerror (errno));
  return FALSE;
}
