/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/sync/manager-private.h"
#include "engine/sync/shared.h"

G_BEGIN_DECLS

/* What a manager's server owns for its clients: one list and one dictionary. One thread. */
typedef struct _HeddleManagerStore HeddleManagerStore;

HeddleManagerStore *heddle_manager_store_new (void);
void heddle_manager_store_free (HeddleManagerStore *self);
gboolean heddle_manager_store_answer (HeddleManagerStore *self, const HeddleManagerRequest *request,
                                      gssize length, HeddleManagerAnswer *answer);

G_END_DECLS
