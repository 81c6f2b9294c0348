/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a real click to the changed pixel, seen from outside: clicks by XTest into a window of
 * whatever program, and looks at the screen by XShm whenever XDamage says that something was drawn.
 * There is no toolkit in here, and nothing of the program that is measured.
 *
 * Two places are clicked by turns, for example two tabs of one row, since a second click on the
 * same one would change nothing. The pointer goes there first and the screen around it is waited
 * for until it rests: what the pointer changes by coming is not what the click changes. The time
 * ends with the first pixel of that place which is not what it was before the button went down,
 * whatever other parts of the window draw meanwhile.
 *
 * It runs before everything else where it may (SCHED_FIFO): it sleeps nearly always, and what is
 * measured is the other program, not when this one gets a processor.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <time.h>

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <X11/extensions/XTest.h>
#include <X11/extensions/Xdamage.h>

#define N_PLACES 2
#define MS 1000000LL
#define REST_NS (120 * MS)       /* so long nothing has changed: it rests */
#define REST_MAX_NS (5000 * MS)  /* it never does; then it is clicked all the same */
#define ANSWER_MAX_NS (10000 * MS)
#define SPREAD_NS (50 * MS)      /* clicks come at any phase of the frames */

typedef struct {
  int x, y, width, height; /* on the screen; the middle is clicked */
} Place;

typedef struct {
  Display *display;
  Window root;
  int damage_event;
  Damage damage;
  XShmSegmentInfo segment;
  XImage *images[N_PLACES];
  char *before; /* what the place looked like */
  Place places[N_PLACES];
} Probe;

static long long
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void
die (const char *what)
{
  fprintf (stderr, "click-probe: %s\n", what);
  exit (1);
}

/* Reads the place's pixels from the screen. */
static void
look (Probe *self, int at)
{
  if (!XShmGetImage (self->display, self->root, self->images[at], self->places[at].x,
                     self->places[at].y, AllPlanes))
    die ("the screen cannot be read there");
}

static size_t
count_bytes (const Probe *self, int at)
{
  return (size_t) self->images[at]->bytes_per_line * (size_t) self->images[at]->height;
}

static void
keep (Probe *self, int at)
{
  memcpy (self->before, self->images[at]->data, count_bytes (self, at));
}

static int
has_changed (const Probe *self, int at)
{
  return memcmp (self->before, self->images[at]->data, count_bytes (self, at)) != 0;
}

/* Waits until something has been drawn anywhere, or until then. */
static int
wait_for_drawing (Probe *self, long long until)
{
  int drawn = 0;

  for (;;)
    {
      struct pollfd fd = { ConnectionNumber (self->display), POLLIN, 0 };
      long long left = until - now_ns ();
      struct timespec timeout = { left / 1000000000, left % 1000000000 };

      while (XPending (self->display) > 0)
        {
          XEvent event;

          XNextEvent (self->display, &event);
          drawn |= event.type == self->damage_event;
        }
      if (drawn)
        {
          XDamageSubtract (self->display, self->damage, None, None);
          return 1;
        }
      if (left <= 0)
        return 0;
      if (ppoll (&fd, 1, &timeout, NULL) < 0 && errno != EINTR)
        die ("the X server has gone");
    }
}

/* Until the place has looked the same for a while. */
static void
wait_for_rest (Probe *self, int at)
{
  long long begin = now_ns (), since = begin;

  look (self, at);
  keep (self, at);
  while (now_ns () - since < REST_NS && now_ns () - begin < REST_MAX_NS)
    {
      if (!wait_for_drawing (self, since + REST_NS))
        break;
      look (self, at);
      if (!has_changed (self, at))
        continue;
      keep (self, at);
      since = now_ns ();
    }
}

