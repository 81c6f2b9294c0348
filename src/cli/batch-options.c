/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include <glib/gi18n.h>

#include "base/parse.h"
#include "batch/batches.h"
#include "batch/commands.h"
#include "batch/shell-word.h"
#include "cli/batch-options.h"
#include "cli/option-context.h"
#include "engine/model/processors.h"

#define MAX_PER_JOB 1000000

/* Those of a run that are a batch's, too. */
static const char *const policies[] = { "retries", "timeout", "halt", "nice", "affinity" };
#define N_POLICIES G_N_ELEMENTS (policies)

/* As they stand on the command line: bytes. Over 20 fields: an option each. */
typedef struct {
  gboolean help;
  gboolean list;
  gboolean dry_run;
  gboolean no_shell;
  gboolean csv;
  gboolean link;
  gboolean null;
  gboolean skip_blank;
  char **files;
  char *columns;
  char *delimiter;
  char *header;
  char *placeholder;
  char *max_arguments;
  char *max_replaced;
  char *trim;

  /* of the run */
  char *jobs;
  char *policies[N_POLICIES];
  char *format;
  gboolean no_live;
  char *trace;
  gboolean keep_order;
  gboolean group;
  gboolean line_buffered;
  gboolean tag;
  char *joblog;
  char *journal;
  char *resume;
  char *resume_failed;
  gboolean anyway;
  char **rest;
} Raw;

