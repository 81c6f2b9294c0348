/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/draw-budget.h"

/* A frame that comes so long after the round began still belongs to it: windows on other outputs
 * tick at other moments. */
#define ROUND_OPEN (12 * G_GINT64_CONSTANT (1000000))
#define WEIGHT 0.2 /* of the newest round in the moving average */

/**
 * heddle_draw_budget_get:
 *
 * Returns: (transfer none): the budget of the process
 */
HeddleDrawBudget *
heddle_draw_budget_get (void)
{
  static HeddleDrawBudget budget;

  return &budget;
}

/**
 * heddle_draw_budget_follow:
 * @func: called when a round begins; may follow and unfollow
 * @data: for @func
 */
void
heddle_draw_budget_follow (HeddleDrawBudget *self, HeddleDrawRoundFunc func, gpointer data)
{
  GHook *hook;

  if (!self->followers.is_setup)
    g_hook_list_init (&self->followers, sizeof (GHook));
  hook = g_hook_alloc (&self->followers);
  hook->func = (gpointer) func;
  hook->data = data;
  g_hook_append (&self->followers, hook);
}

/**
 * heddle_draw_budget_unfollow:
 * @func: as it was given
 * @data: as it was given
 *
 * Takes one follower back.
 */
void
heddle_draw_budget_unfollow (HeddleDrawBudget *self, HeddleDrawRoundFunc func, gpointer data)
{
  GHook *hook = self->followers.is_setup
    ? g_hook_find_func_data (&self->followers, TRUE, (gpointer) func, data)
    : NULL;

  if (hook != NULL)
    g_hook_destroy_link (&self->followers, hook);
}

/**
 * heddle_draw_interval:
 * @cost: what a round takes, nanoseconds of processor time
 * @fill: of the fullest ring, 0 to 1
 *
 * The rule, see draw-budget.h.
 *
 * Returns: the least time from the beginning of a round to that of the next one, nanoseconds
 */
gint64
heddle_draw_interval (double cost, double fill)
{
  double pressure =
    (fill - HEDDLE_DRAW_FILL_LOW) / (HEDDLE_DRAW_FILL_HIGH - HEDDLE_DRAW_FILL_LOW);
  double least = (double) HEDDLE_DRAW_INTERVAL_MIN, most = (double) HEDDLE_DRAW_INTERVAL_MAX;

  least += CLAMP (pressure, 0, 1) * (most - least);
  return (gint64) CLAMP (cost * HEDDLE_DRAW_SHARE, least, most);
}

/**
 * heddle_draw_budget_get_interval:
 *
 * Returns: the least time from the beginning of this round to that of the next one
 */
gint64
heddle_draw_budget_get_interval (const HeddleDrawBudget *self)
{
  return heddle_draw_interval (MAX (self->average, (double) self->round_cost * WEIGHT), self->fill);
}

/**
 * heddle_draw_budget_set_fill:
 * @fill: how full the fullest ring was when it was read, 0 to 1; 0 while nothing runs
 */
void
heddle_draw_budget_set_fill (HeddleDrawBudget *self, double fill)
{
  self->fill = fill;
}

/**
 * heddle_draw_budget_round:
 * @now: time of the frame
 *
 * Asks whether a live chart may redraw in this frame; begins a new round when its time has come.
 *
 * Returns: the number of the round that is open in this frame (a chart draws once in each), 0: none
 * is
 */
guint64
heddle_draw_budget_round (HeddleDrawBudget *self, gint64 now)
{
  gint64 past = now - self->round_begin;

  if (self->round != 0 && past >= 0 && past < ROUND_OPEN)
    return self->round;

  if (self->round != 0 && past >= 0 && past < heddle_draw_budget_get_interval (self))
    return 0;

  if (self->round_cost > 0)
    self->average += WEIGHT * ((double) self->round_cost - self->average);
  self->round_cost = 0;
  self->round_begin = now;
  self->round++;
  if (self->followers.is_setup)
    g_hook_list_invoke (&self->followers, FALSE);

  return self->round;
}

/**
 * heddle_draw_budget_charge:
 * @cost: processor time that drawing took
 */
void
heddle_draw_budget_charge (HeddleDrawBudget *self, gint64 cost)
{
  self->round_cost += MAX (cost, 0);
}
