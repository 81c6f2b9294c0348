/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/widgets/container/container.h"

G_BEGIN_DECLS

/* A box whose children are laid out by HeddleWrapLayout: for templates. */
#define HEDDLE_TYPE_WRAP_BOX (heddle_wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (HeddleWrapBox, heddle_wrap_box, HEDDLE, WRAP_BOX, HeddleContainer)

G_END_DECLS