static void
raw_clear (Raw *raw)
{
  g_strfreev (raw->files);
  g_free (raw->columns);
  g_free (raw->delimiter);
  g_free (raw->header);
  g_free (raw->placeholder);
  g_free (raw->max_arguments);
  g_free (raw->max_replaced);
  g_free (raw->trim);
  g_free (raw->jobs);
  for (guint i = 0; i < N_POLICIES; i++)
    g_free (raw->policies[i]);
  g_free (raw->format);
  g_free (raw->trace);
  g_free (raw->joblog);
  g_free (raw->journal);
  g_free (raw->resume);
  g_free (raw->resume_failed);
  g_strfreev (raw->rest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, raw_clear)

/* The options are those of GNU parallel, by its names. Like there, those behind the first word of
 * the command are the command's. */
static GOptionEntry *
batch_entries (Raw *raw)
{
  const GOptionEntry entries[] = {
    { "arg-file", 'a', 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->files, N_("Read values from the lines of FILE, or of standard input for -; may be repeated"), N_("FILE") },
    { "null", '0', 0, G_OPTION_ARG_NONE, &raw->null, N_("A NUL byte ends each value in a file, not the end of the line"), NULL },
    { "delimiter", 'd', 0, G_OPTION_ARG_FILENAME, &raw->delimiter, N_("BYTE ends each value in a file; escapes such as \\t are known"), N_("BYTE") },
    { "colsep", 'C', 0, G_OPTION_ARG_FILENAME, &raw->columns, N_("Split lines into the values {1}, {2} … at what matches REGEX"), N_("REGEX") },
    { "csv", 0, 0, G_OPTION_ARG_NONE, &raw->csv, N_("Split lines as comma-separated values; --colsep names another separator"), NULL },
    { "header", 0, 0, G_OPTION_ARG_FILENAME, &raw->header, N_("With : the first line or argument of each source names its columns, for {NAME}"), N_(":") },
    { "link", 0, 0, G_OPTION_ARG_NONE, &raw->link, N_("Take values of all sources side by side, not all combinations; shorter sources start again"), NULL },
    { "max-args", 'n', 0, G_OPTION_ARG_FILENAME, &raw->max_arguments, N_("Number of values for each job at most; 0: take one and insert nothing"), N_("N") },
    { "max-replace-args", 'N', 0, G_OPTION_ARG_FILENAME, &raw->max_replaced, N_("The same as --max-args"), N_("N") },
    { "trim", 0, 0, G_OPTION_ARG_FILENAME, &raw->trim, N_("Take blanks away from the ends of values: n (none), l (left), r (right) or lr"), N_("SIDES") },
    { "no-run-if-empty", 'r', 0, G_OPTION_ARG_NONE, &raw->skip_blank, N_("No job for values of nothing but blanks"), NULL },
    { "replace", 'I', 0, G_OPTION_ARG_FILENAME, &raw->placeholder, N_("Use TEXT instead of {}"), N_("TEXT") },
    { "no-shell", 0, 0, G_OPTION_ARG_NONE, &raw->no_shell, N_("Run the words of the command without a shell"), NULL },
    { "jobs", 'j', 0, G_OPTION_ARG_FILENAME, &raw->jobs, N_("Number of jobs at the same time; also N%, +N and -N of the processors; otherwise one per processor"), N_("N") },
    { "retries", 0, 0, G_OPTION_ARG_STRING, &raw->policies[0], N_("Number of retries of a failed job, 0 to 200, each after a longer delay"), N_("N") },
    { "timeout", 0, 0, G_OPTION_ARG_STRING, &raw->policies[1], N_("Seconds that a job may take before it is asked to end; what has not ended a second later is killed"), N_("SECONDS") },
    { "halt", 0, 0, G_OPTION_ARG_STRING, &raw->policies[2], N_("When to halt: never, or soon or now with fail=N or fail=N%; soon lets running jobs end, now ends them"), N_("POLICY") },
    { "nice", 0, 0, G_OPTION_ARG_STRING, &raw->policies[3], N_("How much jobs yield to other programs, 0 to 19, or idle"), N_("N") },
    { "affinity", 0, 0, G_OPTION_ARG_STRING, &raw->policies[4], N_("CPUs that jobs may use, such as 0-3,6; spread: one CPU per slot, in turn"), N_("CPUS") },
    { "keep-order", 'k', 0, G_OPTION_ARG_NONE, &raw->keep_order, N_("Show the output of jobs in the order of the values"), NULL },
    { "group", 0, 0, G_OPTION_ARG_NONE, &raw->group, N_("Show the output of a job when it has ended (default)"), NULL },
    { "line-buffer", 0, 0, G_OPTION_ARG_NONE, &raw->line_buffered, N_("Show lines of output as they come"), NULL },
    { "tag", 0, 0, G_OPTION_ARG_NONE, &raw->tag, N_("Begin each line of output with the values of its job"), NULL },
    { "joblog", 0, 0, G_OPTION_ARG_FILENAME, &raw->joblog, N_("Write a line for each job that has ended to FILE, as GNU parallel does"), N_("FILE") },
    { "journal", 0, 0, G_OPTION_ARG_FILENAME, &raw->journal, N_("Record every start and end in the journal of the batch NAME, so that it can be resumed"), N_("NAME") },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &raw->resume, N_("Run what has not ended in the batch NAME; - stands for what is in the joblog"), N_("NAME") },
    { "resume-failed", 0, 0, G_OPTION_ARG_FILENAME, &raw->resume_failed, N_("Likewise, and what failed"), N_("NAME") },
    { "list", 0, 0, G_OPTION_ARG_NONE, &raw->list, N_("List the batches that have a journal, and run nothing"), NULL },
    { "accept-changes", 0, 0, G_OPTION_ARG_NONE, &raw->anyway, N_("Resume even if commands have changed, and run those"), NULL },
    { "format", 'f', 0, G_OPTION_ARG_FILENAME, &raw->format, N_("What is written: text, the output of jobs; or jsonl, a line for each job"), N_("FORMAT") },
    { "no-live", 0, 0, G_OPTION_ARG_NONE, &raw->no_live, N_("Do not show the live view on a terminal"), NULL },
    { "trace", 't', 0, G_OPTION_ARG_FILENAME, &raw->trace, N_("Write a trace for Perfetto to FILE"), N_("FILE") },
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &raw->dry_run, N_("Print the command lines, and run nothing"), NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &raw->help, N_("Show this help"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->rest, NULL, NULL },
    { NULL },
  };

  return g_memdup2 (entries, sizeof entries);
}

static GOptionContext *
batch_context (const GOptionEntry *entries)
{
  GOptionContext *context = heddle_cli_context_new (
    _("[COMMAND] [::: ARGUMENT…]"), entries,
    _("Runs a command for each of many values, and puts them where {} stands."));

  g_option_context_set_strict_posix (context, TRUE);
  return context;
}

