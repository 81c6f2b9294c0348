/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes tables of tasks whose texts are any bytes, for test_csv.py: csv-rows TABLE TEXTS SEED, the
 * texts of each row in hexadecimal numbers, "-" where there is none. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "history/csv-line.h"

#define N_ROWS 3000
#define MOST 40 /* bytes of a text */

/* Half of them of what a table is made of. */
static char *
make_text (GRand *random)
{
  static const char special[] = ",\"\r\n\t ;'\\";
  guint length = (guint) g_rand_int_range (random, 0, MOST);
  char *text = g_malloc0 (length + 1);

  if (g_rand_int_range (random, 0, 6) == 0)
    {
      g_free (text);
      return NULL;
    }
  for (guint i = 0; i < length; i++)
    text[i] = g_rand_boolean (random)
      ? special[g_rand_int_range (random, 0, sizeof special - 1)]
      : (char) g_rand_int_range (random, 1, 256);
  return text;
}

static void
put_hex (FILE *file, const char *text, char end)
{
  if (text == NULL)
    fputc ('-', file);
  for (; text != NULL && *text != '\0'; text++)
    fprintf (file, "%02x", (guchar) *text);
  fputc (end, file);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GRand) random = NULL;
  g_autofree char *buffer = NULL;
  FILE *table, *texts;

  if (argc != 4 || (table = fopen (argv[1], "wb")) == NULL
      || (texts = fopen (argv[2], "wb")) == NULL)
    return EXIT_FAILURE;
  random = g_rand_new_with_seed ((guint32) strtoul (argv[3], NULL, 10));
  buffer = g_malloc (1 << 16);
  fwrite (buffer, 1, (gsize) (heddle_csv_put_head (buffer) - buffer), table);
  for (guint i = 1; i <= N_ROWS; i++)
    {
      HeddleRow row = { .id = i, .state = HEDDLE_TASK_DONE, .attempt = 1, .queued_ns = 1000,
                        .finished_ns = 1000 + i };
      char *end;

      row.label = make_text (random);
      row.result = make_text (random);
      row.error = make_text (random);
      if (i % 2 == 0)
        row.started_ns = 1000;
      row.times = (HeddleTaskTimes) { .on_cpu_ns = i / 2, .ready_ns = i % 8 == 0 ? 1 : -1,
                                      .switches = 3, .known = i % 4 == 0 };
      g_assert (heddle_csv_task_room (&row) < 1 << 16);
      end = heddle_csv_put_task (buffer, &row, 1000);
      g_assert ((gsize) (end - buffer) <= heddle_csv_task_room (&row));
      fwrite (buffer, 1, (gsize) (end - buffer), table);
      put_hex (texts, row.label, ' ');
      put_hex (texts, row.result, ' ');
      put_hex (texts, row.error, '\n');
      heddle_row_clear (&row);
    }
  return fclose (table) == 0 && fclose (texts) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
