# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The attributes of the modules. A module lists the special fragments before the common one: the first value counts."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of the attributes."""

    # All modules.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
    details:
      - Check mode predicts what a real run would do, including refusals, and writes nothing to the device.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
    details:
      - This assumes that the system controlled by the module has not changed in a relevant way.
  platform:
    description: Target OS/families that can be operated against.
    support: full
    platforms: AXIS OS
  action:
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the controller.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
  delegation:
    description: Can be used in conjunction with C(delegate_to) and related keywords.
    support: full
    details:
      - With C(delegate_to), the other machine connects to the device, so a bastion host can reach a camera network. It needs Python and the
        libraries of the requirements.
  action_group:
    description: Use C(group/camfleet.axis.device) in C(module_defaults) to set the device options for all modules.
    support: full
    membership:
      - camfleet.axis.device
"""

    # Modules whose work is on the controller.
    CONTROLLER = r"""
options: {}
attributes:
  platform:
    support: N/A
    details:
      - The module runs on the controller, and connects to no device.
  delegation:
    support: none
    details:
      - The module runs on the controller, whatever C(delegate_to) names.
  action_group:
    support: none
    membership: []
"""

    # Modules that connect to all devices of a play from the controller.
    FLEET = r"""
options: {}
attributes:
  delegation:
    support: none
    details:
      - The controller connects to every device. A host with C(delegate_to) is an error.
  action_group:
    support: none
    membership: []
"""

    # Modules that change nothing.
    UNCHANGED = r"""
options: {}
attributes:
  check_mode:
    details:
      - The module changes nothing, so check mode makes no difference.
  diff_mode:
    support: N/A
    details:
      - The module changes nothing.
  idempotent:
    details:
      - The module changes nothing.
"""
