/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cpu.stat of a control group with any bytes: what is taken makes sense, and is taken again from
 * the same numbers alone. */
#include "config.h"

#include "engine/model/processors.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *short_text = NULL;
  HeddleThrottling throttling, again;

  if (!heddle_throttling_parse (text, &throttling))
    return 0;
  g_assert_cmpuint (throttling.n_throttled, <=, throttling.n_periods);
  short_text =
    g_strdup_printf ("nr_periods %" G_GUINT64_FORMAT "\nnr_throttled %" G_GUINT64_FORMAT "\n",
                     throttling.n_periods, throttling.n_throttled);
  g_assert_true (heddle_throttling_parse (short_text, &again));
  g_assert_cmpuint (again.n_periods, ==, throttling.n_periods);
  g_assert_cmpuint (again.n_throttled, ==, throttling.n_throttled);
  return 0;
}
