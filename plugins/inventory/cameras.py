# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin cameras: hosts from files of cameras, and from a search in networks."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cameras
short_description: Build an inventory of Axis cameras and recorders from spreadsheets and from the network
version_added: 0.2.0
author:
  - camfleet.axis contributors (@camfleet)
description:
  - Builds hosts from the cameras that files list, that respond in networks, or both.
  - Files are CSV or XLSX, such as exports of a video management system. Every row becomes a host, or an error that names file, line, and column.
  - The search in networks sends no login. It reads the serial number, the model, and the firmware that an Axis device shows without a login.
  - The name of the inventory file must end with C(.axis.yml) or C(.axis.yaml).
  - All problems of a run are reported together. If there is one, the inventory file adds no host.
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [camfleet.axis.cameras]
  files:
    description:
      - Files that list cameras, such as V([../cameras.csv]). Each item is a path, or a dictionary with C(path) and any of C(columns), C(sheet), C(delimiter),
        and C(encoding).
      - A relative path is relative to the inventory file. C(columns) of a file take precedence over O(columns).
      - XLSX requires the Python library openpyxl.
      - Do not put these files into a directory that is an inventory itself. See the notes.
    type: list
    elements: raw
    default: []
  columns:
    description:
      - The columns of the files. Each key is a field or a variable, each value the header of the column. Case and surrounding spaces are ignored.
      - The fields are C(name), C(address), C(serial) (or the MAC address), C(model), C(firmware), C(site), and C(groups).
      - A field that is not in this option is in the column with one of the usual headers, such as those of exports from video management systems.
      - Any other key is a variable of the host. A column whose header is a valid name of a variable becomes this variable without being mapped.
      - In C(groups), separate several groups with a semicolon, a comma, or a vertical bar.
    type: dict
    default: {}
  addresses:
    description:
      - Addresses to search for Axis devices. They may be single ones, ranges such as V(198.51.100.10-198.51.100.40), or networks such as V(192.0.2.0/24).
      - Broadcast and multicast addresses are rejected. Loopback and link-local addresses must be listed explicitly.
      - Without this option and O(mdns), no request is sent.
    type: list
    elements: raw
    default: []
  mdns:
    description:
      - Whether to add the devices that announce themselves in the local network. It requires the Python library zeroconf.
    type: bool
    default: false
  mdns_seconds:
    description: Time to wait for announcements, in seconds, with O(mdns=true).
    type: float
    default: 5
  compare:
    description:
      - Whether to compare O(files) with what responds at O(addresses).
      - Adds the group C(axis_unlisted), cameras that respond and are in no file, and the group C(axis_silent), listed cameras that do not respond.
        A listed camera whose address is not in O(addresses) is in neither group.
    type: bool
    default: false
  port:
    description:
      - Port for the search. The default is that of O(protocol), V(443) or V(80).
      - A host that responded at another port than the default gets the variable C(axis_port), unless a column sets it.
    type: int
  protocol:
    description:
      - Protocol for the search. With V(auto), HTTP is tried where HTTPS gets no response.
      - With V(http), hosts get the variable C(axis_protocol), so tasks use HTTP, too. With V(auto), tasks use HTTPS, and a warning names the
        devices that responded only to HTTP.
    type: str
    choices: [https, http, auto]
    default: https
  validate_certs:
    description:
      - Whether only devices with a trusted certificate count in the search. Most cameras have a self-signed certificate. The search sends no secret.
      - It does not change how tasks connect. For tasks, set the variable C(axis_validate_certs) of the hosts.
    type: bool
    default: true
  timeout:
    description: Time limit of the search for each connection and response, in seconds.
    type: float
    default: 5
  connections:
    description: Maximum number of addresses that the search tries at the same time.
    type: int
    default: 100
  requests_per_second:
    description: Maximum number of requests in a second that the search sends to all addresses together. One device gets at most 10.
    type: float
    default: 100
  name:
    description:
      - Template for the name of each host. It can use the variables of the host, and C(axis_name), the text in the column for names.
      - Without it, the name is the text in the column for names, or else C(axis-) and the serial number.
      - The name must be unique, and must select exactly this host as a pattern. A name with a space, a comma, or a bracket is therefore an error.
    type: str
  parent_group:
    description: The group that all hosts are in.
    type: str
    default: axis
