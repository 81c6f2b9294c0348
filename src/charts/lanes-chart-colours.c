/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lanes chart: what the colours of its blocks tell, and which states are shown. */
#include "config.h"

#include "charts/lanes-chart-private.h"

enum { PROP_COLOUR_BY = 1, PROP_SHOWN_STATES, PROP_SORT_LANES, N_PROPS };

static GParamSpec *props[N_PROPS];

GType
heddle_colour_by_get_type (void)
{
  static const GEnumValue values[] = {
    { HEDDLE_COLOUR_BY_STATE, "HEDDLE_COLOUR_BY_STATE", "state" },
    { HEDDLE_COLOUR_BY_OUTCOME, "HEDDLE_COLOUR_BY_OUTCOME", "outcome" },
    { HEDDLE_COLOUR_BY_DURATION, "HEDDLE_COLOUR_BY_DURATION", "duration" },
    { HEDDLE_COLOUR_BY_KIND, "HEDDLE_COLOUR_BY_KIND", "kind" },
    { 0, NULL, NULL },
  };
  static gsize type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("HeddleColourBy", values));
  return type;
}

static void
set_property (GObject *object, guint property_id, const GValue *value, GParamSpec *pspec)
{
  HeddleLanesChart *self = HEDDLE_LANES_CHART (object);

  switch (property_id)
    {
    case PROP_COLOUR_BY:
      heddle_lanes_chart_set_colour_by (self, (HeddleColourBy) g_value_get_enum (value));
      break;
    case PROP_SHOWN_STATES:
      heddle_lanes_chart_set_shown_states (self, g_value_get_uint (value));
      break;
    case PROP_SORT_LANES:
      heddle_lanes_chart_set_sort_lanes (self, (HeddleSortLanes) g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  HeddleLanesChart *self = HEDDLE_LANES_CHART (object);

  switch (property_id)
    {
    case PROP_COLOUR_BY:
      g_value_set_enum (value, (int) self->colours.by);
      break;
    case PROP_SHOWN_STATES:
      g_value_set_uint (value, self->colours.shown);
      break;
    case PROP_SORT_LANES:
      g_value_set_enum (value, (int) self->order.by);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

/* Adds the properties to the class: those of this file, and in which order lanes stand. */
void
heddle_lanes_chart_class_init_properties (GObjectClass *klass)
{
  klass->set_property = set_property;
  klass->get_property = get_property;
  props[PROP_COLOUR_BY] =
    g_param_spec_enum ("colour-by", NULL, NULL, HEDDLE_TYPE_COLOUR_BY, HEDDLE_COLOUR_BY_STATE,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_SHOWN_STATES] =
    g_param_spec_uint ("shown-states", NULL, NULL, 0, HEDDLE_STATES_ALL, HEDDLE_STATES_ALL,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_SORT_LANES] =
    g_param_spec_enum ("sort-lanes", NULL, NULL, HEDDLE_TYPE_SORT_LANES, HEDDLE_SORT_LANES_NUMBER,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (klass, N_PROPS, props);
}

/* Nothing that was drawn is right any more. */
static void
draw_anew (HeddleLanesChart *self, guint property_id)
{
  heddle_lanes_chart_forget_rows (self);
  heddle_chart_invalidate (&self->chart);
  g_object_notify_by_pspec (G_OBJECT (self), props[property_id]);
}

/**
 * heddle_lanes_chart_set_colour_by:
 * @colour_by: what the colour of a block tells
 */
void
heddle_lanes_chart_set_colour_by (HeddleLanesChart *self, HeddleColourBy colour_by)
{
  g_return_if_fail (HEDDLE_IS_LANES_CHART (self));

  if (self->colours.by == colour_by)
    return;
  self->colours.by = colour_by;
  draw_anew (self, PROP_COLOUR_BY);
}

/**
 * heddle_lanes_chart_get_colour_by:
 *
 * Returns: what the colour of a block tells
 */
HeddleColourBy
heddle_lanes_chart_get_colour_by (HeddleLanesChart *self)
{
  g_return_val_if_fail (HEDDLE_IS_LANES_CHART (self), HEDDLE_COLOUR_BY_STATE);

  return self->colours.by;
}

/**
 * heddle_lanes_chart_set_shown_states:
 * @states: a bit (1 << a #HeddleLaneState) for each state that is shown; the others are drawn as a
 * shadow of themselves
 */
void
heddle_lanes_chart_set_shown_states (HeddleLanesChart *self, guint states)
{
  g_return_if_fail (HEDDLE_IS_LANES_CHART (self));

  states &= HEDDLE_STATES_ALL;
  if (self->colours.shown == states)
    return;
  self->colours.shown = states;
  draw_anew (self, PROP_SHOWN_STATES);
}

/**
 * heddle_lanes_chart_get_shown_states:
 *
 * Returns: which states are shown
 */
guint
heddle_lanes_chart_get_shown_states (HeddleLanesChart *self)
{
  g_return_val_if_fail (HEDDLE_IS_LANES_CHART (self), 0);

  return self->colours.shown;
}