static gboolean
parse_per_job (const Raw *raw, guint *per_job, GError **error)
{
  const char *option = raw->max_replaced != NULL ? "max-replace-args" : "max-args";
  const char *text = raw->max_replaced != NULL ? raw->max_replaced : raw->max_arguments;

  *per_job = 1;
  return text == NULL || heddle_option_parse_count (option, text, 0, MAX_PER_JOB, per_job, error);
}

static gboolean
parse_terminator (const Raw *raw, char *terminator, GError **error)
{
  *terminator = '\n';
  if (raw->null && raw->delimiter != NULL)
    return heddle_refuse (error, _("--null and --delimiter exclude each other"));
  if (raw->null)
    *terminator = '\0';
  return raw->delimiter == NULL || heddle_terminator_parse (raw->delimiter, terminator, error);
}

static gboolean
parse_values (const Raw *raw, HeddleInputsOptions *inputs, GError **error)
{
  if (raw->header != NULL && !g_str_equal (raw->header, ":"))
    return heddle_refuse (error, _("--header must be :, not “%s”"), raw->header);
  if (raw->placeholder != NULL && raw->placeholder[0] == '\0')
    return heddle_refuse (error, _("--replace needs a text that stands for the value"));
  if (!parse_per_job (raw, &inputs->per_job, error)
      || !parse_terminator (raw, &inputs->terminator, error))
    return FALSE;
  inputs->csv = raw->csv;
  inputs->header = raw->header != NULL;
  inputs->link = raw->link;
  inputs->skip_blank = raw->skip_blank;
  return raw->trim == NULL || heddle_trim_parse (raw->trim, &inputs->trim, error);
}

/* ":::", "::::", either with a "+": what follows are sources. */
static gboolean
is_marker (const char *word, gboolean *files, gboolean *linked)
{
  gsize colons = strspn (word, ":");

  *files = colons == 4;
  *linked = g_str_equal (word + colons, "+");
  return (colons == 3 || colons == 4) && (*linked || word[colons] == '\0');
}

static void
add_source (HeddleCliBatch *self, const char *path, gboolean linked)
{
  g_ptr_array_add (self->inputs.sources, heddle_source_spec_new (path, linked));
}

/* Words up to the first marker are the command; behind ::: arguments follow, behind :::: files. */
static void
take_words (HeddleCliBatch *self, char **words)
{
  g_autoptr (GPtrArray) command = g_ptr_array_new ();
  gboolean files = FALSE, linked = FALSE, any = FALSE, next_files, next_linked;

  for (; words != NULL && *words != NULL; words++)
    {
      GPtrArray *sources = self->inputs.sources;

      if (is_marker (*words, &next_files, &next_linked))
        {
          any = TRUE;
          files = next_files;
          linked = next_linked;
          if (!files)
            add_source (self, NULL, linked);
        }
      else if (!any)
        g_ptr_array_add (command, *words);
      else if (files)
        add_source (self, *words, linked);
      else
        {
          HeddleSourceSpec *last = g_ptr_array_index (sources, sources->len - 1);

          g_ptr_array_add (last->words, g_strdup (*words));
        }
    }
  if (!any && self->inputs.sources->len == 0)
    add_source (self, "-", FALSE);
  if (command->len == 0)
    return;
  g_ptr_array_add (command, NULL);
  self->command = g_strjoinv (" ", (char **) command->pdata);
  if (self->command[0] == '\0')
    g_clear_pointer (&self->command, g_free);
}

