/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What tasks of "spend" do: its parameter "what". */
enum {
  STATES_SPIN,  /* that long on a CPU */
  STATES_SLEEP, /* that long */
  STATES_LOCK,  /* take the lock and sleep with it in hand */
  STATES_MIXED, /* half of it on a CPU, half of it asleep */
  STATES_RACE,  /* two at a time meet, then spin */
};

/* What a thread has come to, nanoseconds. */
typedef struct {
  gint64 cpu;
  gint64 delay; /* ready */
  gint64 wall;  /* CLOCK_MONOTONIC */
} StatesOwn;

/* The result of a task: what it measured when it began and when it ended. */
#define STATES_FORMAT                                                                              \
  "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT               \
  " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT

G_END_DECLS
