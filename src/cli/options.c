/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n.h>

#include "base/parse.h"
#include "cli/option-context.h"
#include "cli/options.h"
#include "engine/model/backend.h"
#include "engine/model/processors.h"
#include "workloads/list.h"

#define N_POLICIES 6

/* As they stand on the command line. */
typedef struct {
  gboolean help;
  gboolean no_live;
  char *backend;
  char *workers;
  char *backend_help;
  char *workers_help;
  char *queue;
  char *prefetch;
  char **set;
  char *policies[N_POLICIES]; /* in the order of heddle_policy_names */
  char *format;
  char *trace;
  char *worker_program;
  char *states;
  char **rest;
} Raw;

static void
raw_clear (Raw *raw)
{
  g_free (raw->backend);
  g_free (raw->workers);
  g_free (raw->backend_help);
  g_free (raw->workers_help);
  g_free (raw->queue);
  g_free (raw->prefetch);
  g_strfreev (raw->set);
  for (guint i = 0; i < N_POLICIES; i++)
    g_free (raw->policies[i]);
  g_free (raw->format);
  g_free (raw->trace);
  g_free (raw->worker_program);
  g_free (raw->states);
  g_strfreev (raw->rest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, raw_clear)

static char *
describe_backend (void)
{
  g_autofree char *ids = heddle_backend_dup_ids (HEDDLE_BACKENDS_ALL);

  return g_strdup_printf (_("Kind of workers: %s"), ids);
}

/* Also what the number is where nobody says any. */
static char *
describe_workers (void)
{
  HeddleProcessors processors = heddle_processors_get ();
  g_autofree char *text = heddle_processors_dup_text (&processors);

  /* Translators: %s is "2, from the processor affinity" or the like */
  return g_strdup_printf (
    _("Number of workers, 1 to 1024; otherwise the default of the workload, or one per processor (%s)"),
    text);
}

static GOptionContext *
run_context (Raw *raw)
{
  const GOptionEntry entries[] = {
    { "backend", 'b', 0, G_OPTION_ARG_STRING, &raw->backend,
      (raw->backend_help = describe_backend ()), N_("BACKEND") },
    { "workers", 'w', 0, G_OPTION_ARG_STRING, &raw->workers, (raw->workers_help = describe_workers ()), N_("N") },
    { "queue", 'q', 0, G_OPTION_ARG_STRING, &raw->queue, N_("Capacity of the queue, in tasks, 1 to 1000000"), N_("N") },
    { "prefetch", 0, 0, G_OPTION_ARG_STRING, &raw->prefetch,
      N_("Processes: number of tasks that a worker gets in advance, 1 (fairest) to 4096 (fastest)"), N_("N") },
    { "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->set, N_("Set a parameter of the workload; may be repeated"), N_("NAME=VALUE") },
    { "retries", 0, 0, G_OPTION_ARG_STRING, &raw->policies[0],
      N_("Number of retries of a failed or lost task, 0 to 200, each after a longer delay"), N_("N") },
    { "timeout", 0, 0, G_OPTION_ARG_STRING, &raw->policies[1],
      N_("Seconds that a task may take before it is asked to end; a process that has not ended a second later is killed"), N_("SECONDS") },
    { "halt", 0, 0, G_OPTION_ARG_STRING, &raw->policies[2],
      N_("When to halt the run: never, or soon or now with fail=N or fail=N%; soon lets running tasks end, now cancels them"), N_("POLICY") },
    { "recycle", 0, 0, G_OPTION_ARG_STRING, &raw->policies[3], N_("Processes: replace a worker after N tasks; 0: never"), N_("N") },
    { "nice", 0, 0, G_OPTION_ARG_STRING, &raw->policies[4], N_("How much workers yield to other programs, 0 to 19, or idle"), N_("N") },
    { "affinity", 0, 0, G_OPTION_ARG_STRING, &raw->policies[5],
      N_("CPUs that workers may use, such as 0-3,6; spread: one CPU per worker, in turn"), N_("CPUS") },
    { "states", 0, 0, G_OPTION_ARG_STRING, &raw->states,
      N_("How to tell whether a task was on a CPU, ready or blocked: exact (or the best that is allowed), counted or none"), N_("SOURCE") },
    { "format", 'f', 0, G_OPTION_ARG_STRING, &raw->format, N_("Format of results: text or jsonl; for checksum-files also sha256sum"), N_("FORMAT") },
    { "no-live", 0, 0, G_OPTION_ARG_NONE, &raw->no_live, N_("Do not show the live view on a terminal"), NULL },
    { "trace", 't', 0, G_OPTION_ARG_FILENAME, &raw->trace, N_("Write a trace for Perfetto to FILE"), N_("FILE") },
    { "worker-program", 0, 0, G_OPTION_ARG_FILENAME, &raw->worker_program, N_("Use PATH as heddle-worker"), N_("PATH") },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &raw->help, N_("Show this help"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->rest, NULL, NULL },
    { NULL },
  };

  return heddle_cli_context_new (_("WORKLOAD"), entries,
                      _("Runs a workload and writes the result of each of its tasks."));
}

static GOptionContext *
list_context (Raw *raw)
{
  const GOptionEntry entries[] = {
    { "format", 'f', 0, G_OPTION_ARG_STRING, &raw->format, N_("Format of the list: text or json"), N_("FORMAT") },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &raw->help, N_("Show this help"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->rest, NULL, NULL },
    { NULL },
  };

  return heddle_cli_context_new (NULL, entries, _("Lists the workloads with their parameters."));
}

/* @text NULL leaves @value as it is. */
static gboolean
parse_number (const char *option, const char *text, guint min, guint max, guint *value,
              GError **error)
{
  return text == NULL || heddle_option_parse_count (option, text, min, max, value, error);
}

/* Whoever writes a script knows which option it was. */
static gboolean
parse_states (const char *text, HeddleStatesSource *states, GError **error)
{
  if (text == NULL || heddle_states_source_parse (text, states, error))
    return TRUE;
  g_prefix_error (error, "--states: ");
  return FALSE;
}

static gboolean
parse_policies (const Raw *raw, HeddleRunOptions *options, GError **error)
{
  for (guint i = 0; heddle_policy_names[i] != NULL; i++)
    {
      g_assert (i < N_POLICIES);
      if (raw->policies[i] != NULL
          && !heddle_policy_parse (options, heddle_policy_names[i], raw->policies[i], error))
        return FALSE;
    }
  return heddle_policy_check (options, error);
}

/* How many letters have to be changed to make one word of the other (Levenshtein's distance). */
static guint
distance (const char *a, const char *b)
{
  gsize n = strlen (b);
  g_autofree guint *row = g_new (guint, n + 1);

  for (gsize j = 0; j <= n; j++)
    row[j] = j;
  for (gsize i = 1; a[i - 1] != '\0'; i++)
    {
      guint diagonal = row[0];

      row[0] = i;
      for (gsize j = 1; j <= n; j++)
        {
          guint changed = diagonal + (a[i - 1] != b[j - 1]);

          diagonal = row[j];
          row[j] = MIN (changed, MIN (row[j], row[j - 1]) + 1);
        }
    }
  return row[n];
}

static const HeddleWorkload *
find_workload (const char *id, GError **error)
{
  const HeddleWorkload *const *all = heddle_workloads_get_all (NULL);
  const HeddleWorkload *found = heddle_workloads_find (id);
  g_autoptr (GString) known = NULL;
  const char *nearest = NULL;
  guint best = G_MAXUINT;

  if (found != NULL)
    return found;
  known = g_string_new (NULL);
  for (guint i = 0; all[i] != NULL; i++)
    {
      guint d = strlen (id) > 64 ? G_MAXUINT : distance (id, all[i]->id);

      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", all[i]->id);
      if (d < best)
        {
          best = d;
          nearest = all[i]->id;
        }
    }
  if (nearest != NULL && best <= MAX (2, strlen (nearest) / 3))
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                 _("There is no workload “%s”. Did you mean “%s”? The workloads are: %s"), id,
                 nearest, known->str);
  else
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                 _("There is no workload “%s”. The workloads are: %s"), id, known->str);
  return NULL;
}

