/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "engine/model/param.h"
#include "engine/model/workload.h"

/* One value, in every form in which it is asked for. */
typedef struct {
  char *text;    /* as a --set takes it */
  double number; /* NUMBER: the value; SWITCH: 0 or 1; CHOICE: which */
} Value;

struct _HeddleSettings {
  const HeddleWorkload *workload;
  Value values[]; /* one a parameter, in the workload's order */
};

/**
 * heddle_param_get_step:
 * @self: a number parameter
 *
 * Returns: by how much a click changes it, 1 or more if it takes whole numbers only. Any thread.
 */
double
heddle_param_get_step (const HeddleParam *self)
{
  return self->step > 0 ? self->step : 1;
}

/**
 * heddle_settings_new:
 * @workload: a workload
 *
 * Returns: (transfer full): its parameters with their initial values. Any thread.
 */
HeddleSettings *
heddle_settings_new (const HeddleWorkload *workload)
{
  HeddleSettings *self;

  g_return_val_if_fail (workload != NULL, NULL);

  self = g_malloc0 (sizeof (HeddleSettings) + workload->n_params * sizeof (Value));
  self->workload = workload;
  for (guint i = 0; i < workload->n_params; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!heddle_settings_set (self, workload->params[i].name, workload->params[i].initial,
                                &error))
        g_error ("workload %s: initial value: %s", workload->id, error->message);
    }
  return self;
}

/**
 * heddle_settings_copy:
 *
 * Returns: (transfer full): a copy of @self
 */
HeddleSettings *
heddle_settings_copy (const HeddleSettings *self)
{
  HeddleSettings *copy;
  gsize size;

  g_return_val_if_fail (self != NULL, NULL);

  size = sizeof (HeddleSettings) + self->workload->n_params * sizeof (Value);
  copy = g_malloc (size);
  memcpy (copy, self, size);
  for (guint i = 0; i < self->workload->n_params; i++)
    copy->values[i].text = g_strdup (self->values[i].text);
  return copy;
}

/**
 * heddle_settings_free:
 * @self: (transfer full) (nullable): settings
 */
void
heddle_settings_free (HeddleSettings *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->workload->n_params; i++)
    g_free (self->values[i].text);
  g_free (self);
}

/**
 * heddle_settings_get_workload:
 *
 * Returns: (transfer none): whose parameters these are
 */
const HeddleWorkload *
heddle_settings_get_workload (const HeddleSettings *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->workload;
}

/* The place of a parameter, or -1. */
static int
find_param (const HeddleSettings *self, const char *name)
{
  for (guint i = 0; i < self->workload->n_params; i++)
    if (g_str_equal (self->workload->params[i].name, name))
      return (int) i;
  return -1;
}

static gboolean
set_number (const HeddleParam *param, const char *value, Value *out, GError **error)
{
  gboolean whole = heddle_param_get_step (param) >= 1;
  double number;

  if (!heddle_number_parse (value, &number) || number < param->min || number > param->max
      || (whole && number != floor (number)))
    {
      g_autofree char *min = heddle_number_dup (param->min);
      g_autofree char *max = heddle_number_dup (param->max);

      return heddle_refuse (error,
                            whole ? _("“%s” must be a whole number from %s to %s, not “%s”")
                                  : _("“%s” must be a number from %s to %s, not “%s”"),
                            param->name, min, max, value);
    }
  out->number = number == 0 ? 0 : number; /* no "-0" */
  out->text = heddle_number_dup (out->number);
  return TRUE;
}

static gboolean
set_choice (const HeddleParam *param, const char *value, Value *out, GError **error)
{
  g_autofree char *list = NULL;

  for (guint i = 0; param->choices[i] != NULL; i++)
    if (g_str_equal (param->choices[i], value))
      {
        out->number = i;
        out->text = g_strdup (value);
        return TRUE;
      }
  list = g_strjoinv (", ", (char **) param->choices);
  return heddle_refuse (error, _("“%s” must be one of %s, not “%s”"), param->name, list, value);
}