/* "4", "200%", "+1", "-1": a number, or one that is made of that of the processors; at least 1. */
static gboolean
parse_jobs (const char *text, guint *jobs, GError **error)
{
  HeddleProcessors processors = heddle_processors_get ();
  gsize length = text != NULL ? strlen (text) : 0;
  guint n = processors.count;
  double number;

  *jobs = n;
  if (text == NULL)
    return TRUE;
  if (length > 1 && text[length - 1] == '%')
    {
      g_autofree char *digits = g_strndup (text, length - 1);

      if (heddle_number_parse (digits, &number) && number > 0
          && number <= 100.0 * HEDDLE_MAX_WORKERS)
        {
          *jobs = (guint) CLAMP (n * number / 100, 1, HEDDLE_MAX_WORKERS);
          return TRUE;
        }
    }
  else if (length > 1 && (text[0] == '+' || text[0] == '-') && g_ascii_isdigit (text[1]))
    {
      guint more;

      if (!heddle_option_parse_count ("jobs", text + 1, 0, HEDDLE_MAX_WORKERS, &more, error))
        return FALSE;
      *jobs = text[0] == '+' ? MIN (n + more, HEDDLE_MAX_WORKERS) : MAX (n, more + 1) - more;
      return TRUE;
    }
  else if (g_ascii_isdigit (text[0]))
    return heddle_option_parse_count ("jobs", text, 1, HEDDLE_MAX_WORKERS, jobs, error);
  return heddle_refuse (error, _("--jobs must be a number, or N%%, +N or -N of the processors, not “%s”"),
                        text);
}

static char *
join_words (char **words)
{
  g_autoptr (GString) line = g_string_new (NULL);

  heddle_shell_words_append (line, words);
  return g_strdup (line->str);
}

static gboolean
parse_run (HeddleCliBatch *self, Raw *raw, GError **error)
{
  heddle_run_options_init (&self->options, &heddle_commands_workload);
  if (!parse_jobs (raw->jobs, &self->options.workers, error))
    return FALSE;
  for (guint i = 0; i < N_POLICIES; i++)
    if (raw->policies[i] != NULL
        && !heddle_policy_parse (&self->options, policies[i], raw->policies[i], error))
      return FALSE;
  if (!heddle_policy_check (&self->options, error))
    return FALSE;
  if (raw->format != NULL && g_str_equal (raw->format, "jsonl"))
    self->format = HEDDLE_CLI_JSONL;
  else if (raw->format != NULL && !g_str_equal (raw->format, "text"))
    return heddle_refuse (error, _("--format must be text or %s, not “%s”"), "jsonl", raw->format);
  if (raw->trace != NULL && g_str_equal (raw->trace, "-"))
    return heddle_refuse (error, _("--trace needs a file, because results go to standard output (for a file called “-” use ./-)"));
  self->no_live = raw->no_live;
  self->options.trace_path = self->trace_path = g_steal_pointer (&raw->trace);
  if (raw->group && raw->line_buffered)
    return heddle_refuse (error, _("--group and --line-buffer exclude each other"));
  self->printer = (HeddleJobPrinterOptions){
    .keep_order = raw->keep_order,
    .line_buffered = raw->line_buffered,
    .tag = raw->tag,
  };
  return TRUE;
}

static gboolean
parse_records (HeddleCliBatch *self, Raw *raw, GError **error)
{
  const char *resume = raw->resume != NULL ? raw->resume : raw->resume_failed;
  g_autoptr (GError) local = NULL;

  if (raw->resume != NULL && raw->resume_failed != NULL)
    return heddle_refuse (error, _("--resume and --resume-failed exclude each other"));
  self->resume = resume != NULL;
  self->again = raw->resume_failed != NULL;
  self->anyway = raw->anyway;
  self->joblog = g_steal_pointer (&raw->joblog);
  if (raw->journal != NULL && g_str_equal (raw->journal, "-"))
    return heddle_refuse (error, _("--journal needs a name other than -, which stands for the joblog"));
  if (resume == NULL || g_str_equal (resume, "-"))
    self->journal = g_steal_pointer (&raw->journal);
  else if (raw->journal != NULL)
    return heddle_refuse (error, _("--resume NAME goes on with the journal of NAME; leave out --journal"));
  else
    self->journal = g_strdup (resume);
  if (resume != NULL && g_str_equal (resume, "-") && self->joblog == NULL)
    return heddle_refuse (error, _("--resume - needs --joblog, which says what was done"));
  if (self->journal == NULL || heddle_batch_name_check (self->journal, &local))
    return TRUE;
  return heddle_refuse (error, "%s", local->message);
}