notes:
  - If an inventory cannot be read, Ansible only warns and continues with the rest, by default. Set C(any_unparsed_is_failed = true) in the section
    C([inventory]) of C(ansible.cfg), or E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true), so the run fails. The plugin lists the file in the variable
    C(axis_inventory_problems) of the group C(all), and the playbooks of this collection that concern cameras fail because of it, but other playbooks
    do not.
  - Ansible reads every file of an inventory directory as an inventory, including CSV and XLSX. Put the inventory file into the directory and the tables
    beside the directory, as in C(inventory/cameras.axis.yml) with O(files=[../cameras.csv]). Otherwise the plugin reports an error.
  - Variables of a host are C(ansible_host), C(axis_name), C(axis_serial), C(axis_model), C(axis_firmware), and C(axis_site), as far as they are known, and
    those of further columns. If a camera is listed and responds, address and model are as listed, and the firmware is what the camera shows. Any device
    can show any serial number, so a warning names a camera that responds at another address, and tasks do not use this address.
  - Groups of a host are O(parent_group), those in the column for groups, and C(axis_model_<model>), C(axis_firmware_<firmware>), and
    C(axis_site_<site>) in lowercase, with C(_) for every other character.
  - Texts from files and cameras are data, and are never evaluated as templates or conditions. O(name), O(compose), O(groups), and O(keyed_groups) are
    templates. If a text has characters that an expression needs, such as braces or parentheses, C(ansible-inventory --list) shows it as
    C(__ansible_unsafe), as Ansible does with all such texts.
  - Columns cannot set variables that decide which programs Ansible runs, such as C(ansible_connection). Of those that begin with C(ansible_), only
    C(ansible_user), C(ansible_password), and C(ansible_port) are allowed. A column of passwords in an export is ignored unless it is mapped or is named
    C(axis_password) or C(ansible_password). Prefer a vault to passwords in a file.
  - With O(cache), only the responses of the search are cached. Files are read in every run, so a change takes effect at once.
  - A host that only the search found is missing while it does not respond. Export a list of cameras to O(files) to keep it in the inventory.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
seealso:
  - module: camfleet.axis.axis_retention_policy_audit
  - name: An inventory of cameras
    description: How to build an inventory of cameras.
    link: https://camfleet.github.io/camfleet.axis/docsite/inventory.html
  - name: Camera lists
    description: The forms of files that list cameras, and their problems.
    link: https://camfleet.github.io/camfleet.axis/docsite/camera_lists.html
  - name: VAPIX basic device information
    description: The API that the search uses, as documented by Axis.
    link: https://developer.axis.com/vapix/network-video/basic-device-information/
"""

EXAMPLES = r"""
# Make hosts of the rows of a spreadsheet. The file inventory/cameras.axis.yml reads cameras.csv beside the directory inventory.
plugin: camfleet.axis.cameras
files: [../cameras.csv]

---
# Map columns with headers that the plugin does not know, and read a second file in another form.
plugin: camfleet.axis.cameras
files:
  - ../cameras.csv
  - path: ../museum.xlsx
    sheet: Cameras
    columns:
      name: Label
columns:
  name: Device name
  address: IP
  serial: MAC
  retention_policy_owner: Contact

---
# Find all cameras that respond in two networks. Their names are serial numbers. Most cameras have a self-signed certificate, and the search sends no login.
plugin: camfleet.axis.cameras
addresses:
  - 192.0.2.0/24
  - 198.51.100.10-198.51.100.40
validate_certs: false

