/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "app/run/settings/param-row.h"
#include "app/widgets/a11y/accessible.h"
#include "app/widgets/labelled-control.h"
#include "app/widgets/number-input.h"

#define FOLDER_CHARS 24
#define DECIMALS 6

struct _HeddleParamRow {
  HeddleContainer parent_instance;

  const HeddleParam *param;  /* static */
  GtkWidget *control;        /* inside the frame, which is the child */
  char *path;                /* owned: the folder's path */
  GtkFileChooserNative *chooser; /* owned; while it is open */
};

static guint changed_signal;

G_DEFINE_FINAL_TYPE (HeddleParamRow, heddle_param_row, HEDDLE_TYPE_CONTAINER)

/* Shows a fraction with the decimals it has rather than with those of the step: 0.01 must not read
 * 0.0. */
static gboolean
show_fraction_cb (GtkSpinButton *spin)
{
  g_autofree char *text = g_strdup_printf ("%.*f", DECIMALS, gtk_spin_button_get_value (spin));
  gsize length = strlen (text);

  while (text[length - 1] == '0')
    text[--length] = '\0';
  if (!g_ascii_isdigit (text[length - 1]))
    text[length - 1] = '\0';
  if (!g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (spin))))
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static void
tell_changed (HeddleParamRow *self)
{
  g_signal_emit (self, changed_signal, 0);
}

static GtkWidget *
make_number (const HeddleParam *param)
{
  double step = heddle_param_get_step (param);
  GtkAdjustment *adjustment =
    gtk_adjustment_new (param->min, param->min, param->max, step, step * 10, 0);
  gboolean whole = step >= 1;
  GtkWidget *spin = gtk_spin_button_new (adjustment, step, whole ? 0 : DECIMALS);

  if (!whole)
    g_signal_connect (spin, "output", G_CALLBACK (show_fraction_cb), NULL);

  return spin;
}

static GtkWidget *
make_choice (const HeddleParam *param)
{
  GtkStringList *names = gtk_string_list_new (NULL);

  for (guint i = 0; param->choices[i] != NULL; i++)
    gtk_string_list_append (names, _(param->choice_names[i]));
  return gtk_drop_down_new (G_LIST_MODEL (names), NULL);
}

static void
show_path (HeddleParamRow *self)
{
  GtkWidget *box = gtk_button_get_child (GTK_BUTTON (self->control));
  g_autofree char *display = g_filename_display_name (self->path);
  g_autofree char *name = g_strdup_printf ("%s: %s", _(self->param->label), display);

  gtk_label_set_label (GTK_LABEL (gtk_widget_get_first_child (box)),
                       *display != '\0' ? display : _("Choose…"));
  gtk_widget_set_tooltip_text (self->control, display);
  heddle_accessible_set_name (self->control, name);
}

/* The workers read files as any program does, by their path. */
static void
refuse_folder (HeddleParamRow *self, GFile *file)
{
  g_autofree char *name = g_file_get_parse_name (file);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                              _("This Folder Cannot Be Used"), NULL);

  /* Translators: %s is an address, as sftp://server/folder */
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                  _("%s has no path on this computer, and workers need one. Mount the location, and choose the folder where it is mounted."), name);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  heddle_accessible_drop_mnemonics (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * heddle_param_row_choose_folder:
 * @self: a control of a folder
 * @file: what the user has chosen
 *
 * Shows that folder, or tells why it cannot be used; then the one before stays.
 */
void
heddle_param_row_choose_folder (HeddleParamRow *self, GFile *file)
{
  g_autofree char *path = NULL;

  g_return_if_fail (HEDDLE_IS_PARAM_ROW (self) && self->param->type == HEDDLE_PARAM_FOLDER);
  g_return_if_fail (G_IS_FILE (file));

  path = g_file_get_path (file);
  if (path != NULL)
    heddle_param_row_set_value (self, path);
  else
    refuse_folder (self, file);
}

static void
chooser_response_cb (HeddleParamRow *self, int response, GtkNativeDialog *chooser)
{
  g_autoptr (GFile) file =
    response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  if (file != NULL)
    heddle_param_row_choose_folder (self, file);
  g_clear_object (&self->chooser);
}

static void
folder_clicked_cb (HeddleParamRow *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);

  if (self->chooser != NULL)
    {
      gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
      return;
    }
  self->chooser = gtk_file_chooser_native_new (
    _(self->param->label), GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
    GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _("_Choose"), NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_file (GTK_FILE_CHOOSER (self->chooser), file, NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chooser_response_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static GtkWidget *
make_folder (HeddleParamRow *self)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (NULL);

  /* The end of a path says more than its beginning. */
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_START);
  gtk_label_set_max_width_chars (GTK_LABEL (label), FOLDER_CHARS);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("folder-symbolic"));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", G_CALLBACK (folder_clicked_cb), self,
                           G_CONNECT_SWAPPED);
  return button;
}

/* @changes: set to the signal by which it tells that it shows something else; %NULL: none */
static GtkWidget *
make_control (HeddleParamRow *self, const char **changes)
{
  GtkWidget *control;

  *changes = NULL;
  switch (self->param->type)
    {
    case HEDDLE_PARAM_NUMBER:
      *changes = "value-changed";
      return make_number (self->param);
    case HEDDLE_PARAM_CHOICE:
      *changes = "notify::selected";
      return make_choice (self->param);
    case HEDDLE_PARAM_FOLDER:
      return make_folder (self);
    case HEDDLE_PARAM_SWITCH:
      control = gtk_switch_new ();
      gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
      *changes = "notify::active";
      return control;
    case HEDDLE_PARAM_TEXT:
    default:
      control = gtk_entry_new ();
      gtk_editable_set_width_chars (GTK_EDITABLE (control), 16);
      *changes = "changed";
      return control;
    }
}

