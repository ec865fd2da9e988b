// Copyright (c) 2026 camfleet.axis contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// What is wider than the screen scrolls; the keyboard has to reach it.
document.addEventListener("DOMContentLoaded", () => {
  for (const region of document.querySelectorAll(".highlight pre, .table-wrapper, .sidebar-scroll, .toc-scroll")) {
    region.tabIndex = 0;
  }
});
