/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inputs of a batch: options, a separator of columns, then a file. Each job has as many values as
 * its text has ends; what is refused is explained in UTF-8.
 */
#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "batch/inputs.h"
#include "fuzz.h"

#define MAX_JOBS 5000 /* of all combinations */

static void
check_job (const HeddleArguments *job)
{
  guint32 ends = 0;

  for (guint32 i = 0; i < job->length; i++)
    ends += job->text[i] == '\0';
  g_assert_cmpuint (ends, ==, job->n);
  g_assert_true (job->length == 0 || job->text[job->length - 1] == '\0');
}

static void
read_jobs (const HeddleInputsOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleInputs) inputs = heddle_inputs_new (options, &error);

  for (guint i = 0; inputs != NULL && i < MAX_JOBS; i++)
    {
      g_autoptr (HeddleArguments) job = heddle_inputs_next (inputs, &error);

      if (job == NULL)
        break;
      check_job (job);
    }
  if (inputs == NULL)
    g_assert_nonnull (error);
  if (error != NULL)
    fuzz_assert_error (error);
}

static GPtrArray *
make_sources (FuzzInput *input, guint flags, int fd)
{
  GPtrArray *sources =
    g_ptr_array_new_with_free_func ((GDestroyNotify) heddle_source_spec_free);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);

  g_ptr_array_add (sources, heddle_source_spec_new (path, FALSE));
  for (guint i = 0; i < (flags & 3); i++)
    {
      HeddleSourceSpec *words = heddle_source_spec_new (NULL, fuzz_u8 (input) % 2 == 1);

      for (guint n = fuzz_u8 (input) % 4; n > 0; n--)
        g_ptr_array_add (words->words, fuzz_line (input));
      g_ptr_array_add (sources, words);
    }
  return sources;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint flags = fuzz_u8 (&input);
  guint more = fuzz_u8 (&input);
  g_autofree char *columns = (flags & 4) != 0 ? fuzz_line (&input) : NULL;
  int fd = memfd_create ("inputs", MFD_CLOEXEC);
  HeddleInputsOptions options = {
    .columns = columns,
    .per_job = more % 4,
    .trim = (HeddleTrim) (more / 4 % 5),
    .terminator = (more & 64) != 0 ? '\0' : '\n',
    .csv = (flags & 8) != 0,
    .header = (flags & 16) != 0,
    .link = (flags & 32) != 0,
    .skip_blank = (flags & 64) != 0,
  };

  /* some regular expressions take time that grows with the cube of the text */
  if (size > 512 || fd < 0)
    {
      if (fd >= 0)
        close (fd);
      return 0;
    }
  options.sources = make_sources (&input, flags, fd);
  g_assert_cmpint (write (fd, input.at, input.left), ==, (gssize) input.left);
  read_jobs (&options);
  g_ptr_array_unref (options.sources);
  close (fd);
  return 0;
}
