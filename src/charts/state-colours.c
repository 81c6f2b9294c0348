/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/state-colours.h"

static const struct {
  const char *name; /* as style sheets and legends have it */
  HeddlePattern pattern;
  const char *colours[HEDDLE_N_SCHEMES];
} states[HEDDLE_N_STATE_FILLS] = {
  [HEDDLE_STATE_ON_CPU] = { "on-cpu", HEDDLE_PATTERN_NONE,
                            { "#3584e4", "#3584e4", "#1c71d8", "#3584e4" } },
  [HEDDLE_STATE_READY] = { "ready", HEDDLE_PATTERN_HATCH,
                           { "#f5c211", "#f5c211", "#f5c211", "#f8e45c" } },
  [HEDDLE_STATE_SHARED] = { "lock", HEDDLE_PATTERN_VERTICAL,
                            { "#813d9c", "#c79bf0", "#4a1a6b", "#dcb8ff" } },
  [HEDDLE_STATE_IO] = { "io", HEDDLE_PATTERN_HORIZONTAL,
                        { "#7f96ad", "#8fb0c4", "#6f8fa6", "#93b7cc" } },
  [HEDDLE_STATE_SLEEP] = { "sleep", HEDDLE_PATTERN_BACK_HATCH,
                           { "#b8b6b2", "#716f75", "#9a9996", "#8b8990" } },
  [HEDDLE_STATE_BLOCKED] = { "blocked", HEDDLE_PATTERN_DOTS,
                             { "#e0dfdc", "#48474c", "#d0cfcc", "#55545a" } },
  /* a task of which nothing is known looks like one that ran, as it always has */
  [HEDDLE_STATE_UNKNOWN] = { "busy", HEDDLE_PATTERN_NONE,
                             { "#3584e4", "#3584e4", "#1c71d8", "#3584e4" } },
  [HEDDLE_STATE_FAILED] = { "failed", HEDDLE_PATTERN_CROSS,
                            { "#e01b24", "#e01b24", "#c01c28", "#ed333b" } },
  [HEDDLE_STATE_HOLDING] = { "holding", HEDDLE_PATTERN_NONE,
                             { "#241f31", "#ffffff", "#000000", "#ffffff" } },
};

static const char *const kinds[HEDDLE_N_TASK_KINDS][2] = {
  { "#9a9996", "#9a9996" }, { "#332288", "#3584e4" }, { "#e69f00", "#ff7800" },
  { "#26a269", "#26a269" }, { "#99c1f1", "#99c1f1" }, { "#aa4499", "#813d9c" },
  { "#ddcc77", "#f0e442" }, { "#00695c", "#57e389" },
};

static const char *const bases[HEDDLE_N_SCHEMES] = { "#ffffff", "#1e1e1e", "#ffffff", "#000000" };

/**
 * heddle_state_get_colour:
 *
 * Returns: its fill, as "#rrggbb"
 */
const char *
heddle_state_get_colour (HeddleLaneState state, HeddleScheme scheme)
{
  g_return_val_if_fail (state < HEDDLE_N_STATE_FILLS && scheme < HEDDLE_N_SCHEMES, "#000000");

  return states[state].colours[scheme];
}

/**
 * heddle_state_get_base:
 *
 * Returns: what charts lie on, as "#rrggbb"
 */
const char *
heddle_state_get_base (HeddleScheme scheme)
{
  g_return_val_if_fail (scheme < HEDDLE_N_SCHEMES, "#ffffff");

  return bases[scheme];
}

/**
 * heddle_state_get_name:
 *
 * Returns: what the state is called in style sheets and legends, never translated: "on-cpu"
 */
const char *
heddle_state_get_name (HeddleLaneState state)
{
  g_return_val_if_fail (state < HEDDLE_N_STATE_FILLS, "");

  return states[state].name;
}

/**
 * heddle_state_parse:
 * @name: (nullable): what heddle_state_get_name() says
 *
 * Returns: the state, %HEDDLE_N_STATE_FILLS where no state is called so
 */
HeddleLaneState
heddle_state_parse (const char *name)
{
  for (guint i = 0; i < HEDDLE_N_STATE_FILLS; i++)
    if (g_strcmp0 (states[i].name, name) == 0)
      return (HeddleLaneState) i;
  return HEDDLE_N_STATE_FILLS;
}

/**
 * heddle_state_get_pattern:
 *
 * Returns: what is laid over its fill
 */
HeddlePattern
heddle_state_get_pattern (HeddleLaneState state)
{
  g_return_val_if_fail (state < HEDDLE_N_STATE_FILLS, HEDDLE_PATTERN_NONE);

  return states[state].pattern;
}

/**
 * heddle_kind_get_colour:
 * @kind: below %HEDDLE_N_TASK_KINDS
 *
 * Returns: the fill of tasks of that kind, as "#rrggbb"
 */
const char *
heddle_kind_get_colour (guint kind, HeddleScheme scheme)
{
  g_return_val_if_fail (kind < HEDDLE_N_TASK_KINDS && scheme < HEDDLE_N_SCHEMES, "#000000");

  return kinds[kind][scheme == HEDDLE_SCHEME_DARK || scheme == HEDDLE_SCHEME_DARK_CONTRAST];
}