/* Clicks there. Returns nanoseconds until the place looked different; -1: it never did. */
static long long
click (Probe *self, int at)
{
  const Place *place = &self->places[at];
  struct timespec spread = { 0, rand () % SPREAD_NS };
  long long begin;

  XTestFakeMotionEvent (self->display, -1, place->x + place->width / 2,
                        place->y + place->height / 2, CurrentTime);
  XSync (self->display, False);
  wait_for_rest (self, at);
  nanosleep (&spread, NULL);
  look (self, at);
  keep (self, at);

  begin = now_ns ();
  XTestFakeButtonEvent (self->display, 1, True, CurrentTime);
  XTestFakeButtonEvent (self->display, 1, False, CurrentTime);
  XFlush (self->display);
  while (wait_for_drawing (self, begin + ANSWER_MAX_NS))
    {
      look (self, at);
      if (has_changed (self, at))
        return now_ns () - begin;
    }
  return -1;
}

/* One segment of memory holds the picture of either place. */
static void
share_memory (Probe *self)
{
  int screen = DefaultScreen (self->display);
  size_t size = 0;

  for (int i = 0; i < N_PLACES; i++)
    {
      self->images[i] =
        XShmCreateImage (self->display, DefaultVisual (self->display, screen),
                         (unsigned) DefaultDepth (self->display, screen), ZPixmap, NULL,
                         &self->segment, (unsigned) self->places[i].width,
                         (unsigned) self->places[i].height);
      if (self->images[i] == NULL)
        die ("there is no memory for a picture");
      if (count_bytes (self, i) > size)
        size = count_bytes (self, i);
    }
  self->before = malloc (size);
  self->segment.shmid = shmget (IPC_PRIVATE, size, IPC_CREAT | 0600);
  self->segment.shmaddr = self->segment.shmid >= 0 ? shmat (self->segment.shmid, NULL, 0) : NULL;
  if (self->before == NULL || self->segment.shmid < 0 || self->segment.shmaddr == (char *) -1)
    die ("there is no shared memory");
  XShmAttach (self->display, &self->segment);
  XSync (self->display, False);
  /* it goes with the last of the two that are attached */
  shmctl (self->segment.shmid, IPC_RMID, NULL);
  for (int i = 0; i < N_PLACES; i++)
    self->images[i]->data = self->segment.shmaddr;
}

static void
probe_open (Probe *self)
{
  int event, error, major, minor;

  self->display = XOpenDisplay (NULL);
  if (self->display == NULL)
    die ("there is no display");
  if (!XTestQueryExtension (self->display, &event, &error, &major, &minor)
      || !XShmQueryExtension (self->display)
      || !XDamageQueryExtension (self->display, &event, &error))
    die ("the X server lacks XTEST, MIT-SHM or DAMAGE");
  self->damage_event = event + XDamageNotify;
  self->root = DefaultRootWindow (self->display);
  self->damage = XDamageCreate (self->display, self->root, XDamageReportNonEmpty);
  share_memory (self);
}

static int
usage (FILE *file)
{
  fprintf (file,
           "Usage: click-probe CLICKS X,Y,WIDTH,HEIGHT X,Y,WIDTH,HEIGHT\n"
           "Clicks so many times into the two places of the screen by turns, and prints for each\n"
           "click after how many microseconds that place looked different (-1: not within 10 s).\n"
           "DISPLAY says where. bench/click-bench.py calls it.\n");
  return file == stdout ? 0 : 2;
}

int
main (int argc, char **argv)
{
  struct sched_param first = { .sched_priority = 1 };
  Probe probe = { 0 };
  int n_clicks;

  if (argc == 2 && strcmp (argv[1], "--help") == 0)
    return usage (stdout);
  if (argc != 2 + N_PLACES || (n_clicks = atoi (argv[1])) < 1)
    return usage (stderr);
  for (int i = 0; i < N_PLACES; i++)
    {
      Place *place = &probe.places[i];

      if (sscanf (argv[2 + i], "%d,%d,%d,%d", &place->x, &place->y, &place->width, &place->height)
            != 4
          || place->width < 1 || place->height < 1)
        return usage (stderr);
    }
  if (sched_setscheduler (0, SCHED_FIFO, &first) != 0)
    fprintf (stderr, "click-probe: not allowed to run first: its own delays are in the figures\n");
  probe_open (&probe);
  for (int i = 0; i < n_clicks; i++)
    {
      long long took = click (&probe, i % N_PLACES);

      printf ("%lld\n", took < 0 ? -1 : took / 1000);
      fflush (stdout);
    }
  XCloseDisplay (probe.display);
  return 0;
}