static gboolean
parse_list_format (const char *text, gboolean *json, GError **error)
{
  *json = g_strcmp0 (text, "json") == 0;
  if (text == NULL || *json || g_str_equal (text, "text"))
    return TRUE;
  g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE, _("--format must be text or %s, not “%s”"),
               "json", text);
  return FALSE;
}

/* Text, jsonl, and for a workload of checksums the lines of the program that checks them. */
static gboolean
parse_run_format (const char *text, const HeddleWorkload *workload, HeddleCliFormat *format,
                  GError **error)
{
  *format = HEDDLE_CLI_TEXT;
  if (text == NULL || g_str_equal (text, "text"))
    return TRUE;
  if (g_str_equal (text, "jsonl"))
    *format = HEDDLE_CLI_JSONL;
  else if (workload->sums != NULL && g_str_equal (text, workload->sums))
    *format = HEDDLE_CLI_SUMS;
  else if (g_str_equal (text, "sha256sum"))
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                 _("--format sha256sum is only for checksum-files; for %s use text or jsonl"),
                 workload->id);
  else if (workload->sums != NULL)
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                 _("--format must be text, jsonl or %s, not “%s”"), workload->sums, text);
  else
    g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                 _("--format must be text or %s, not “%s”"), "jsonl", text);
  return *format != HEDDLE_CLI_TEXT;
}

