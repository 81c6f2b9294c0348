/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/on-screen.h"

static void
update (HeddleOnScreen *self)
{
  gboolean minimised = GDK_IS_TOPLEVEL (self->surface)
    && (gdk_toplevel_get_state (GDK_TOPLEVEL (self->surface)) & GDK_TOPLEVEL_STATE_MINIMIZED) != 0;
  gboolean seen = self->surface != NULL && !minimised;

  if (seen == self->seen)
    return;
  self->seen = seen;
  self->changed (self->data);
}

static void
state_changed (GdkSurface *surface, GParamSpec *pspec, gpointer data)
{
  update (data);
}

/**
 * heddle_on_screen_init:
 * @widget: whose part it is; not mapped
 * @changed: called when the widget becomes seen or unseen
 * @data: for @changed
 */
void
heddle_on_screen_init (HeddleOnScreen *self, GtkWidget *widget, HeddleOnScreenFunc changed,
                       gpointer data)
{
  *self = (HeddleOnScreen) { .widget = widget, .changed = changed, .data = data };
}

/**
 * heddle_on_screen_map:
 *
 * To be called by the map vfunc, after the parent's.
 */
void
heddle_on_screen_map (HeddleOnScreen *self)
{
  if (self->surface != NULL)
    return;
  self->surface = g_object_ref (gtk_native_get_surface (gtk_widget_get_native (self->widget)));
  if (GDK_IS_TOPLEVEL (self->surface))
    g_signal_connect (self->surface, "notify::state", G_CALLBACK (state_changed), self);
  update (self);
}

/**
 * heddle_on_screen_unmap:
 *
 * To be called by the unmap vfunc, before the parent's.
 */
void
heddle_on_screen_unmap (HeddleOnScreen *self)
{
  if (self->surface == NULL)
    return;
  g_signal_handlers_disconnect_by_func (self->surface, state_changed, self);
  g_clear_object (&self->surface);
  update (self);
}
