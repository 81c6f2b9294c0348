/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"

G_BEGIN_DECLS

/*
 * A small frame around one control, with what it is called in front and, where it has one, its unit
 * behind: "Workers 4 − +". Properties, to be set in this order: "label" (also the control's accessible
 * name), "unit", "description" (its tip, and what a screen reader says of it), all translated, and
 * "child", the control.
 */
#define HEDDLE_TYPE_LABELLED_CONTROL (heddle_labelled_control_get_type ())
G_DECLARE_FINAL_TYPE (HeddleLabelledControl, heddle_labelled_control, HEDDLE, LABELLED_CONTROL,
                      HeddleContainer)

G_END_DECLS
