/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Read once for all files of the charts: GTK's headers take longer to compile than most of them.
 * Each file includes what it needs all the same: -Db_pch=false compiles without this one. */
#include <gtk/gtk.h>
