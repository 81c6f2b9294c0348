/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The schedstat of a thread, in any bytes. What is taken has three numbers that fit, and printed as
 * the kernel prints them they are taken again as the same; what is refused changes nothing.
 */
#include "config.h"

#include <string.h>

#include "fuzz.h"
#include "trace/thread-times.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const HeddleSchedstat before = { -1, -2, 3 };
  HeddleSchedstat stat = before, again = before;
  /* behind its end stands nothing that belongs to it: the address sanitizer looks */
  g_autofree char *text = g_memdup2 (data, size);
  char printed[80];
  gsize length;

  if (!heddle_schedstat_parse (text, size, &stat))
    {
      g_assert_cmpint (memcmp (&stat, &before, sizeof stat), ==, 0);
      return 0;
    }
  g_assert_cmpint (stat.cpu_ns, >=, 0);
  g_assert_cmpint (stat.delay_ns, >=, 0);
  length = (gsize) g_snprintf (printed, sizeof printed,
                               "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
                               stat.cpu_ns, stat.delay_ns, stat.runs);
  g_assert_true (heddle_schedstat_parse (printed, length, &again));
  g_assert_cmpint (again.cpu_ns, ==, stat.cpu_ns);
  g_assert_cmpint (again.delay_ns, ==, stat.delay_ns);
  g_assert_cmpuint (again.runs, ==, stat.runs);
  return 0;
}
