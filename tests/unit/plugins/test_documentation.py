# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documentation of every plugin is complete, and its versions are consistent with the changelog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import yaml

from tests.playbook import CHECKOUT
from tests.versions import Plugin, find_version_problems, read_plugins

#: The attributes that every module has, in addition to others of its own.
COMMON = {"action", "action_group", "async", "check_mode", "delegation", "diff_mode", "idempotent", "platform"}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "bool": bool,
    "dict": dict,
    "float": (int, float),
    "int": int,
    "list": list,
    "str": (str, date),
}
_SITE = "https://camfleet.github.io/camfleet.axis/"
_VAPIX = "https://developer.axis.com/vapix/"
_GUIDES = CHECKOUT / "docs" / "docsite" / "rst"

PLUGINS = read_plugins(CHECKOUT)
MODULES = [plugin for plugin in PLUGINS if plugin.kind == "modules"]
WITH_RESULT = [plugin for plugin in PLUGINS if plugin.kind in ("modules", "lookup")]


def name_of(plugin: Plugin) -> str:
    """Return the name of a test."""
    return f"{plugin.kind}-{plugin.name}"


all_plugins = pytest.mark.parametrize("plugin", PLUGINS, ids=name_of)
all_modules = pytest.mark.parametrize("plugin", MODULES, ids=name_of)


def test_all_plugins_are_read() -> None:
    assert len(MODULES) == len(list((CHECKOUT / "plugins" / "modules").glob("axis_*.py")))
    assert {plugin.kind for plugin in PLUGINS} == {"modules", "inventory", "lookup", "role"}


def test_versions_are_consistent_with_the_changelog() -> None:
    assert find_version_problems(CHECKOUT) == []


@all_plugins
def test_the_beginning_says_what_the_plugin_does(plugin: Plugin) -> None:
    imperative = plugin.documentation["short_description"].split()[0]
    assert not imperative.endswith("s"), f"short_description begins with {imperative!r}, not with an imperative"
    assert not plugin.documentation["short_description"].endswith(".")
    if plugin.kind != "role":
        verb = plugin.documentation["description"][0].split()[0]
        assert re.fullmatch(r"[A-Z][a-z]+s,?", verb), f"description begins with {verb!r}, not with what the plugin does"


@all_plugins
def test_options_say_what_they_do(plugin: Plugin) -> None:
    for path, part in plugin.iterate_parts():
        assert part.get("description"), path
        assert part.get("type"), path


@all_plugins
def test_related_pages_exist(plugin: Plugin) -> None:
    seealso = plugin.documentation.get("seealso")
    assert seealso, "add seealso"
    names = {f"camfleet.axis.{other.name}" for other in PLUGINS}
    for entry in seealso:
        if "link" in entry:
            assert entry["name"]
            assert entry["description"].endswith(".")
            # Unlike a reference, a link also works with ansible-doc and on Galaxy.
            page = entry["link"].removeprefix(f"{_SITE}docsite/").removesuffix(".html")
            assert (_GUIDES / f"{page}.rst").is_file() or entry["link"].startswith(_VAPIX), entry
        else:
            assert entry.get("module", entry.get("plugin")) in names, entry


@all_modules
def test_modules_have_the_common_attributes(plugin: Plugin) -> None:
    attributes = plugin.documentation["attributes"]
    assert attributes.keys() >= COMMON
    assert all(attribute.get("description") and attribute.get("support") for attribute in attributes.values())
    assert plugin.documentation.get("notes"), "say in notes what the module writes"


def test_the_action_group_is_that_of_the_runtime() -> None:
    (members,) = yaml.safe_load((CHECKOUT / "meta" / "runtime.yml").read_text("utf-8"))["action_groups"].values()
    documented = {
        plugin.name for plugin in MODULES if plugin.documentation["attributes"]["action_group"]["support"] == "full"
    }
    assert documented == set(members)


@pytest.mark.parametrize("plugin", WITH_RESULT, ids=name_of)
def test_examples_have_names_and_use_the_plugin(plugin: Plugin) -> None:
    tasks = list(iterate_tasks(yaml.safe_load(plugin.examples)))
    assert tasks
    for task in tasks:
        assert re.match(r"[A-Z][a-z]+ ", task.get("name", "")), f"{task} has no name that begins with a verb"
        assert "block" in task or any(re.fullmatch(r"(\w+\.){2}\w+", key) for key in task), task["name"]
    assert f"camfleet.axis.{plugin.name}" in plugin.examples


def test_examples_of_an_inventory_plugin_have_a_purpose() -> None:
    (inventory,) = (plugin for plugin in PLUGINS if plugin.kind == "inventory")
    for document in inventory.examples.strip().split("\n---\n"):
        assert document.startswith("# ")
        assert yaml.safe_load(document)["plugin"] == f"camfleet.axis.{inventory.name}"


@pytest.mark.parametrize("plugin", WITH_RESULT, ids=name_of)
def test_return_values_have_samples_of_their_type(plugin: Plugin) -> None:
    assert plugin.returned
    for name, value in plugin.returned.items():
        assert value.get("description"), name
        assert value.get("returned") or plugin.kind == "lookup", name
        assert "sample" in value, f"{name} has no sample"
        assert list(find_faults(value, value["sample"], name)) == []


def find_faults(value: dict[str, Any], sample: Any, path: str) -> Iterator[str]:
    """Yield how a sample differs from the documentation of the return value."""
    if sample is None:
        return
    if not isinstance(sample, _TYPES[value["type"]]):
        yield f"{path}: {sample!r} is not a {value['type']}"
        return
    items = sample if isinstance(sample, list) else [sample]
    for item in items if "contains" in value else ():
        yield from (f"{path}: {key} is not documented" for key in item.keys() - value["contains"].keys())
        for key, part in value["contains"].items():
            if key in item:
                yield from find_faults(part, item[key], f"{path}.{key}")
            elif "returned" not in part:
                yield f"{path}: the sample has no {key}"


def iterate_tasks(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield each task, also in blocks."""
    for task in tasks:
        yield task
        yield from iterate_tasks(task.get("block", []))


@pytest.mark.parametrize(
    ("value", "sample", "fault"),
    [
        ({"type": "int"}, "7", "x: '7' is not a int"),
        ({"type": "dict", "contains": {}}, {"a": 1}, "x: a is not documented"),
        ({"type": "list", "contains": {"a": {"type": "int"}}}, [{}], "x: the sample has no a"),
        ({"type": "dict", "contains": {"a": {"type": "str"}}}, {"a": 1}, "x.a: 1 is not a str"),
    ],
)
def test_a_wrong_sample_is_found(value: dict[str, Any], sample: Any, fault: str) -> None:
    assert list(find_faults(value, sample, "x")) == [fault]
