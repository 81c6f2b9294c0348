/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A small frame around one control, with what it is called in front and, where it has one, its unit behind: "Workers 4 − +". */
#define HEDDLE_TYPE_CAPSULE (heddle_capsule_get_type ())
G_DECLARE_FINAL_TYPE (HeddleCapsule, heddle_capsule, HEDDLE, CAPSULE, GtkWidget)

GtkWidget *heddle_capsule_new (const char *label, const char *unit, const char *description, GtkWidget *child);

G_END_DECLS
