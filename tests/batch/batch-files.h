/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "batch/journal.h"

G_BEGIN_DECLS

/* What the tests of joblog and journal share. */
char *test_folder_new (void);
void test_folder_free (char *folder);
char *test_file_new (const char *folder, const char *name, const char *bytes, gsize length);
char *test_command (guint i);
HeddleJournalHeader test_header (const char *name);
HeddleJournalRecord test_start (guint32 seq, guint32 attempt);
HeddleJournalRecord test_end (guint32 seq, guint32 attempt, HeddleJobState state);

G_END_DECLS
