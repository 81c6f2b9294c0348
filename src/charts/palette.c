/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "charts/palette.h"

/*
 * Colours the charts have where the application's style sheet says nothing. They stand below every
 * other style sheet; the named colours that the lanes and the pulse look up are listed in chart.h.
 */
static const char fallback_css[] =
  "areachart { color: #3584e4; }"
  "areachart.throughput { color: #2ec27e; }"
  "areachart.queue { color: #e5a50a; }"
  "barschart { color: #9c52b8; }"
  "histogramchart { color: #9c52b8; }"
  "laneschart:focus-visible, areachart:focus-visible, histogramchart:focus-visible {"
  "  outline: 2px solid alpha(#3584e4, 0.6); outline-offset: 2px; border-radius: 4px; }";

/**
 * heddle_palette_install:
 * @widget: a chart
 *
 * Gives the widget's display the charts' default colours, once.
 */
void
heddle_palette_install (GtkWidget *widget)
{
  GdkDisplay *display = gtk_widget_get_display (widget);
  g_autoptr (GtkCssProvider) provider = NULL;

  if (g_object_get_data (G_OBJECT (display), "heddle-charts-css") != NULL)
    return;

  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_data (provider, fallback_css, -1);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_FALLBACK);
  g_object_set_data (G_OBJECT (display), "heddle-charts-css", GINT_TO_POINTER (TRUE));
}

static GdkRGBA
look_up (GtkStyleContext *style, const char *name, const char *fallback)
{
  GdkRGBA colour;

  if (!gtk_style_context_lookup_color (style, name, &colour))
    gdk_rgba_parse (&colour, fallback);
  return colour;
}

/* Takes the first of two names that the theme knows: an own one of the application, then one of
 * libadwaita's. */
static GdkRGBA
look_up_two (GtkStyleContext *style, const char *own, const char *name, const char *fallback)
{
  GdkRGBA colour;

  if (gtk_style_context_lookup_color (style, own, &colour))
    return colour;
  return look_up (style, name, fallback);
}

GdkRGBA
heddle_palette_mix (const GdkRGBA *a, const GdkRGBA *b, float share)
{
  return (GdkRGBA) {
    a->red + (b->red - a->red) * share, a->green + (b->green - a->green) * share,
    a->blue + (b->blue - a->blue) * share, a->alpha + (b->alpha - a->alpha) * share,
  };
}

GdkRGBA
heddle_palette_fade (const GdkRGBA *colour, float alpha)
{
  GdkRGBA faded = *colour;

  faded.alpha *= alpha;
  return faded;
}

/**
 * heddle_palette_get_tone:
 * @tone: a step of durations, below %HEDDLE_LANE_TONES
 *
 * Returns: the colour of tasks that took so long: the longer, the stronger
 */
GdkRGBA
heddle_palette_get_tone (const HeddlePalette *self, guint tone)
{
  const GdkRGBA *full = &self->states[HEDDLE_STATE_ON_CPU];
  float share = (float) tone / (HEDDLE_LANE_TONES - 1);

  return share < 0.5f ? heddle_palette_mix (&self->base, full, 0.3f + 1.4f * share)
                      : heddle_palette_mix (full, &self->text, 1.2f * (share - 0.5f));
}

/* "on-cpu" is looked up as "heddle_state_on_cpu_color". A style sheet for high contrast says so by a
 * colour of that name. */
static void
look_up_states (HeddlePalette *self, GtkStyleContext *style, gboolean dark)
{
  HeddleScheme scheme = dark ? HEDDLE_SCHEME_DARK : HEDDLE_SCHEME_LIGHT;
  const GdkRGBA black = { 0, 0, 0, 1 }, white = { 1, 1, 1, 1 };
  GdkRGBA colour;

  if (gtk_style_context_lookup_color (style, "heddle_high_contrast_color", &colour))
    scheme = dark ? HEDDLE_SCHEME_DARK_CONTRAST : HEDDLE_SCHEME_LIGHT_CONTRAST;
  for (guint i = 0; i < HEDDLE_N_TASK_KINDS; i++)
    gdk_rgba_parse (&self->kinds[i], heddle_kind_get_colour (i, scheme));
  for (guint i = 0; i < HEDDLE_N_STATE_FILLS; i++)
    {
      HeddleLaneState state = (HeddleLaneState) i;
      char name[64];
      gboolean dark_lines;
      float bright;

      g_snprintf (name, sizeof name, "heddle_state_%s_color", heddle_state_get_name (state));
      g_strdelimit (name, "-", '_');
      self->states[i] = look_up (style, name, heddle_state_get_colour (state, scheme));
      bright = 0.3f * self->states[i].red + 0.6f * self->states[i].green
        + 0.1f * self->states[i].blue;
      /* in red dark lines: bright stripes are those of lost tasks */
      dark_lines = bright > 0.45f || state == HEDDLE_STATE_FAILED;
      self->lines[i] = heddle_palette_mix (&self->states[i], dark_lines ? &black : &white,
                                           scheme < HEDDLE_SCHEME_LIGHT_CONTRAST ? 0.25f : 0.5f);
    }
}

/**
 * heddle_palette_init:
 * @self: (out): the colours
 * @widget: a chart
 */
void
heddle_palette_init (HeddlePalette *self, GtkWidget *widget)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA foreground, colour;
  gboolean dark;

  gtk_style_context_get_color (style, &self->text);
  foreground = look_up (style, "view_fg_color", "#2e3436");
  dark = foreground.red + foreground.green + foreground.blue > 1.5f;

  /* 4.5 to 1 on what it lies on, as small letters need */
  self->dim = heddle_palette_fade (&foreground, 0.72f);
  if (gtk_style_context_lookup_color (style, "heddle_small_print_color", &colour))
    self->dim = colour;
  self->grid = heddle_palette_fade (&foreground, dark ? 0.10f : 0.08f);
  self->base = look_up (style, "view_bg_color", dark ? "#1e1e1e" : "#ffffff");
  self->shade[0] = look_up_two (style, "heddle_busy_color", "accent_bg_color", "#3584e4");
  self->shade[1] = heddle_palette_mix (&self->shade[0], &self->base, 0.14f);
  self->shade[2] = heddle_palette_mix (&self->shade[0], &self->base, 0.30f);
  look_up_states (self, style, dark);
  self->cancelled = look_up_two (style, "heddle_cancelled_color", dark ? "light_3" : "dark_1",
                                 dark ? "#deddda" : "#77767b");
  self->failed = look_up_two (style, "heddle_failed_color", "red_3", "#e01b24");
  self->lost = look_up_two (style, "heddle_lost_color", "red_5", "#a51d2d");
  self->good = look_up_two (style, "heddle_pulse_color", "green_4", "#2ec27e");
  self->slow = look_up_two (style, "heddle_pulse_slow_color", "yellow_5", "#e5a50a");
  self->stuck = look_up_two (style, "heddle_pulse_stalled_color", "red_3", "#e01b24");
}