static gboolean
parse_values (HeddleCliRun *self, const Raw *raw, const HeddleWorkload *workload, GError **error)
{
  HeddleRunOptions *options = &self->options;

  if ((raw->backend != NULL
       && !heddle_backend_parse (raw->backend, workload, &options->backend, error))
      || !parse_number ("workers", raw->workers, 1, HEDDLE_MAX_WORKERS, &options->workers, error)
      || !parse_number ("queue", raw->queue, 1, HEDDLE_MAX_QUEUE, &options->queue, error)
      || !parse_number ("prefetch", raw->prefetch, 1, HEDDLE_MAX_PREFETCH, &options->prefetch,
                        error)
      || !parse_policies (raw, options, error)
      || !parse_states (raw->states, &options->states, error)
      || !parse_run_format (raw->format, workload, &self->format, error))
    return FALSE;
  for (guint i = 0; raw->set != NULL && raw->set[i] != NULL; i++)
    if (!heddle_settings_parse (self->settings, raw->set[i], error))
      return FALSE;
  return TRUE;
}

/**
 * heddle_cli_run_parse:
 * @self: (out): filled; heddle_cli_run_clear() in any case
 * @argc: number of @argv
 * @argv: the command's arguments, the command's name first
 * @error: what is not acceptable, and what is
 *
 * Returns: whether the arguments make sense; nothing has been started
 */
gboolean
heddle_cli_run_parse (HeddleCliRun *self, int argc, char **argv, GError **error)
{
  g_auto (Raw) raw = { 0 };
  g_autoptr (GOptionContext) context = run_context (&raw);
  const HeddleWorkload *workload;

  *self = (HeddleCliRun) { 0 };
  if (!heddle_cli_context_parse (context, argc, argv, error))
    return FALSE;
  self->help = raw.help;
  if (raw.help)
    return TRUE;
  if (raw.rest == NULL || raw.rest[0] == NULL)
    {
      g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                           _("No workload is given; “heddle-cli list” shows all"));
      return FALSE;
    }
  if ((workload = find_workload (raw.rest[0], error)) == NULL)
    return FALSE;
  if (raw.rest[1] != NULL)
    {
      g_set_error (
        error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
        _("Only one workload can be run at a time: “%s” is one too many (set parameters with --set NAME=VALUE)"),
        raw.rest[1]);
      return FALSE;
    }
  if (raw.trace != NULL && g_str_equal (raw.trace, "-"))
    {
      g_set_error_literal (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                           _("--trace needs a file, because results go to standard output (for a file called “-” use ./-)"));
      return FALSE;
    }
  self->settings = heddle_settings_new (workload);
  heddle_run_options_init (&self->options, workload);
  if (!parse_values (self, &raw, workload, error))
    return FALSE;
  self->no_live = raw.no_live;
  self->options.trace_path = self->trace_path = g_steal_pointer (&raw.trace);
  self->options.worker_program = self->worker_program = g_steal_pointer (&raw.worker_program);
  return TRUE;
}

void
heddle_cli_run_clear (HeddleCliRun *self)
{
  g_clear_pointer (&self->settings, heddle_settings_free);
  g_clear_pointer (&self->trace_path, g_free);
  g_clear_pointer (&self->worker_program, g_free);
}

/**
 * heddle_cli_run_help:
 *
 * Returns: (transfer full): the help of `heddle-cli run`
 */
char *
heddle_cli_run_help (void)
{
  g_auto (Raw) raw = { 0 };
  g_autoptr (GOptionContext) context = run_context (&raw);

  g_option_context_set_description (context,
    _("Workloads and their parameters: heddle-cli list\n"
      "\n"
      "Ctrl+C once finishes the queued tasks, twice cancels them, three times kills the workers.\nExit "
      "status: 0 if all tasks are done, 1 if some are not, 2 for bad usage, 130 after Ctrl+C.\n"
      "\n"
      "heddle-cli run checksum-files --set folder=/usr/share --workers 4\n"
      "heddle-cli run squares --set n=1000000 --backend processes --format jsonl\n"));
  return heddle_cli_context_help (context, "run");
}

/**
 * heddle_cli_list_parse:
 * @json: (out): whether JSON is wanted
 * @help: (out): whether help is wanted
 * @argc: number of @argv
 * @argv: the command's arguments, the command's name first
 * @error: what is not acceptable, and what is
 *
 * Returns: whether the arguments make sense
 */
gboolean
heddle_cli_list_parse (gboolean *json, gboolean *help, int argc, char **argv, GError **error)
{
  g_auto (Raw) raw = { 0 };
  g_autoptr (GOptionContext) context = list_context (&raw);

  if (!heddle_cli_context_parse (context, argc, argv, error))
    return FALSE;
  *help = raw.help;
  if (raw.rest != NULL && raw.rest[0] != NULL)
    {
      g_set_error (error, HEDDLE_ERROR, HEDDLE_ERROR_USAGE,
                   _("list takes no argument, but “%s” was given"), raw.rest[0]);
      return FALSE;
    }
  return parse_list_format (raw.format, json, error);
}

/**
 * heddle_cli_list_help:
 *
 * Returns: (transfer full): the help of `heddle-cli list`
 */
char *
heddle_cli_list_help (void)
{
  g_auto (Raw) raw = { 0 };
  g_autoptr (GOptionContext) context = list_context (&raw);

  return heddle_cli_context_help (context, "list");
}
