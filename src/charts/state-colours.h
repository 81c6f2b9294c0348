/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What a stretch of a lane is drawn as, without GTK: its colour and the pattern laid over it.
 *
 * People who see fewer colours have to tell any two of these apart, in light and dark. The fills
 * were chosen with the matrices of Machado, Oliveira and Fernandes (2009) for complete protanopia,
 * deuteranopia and tritanopia: any two differ by %HEDDLE_STATE_MIN_DIFFERENCE at least in CIE76,
 * simulated or not, and from what they lie on by %HEDDLE_STATE_MIN_CONTRAST; a unit test holds it.
 * Who sees no colours at all has the patterns, of which no two are the same.
 */
#define HEDDLE_STATE_MIN_DIFFERENCE 12
#define HEDDLE_STATE_MIN_CONTRAST 10

typedef enum {
  HEDDLE_STATE_ON_CPU,
  HEDDLE_STATE_READY,
  HEDDLE_STATE_SHARED,  /* waits for what workers share: a lock, a queue, a barrier ... */
  HEDDLE_STATE_IO,
  HEDDLE_STATE_SLEEP,
  HEDDLE_STATE_BLOCKED, /* for a reason that is not known */
  HEDDLE_STATE_UNKNOWN, /* in a task; no more is known */
  HEDDLE_N_STATES,
  /* these two are no parts of a task's time, but can be hidden as the states can be */
  HEDDLE_STATE_FAILED = HEDDLE_N_STATES,
  HEDDLE_STATE_HOLDING,
  HEDDLE_N_STATE_FILLS
} HeddleLaneState;

#define HEDDLE_STATES_ALL ((1u << HEDDLE_N_STATE_FILLS) - 1)

#define HEDDLE_LANE_TONES 8 /* steps of durations */

/* Tasks of so many kinds are told apart by their colours; 0: of any other kind, or of several. Any
 * two differ by more than states do, see above. */
#define HEDDLE_N_TASK_KINDS 8
#define HEDDLE_KIND_MIN_DIFFERENCE 15

typedef enum {
  HEDDLE_PATTERN_NONE,
  HEDDLE_PATTERN_HATCH,      /* lines from lower left to upper right */
  HEDDLE_PATTERN_VERTICAL,
  HEDDLE_PATTERN_HORIZONTAL,
  HEDDLE_PATTERN_BACK_HATCH, /* lines from upper left to lower right, far apart */
  HEDDLE_PATTERN_DOTS,
  HEDDLE_PATTERN_CROSS,      /* both hatches */
  HEDDLE_N_PATTERNS
} HeddlePattern;

#define HEDDLE_PATTERN_PERIOD 24 /* pixels after which every pattern repeats, both ways */

typedef enum {
  HEDDLE_SCHEME_LIGHT,
  HEDDLE_SCHEME_DARK,
  HEDDLE_SCHEME_LIGHT_CONTRAST,
  HEDDLE_SCHEME_DARK_CONTRAST,
  HEDDLE_N_SCHEMES
} HeddleScheme;

const char *heddle_state_get_colour (HeddleLaneState state, HeddleScheme scheme);
const char *heddle_state_get_base (HeddleScheme scheme);
const char *heddle_state_get_name (HeddleLaneState state);
HeddleLaneState heddle_state_parse (const char *name);
HeddlePattern heddle_state_get_pattern (HeddleLaneState state);
const char *heddle_kind_get_colour (guint kind, HeddleScheme scheme);

/* Whether the pattern has a line at that pixel; neither is below 0. */
static inline gboolean
heddle_pattern_has (HeddlePattern pattern, guint x, guint y)
{
  switch (pattern)
    {
    case HEDDLE_PATTERN_HATCH:
      return (x + y) % 4 == 0;
    case HEDDLE_PATTERN_VERTICAL:
      return x % 3 == 0;
    case HEDDLE_PATTERN_HORIZONTAL:
      return y % 4 == 1;
    case HEDDLE_PATTERN_BACK_HATCH:
      return (x + HEDDLE_PATTERN_PERIOD - y % HEDDLE_PATTERN_PERIOD) % 8 == 0;
    case HEDDLE_PATTERN_DOTS:
      return y % 3 == 1 && (x + y) % 4 == 0;
    case HEDDLE_PATTERN_CROSS:
      return (x + y) % 6 == 0 || (x + HEDDLE_PATTERN_PERIOD - y % HEDDLE_PATTERN_PERIOD) % 6 == 0;
    case HEDDLE_PATTERN_NONE:
    case HEDDLE_N_PATTERNS:
    default:
      return FALSE;
    }
}

G_END_DECLS
