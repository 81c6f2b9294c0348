/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs a fuzz target over stored inputs, where there is no libFuzzer: what was found once is looked
 * at in every build. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static void
play (const char *path)
{
  g_autofree char *bytes = NULL;
  g_autofree guint8 *exact = NULL;
  gsize length;

  if (!g_file_get_contents (path, &bytes, &length, NULL))
    {
      fprintf (stderr, "%s cannot be read\n", path);
      exit (1);
    }
  /* before it is run: a crash is to name its input. Without the NUL behind it, for the address
   * sanitizer. */
  fprintf (stderr, "%s\n", path);
  exact = g_memdup2 (bytes, length);
  LLVMFuzzerTestOneInput (exact, length);
}

int
main (int argc, char **argv)
{
  guint n = 0;

  LLVMFuzzerInitialize (&argc, &argv);
  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GDir) folder = g_dir_open (argv[i], 0, NULL);
      const char *name;

      while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
        {
          g_autofree char *path = g_build_filename (argv[i], name, NULL);

          play (path);
          n++;
        }
    }
  fprintf (stderr, "%u inputs\n", n);
  return n > 0 ? 0 : 1;
}