/**
 * heddle_cli_batch_parse:
 * @self: zeroed; cleared by heddle_cli_batch_clear(), also on an error
 * @argc: number of @argv
 * @argv: the command's arguments, the command's name first
 * @error: what is not acceptable, and what is
 *
 * Returns: whether the arguments make sense
 */
gboolean
heddle_cli_batch_parse (HeddleCliBatch *self, int argc, char **argv, GError **error)
{
  g_auto (Raw) raw = { 0 };
  g_autofree GOptionEntry *entries = batch_entries (&raw);
  g_autoptr (GOptionContext) context = batch_context (entries);
  g_auto (GStrv) split = heddle_cli_split_short_options (entries, argc, argv);

  self->inputs.sources =
    g_ptr_array_new_with_free_func ((GDestroyNotify) heddle_source_spec_free);
  if (!heddle_cli_context_parse (context, (int) g_strv_length (split), split, error))
    return FALSE;
  self->help = raw.help;
  self->list = raw.list;
  if (self->help || self->list)
    return TRUE;
  if (!parse_values (&raw, &self->inputs, error) || !parse_run (self, &raw, error)
      || !parse_records (self, &raw, error))
    return FALSE;
  self->words = join_words (argv + 1);
  for (char **file = raw.files; file != NULL && *file != NULL; file++)
    add_source (self, *file, FALSE);
  take_words (self, raw.rest);
  if (self->inputs.sources->len == 0)
    return heddle_refuse (error, _(":::: needs the name of a file"));
  self->dry_run = raw.dry_run;
  self->no_shell = raw.no_shell;
  self->placeholder = g_steal_pointer (&raw.placeholder);
  self->inputs.columns = self->columns = g_steal_pointer (&raw.columns);
  return TRUE;
}

void
heddle_cli_batch_clear (HeddleCliBatch *self)
{
  g_clear_pointer (&self->inputs.sources, g_ptr_array_unref);
  g_clear_pointer (&self->command, g_free);
  g_clear_pointer (&self->placeholder, g_free);
  g_clear_pointer (&self->columns, g_free);
  g_clear_pointer (&self->trace_path, g_free);
  g_clear_pointer (&self->joblog, g_free);
  g_clear_pointer (&self->journal, g_free);
  g_clear_pointer (&self->words, g_free);
}

/**
 * heddle_cli_batch_help:
 *
 * Returns: (transfer full): the help of `heddle-cli batch`
 */
char *
heddle_cli_batch_help (void)
{
  g_auto (Raw) raw = { 0 };
  g_autofree GOptionEntry *entries = batch_entries (&raw);
  g_autoptr (GOptionContext) context = batch_context (entries);

  g_option_context_set_description (context,
    _("{} is the value, {.} without extension, {/} its base name, {//} its folder, {/.} its base name\n"
      "without extension; {1} or {NAME} one of several values, also {1.} and so on, {-1} the last one;\n"
      "{#} the number of the job, {%} of its slot, {##} of all jobs. Without any, {} is added at the end.\n"
      "\n"
      "::: is followed by arguments, :::: by files with a value in each line; several of these give all\n"
      "combinations, :::+ and ::::+ go side by side with the source before. Without any, values are\n"
      "read from standard input. Without a command, the values are commands.\n"
      "\n"
      "A job is a line for /bin/sh, whose standard input is empty. Its output is shown when it has ended.\n"
      "\n"
      "Ctrl+C once: running jobs may end, and no more are started. Twice: they are ended, by SIGTERM to\n"
      "the process group of each, and SIGKILL a second later. Once more: the program exits at once.\n"
      "\n"
      "The exit status is 0 if all jobs are done, 1 if any failed or was cancelled, 2 for bad usage; and\n"
      "130 after Ctrl+C, 143 after SIGTERM.\n"
      "\n"
      "heddle-cli batch 'gzip -c {} >{/}.gz' ::: *.txt\n"
      "heddle-cli batch -j 2 --retries 3 --journal pages curl -sSO :::: addresses\n"
      "heddle-cli batch --resume pages curl -sSO :::: addresses\n"
      "heddle-cli batch --dry-run echo {1}-{2} ::: a b ::: 1 2 3\n"));
  return heddle_cli_context_help (context, "batch");
}
