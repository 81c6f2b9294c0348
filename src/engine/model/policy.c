/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/model/policy.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "base/parse.h"
#include "engine/model/affinity.h"
#include "engine/model/backend.h"
#include "engine/model/param.h"
#include "engine/model/run-options.h"

const char *const heddle_policy_names[] = { "retries", "timeout",  "halt", "recycle",
                                            "nice",    "affinity", NULL };

static gboolean
parse_seconds (const char *name, const char *value, double max, double *seconds, GError **error)
{
  double number;

  if (!heddle_number_parse (value, &number) || number < 0 || number > max)
    return heddle_refuse (error, _("--%s must be from 0 (no limit) to %g seconds, not “%s”"), name,
                          max, value);
  *seconds = number;
  return TRUE;
}

static gboolean
parse_affinity (HeddleRunOptions *options, const char *value, GError **error)
{
  if (!heddle_affinity_check (value, error))
    return FALSE;
  if (strlen (value) >= sizeof options->affinity)
    return heddle_refuse (error, _("--affinity must be at most %d characters long: use ranges"),
                          HEDDLE_AFFINITY_SIZE - 1);
  g_strlcpy (options->affinity, value, sizeof options->affinity);
  return TRUE;
}

/**
 * heddle_policy_set:
 * @options: where it is set
 * @name: one of heddle_policy_names
 * @value: as on the command line
 *
 * Any thread.
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE, which says what is acceptable
 */
gboolean
heddle_policy_set (HeddleRunOptions *options, const char *name, const char *value, GError **error)
{
  guint nice = 0;

  g_return_val_if_fail (options != NULL && name != NULL && value != NULL, FALSE);

  if (g_str_equal (name, "retries"))
    return heddle_option_parse_count (name, value, 0, HEDDLE_MAX_RETRIES, &options->retries, error);
  if (g_str_equal (name, "timeout"))
    return parse_seconds (name, value, HEDDLE_MAX_TIMEOUT, &options->timeout, error);
  if (g_str_equal (name, "halt"))
    return heddle_halt_parse (&options->halt, value, error);
  if (g_str_equal (name, "recycle"))
    return heddle_option_parse_count (name, value, 0, HEDDLE_MAX_RECYCLE, &options->recycle, error);
  if (g_str_equal (name, "affinity"))
    return parse_affinity (options, value, error);
  g_return_val_if_fail (g_str_equal (name, "nice"), FALSE);
  if (g_str_equal (value, "idle"))
    nice = HEDDLE_NICE_IDLE;
  else if (!heddle_option_parse_count (name, value, 0, HEDDLE_NICE_IDLE - 1, &nice, error))
    return FALSE;
  options->nice = (int) nice;
  return TRUE;
}

/**
 * heddle_policy_parse:
 * @options: where it is set
 * @name: one of heddle_policy_names
 * @value: as somebody has typed it
 *
 * As heddle_policy_set(), for values that are named: no affinity is said by leaving it out, and an
 * empty text is a slip. Any thread.
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE, which says which policy it is, and what is acceptable
 */
gboolean
heddle_policy_parse (HeddleRunOptions *options, const char *name, const char *value, GError **error)
{
  gboolean is_affinity = g_str_equal (name, "affinity");

  if (is_affinity && *value == '\0')
    heddle_affinity_refuse (value, error);
  else if (heddle_policy_set (options, name, value, error))
    return TRUE;
  if (is_affinity)
    g_prefix_error (error, "--affinity: "); /* the others name themselves */
  return FALSE;
}

/**
 * heddle_policy_dup:
 * @name: one of heddle_policy_names
 *
 * Returns: (transfer full): its value, as heddle_policy_set() takes it. Any thread.
 */
char *
heddle_policy_dup (const HeddleRunOptions *options, const char *name)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_return_val_if_fail (options != NULL && name != NULL, NULL);

  if (g_str_equal (name, "retries"))
    return g_strdup_printf ("%u", options->retries);
  if (g_str_equal (name, "timeout"))
    return g_strdup (g_ascii_dtostr (digits, sizeof digits, options->timeout));
  if (g_str_equal (name, "halt"))
    return heddle_halt_dup_text (&options->halt);
  if (g_str_equal (name, "recycle"))
    return g_strdup_printf ("%u", options->recycle);
  if (g_str_equal (name, "affinity"))
    return g_strdup (options->affinity);
  g_return_val_if_fail (g_str_equal (name, "nice"), NULL);
  return options->nice == HEDDLE_NICE_IDLE ? g_strdup ("idle")
                                           : g_strdup_printf ("%d", options->nice);
}

/**
 * heddle_policy_check:
 *
 * Any thread.
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE if a policy is out of range, or not for this backend
 */
