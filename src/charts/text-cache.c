/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/text-cache.h"

/* More texts than ever stand in one chart at a time; past that all are forgotten rather than the
 * oldest looked for. */
#define LIMIT 512

void
heddle_text_cache_init (HeddleTextCache *self, GtkWidget *widget)
{
  self->widget = widget;
  for (guint i = 0; i < HEDDLE_N_TEXTS; i++)
    self->layouts[i] = NULL;
}

/**
 * heddle_text_cache_clear:
 *
 * Forgets all layouts: to be called when the font may have changed, and at the end.
 */
void
heddle_text_cache_clear (HeddleTextCache *self)
{
  for (guint i = 0; i < HEDDLE_N_TEXTS; i++)
    g_clear_pointer (&self->layouts[i], g_hash_table_unref);
}

static PangoLayout *
lay_out (HeddleTextCache *self, HeddleTextKind kind, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (self->widget, text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  if (kind == HEDDLE_TEXT_SMALL)
    pango_attr_list_insert (attributes, pango_attr_scale_new (0.78));
  else
    {
      PangoWeight weight = kind == HEDDLE_TEXT_HEADING ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_MEDIUM;

      pango_attr_list_insert (attributes, pango_attr_weight_new (weight));
      pango_attr_list_insert (attributes, pango_attr_scale_new (0.92));
    }
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);

  return layout;
}

/**
 * heddle_text_cache_get:
 * @kind: how the text is written
 * @text: the text
 * @width: (out) (optional): its width in pixels
 * @height: (out) (optional): its height in pixels
 *
 * Returns: (transfer none): the text's layout, until the next call
 */
PangoLayout *
heddle_text_cache_get (HeddleTextCache *self, HeddleTextKind kind, const char *text, int *width,
                       int *height)
{
  PangoLayout *layout;

  if (self->layouts[kind] == NULL || g_hash_table_size (self->layouts[kind]) >= LIMIT)
    {
      g_clear_pointer (&self->layouts[kind], g_hash_table_unref);
      self->layouts[kind] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
    }

  layout = g_hash_table_lookup (self->layouts[kind], text);
  if (layout == NULL)
    {
      layout = lay_out (self, kind, text);
      g_hash_table_insert (self->layouts[kind], g_strdup (text), layout);
    }
  if (width != NULL || height != NULL)
    pango_layout_get_pixel_size (layout, width, height);

  return layout;
}

/**
 * heddle_text_cache_draw:
 * @snapshot: where to
 * @kind: how the text is written
 * @text: the text
 * @x: left edge
 * @y: upper edge
 * @colour: its colour
 */
void
heddle_text_cache_draw (HeddleTextCache *self, GtkSnapshot *snapshot, HeddleTextKind kind,
                        const char *text, int x, int y, const GdkRGBA *colour)
{
  PangoLayout *layout = heddle_text_cache_get (self, kind, text, NULL, NULL);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, colour);
  gtk_snapshot_restore (snapshot);
}
