# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Core shows no lines of a playbook for a failure that is that of an earlier task, and nothing else changes."""

from __future__ import annotations

from types import SimpleNamespace

from ansible.playbook.block import Block
from ansible.playbook.play import Play
from ansible.playbook.task import Task

from ansible_collections.camfleet.axis.plugins.plugin_utils._ansible_core import hide_origin


def test_only_the_origin_of_the_task_itself_is_hidden() -> None:
    play = Play.load({"hosts": "all", "tasks": [{"debug": {"msg": "a"}}, {"debug": {"msg": "b"}}]})
    block = play.tasks[0] if isinstance(play.tasks[0], Block) else play.compile()[0]
    first, second = block.block
    # In the worker, a task is a copy of the one in the play.
    copy = first.copy(exclude_parent=True, exclude_tasks=True)
    attributes = copy.dump_attrs()
    hide_origin(copy)
    assert copy.get_ds() is None
    assert copy.dump_attrs() == attributes
    assert copy.get_name() == first.get_name()
    assert (first.get_ds(), second.get_ds()) == ({"debug": {"msg": "a"}}, {"debug": {"msg": "b"}})
    assert isinstance(first, Task)


def test_task_without_an_origin_stays_as_it_is() -> None:
    task = SimpleNamespace(name="Outcome")
    hide_origin(task)
    assert vars(task) == {"name": "Outcome"}
