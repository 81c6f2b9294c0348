/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inputs: what is compared with GNU parallel is in test_parallel.py; here are pipes, limits and
 * what is refused. */
#include "config.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "batch/inputs.h"

static HeddleInputsOptions
some_options (void)
{
  return (HeddleInputsOptions) {
    .sources = g_ptr_array_new_with_free_func ((GDestroyNotify) heddle_source_spec_free),
    .per_job = 1,
    .terminator = '\n',
  };
}

/* A file in which @text stands, and which is removed when it has been opened. */
static HeddleInputs *
open_text (HeddleInputsOptions *options, const char *text, gsize length, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("heddle-inputs-XXXXXX", &path, NULL);
  HeddleInputs *inputs;

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  g_assert_true (g_file_set_contents (path, text, (gssize) length, NULL));
  g_ptr_array_add (options->sources, heddle_source_spec_new (path, FALSE));
  inputs = heddle_inputs_new (options, error);
  g_unlink (path);
  return inputs;
}

static void
a_pipe_gives_its_first_job_at_once (void)
{
  HeddleInputsOptions options = some_options ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  HeddleSourceSpec *words = heddle_source_spec_new (NULL, FALSE);
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  path = g_strdup_printf ("/proc/self/fd/%d", ends[0]);
  g_ptr_array_add (options.sources, heddle_source_spec_new (path, FALSE));
  g_ptr_array_add (words->words, g_strdup ("1"));
  g_ptr_array_add (words->words, g_strdup ("2"));
  g_ptr_array_add (options.sources, words);
  {
    g_autoptr (HeddleInputs) inputs = heddle_inputs_new (&options, &error);

    g_assert_no_error (error);
    /* The end for writing stays open, and the test would stand still if the end were waited for. */
    for (guint i = 0; i < 3; i++)
      {
        g_assert_cmpint (write (ends[1], "a\n", 2), ==, 2);
        for (guint k = 0; k < 2; k++)
          {
            g_autoptr (HeddleArguments) job = heddle_inputs_next (inputs, &error);

            g_assert_no_error (error);
            g_assert_cmpuint (job->n, ==, 2);
            g_assert_cmpstr (heddle_arguments_get (job, 0), ==, "a");
            g_assert_cmpstr (heddle_arguments_get (job, 1), ==, k == 0 ? "1" : "2");
            g_assert_null (heddle_arguments_get (job, 2));
          }
      }
    close (ends[1]);
    g_assert_null (heddle_inputs_next (inputs, &error));
    g_assert_no_error (error);
  }
  close (ends[0]);
  g_ptr_array_unref (options.sources);
}

static gboolean
count_read (int fd, gpointer data)
{
  g_assert_cmpint (fd, >=, 0);
  ++*(guint *) data;
  return TRUE;
}

/* Before each read, and not for each line. */
static void
who_prints_is_told_before_a_read (void)
{
  HeddleInputsOptions options = some_options ();
  guint reads = 0, jobs = 0;
  HeddleArguments *job;

  options.before_read = count_read;
  options.before_read_data = &reads;
  {
    g_autoptr (HeddleInputs) inputs = open_text (&options, "a\nb\nc\nd", 7, NULL);

    while ((job = heddle_inputs_next (inputs, NULL)) != NULL)
      {
        jobs++;
        g_free (job);
      }
  }
  g_assert_cmpuint (jobs, ==, 4);
  g_assert_cmpuint (reads, ==, 2); /* the text, and its end */
  g_ptr_array_unref (options.sources);
}

/* Lines of all lengths around that of the buffer come out whole. */
static void
lines_of_any_length_are_whole (void)
{
  HeddleInputsOptions options = some_options ();
  g_autoptr (GString) text = g_string_new (NULL);
  guint lengths[200];

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      lengths[i] = (guint) (i % 7 == 0 ? g_test_rand_int_range (65000, 200000)
                                       : g_test_rand_int_range (0, 3000));
      for (guint k = 0; k < lengths[i]; k++)
        g_string_append_c (text, (char) ('a' + (i + k) % 26));
      g_string_append_c (text, '\n');
    }
  {
    g_autoptr (HeddleInputs) inputs = open_text (&options, text->str, text->len, NULL);

    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
      {
        g_autoptr (HeddleArguments) job = heddle_inputs_next (inputs, NULL);
        const char *line = heddle_arguments_get (job, 0);

        g_assert_cmpuint (strlen (line), ==, lengths[i]);
        for (guint k = 0; k < lengths[i]; k++)
          g_assert_cmpint (line[k], ==, (char) ('a' + (i + k) % 26));
      }
    g_assert_null (heddle_inputs_next (inputs, NULL));
  }
  g_ptr_array_unref (options.sources);
}

/* Reads all jobs of a text. Returns: the message of the error, or NULL. */
static char *
complaint (HeddleInputsOptions *options, const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HeddleInputs) inputs = open_text (options, text, length, &error);
  HeddleArguments *job;

  while (inputs != NULL && (job = heddle_inputs_next (inputs, &error)) != NULL)
    g_free (job);
  g_ptr_array_unref (options->sources);
  if (error == NULL)
    return NULL;
  g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
  return g_strdup (error->message);
}

