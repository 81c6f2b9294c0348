/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <malloc.h>

#include "app/application.h"
#include "base/program.h"
#include "engine/model/processors.h"
#include "trace/clock.h"

#define ARENAS 4096 /* at most; each takes memory only with a thread that uses it */

/*
 * Without a GPU GTK would draw with OpenGL in software, whose threads fight the workers for the
 * processors: a click then takes ten times as long to show. The cairo renderer is the better choice
 * there, unless the user has made one. GTK would load OpenGL all the same when it opens the
 * display, and a compiler with it: 65 MB of the 117 that an idle window had.
 */
static void
choose_renderer (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/dev/dri", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "renderD"))
      return;
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  if (g_strcmp0 (g_getenv ("GSK_RENDERER"), "cairo") == 0)
    g_setenv ("GDK_DEBUG", "gl-disable", FALSE);
}

/*
 * The C library lets threads share an arena of memory once there are eight for each processor. A
 * worker that shares the main loop's, has its lock and is put off the processor, since it gives
 * way, would hold up the window: up to 26 ms were seen, in one frame of a hundred. So each thread
 * has its own.
 */
static void
part_arenas (void)
{
#ifdef M_ARENA_MAX
  mallopt (M_ARENA_MAX, ARENAS);
#endif
}

int
main (int argc, char *argv[])
{
  const char *localedir = g_getenv ("HEDDLE_LOCALEDIR"); /* in the build tree */
  g_autoptr (HeddleApplication) application = NULL;

  heddle_program_init_signals ();
  part_arenas ();
  heddle_clock_init ();
  heddle_processors_get (); /* reads files, which the main loop does not */
  choose_renderer ();

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, localedir != NULL ? localedir : HEDDLE_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_("Heddle"));

  application = heddle_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