static gboolean
set_switch (const HeddleParam *param, const char *value, Value *out, GError **error)
{
  static const char *const words[] = { "off", "on", "no", "yes", "false", "true", "0", "1" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_ascii_strcasecmp (words[i], value) == 0)
      {
        out->number = i % 2;
        out->text = g_strdup (words[i % 2]);
        return TRUE;
      }
  return heddle_refuse (error, _("“%s” must be on or off, not “%s”"), param->name, value);
}

/* Only the name is checked here; the workload says whether the folder exists. */
static gboolean
set_folder (const HeddleParam *param, const char *value, Value *out, GError **error)
{
  if (*value == '\0')
    return heddle_refuse (error, _("“%s” must be a folder, not empty"), param->name);
  /* no shell does it behind "folder=" */
  if (value[0] == '~' && (value[1] == '\0' || value[1] == '/'))
    out->text = g_strconcat (g_get_home_dir (), value + 1, NULL);
  else
    out->text = g_strdup (value);
  return TRUE;
}

static gboolean
set_text (const HeddleParam *param, const char *value, Value *out, GError **error)
{
  if (!g_utf8_validate (value, -1, NULL))
    return heddle_refuse (error, _("“%s” must be text in UTF-8, not “%s”"), param->name, value);
  out->text = g_strdup (value);
  return TRUE;
}

static gboolean (*const setters[]) (const HeddleParam *, const char *, Value *, GError **) = {
  [HEDDLE_PARAM_NUMBER] = set_number, [HEDDLE_PARAM_CHOICE] = set_choice,
  [HEDDLE_PARAM_FOLDER] = set_folder, [HEDDLE_PARAM_TEXT] = set_text,
  [HEDDLE_PARAM_SWITCH] = set_switch,
};

