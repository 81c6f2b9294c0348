/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A joblog of any bytes: it is read or refused, and no more jobs are in it than lines. */
#include "config.h"

#include <sys/mman.h>
#include <unistd.h>

#include "batch/joblog.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  int fd = memfd_create ("joblog", MFD_CLOEXEC);
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleJoblogRecord) record = NULL;
  gsize newlines = 0;

  for (gsize i = 0; i < size; i++)
    newlines += data[i] == '\n' ? 1 : 0;
  g_assert_cmpint (pwrite (fd, data, size, 0), ==, (gssize) size);
  record = heddle_joblog_read_fd (fd, "joblog", &error);
  close (fd);
  if (record == NULL)
    {
      fuzz_assert_error (error);
      return 0;
    }
  g_assert_cmpuint (record->jobs.n, <=, record->lines);
  g_assert_cmpuint (record->lines + 1, <=, MAX (newlines, 1));
  g_assert_cmpuint (record->jobs.size, <=, 90000 + 5 * record->lines);
  for (guint32 seq = 0; seq < 100; seq++)
    {
      const HeddleSeqEntry *entry = heddle_seq_table_get (&record->jobs, seq);

      if (entry != NULL)
        g_assert_cmpint (entry->state == HEDDLE_JOB_STATE_DONE, ==,
                         entry->exit_status == 0 && entry->signal == 0);
    }
  return 0;
}
