/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checksum-fixture.h"
#include "workloads/list.h"

static const HeddleWorkload *const workload = &heddle_workload_checksum_files;

void
checksum_fixture_init (ChecksumFixture *fixture)
{
  g_autofree char *assignment = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("heddle-checksum-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_cmpint (chmod (fixture->folder, 0755), ==, 0);
  assignment = g_strconcat ("folder=", fixture->folder, NULL);
  fixture->data =
    fake_open (workload, &fixture->settings, (const char *const[]) { assignment, NULL });
}

void
checksum_run (const char *const *argv, const char *folder, char **out, gsize *length)
{
  g_autoptr (GError) error = NULL;
  int status;
  int fds[2];
  GPid pid;
  GString *text = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  g_spawn_async_with_pipes (folder, (char **) argv, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, NULL,
                            &fds[0], NULL, &error);
  g_assert_no_error (error);
  while ((n = read (fds[0], buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, n);
  close (fds[0]);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_spawn_close_pid (pid);
  g_assert_cmpint (status, ==, 0);
  if (length != NULL)
    *length = text->len;
  if (out != NULL)
    *out = g_string_free (text, FALSE);
  else
    g_string_free (text, TRUE);
}

void
checksum_fixture_clear (ChecksumFixture *fixture)
{
  heddle_workload_close (workload, fixture->data);
  heddle_settings_free (fixture->settings);
  checksum_run ((const char *const[]) { "rm", "-rf", fixture->folder, NULL }, NULL, NULL, NULL);
  g_free (fixture->folder);
}

/* @size bytes that are not all alike. */
void
checksum_write_file (const ChecksumFixture *fixture, const char *name, gsize size)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *content = g_malloc (size);
  g_autoptr (GError) error = NULL;
  guint32 state = 12345 + (guint32) size;

  for (gsize i = 0; i < size; i++)
    {
      state = state * 1664525 + 1013904223;
      content[i] = (char) (state >> 24);
    }
  g_file_set_contents (path, content, (gssize) size, &error);
  g_assert_no_error (error);
}

char *
checksum_path_in (const ChecksumFixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

/* What sha256sum says of every regular file below a folder: path to hash. */
GHashTable *
checksum_ask_sha256sum (const char *folder)
{
  GHashTable *sums = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *out = NULL;
  gsize length;

  checksum_run ((const char *const[]) { "find", ".", "-type", "f", "-exec", "sha256sum", "-z", "--",
                                       "{}", "+", NULL },
                folder, &out, &length);
  for (const char *line = out; line < out + length; line += strlen (line) + 1)
    g_hash_table_insert (sums, g_strdup (line + 64 + strlen ("  ./")), g_strndup (line, 64));
  return sums;
}

void
checksum_produce (gpointer data, HeddleProducer *producer)
{
  g_autoptr (GError) error = NULL;

  fake_producer_init (producer);
  g_assert_true (workload->produce (data, producer, &error));
  g_assert_no_error (error);
}

/* Executes one task on @input and hands over how it ended. */
void
checksum_execute (const ChecksumFixture *fixture, const char *input, char **result, char **error)
{
  HeddleTask task;

  fake_task_init (&task, 1, input);
  workload->execute (fixture->data, &task);
  *result = g_steal_pointer (&task.result);
  *error = g_steal_pointer (&task.error);
  fake_task_clear (&task);
}

void
checksum_assert_fails (const ChecksumFixture *fixture, const char *input, const char *message)
{
  g_autofree char *result = NULL;
  g_autofree char *error = NULL;

  checksum_execute (fixture, input, &result, &error);
  g_assert_cmpstr (result, ==, NULL);
  g_assert_cmpstr (error, ==, message);
}

typedef struct {
  const char *path;
  guint when; /* at the nth look */
  gint64 size; /* cut or grow to so many bytes; -1: cancel */
} Change;

/* The workload looks before every block, the first time after it has asked for the size. */
static void
change_file (HeddleTask *task, guint nth, gpointer data)
{
  const Change *change = data;

  if (nth != change->when)
    return;
  if (change->size < 0)
    task->cancelled = TRUE;
  else
    g_assert_cmpint (truncate (change->path, change->size), ==, 0);
}

void
checksum_execute_with_change (const ChecksumFixture *fixture, const char *name, guint when,
                              gint64 size, HeddleTask *task)
{
  g_autofree char *path = checksum_path_in (fixture, name);
  Change change = { path, when, size };

  fake_task_init (task, 1, name);
  task->looked = change_file;
  task->looked_data = &change;
  workload->execute (fixture->data, task);
  g_assert_cmpuint (task->n_looks, >=, when);
}