---
# Find cameras that are not in the spreadsheet (group axis_unlisted), and cameras that do not respond (group axis_silent).
plugin: camfleet.axis.cameras
files: [../cameras.csv]
addresses: [192.0.2.0/24]
validate_certs: false
compare: true
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/ansible/cameras

---
# Define your own names, variables, and groups.
plugin: camfleet.axis.cameras
files: [../cameras.xlsx]
name: "{{ axis_site }}-{{ axis_serial }}"
strict: true
compose:
  retention_policy_owner: "axis_site ~ '@example.com'"
groups:
  recorders: axis_model.startswith('S')
keyed_groups:
  - key: axis_firmware.split('.')[0]
    prefix: axis_os
"""

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.camfleet.axis.plugins.plugin_utils import _ansible_core as core
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras import cached
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.assembly import (
    Assembly,
    FindAddresses,
    RunSweep,
    Settings,
    assemble,
    find_wrong_types,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.cameras import build_variables
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.conflicts import (
    find_constructed_faults,
    find_loop_problems,
    find_other_devices,
    find_same_devices,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.groups import (
    SILENT,
    UNLISTED,
    find_name_conflicts,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.progress import Progress
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Problem
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.sweep import SweepOptions, SweepResult, sweep
from ansible_collections.camfleet.axis.plugins.plugin_utils._duplicates import build_address
from ansible_collections.camfleet.axis.plugins.plugin_utils._inventory_problems import (
    INVENTORY_PROBLEMS,
    describe_problems,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._repeated import find_repeated

_SUFFIXES = (".axis.yml", ".axis.yaml")
# Problems in a message, besides the first one of each file.
_MAX_SHOWN = 50
_FILE_OPTIONS = ("files", "columns", "addresses", "mdns", "mdns_seconds", "compare", "parent_group")
_SWEEP_OPTIONS = ("port", "protocol", "validate_certs", "timeout", "connections", "requests_per_second")


class _ProblemsError(AnsibleParserError):  # type: ignore[misc] # core has no types
    """An inventory file adds no host, because it has so many problems."""

    def __init__(self, message: str, count: int) -> None:
        super().__init__(message)
        self.count = count


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc] # core has no types
    """The inventory plugin cameras."""

    NAME = "camfleet.axis.cameras"

    def verify_file(self, path: str) -> bool:
        """Return whether a file has the name of an inventory file of this plugin."""
        return path.endswith(_SUFFIXES) and bool(super().verify_file(path))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts, or none of them.

        :raises AnsibleParserError: after all problems are shown, each on a line.
        """
        super().parse(inventory, loader, path, cache)
        try:
            self._parse(inventory, path, may_read=cache)
        except Exception as error:
            count = error.count if isinstance(error, _ProblemsError) else 1
            if self._is_own(path):
                core.list_in_inventory(
                    inventory, INVENTORY_PROBLEMS, path, lambda shown: describe_problems(shown, count)
                )
            raise
        core.list_in_inventory(inventory, INVENTORY_PROBLEMS, path, None)

    def _parse(self, inventory: Any, path: str, *, may_read: bool) -> None:
        config = self._read_options(path)
        settings = self._build_settings(path)
        render = self._render_name if self.get_option("name") is not None else None
        run = self._build_sweep(self.get_cache_key(path), may_read=may_read)
        found = assemble(settings, render, run, build_address, core.find_inventory_directory)
        found.problems[:0] = [*self._find_unknown(settings.config, config), *self._find_repeated(settings.config, path)]
        own = core.build_inventory(inventory)
        if not found.problems:
            self.inventory = own
            self._add_hosts(found, settings)
            self._construct(found)
            self._check_names(found, inventory)
        self._show(found)
        if found.problems:
            raise self._report(found, settings.config)
        core.copy_inventory(own, inventory)
        self.inventory = inventory

    def _is_own(self, path: str) -> bool:
        """Return whether a file is one of this plugin: core tries each enabled plugin with each file."""
        try:
            return self.loader.load_from_file(path, cache="none").get("plugin") in (
                self._redirected_names or [self.NAME]
            )
        except Exception:
            return False

    def _read_options(self, path: str) -> Mapping[str, Any]:
        """Read the options, and name those of a wrong type, of which core does not say what to do."""
        try:
            config: Mapping[str, Any] = self._read_config_data(path)
        except AnsibleError as error:
            config = self.loader.load_from_file(path, cache="none") if self._is_own(path) else {}
            lines = [*find_wrong_types(os.path.basename(path), core.strip_tags(config))]
            if lines:
                raise self._report(Assembly(problems=lines), os.path.basename(path)) from error
            raise
        return config

    def _find_repeated(self, config_name: str, path: str) -> list[str]:
        """Return a line for each option that is in the file twice: core uses the last one."""
        found = find_repeated(core.read_text(self.loader, path), self.get_options().__contains__)
        return [
            f"{config_name}{'' if name.line is None else f', line {name.line}'}: the file sets {name}, or something in it, again below, "
            "which replaces the first value. Write each key once."
            for name, _value in found
        ]

    def _build_settings(self, path: str) -> Settings:
        options = {name: core.strip_tags(self.get_option(name)) for name in (*_FILE_OPTIONS, *_SWEEP_OPTIONS)}
        return Settings(
            config=os.path.basename(path),
            directory=os.path.dirname(os.path.abspath(path)),
            reserved=core.reserved_names(),
            sweep=SweepOptions(**{name: options[name] for name in _SWEEP_OPTIONS}),
            **{name: options[name] for name in _FILE_OPTIONS},
        )

    def _find_unknown(self, config_name: str, config: Mapping[str, Any]) -> list[str]:
        """Return a line for each option that does not exist, which core ignores."""
        known = sorted(self.get_options())
        return [
            f"{config_name}: {name!r} is not an option. Remove it, or correct it to one of {', '.join(known)}."
            for name in map(str, config)
            if name not in known
        ]

    def _render_name(self, variables: Mapping[str, Any]) -> str:
        self.templar.available_variables = {name: core.mark_untrusted(value) for name, value in variables.items()}
        try:
            return core.render_text(self.templar, self.get_option("name"))
        except AnsibleError as error:
            raise ValueError(f"the template name cannot be resolved: {error}".rstrip(".")) from error

    def _build_sweep(self, key_prefix: str, *, may_read: bool) -> RunSweep:
        """Return a function that sweeps, or returns what the cache has of the same sweep."""

        def run(addresses: Sequence[str], options: SweepOptions, find_more: FindAddresses | None) -> SweepResult:
            key = cached.build_key(key_prefix, addresses, options, with_mdns=find_more is not None)
            has_cache = self.get_option("cache")
            found = self._read_cache(key, addresses) if has_cache and may_read else None
            if found is None:
                more = () if find_more is None else find_more()
                progress = Progress(self._show_line, time.monotonic)
                found = sweep([*dict.fromkeys((*addresses, *more))], options, progress.show)
                if has_cache:
                    self.cache[key] = cached.serialize(found)
            return found

        return run

    def _read_cache(self, key: str, addresses: Sequence[str]) -> SweepResult | None:
        """Return what the cache has, which another program, a full disk, or an interrupted run may have damaged."""
        try:
            kept = cached.parse(core.strip_tags(self.cache[key]), addresses)
        except KeyError:
            return None
        except Exception:
            kept = None
        if kept is None:
            self.display.warning("The cache of the search is damaged. The addresses are searched again.")
        return kept

    def _show_line(self, line: str) -> None:
        # The output of ansible-inventory is data.
        self.display.display(line, stderr=True)

    def _show(self, found: Assembly) -> None:
        for line in found.warnings:
            self.display.warning(line)
        for line in found.notices:
            self.display.v(line)

    def _add_hosts(self, found: Assembly, settings: Settings) -> None:
        parent = settings.parent_group
        self.inventory.add_group(parent)
        compared = (UNLISTED, SILENT) if settings.compare else ()
        for group in dict.fromkeys((*compared, *(group for groups in found.groups.values() for group in groups))):
            self.inventory.add_group(group)
            self.inventory.add_child(parent, group)
        for name, camera in found.hosts.items():
            self.inventory.add_host(name, group=parent)
            for variable, value in build_variables(camera).items():
                self.inventory.set_variable(name, variable, core.mark_untrusted(value))
            for group in found.groups[name]:
                self.inventory.add_child(group, name)

    def _construct(self, found: Assembly) -> None:
        """Apply the options compose, groups, and keyed_groups."""
        strict = self.get_option("strict")
        if not any(map(self.get_option, ("compose", "groups", "keyed_groups"))):
            return
        for name, camera in found.hosts.items():
            option = "compose"
            try:
                variables = self.inventory.get_host(name).get_vars()
                self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
                for option, add in (
                    ("groups", self._add_host_to_composed_groups),
                    ("keyed_groups", self._add_host_to_keyed_groups),
                ):
                    add(self.get_option(option), {}, name, strict=strict)
            except AnsibleError as error:
                step = "Correct the option, or remove strict."
                found.add(camera, Problem(camera.name_position, str(error).rstrip("."), step))
            except Exception:  # a group that would be in itself
                message = f"{option} cannot be applied to this host, for example because a group would be in itself"
                step = f"Correct {option} so that its groups differ from their parent_group, or change the cell."
                found.add(camera, Problem(camera.name_position, message, step))
        for group, hosts, problem in find_constructed_faults(found, self._read_members()):
            found.add(found.hosts[hosts[0]], problem)
            core.remove_members(self.inventory, group, hosts)

    def _read_members(self) -> dict[str, list[str]]:
        return {str(name): [str(host.name) for host in group.hosts] for name, group in self.inventory.groups.items()}

    def _check_names(self, found: Assembly, inventory: Any) -> None:
        """Report hosts with the name of a group, here or in another inventory, and the reverse."""
        groups = {*self.inventory.groups, *inventory.groups} - {"all", "ungrouped"}
        found.problems.extend(find_name_conflicts(found.hosts, groups))
        found.problems.extend(
            f"the group {name} has the name of a host in another inventory. Rename one of them."
            for name in self.inventory.groups
            if name in inventory.hosts and name not in found.hosts
        )
        others = core.strip_tags({str(name): host.vars for name, host in inventory.hosts.items()})
        found.problems.extend(find_other_devices(found.hosts, others))
        found.problems.extend(find_same_devices(found.hosts, others, build_address))
        found.problems.extend(find_loop_problems(found, core.find_loops(self.inventory, inventory)))

    def _report(self, found: Assembly, config_name: str) -> _ProblemsError:
        """Show all problems, and return a short error, which core shows up to three times."""
        self.display.error(self._describe(found, config_name), wrap_text=False)
        count = found.count_problems()
        which = "1 problem, which is" if count == 1 else f"{count:,} problems, which are"
        return _ProblemsError(f"{config_name} adds no host, because of {which} shown above.", count)

    @staticmethod
    def _describe(found: Assembly, config_name: str) -> str:
        total = found.count_problems()
        count = f"{total:,} problems" if total > 1 else "1 problem"
        shown = found.describe_problems(_MAX_SHOWN)
        hidden = len(found.describe_problems()) - len(shown)
        more = [f"… and {hidden:,} more line{'s' if hidden > 1 else ''} like these."] if hidden else []
        lines = [f"{config_name} adds no host, because of {count}:", *shown, *more]
        if core.continues_without_inventory():
            lines.append(
                "Ansible continues without these hosts. To let the run fail instead, set any_unparsed_is_failed = true "
                "in section [inventory] of ansible.cfg."
            )
        return "\n".join(lines)
