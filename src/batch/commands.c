/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "batch/commands-private.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "base/descriptor.h"
#include "base/error.h"
#include "base/utf8.h"
#include "engine/run/producer.h"

/* A task's input is the one value of its job. Where there are several it is all of them with blanks
 * in between, as they are shown, and behind a NUL each of them with a NUL behind it, the last of
 * which is the input's own. Where there is none: nothing, and a NUL. */
void
heddle_commands_encode (const HeddleArguments *arguments, GString *to)
{
  const char *value = arguments->text;

  g_string_truncate (to, 0);
  if (arguments->n == 1)
    {
      g_string_append_len (to, value, arguments->length - 1);
      return;
    }
  for (guint32 i = 0; i < arguments->n; i++, value += strlen (value) + 1)
    {
      if (i > 0)
        g_string_append_c (to, ' ');
      g_string_append (to, value);
    }
  g_string_append_c (to, '\0');
  if (arguments->n > 0)
    g_string_append_len (to, arguments->text, arguments->length - 1);
}

/* Returns: (transfer full): what was encoded, whose NUL behind the last byte is there */
HeddleArguments *
heddle_commands_decode (const char *input, gsize length)
{
  const char *shown = memchr (input, '\0', length);
  gsize rest;
  guint32 n = 1;

  if (shown == NULL)
    return heddle_arguments_new (input, (guint32) length + 1, 1);
  rest = length - (gsize) (shown + 1 - input);
  if (rest == 0)
    return heddle_arguments_new ("", 0, 0);
  for (gsize i = 0; i < rest; i++)
    n += shown[1 + i] == '\0';
  return heddle_arguments_new (shown + 1, (guint32) rest + 1, n);
}

/* What is known of a job from an earlier run. Which slot it gets is not known before it runs, so
 * where its command has the slot in it only its number counts. */
static HeddleSeqVerdict
compare (HeddleCommands *self, guint32 seq, const HeddleArguments *arguments, GString *line,
         GError **error)
{
  const HeddleSeqTable *known = self->options.known;
  const HeddleSeqEntry *entry = heddle_seq_table_get (known, seq);

  if (entry == NULL)
    return HEDDLE_SEQ_NOT_THERE;
  if (heddle_template_needs_slot (self->template))
    return entry->state == HEDDLE_JOB_STATE_IN_HAND ? HEDDLE_SEQ_IN_HAND
      : entry->state == HEDDLE_JOB_STATE_DONE       ? HEDDLE_SEQ_DONE
                                                    : HEDDLE_SEQ_FAILED;
  g_string_truncate (line, 0);
  if (!heddle_commands_expand (self, arguments, seq, 0, line, NULL, error))
    return HEDDLE_SEQ_NOT_THERE;
  return heddle_seq_table_compare (known, seq, line->str, line->len);
}

/* Whether a job is to be run, of which that is known. */
static gboolean
note_verdict (HeddleCommands *self, HeddleSeqVerdict verdict)
{
  switch (verdict)
    {
    case HEDDLE_SEQ_DONE:
      self->known.done++;
      return FALSE;
    case HEDDLE_SEQ_FAILED:
      self->known.failed += !self->options.again;
      return self->options.again;
    case HEDDLE_SEQ_IN_HAND:
      self->known.in_hand++;
      return TRUE;
    case HEDDLE_SEQ_OTHER_COMMAND:
      self->known.changed++;
      return TRUE;
    case HEDDLE_SEQ_NOT_THERE:
    default:
      return TRUE;
    }
}

/* Reads all inputs, and keeps the jobs that are to be run. */
static gboolean
plan (HeddleCommands *self, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GError) local = NULL;
  HeddleArguments *next;

  self->jobs = g_ptr_array_new_with_free_func (g_free);
  self->seqs = g_array_new (FALSE, FALSE, sizeof (guint32));
  while (local == NULL && (next = heddle_inputs_next (self->inputs, &local)) != NULL)
    {
      guint32 seq = (guint32) ++self->total;

      if (self->options.known == NULL
          || note_verdict (self, compare (self, seq, next, line, &local)))
        {
          g_ptr_array_add (self->jobs, next);
          g_array_append_val (self->seqs, seq);
        }
      else
        g_free (next);
    }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* HeddleBeforeRead: waits until there is something to read, or nobody wants it any more. Producer's
 * thread. */
static gboolean
wait_for_input (int fd, gpointer data)
{
  HeddleCommands *self = data;
  struct pollfd watched[] = { { .fd = fd, .events = POLLIN },
                              { .fd = self->stop_fd, .events = POLLIN } };

  while (poll (watched, G_N_ELEMENTS (watched), -1) < 0 && errno == EINTR)
    ;
  return watched[1].revents == 0;
}

static gboolean
open_inputs (HeddleCommands *self, GError **error)
{
  HeddleInputsOptions inputs = *self->options.inputs;
  HeddleTemplateOptions options = {
    .placeholder = self->options.placeholder,
    .repeat = inputs.per_job > 1,
    .no_shell = self->options.no_shell,
  };

  inputs.before_read = wait_for_input;
  inputs.before_read_data = self;
  self->inputs = heddle_inputs_new (&inputs, error);
  if (self->inputs == NULL)
    return FALSE;
  options.names = heddle_inputs_get_names (self->inputs);
  self->template = heddle_template_new (self->options.command, &options, error);
  return self->template != NULL;
}

