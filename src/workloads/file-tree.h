/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a walk found. */
typedef enum {
  HEDDLE_FOUND_FILE,              /* a regular file */
  HEDDLE_FOUND_UNREADABLE_FOLDER, /* a folder that cannot be read, or not to its end */
  HEDDLE_FOUND_SYMBOLIC_LINK,     /* not followed */
  HEDDLE_FOUND_FIFO,
  HEDDLE_FOUND_SOCKET,
  HEDDLE_FOUND_DEVICE,
  HEDDLE_FOUND_OTHER,
} HeddleFound;

/* @path: relative to the root, "" for the root itself; bytes, no encoding. Returns FALSE to end the
 * walk. */
typedef gboolean (*HeddleFoundFunc) (HeddleFound found, const char *path, gpointer data);

void heddle_file_tree_walk (int root, HeddleFoundFunc func, gpointer data);
int heddle_file_tree_open (int root, const char *path, int flags);

G_END_DECLS
