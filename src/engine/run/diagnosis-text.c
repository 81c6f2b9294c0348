/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* What a verdict says: a title, a sentence with its figures, what a click on its cure does, and the
 * figures as numbers. */

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "base/format.h"
#include "engine/model/backend.h"
#include "engine/run/diagnosis.h"

static const struct {
  const char *id; /* in JSON */
  const char *title;
} kinds[HEDDLE_N_VERDICTS] = {
  [HEDDLE_VERDICT_NONE] = { "none", "" },
  [HEDDLE_VERDICT_STARVED] = { "starved", N_("Workers wait for tasks.") },
  [HEDDLE_VERDICT_TOO_FEW] = { "too-few-workers", N_("Fewer workers than processors.") },
  [HEDDLE_VERDICT_CROWDED] = { "too-many-workers", N_("More workers than processors.") },
  [HEDDLE_VERDICT_TOO_SMALL] = { "small-tasks", N_("Tasks are too small.") },
  [HEDDLE_VERDICT_STRAGGLER] = { "straggler", N_("One long task holds the end up.") },
  [HEDDLE_VERDICT_LOCK] = { "lock", N_("Workers wait for a lock.") },
  [HEDDLE_VERDICT_WAITING] = { "waiting", N_("Tasks mostly wait.") },
  [HEDDLE_VERDICT_MAIN_LOOP] = { "main-loop", N_("The main loop does the work.") },
  [HEDDLE_VERDICT_QUOTA] = { "quota", N_("A processor quota holds the work up.") },
};

/**
 * heddle_verdict_get_id:
 *
 * Returns: what the kind is called in JSON
 */
const char *
heddle_verdict_get_id (HeddleVerdictKind kind)
{
  g_return_val_if_fail (kind < HEDDLE_N_VERDICTS, NULL);

  return kinds[kind].id;
}

/**
 * heddle_verdict_dup_title:
 *
 * Returns: (transfer full): what is the matter, as a short sentence
 */
char *
heddle_verdict_dup_title (const HeddleVerdict *self)
{
  return g_strdup (self->kind != HEDDLE_VERDICT_NONE ? _ (kinds[self->kind].title) : "");
}

static void
append_enough (GString *text, guint n)
{
  g_string_append_c (text, ' ');
  g_string_append_printf (text,
                          g_dngettext (GETTEXT_PACKAGE, "%u worker would do the same work.",
                                       "%u workers would do the same work.", n),
                          n);
}

static void
append_crowded (GString *text, const HeddleVerdict *self, const char *share)
{
  g_string_append_printf (
    text, g_dngettext (GETTEXT_PACKAGE, "%u worker shares ", "%u workers share ", self->n_workers),
    self->n_workers);
  g_string_append_printf (
    text, g_dngettext (GETTEXT_PACKAGE, "%u processor: ", "%u processors: ", self->n_processors),
    self->n_processors);
  /* Translators: %s is a share, "58 %" */
  g_string_append_printf (text, _("%s of their time tasks were ready and waited for one."), share);
  append_enough (text, self->n);
}

static void
append_straggler (GString *text, const HeddleVerdict *self)
{
  char ran[HEDDLE_FORMAT_SIZE], median[HEDDLE_FORMAT_SIZE];

  heddle_format_duration (self->task_ns, ran, sizeof ran);
  heddle_format_duration (self->other_ns, median, sizeof median);
  /* Translators: the second %s is the median of the times of all tasks */
  g_string_append_printf (text, _("Task %" PRIu64 " ran for %s, where a task takes %s. "),
                          self->task, ran, median);
  g_string_append_printf (
    text,
    g_dngettext (GETTEXT_PACKAGE, "%u other worker had nothing left to do meanwhile.",
                 "%u other workers had nothing left to do meanwhile.", self->n),
    self->n);
}

