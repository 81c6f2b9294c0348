/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For the application, as with-gtk.h beside it is for the charts. */
#include <adwaita.h>
