# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time limit of a task: it interrupts waits only."""

from __future__ import annotations

import pytest

from ansible_collections.camfleet.axis.plugins.module_utils._errors import TimeLimitError
from ansible_collections.camfleet.axis.plugins.module_utils._http.time_limit import TimeLimit


def expire(limit: TimeLimit) -> None:
    """Let the time limit end while something waits."""
    limit.expire()
    raise AssertionError("the wait was not interrupted")


def test_nothing_is_interrupted_in_time() -> None:
    limit = TimeLimit()
    assert limit.run(lambda: limit.run(lambda: 1)) == 1
    assert not limit.has_expired


@pytest.mark.parametrize("maybe_applied", [True, False])
def test_a_wait_is_interrupted(maybe_applied: bool) -> None:
    limit = TimeLimit()
    with pytest.raises(TimeLimitError) as caught:
        limit.run(lambda: expire(limit), maybe_applied=maybe_applied)
    assert (caught.value.kind, caught.value.maybe_applied) == ("timeout", maybe_applied)


def test_inner_wait_counts_as_its_outer_one() -> None:
    limit = TimeLimit()
    with pytest.raises(TimeLimitError) as caught:
        limit.run(lambda: limit.run(lambda: expire(limit)), maybe_applied=True)
    assert caught.value.maybe_applied


def test_no_wait_begins_afterwards_and_nothing_else_is_interrupted() -> None:
    limit = TimeLimit()
    limit.expire()
    with pytest.raises(TimeLimitError) as caught:
        limit.run(lambda: pytest.fail("the wait began"), maybe_applied=True)
    assert not caught.value.maybe_applied


def test_a_failed_wait_ends() -> None:
    limit = TimeLimit()
    with pytest.raises(OSError, match="broken"):
        limit.run(_fail)
    limit.expire()


def _fail() -> None:
    raise OSError("broken")
