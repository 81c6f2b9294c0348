/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A journal of any bytes: it is read or refused, and what is read is, written again, the same
 * lines. After a first byte that is odd, the lines get right checksums, so that what is behind
 * those is reached.
 */
#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "batch/hash.h"
#include "batch/journal.h"
#include "fuzz.h"

/* Returns: (transfer full): each line with its checksum */
static GString *
with_checksums (FuzzInput *input)
{
  GString *bytes = g_string_new (NULL);

  while (input->left > 0)
    {
      g_autofree char *line = fuzz_line (input);
      gsize start = bytes->len;
      guint64 hash;

      g_string_append_printf (bytes, "%s\t", line);
      hash = heddle_hash_bytes (bytes->str + start, bytes->len - start);
      g_string_append_printf (bytes, "%016" G_GINT64_MODIFIER "x\n", hash);
    }
  return bytes;
}

typedef struct {
  GString *again;
  guint64 lines;
} Written;

static void
write_again (const HeddleJournalRecord *record, gpointer data)
{
  Written *self = data;

  self->lines++;
  g_assert_cmpuint (record->seq != 0, ==, record->kind != HEDDLE_JOURNAL_CLOSE);
  heddle_journal_put_record (self->again, self->lines + 1, record);
}

static HeddleJournalContents *
read_bytes (const GString *bytes, HeddleJournalVisit visit, gpointer data, GError **error)
{
  int fd = memfd_create ("journal", MFD_CLOEXEC);
  HeddleJournalContents *contents;

  g_assert_cmpint (pwrite (fd, bytes->str, bytes->len, 0), ==, (gssize) bytes->len);
  contents = heddle_journal_read_fd (fd, "journal", visit, data, error);
  close (fd);
  return contents;
}

static void
check (const GString *bytes)
{
  GString *again = g_string_new (NULL);
  Written written = { again, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleJournalContents) contents = read_bytes (bytes, write_again, &written, &error);

  if (contents == NULL)
    fuzz_assert_error (error);
  else if (contents->lines > 0)
    {
      GString *all = g_string_new (NULL);
      g_autoptr (HeddleJournalContents) second = NULL;

      g_assert_cmpuint (contents->lines, ==, written.lines + 1);
      heddle_journal_put_header (all, &contents->header);
      g_string_append_len (all, again->str, (gssize) again->len);
      second = read_bytes (all, NULL, NULL, NULL);
      g_assert_cmpuint (second->lines, ==, contents->lines);
      g_assert_cmpmem (&second->counts, sizeof second->counts, &contents->counts,
                       sizeof contents->counts);
      g_string_free (all, TRUE);
    }
  g_string_free (again, TRUE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  gboolean odd = (fuzz_u8 (&input) & 1) != 0;
  GString *bytes =
    odd ? with_checksums (&input) : g_string_new_len ((const char *) input.at, (gssize) input.left);

  check (bytes);
  g_string_free (bytes, TRUE);
  return 0;
}