static void
heddle_param_row_dispose (GObject *object)
{
  HeddleParamRow *self = HEDDLE_PARAM_ROW (object);

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);

  G_OBJECT_CLASS (heddle_param_row_parent_class)->dispose (object);
}

static void
heddle_param_row_finalize (GObject *object)
{
  g_free (HEDDLE_PARAM_ROW (object)->path);

  G_OBJECT_CLASS (heddle_param_row_parent_class)->finalize (object);
}

static void
heddle_param_row_class_init (HeddleParamRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = heddle_param_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = heddle_param_row_finalize;

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
heddle_param_row_init (HeddleParamRow *self)
{
  self->path = g_strdup ("");
}

/**
 * heddle_param_row_new:
 * @param: a parameter
 *
 * Returns: (transfer floating): a control for it that shows its default
 */
GtkWidget *
heddle_param_row_new (const HeddleParam *param)
{
  HeddleParamRow *self;
  GtkWidget *frame;
  const char *changes;

  g_return_val_if_fail (param != NULL, NULL);

  self = g_object_new (HEDDLE_TYPE_PARAM_ROW, NULL);
  self->param = param;
  self->control = make_control (self, &changes);
  frame = g_object_new (HEDDLE_TYPE_LABELLED_CONTROL,
                        "label", _(param->label),
                        "unit", param->unit != NULL ? _(param->unit) : NULL,
                        "description", param->description != NULL ? _(param->description) : NULL,
                        "child", self->control,
                        NULL);
  gtk_widget_set_parent (frame, GTK_WIDGET (self));
  heddle_param_row_set_value (self, param->initial != NULL ? param->initial : "");
  if (changes != NULL)
    g_signal_connect_object (self->control, changes, G_CALLBACK (tell_changed), self,
                             G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * heddle_param_row_get_param:
 *
 * Returns: (transfer none): what it is for
 */
const HeddleParam *
heddle_param_row_get_param (HeddleParamRow *self)
{
  g_return_val_if_fail (HEDDLE_IS_PARAM_ROW (self), NULL);

  return self->param;
}

/**
 * heddle_param_row_dup_value:
 *
 * Returns: (transfer full): what it shows, as heddle_settings_set() wants it
 */
char *
heddle_param_row_dup_value (HeddleParamRow *self)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  g_return_val_if_fail (HEDDLE_IS_PARAM_ROW (self), NULL);

  switch (self->param->type)
    {
    case HEDDLE_PARAM_NUMBER:
      if (gtk_spin_button_get_digits (GTK_SPIN_BUTTON (self->control)) == 0)
        return g_strdup_printf ("%.0f",
                                heddle_number_input_get_value (GTK_SPIN_BUTTON (self->control)));
      return g_strdup (
        g_ascii_formatd (buffer, sizeof buffer, "%.6f",
                         heddle_number_input_get_value (GTK_SPIN_BUTTON (self->control))));
    case HEDDLE_PARAM_CHOICE:
      return g_strdup (
        self->param->choices[gtk_drop_down_get_selected (GTK_DROP_DOWN (self->control))]);
    case HEDDLE_PARAM_FOLDER:
      return g_strdup (self->path);
    case HEDDLE_PARAM_SWITCH:
      return g_strdup (gtk_switch_get_active (GTK_SWITCH (self->control)) ? "on" : "off");
    case HEDDLE_PARAM_TEXT:
    default:
      return g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->control)));
    }
}

/**
 * heddle_param_row_check:
 * @error: says what may be typed into it
 *
 * Returns: whether what stands in it is what heddle_param_row_dup_value() says: a wrong number may
 * have been typed and not left yet
 */
gboolean
heddle_param_row_check (HeddleParamRow *self, GError **error)
{
  g_return_val_if_fail (HEDDLE_IS_PARAM_ROW (self), FALSE);

  return self->param->type != HEDDLE_PARAM_NUMBER
    || heddle_number_input_check (GTK_SPIN_BUTTON (self->control), _(self->param->label), error);
}

/**
 * heddle_param_row_set_value:
 * @value: what it shall show, as heddle_settings_get() gives it
 */
void
heddle_param_row_set_value (HeddleParamRow *self, const char *value)
{
  g_return_if_fail (HEDDLE_IS_PARAM_ROW (self));
  g_return_if_fail (value != NULL);

  switch (self->param->type)
    {
    case HEDDLE_PARAM_NUMBER:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->control), g_ascii_strtod (value, NULL));
      break;
    case HEDDLE_PARAM_CHOICE:
      for (guint i = 0; self->param->choices[i] != NULL; i++)
        if (g_str_equal (self->param->choices[i], value))
          gtk_drop_down_set_selected (GTK_DROP_DOWN (self->control), i);
      break;
    case HEDDLE_PARAM_FOLDER:
      g_free (self->path);
      self->path = g_strdup (value);
      show_path (self);
      tell_changed (self);
      break;
    case HEDDLE_PARAM_SWITCH:
      gtk_switch_set_active (GTK_SWITCH (self->control), g_str_equal (value, "on"));
      break;
    case HEDDLE_PARAM_TEXT:
    default:
      gtk_editable_set_text (GTK_EDITABLE (self->control), value);
    }
}