static gboolean
set_unknown (const HeddleSettings *self, const char *name, GError **error)
{
  const HeddleWorkload *workload = self->workload;
  g_autoptr (GString) list = g_string_new (NULL);

  if (workload->n_params == 0)
    return heddle_refuse (error, _("“%s” has no parameters, so it has none called “%s”"),
                          workload->id, name);
  for (guint i = 0; i < workload->n_params; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", workload->params[i].name);
  return heddle_refuse (error, _("“%s” has no parameter called “%s”. Its parameters are: %s"),
                        workload->id, name, list->str);
}

/**
 * heddle_settings_set:
 * @name: a parameter's name
 * @value: its new value, as text: numbers with a point whatever the locale, switches as "on" or
 * "off", choices by id; a folder that begins with "~/" is looked for in the user's home
 *
 * Sets one parameter. If @value is not acceptable, @self stays as it was and @error
 * (%HEDDLE_ERROR_USAGE) says what is.
 *
 * Returns: whether @value was acceptable
 */
gboolean
heddle_settings_set (HeddleSettings *self, const char *name, const char *value, GError **error)
{
  const HeddleParam *param;
  Value new_value = { NULL, 0 };
  int i;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  i = find_param (self, name);
  if (i < 0)
    return set_unknown (self, name, error);
  param = &self->workload->params[i];
  g_return_val_if_fail ((guint) param->type < G_N_ELEMENTS (setters), FALSE);
  if (!setters[param->type](param, value, &new_value, error))
    return FALSE;
  g_free (self->values[i].text);
  self->values[i] = new_value;
  return TRUE;
}

/**
 * heddle_settings_parse:
 * @assignment: "NAME=VALUE", as after --set
 *
 * Sets one parameter, as heddle_settings_set().
 *
 * Returns: whether it was acceptable
 */
gboolean
heddle_settings_parse (HeddleSettings *self, const char *assignment, GError **error)
{
  g_autofree char *name = NULL;
  const char *equals;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (assignment != NULL, FALSE);

  equals = strchr (assignment, '=');
  if (equals == NULL || equals == assignment)
    return heddle_refuse (error, _("a parameter must be set as NAME=VALUE, not as “%s”"),
                          assignment);
  name = g_strndup (assignment, (gsize) (equals - assignment));
  return heddle_settings_set (self, name, equals + 1, error);
}

static const Value *
find_value (const HeddleSettings *self, const char *name)
{
  int i = find_param (self, name);

  if (i < 0)
    g_critical ("workload %s has no parameter “%s”", self->workload->id, name);
  return i < 0 ? NULL : &self->values[i];
}

/**
 * heddle_settings_get:
 * @name: a parameter of the workload
 *
 * Returns: (transfer none): its value as heddle_settings_set() takes it, until it is set again
 */
const char *
heddle_settings_get (const HeddleSettings *self, const char *name)
{
  const Value *value;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  value = find_value (self, name);
  return value != NULL ? value->text : NULL;
}

/**
 * heddle_settings_get_number:
 * @name: a number, a switch or a choice among the parameters of the workload
 *
 * Returns: its value, in the parameter's range and unit; 1 if the switch is on; the place of the
 * chosen one among the choices, from 0
 */
double
heddle_settings_get_number (const HeddleSettings *self, const char *name)
{
  const Value *value;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (name != NULL, 0);

  value = find_value (self, name);
  return value != NULL ? value->number : 0;
}

/* How many nanoseconds a unit of time has; 1 for any other unit. */
static double
get_ns (const char *unit)
{
  static const struct {
    const char *unit;
    double ns;
  } times[] = { { "s", 1e9 }, { "ms", 1e6 }, { "µs", 1e3 } };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    if (g_strcmp0 (unit, times[i].unit) == 0)
      return times[i].ns;
  return 1;
}

/**
 * heddle_settings_open:
 *
 * Allocates data of the workload's data_size, filled with zeros, and stores each parameter in its
 * field. That is all that most workloads need when they are opened; an open() that has to do or
 * check more begins with this. Any thread.
 *
 * Returns: (transfer full): the data, g_free()
 */
gpointer
heddle_settings_open (const HeddleSettings *self, GError **error)
{
  guint8 *data = g_malloc0 (self->workload->data_size);

  for (guint i = 0; i < self->workload->n_params; i++)
    {
      const HeddleParam *param = &self->workload->params[i];
      gpointer field = data + param->field.offset;
      double number = self->values[i].number;

      switch (param->field.kind)
        {
        case HEDDLE_FIELD_UINT:
          *(guint *) field = (guint) number;
          break;
        case HEDDLE_FIELD_UINT64:
          *(guint64 *) field = (guint64) number;
          break;
        case HEDDLE_FIELD_NS:
          *(gint64 *) field = llround (number * get_ns (param->unit));
          break;
        case HEDDLE_FIELD_DOUBLE:
          *(double *) field = number;
          break;
        case HEDDLE_FIELD_NONE:
        default:
          break;
        }
    }
  return data;
}

/**
 * heddle_settings_to_argv:
 *
 * Returns: (transfer full): the settings as arguments of a command line: "--set", "name=value" for
 * every parameter; NULL-terminated, g_strfreev(). Values may hold bytes that are no UTF-8
 * (folders).
 */
char **
heddle_settings_to_argv (const HeddleSettings *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->workload->n_params; i++)
    {
      g_autofree char *assignment =
        g_strdup_printf ("%s=%s", self->workload->params[i].name, self->values[i].text);

      g_strv_builder_add_many (builder, "--set", assignment, NULL);
    }
  return g_strv_builder_end (builder);
}

/**
 * heddle_settings_check_order:
 * @less: a number parameter of the workload: the least of something
 * @more: another one: the most of it
 *
 * For a workload's open(). Any thread.
 *
 * Returns: FALSE with HEDDLE_ERROR_USAGE where @less is more than @more
 */
gboolean
heddle_settings_check_order (const HeddleSettings *self, const char *less, const char *more,
                             GError **error)
{
  if (heddle_settings_get_number (self, less) <= heddle_settings_get_number (self, more))
    return TRUE;
  return heddle_refuse (error,
                        _("“%s” must not be greater than “%s”, but their values are %s and %s"),
                        less, more, heddle_settings_get (self, less),
                        heddle_settings_get (self, more));
}
