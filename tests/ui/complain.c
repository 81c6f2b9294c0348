/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Complains as a program of Heddle's would, and goes on: complain NAME DOMAIN LEVEL, where DOMAIN
 * may be empty, as the core's is. */
#include "config.h"

#include <glib.h>

int
main (int argc, char **argv)
{
  if (argc != 4)
    return 2;
  g_set_prgname (argv[1]);
  g_log (argv[2][0] != '\0' ? argv[2] : NULL,
         g_str_equal (argv[3], "critical") ? G_LOG_LEVEL_CRITICAL : G_LOG_LEVEL_WARNING,
         "something is wrong");
  return 0;
}
