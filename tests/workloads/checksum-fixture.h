/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fake-task.h"

G_BEGIN_DECLS

#define BLOCK (256 * 1024)

/* A folder of the test's own, opened by the workload. */
typedef struct {
  char *folder;
  HeddleSettings *settings;
  gpointer data;
} ChecksumFixture;

void checksum_fixture_init (ChecksumFixture *fixture);
void checksum_run (const char *const *argv, const char *folder, char **out, gsize *length);
void checksum_fixture_clear (ChecksumFixture *fixture);
void checksum_write_file (const ChecksumFixture *fixture, const char *name, gsize size);
char *checksum_path_in (const ChecksumFixture *fixture, const char *name);
GHashTable *checksum_ask_sha256sum (const char *folder);
void checksum_produce (gpointer data, HeddleProducer *producer);
void checksum_execute (const ChecksumFixture *fixture, const char *input, char **result,
                       char **error);
void checksum_assert_fails (const ChecksumFixture *fixture, const char *input, const char *message);
void checksum_execute_with_change (const ChecksumFixture *fixture, const char *name, guint when,
                                   gint64 size, HeddleTask *task);

G_END_DECLS