gboolean
heddle_policy_check (const HeddleRunOptions *options, GError **error)
{
  const HeddleBackendInfo *info;

  g_return_val_if_fail (options != NULL, FALSE);

  /* by way of their texts, so that there is one place that knows what is acceptable */
  for (guint i = 0; heddle_policy_names[i] != NULL; i++)
    {
      g_autofree char *value = heddle_policy_dup (options, heddle_policy_names[i]);
      HeddleRunOptions ignored = *options;

      if (!heddle_policy_set (&ignored, heddle_policy_names[i], value, error))
        return FALSE;
    }
  if (!(options->retry_delay >= 0 && options->retry_delay <= HEDDLE_MAX_RETRY_DELAY))
    return heddle_refuse (
      error, "%s", _("The delay before a task is tried again must be from 0 to 60 seconds."));
  info = heddle_backend_get_info (options->backend);
  if (options->recycle > 0 && !info->is_process)
    return heddle_refuse (error, "%s",
                          _("Only worker processes can be recycled: choose the backend “processes”, or no recycling"));
  if (options->affinity[0] != '\0' && info->is_loop)
    return heddle_refuse (error, "%s",
                          _("The main loop cannot be bound to CPUs: choose threads or processes, or no affinity"));
  return TRUE;
}

/**
 * heddle_halt_parse:
 * @self: (out): set
 * @text: "never", "soon,fail=3", "now,fail=3", "soon,fail=10%", "now,fail=10%"
 *
 * Any thread.
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE, which says what is acceptable
 */
gboolean
heddle_halt_parse (HeddleHalt *self, const char *text, GError **error)
{
  const char *rest = strchr (text, ',');
  gsize length = rest != NULL ? (gsize) (rest - text) : 0;
  HeddleHalt halt = { HEDDLE_HALT_NEVER };
  g_autofree char *digits = NULL;
  guint64 fail = 0;
  gboolean ok = g_str_equal (text, "never");

  if (!ok && rest != NULL && g_str_has_prefix (rest, ",fail="))
    {
      halt.percent = g_str_has_suffix (rest, "%");
      digits = g_strndup (rest + strlen (",fail="),
                          strlen (rest) - strlen (",fail=") - (halt.percent ? 1 : 0));
      halt.when = length == 3 && strncmp (text, "now", 3) == 0 ? HEDDLE_HALT_NOW : HEDDLE_HALT_SOON;
      ok = (halt.when == HEDDLE_HALT_NOW || (length == 4 && strncmp (text, "soon", 4) == 0))
        && g_ascii_string_to_unsigned (digits, 10, 1, halt.percent ? 100 : HEDDLE_HALT_MAX_FAIL,
                                       &fail, NULL);
    }
  if (!ok)
    return heddle_refuse (error,
                          _("--halt must be never, or now or soon with fail=N or fail=N%% (1 to 100), such as soon,fail=3 or now,fail=10%%, not “%s”"), text);
  halt.fail = (guint) fail;
  *self = halt;
  return TRUE;
}

/**
 * heddle_halt_dup_text:
 *
 * Returns: (transfer full): as heddle_halt_parse() takes it. Any thread.
 */
char *
heddle_halt_dup_text (const HeddleHalt *self)
{
  if (self->when == HEDDLE_HALT_NEVER)
    return g_strdup ("never");
  return g_strdup_printf ("%s,fail=%u%s", self->when == HEDDLE_HALT_NOW ? "now" : "soon",
                          self->fail, self->percent ? "%" : "");
}

/**
 * heddle_halt_is_reached:
 * @n_ended: tasks that are done, failed or lost
 * @n_failed: of them, those that are not done
 *
 * Returns: TRUE if the run is to give up. Any thread.
 */
gboolean
heddle_halt_is_reached (const HeddleHalt *self, guint64 n_ended, guint64 n_failed)
{
  if (self->when == HEDDLE_HALT_NEVER || n_failed == 0)
    return FALSE;
  if (!self->percent)
    return n_failed >= self->fail;
  return n_ended >= HEDDLE_HALT_MIN_ENDED
    && (double) n_failed * 100 >= (double) n_ended * self->fail;
}

/**
 * heddle_halt_explain:
 * @n_ended: as for heddle_halt_is_reached()
 * @n_failed: likewise
 *
 * Returns: (transfer full): which policy has ended the run and why, in a sentence. Any thread.
 */
char *
heddle_halt_explain (const HeddleHalt *self, guint64 n_ended, guint64 n_failed)
{
  g_autofree char *text = heddle_halt_dup_text (self);

  if (self->percent)
    return g_strdup_printf (_("The run was halted by its policy “%s”: %" PRIu64 " of %" PRIu64
                               " ended tasks failed or were lost."),
                            text, n_failed, n_ended);
  return g_strdup_printf (
    dngettext (GETTEXT_PACKAGE,
               "The run was halted by its policy “%s”: %" PRIu64 " task failed or was lost.",
               "The run was halted by its policy “%s”: %" PRIu64 " tasks failed or were lost.",
               n_failed),
    text, n_failed);
}

/**
 * heddle_retry_delay_ns:
 * @first: seconds between the first attempt and the second
 * @attempt: the one that has failed, from 1
 *
 * Returns: nanoseconds until the next attempt: @first, then twice as long each time, up to
 * HEDDLE_RETRY_DELAY_CAP (or @first, where that is longer). Any thread.
 */
gint64
heddle_retry_delay_ns (double first, guint attempt)
{
  double cap = MAX (HEDDLE_RETRY_DELAY_CAP, first);
  double delay = first;

  for (guint i = 1; i < attempt && delay < cap; i++)
    delay *= 2;
  return (gint64) (MIN (delay, cap) * 1e9);
}