static void
lines_that_fit_no_command_are_refused (void)
{
  HeddleInputsOptions options = some_options ();
  gsize length = HEDDLE_MAX_RECORD + 1;
  g_autofree char *text = g_malloc (length + 1);
  g_autofree char *long_line = NULL;
  g_autofree char *long_job = NULL;
  g_autofree char *nul = NULL;

  memset (text, 'x', length);
  text[1] = '\n';
  text[length] = '\0';
  long_line = complaint (&options, text, length);
  g_assert_null (long_line); /* shorter by the first line than the limit */
  options = some_options ();
  text[1] = 'x';
  long_line = complaint (&options, text, length);
  g_assert_nonnull (strstr (long_line, "16 MiB"));
  options = some_options ();
  options.per_job = 2;
  text[length / 2] = '\n';
  long_job = complaint (&options, text, length);
  g_assert_nonnull (strstr (long_job, "16 MiB"));
  options = some_options ();
  nul = complaint (&options, "a\nb\0c\n", 6);
  g_assert_nonnull (strstr (nul, "Line 2"));
  g_assert_nonnull (strstr (nul, "--null"));
}

static void
what_is_no_csv_is_refused (void)
{
  static const struct {
    const char *text;
    const char *where; /* NULL: it is CSV */
  } rows[] = {
    { "a,\"b\nc\"\r\n", NULL }, { "\"\",\"\"\"\"", NULL }, { "a\n\"b", "Line 2" },
    { "\"a\"b\n", "Line 1" },   { "a\"b\n", "Line 1" },    { "\"a\" ,b\n", "Line 1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      HeddleInputsOptions options = some_options ();
      g_autofree char *text = NULL;

      options.csv = TRUE;
      text = complaint (&options, rows[i].text, strlen (rows[i].text));
      g_assert_true ((text == NULL) == (rows[i].where == NULL));
      g_assert_true (text == NULL || strstr (text, rows[i].where) != NULL);
    }
}

static void
what_cannot_be_an_input_is_refused (void)
{
  static const struct {
    const char *columns;
    gboolean csv;
    const char *path;
  } rows[] = { { "(", FALSE, "/dev/null" },
               { "ab", TRUE, "/dev/null" },
               { "\"", TRUE, "/dev/null" },
               { NULL, FALSE, "/nowhere/\xff" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      HeddleInputsOptions options = some_options ();
      g_autoptr (GError) error = NULL;

      options.columns = rows[i].columns;
      options.csv = rows[i].csv;
      g_ptr_array_add (options.sources, heddle_source_spec_new (rows[i].path, FALSE));
      g_assert_null (heddle_inputs_new (&options, &error));
      g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_ptr_array_unref (options.sources);
    }
}

static void
a_folder_is_no_file_to_read (void)
{
  HeddleInputsOptions options = some_options ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (options.sources, heddle_source_spec_new ("/", FALSE));
  {
    g_autoptr (HeddleInputs) inputs = heddle_inputs_new (&options, &error);

    g_assert_no_error (error);
    g_assert_null (heddle_inputs_next (inputs, &error));
    g_assert_error (error, HEDDLE_ERROR, HEDDLE_ERROR_IO);
  }
  g_ptr_array_unref (options.sources);
}

static void
delimiters_are_bytes (void)
{
  static const struct {
    const char *text;
    int byte; /* -1: refused */
  } rows[] = {
    { ",", ',' },     { "\\", '\\' },  { "\\t", '\t' },  { "\\n", '\n' }, { "\\\\", '\\' },
    { "\\0", 0 },     { "\\054", 44 }, { "\\x2C", 44 },  { "\\377", 255 }, { "\xff", 255 },
    { "", -1 },       { "ab", -1 },    { "\\q", -1 },    { "\\400", -1 },  { "\\x", -1 },
    { "\\x100", -1 }, { "\\8", -1 },   { "\\x-1", -1 },  { "\\tt", -1 },   { "ä", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      char byte = 'q';
      gboolean good = heddle_terminator_parse (rows[i].text, &byte, &error);

      g_assert_cmpint (good ? (guchar) byte : -1, ==, rows[i].byte);
      g_assert_true (good == (error == NULL));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inputs/a-pipe-gives-its-first-job-at-once", a_pipe_gives_its_first_job_at_once);
  g_test_add_func ("/inputs/who-prints-is-told-before-a-read", who_prints_is_told_before_a_read);
  g_test_add_func ("/inputs/lines-of-any-length-are-whole", lines_of_any_length_are_whole);
  g_test_add_func ("/inputs/lines-that-fit-no-command-are-refused",
                   lines_that_fit_no_command_are_refused);
  g_test_add_func ("/inputs/what-is-no-csv-is-refused", what_is_no_csv_is_refused);
  g_test_add_func ("/inputs/what-cannot-be-an-input-is-refused",
                   what_cannot_be_an_input_is_refused);
  g_test_add_func ("/inputs/a-folder-is-no-file-to-read", a_folder_is_no_file_to_read);
  g_test_add_func ("/inputs/delimiters-are-bytes", delimiters_are_bytes);
  return g_test_run ();
}