static void
append_too_small (GString *text, const HeddleVerdict *self, const char *share)
{
  char task[HEDDLE_FORMAT_SIZE], between[HEDDLE_FORMAT_SIZE];

  heddle_format_duration (self->task_ns, task, sizeof task);
  heddle_format_duration (self->other_ns, between, sizeof between);
  /* Translators: durations, then a share, "58 %" */
  g_string_append_printf (
    text,
    _(
      "A task takes %s, and %s pass before its worker has the next one: workers had no task %s of the time although some were waiting."),
    task, between, share);
}

static void
append_too_few (GString *text, const HeddleVerdict *self)
{
  g_string_append_printf (
    text,
    g_dngettext (GETTEXT_PACKAGE, "%u worker computes all the time, and tasks wait in the queue. ",
                 "%u workers compute all the time, and tasks wait in the queue. ", self->n_workers),
    self->n_workers);
  g_string_append_printf (text,
                          g_dngettext (GETTEXT_PACKAGE, "There is %u processor.",
                                       "There are %u processors.", self->n_processors),
                          self->n_processors);
}

static void
append_holder (GString *text, const HeddleVerdict *self)
{
  const HeddleVerdictObject *object = &self->object;
  char worker[64], held[HEDDLE_FORMAT_SIZE], length[HEDDLE_FORMAT_SIZE];

  heddle_backend_name_worker (self->backend, object->holder, worker, sizeof worker);
  heddle_format_duration (object->holder_ns, length, sizeof length);
  heddle_format_percent (object->held, held, sizeof held);
  g_string_append_c (text, ' ');
  if (object->held > 0)
    /* Translators: a share of time, a worker ("Thread 2"), a length of time */
    g_string_append_printf (text, _("It was held %s of the time, most of it by %s: %s in all."), held, worker,
                            length);
  else
    /* Translators: a worker ("Thread 2"), a length of time */
    g_string_append_printf (text, _("%s held it most: %s in all."), worker, length);
}

static void
append_lock (GString *text, const HeddleVerdict *self, const char *share)
{
  g_string_append_printf (text,
                          g_dngettext (GETTEXT_PACKAGE, "%u worker waited for its turn with “%s”: ",
                                       "%u workers waited for their turn with “%s”: ", self->n),
                          self->n, self->object.name);
  /* Translators: goes on after "3 workers waited for their turn with “list”: "; a share, "58 %" */
  g_string_append_printf (text, _("%s of all time that tasks took."), share);
  if (self->object.is_mutex)
    g_string_append_printf (text, " %s", _("One at a time can hold it."));
  if (self->object.holder != 0)
    append_holder (text, self);
}

/**
 * heddle_verdict_dup_text:
 *
 * Returns: (transfer full): the figures that say so, as sentences
 */
char *
heddle_verdict_dup_text (const HeddleVerdict *self)
{
  GString *text = g_string_new (NULL);
  char share[HEDDLE_FORMAT_SIZE];

  heddle_format_percent (self->share, share, sizeof share);
  switch (self->kind)
    {
    case HEDDLE_VERDICT_STARVED:
      g_string_append_printf (
        text,
        _("They had none %s of the time, as the queue was empty and its producer makes no more."),
        share);
      if (self->cure == HEDDLE_CURE_WORKERS)
        append_enough (text, self->cure_value);
      break;
    case HEDDLE_VERDICT_TOO_FEW:
      append_too_few (text, self);
      break;
    case HEDDLE_VERDICT_CROWDED:
      append_crowded (text, self, share);
      break;
    case HEDDLE_VERDICT_TOO_SMALL:
      append_too_small (text, self, share);
      break;
    case HEDDLE_VERDICT_STRAGGLER:
      append_straggler (text, self);
      break;
    case HEDDLE_VERDICT_LOCK:
      append_lock (text, self, share);
      break;
    case HEDDLE_VERDICT_WAITING:
      g_string_append_printf (
        text,
        _(
          "They slept or waited for input and output %s of their time. "),
        share);
      g_string_append_printf (text,
                              g_dngettext (GETTEXT_PACKAGE,
                                           "%u worker could wait at the same time.",
                                           "%u workers could wait at the same time.", self->n),
                              self->n);
      break;
    case HEDDLE_VERDICT_MAIN_LOOP:
      g_string_append_printf (text, _("Tasks took %s of its time, in which it can answer nobody."),
                              share);
      break;
    case HEDDLE_VERDICT_QUOTA:
      /* Translators: a number of processors, "0.5", and a share, "58 %" */
      g_string_append_printf (
        text, _("The control group may use %.4g CPUs, and was stopped in %s of its periods."),
        self->quota, share);
      break;
    case HEDDLE_VERDICT_NONE:
    case HEDDLE_N_VERDICTS:
    default:
      break;
    }
  return g_string_free (text, FALSE);
}