/**
 * heddle_commands_new:
 * @options: copied
 * @error: that the inputs cannot be read, or the command cannot be split into words
 *
 * Prepares the jobs of a run. Where what they are depends on all of them, or on an earlier run, all
 * inputs are read here, which waits for them. Any thread, but not the main loop.
 *
 * Returns: (transfer full) (nullable): the data of the run, freed after it
 */
HeddleCommands *
heddle_commands_new (const HeddleCommandsOptions *options, GError **error)
{
  g_autoptr (HeddleCommands) self = g_new0 (HeddleCommands, 1);

  self->options = *options;
  self->stop_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->stop_fd < 0)
    {
      heddle_set_system_error (error, errno, _("The inputs could not be made ready"));
      return NULL;
    }
  if (!open_inputs (self, error))
    return NULL;
  if ((options->known != NULL || heddle_template_needs_total (self->template))
      && !plan (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
heddle_commands_free (HeddleCommands *self)
{
  heddle_clear_fd (&self->stop_fd);
  g_clear_pointer (&self->inputs, heddle_inputs_free);
  g_clear_pointer (&self->template, heddle_template_free);
  g_clear_pointer (&self->jobs, g_ptr_array_unref);
  g_clear_pointer (&self->seqs, g_array_unref);
  g_free (self);
}

/**
 * heddle_commands_stop:
 *
 * The run is stopped: nobody is to wait any longer. To be called when the run's state changes to
 * %HEDDLE_RUN_STOPPING. Any thread.
 */
void
heddle_commands_stop (HeddleCommands *self)
{
  guint64 one = 1;

  (void) !write (self->stop_fd, &one, sizeof one);
}

/**
 * heddle_commands_get_known:
 * @known: (out): how many jobs are known from an earlier run; after heddle_commands_new()
 */
void
heddle_commands_get_known (HeddleCommands *self, HeddleCommandsKnown *known)
{
  *known = self->known;
}

/**
 * heddle_commands_wait_for_stop:
 *
 * So many jobs have failed that the run halts, which it has not heard of yet. Any slot.
 */
void
heddle_commands_wait_for_stop (HeddleCommands *self)
{
  struct pollfd stop = { .fd = self->stop_fd, .events = POLLIN };

  while (poll (&stop, 1, -1) < 0 && errno == EINTR)
    ;
}

/**
 * heddle_commands_get_counts:
 * @counts: (out): how the jobs ended, in this run and in the earlier one; once all have. Any
 * thread.
 */
void
heddle_commands_get_counts (HeddleCommands *self, HeddleJobCounts *counts)
{
  for (guint i = 0; i < HEDDLE_N_JOB_STATES; i++)
    counts->jobs[i] = atomic_load_explicit (&self->ended[i], memory_order_relaxed);
  counts->jobs[HEDDLE_JOB_STATE_DONE] += self->known.done;
  counts->jobs[HEDDLE_JOB_STATE_FAILED] += self->known.failed;
}

/**
 * heddle_commands_get_seq:
 * @task: a task's id
 *
 * Returns: the number of its job
 */
guint32
heddle_commands_get_seq (const HeddleCommands *self, guint64 task)
{
  return self->seqs != NULL ? g_array_index (self->seqs, guint32, task - 1) : (guint32) task;
}

/* Those that were read before the run. */
static void
submit_planned (HeddleCommands *self, HeddleProducer *producer, GString *input)
{
  heddle_producer_set_total (producer, self->jobs->len);
  for (guint i = 0; i < self->jobs->len; i++)
    {
      heddle_commands_encode (self->jobs->pdata[i], input);
      if (!heddle_producer_submit (producer, input->str, (gssize) input->len))
        return;
      g_clear_pointer (&self->jobs->pdata[i], g_free);
    }
}

static gboolean
produce (gpointer data, HeddleProducer *producer, GError **error)
{
  HeddleCommands *self = data;
  g_autoptr (GString) input = g_string_new (NULL);
  g_autoptr (GError) local = NULL;
  guint64 n = 0;

  if (self->jobs != NULL)
    {
      submit_planned (self, producer, input);
      return TRUE;
    }
  for (;;)
    {
      g_autoptr (HeddleArguments) next = heddle_inputs_next (self->inputs, &local);

      if (next == NULL || heddle_producer_is_stopped (producer))
        break;
      heddle_commands_encode (next, input);
      if (!heddle_producer_submit (producer, input->str, (gssize) input->len))
        return TRUE;
      n++;
    }
  heddle_producer_set_total (producer, n);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static void
label (const char *input, char *buffer, gsize size)
{
  g_autofree char *valid = g_utf8_make_valid (input, -1);

  buffer[0] = '\0';
  heddle_utf8_append (buffer, size, valid);
}

const HeddleWorkload heddle_commands_workload = {
  .id = "commands",
  .name = N_("Commands"),
  .summary = N_("Runs a command for each of many values"),
  .nothing = N_("There are no values, so no job."),
  .group = HEDDLE_GROUP_REAL_WORK,
  .backends = HEDDLE_BACKEND_BIT (HEDDLE_BACKEND_COMMANDS),
  .default_backend = HEDDLE_BACKEND_COMMANDS,
  .default_queue = 1000,
  .produce = produce,
  .execute = heddle_commands_execute,
  .input_label = label,
};
