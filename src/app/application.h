/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "measure/pulse.h"

G_BEGIN_DECLS

#define HEDDLE_TYPE_APPLICATION (heddle_application_get_type ())
G_DECLARE_FINAL_TYPE (HeddleApplication, heddle_application, HEDDLE, APPLICATION, AdwApplication)

HeddleApplication *heddle_application_new (void);
HeddlePulse *heddle_application_get_pulse (HeddleApplication *self);

G_END_DECLS