/**
 * heddle_verdict_dup_cure:
 *
 * Returns: (transfer full) (nullable): what the button is called that applies the cure; NULL:
 * settings cannot cure it
 */
char *
heddle_verdict_dup_cure (const HeddleVerdict *self)
{
  GString *text = g_string_new (NULL);

  switch (self->cure)
    {
    case HEDDLE_CURE_WORKERS:
      g_string_append_printf (
        text, g_dngettext (GETTEXT_PACKAGE, "Try %u Worker", "Try %u Workers", self->cure_value),
        self->cure_value);
      break;
    case HEDDLE_CURE_BACKEND:
      /* Translators: a kind of workers, "Threads" */
      g_string_append_printf (text, _("Try %s"),
                              _ (heddle_backend_get_info ((HeddleBackend) self->cure_value)->name));
      break;
    case HEDDLE_CURE_PREFETCH:
      g_string_append_printf (
        text,
        g_dngettext (GETTEXT_PACKAGE, "Try %u Task Ahead", "Try %u Tasks Ahead", self->cure_value),
        self->cure_value);
      break;
    case HEDDLE_CURE_NONE:
    default:
      g_string_free (text, TRUE);
      return NULL;
    }
  return g_string_free (text, FALSE);
}

static void
add_figure (HeddleVerdictFigure *figures, guint *n, const char *key, double value)
{
  g_assert (*n < HEDDLE_VERDICT_FIGURES);
  figures[(*n)++] = (HeddleVerdictFigure){ key, value };
}

/**
 * heddle_verdict_get_figures:
 * @figures: (out): room for HEDDLE_VERDICT_FIGURES
 *
 * The figures of the sentence as numbers, times in nanoseconds: docs/formats/jsonl.md.
 *
 * Returns: how many were set
 */
guint
heddle_verdict_get_figures (const HeddleVerdict *self, HeddleVerdictFigure *figures)
{
  guint n = 0;

  add_figure (figures, &n, "strength", self->strength);
  add_figure (figures, &n, "share", self->share);
  add_figure (figures, &n, "workers", self->n_workers);
  add_figure (figures, &n, "processors", self->n_processors);
  if (self->n > 0)
    add_figure (figures, &n, self->kind == HEDDLE_VERDICT_LOCK ? "waiters" : "other_workers",
                self->n);
  if (self->task_ns > 0)
    add_figure (figures, &n, "task_ns", (double) self->task_ns);
  if (self->other_ns > 0)
    add_figure (figures, &n, self->kind == HEDDLE_VERDICT_STRAGGLER ? "task_p50_ns" : "between_ns",
                (double) self->other_ns);
  if (self->kind == HEDDLE_VERDICT_STRAGGLER)
    add_figure (figures, &n, "task", (double) self->task);
  else if (self->kind == HEDDLE_VERDICT_QUOTA)
    add_figure (figures, &n, "quota", self->quota);
  if (self->kind != HEDDLE_VERDICT_LOCK || self->object.holder == 0)
    return n;
  if (self->object.held > 0)
    add_figure (figures, &n, "held", self->object.held);
  add_figure (figures, &n, "holder", self->object.holder);
  add_figure (figures, &n, "holder_ns", (double) self->object.holder_ns);
  return n;
}
