# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The points of a device check that scratch groups settle.

At most one scratch group exists at a time. The length of names is settled first: a group that the device gives an ID is
recognized by its name. Each response is one that an experiment explains; any other one ends the experiments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from unicodedata import normalize
from urllib.parse import unquote

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError, DeviceError
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.creation_experiments import (
    CREATION_POINTS,
    DISK_REMOVED,
    CreationExperiments,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.recorder import PointRecord, Recorder
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch import (
    GROUP_LIMIT,
    INVALID,
    ScratchArea,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.scratch_items import (
    RECOGNIZED_PURPOSE,
    build_recognized,
    is_recognized,
)
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.writes import conflict
from ansible_collections.camfleet.axis.plugins.module_utils._vapix.raw_groups import ListedGroup, Outcome

#: The points that this module settles; `reuse_ids` for groups only.
GROUP_POINTS = (
    "default_retention_time",
    "default_pre_duration",
    "default_post_duration",
    "group_attributes",
    "text_limit",
    "text_charset",
    "text_form",
    "omitted_on_update",
    "empty_text",
    "stream_options_form",
    "device_value",
    "retention_limit",
    "retention_over_limit",
    *CREATION_POINTS,
)
_BAD_STREAM_OPTIONS = 130
_REJECTED = (INVALID, _BAD_STREAM_OPTIONS)
_NAME_LENGTHS = (300, 1000)
# The shortest limit with which each form of a text can be distinguished, also in ISO-8859-1.
_MIN_LIMIT = 8
#: More hours than any retention time: those of 245,000 years.
_HUGE = 2**31
# What a device may do with a name.
_CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("trims", str.strip),
    ("folds", lambda text: " ".join(text.split())),
    ("nfc", partial(normalize, "NFC")),
    ("nfd", partial(normalize, "NFD")),
)
_STREAM_OPTIONS = ("resolution=640x480&compression=30&camera=1", "camera=1&fps=5", "fps=5&compression=30")
_ODD_STREAM_OPTIONS = (
    ("a leading &", "&camera=1&fps=5"),
    ("the separator ;", "camera=1;fps=5"),
    ("the lower-case encoding %2f", "camera=1&textstring=a%2fb"),
    ("upper-case letters", "camera=1&textstring=ABC"),
)
_DEFAULTS = (
    ("default_retention_time", "RetentionTime"),
    ("default_pre_duration", "PreDuration"),
    ("default_post_duration", "PostDuration"),
)


def run_group_experiments(area: ScratchArea, recorder: Recorder) -> None:
    """Settle `GROUP_POINTS` in an opened scratch area; a point that stays open has a reason.

    :raises AxisError: what ended the experiments.
    """
    if area.disk is None:
        _skip_rest(recorder, "The device has no disk on which a group can be created: mounted, writable, and not full.")
        return
    try:
        _run_all(area, recorder)
    except DeviceError as error:
        if error.code != GROUP_LIMIT:
            _skip_rest(recorder, "The device check stopped before.")
            raise
        listed = area.count_groups()
        with recorder.point("max_groups") as point:
            point.answer(listed, note=f"The device listed {listed} groups, and rejected another one with error 120.")
        _skip_rest(recorder, "The device accepts no more groups (error 120).")
    except AxisError:
        _skip_rest(recorder, "The device check stopped before.")
        raise


def _run_all(area: ScratchArea, recorder: Recorder) -> None:
    try:
        _GroupExperiments(area, recorder).run()
    except AxisError:
        with suppress(AxisError):
            _check_disk(area, recorder)
        raise
    _check_disk(area, recorder)


def _check_disk(area: ScratchArea, recorder: Recorder) -> None:
    """Withdraw the answers that may come from a disk that is not usable any more.

    :raises UnconfirmedWriteError: ``conflict``.
    """
    if area.is_disk_usable():
        return
    for name in CREATION_POINTS:
        if name in recorder.answers:
            with recorder.point(name) as point:
                point.skip(f"{DISK_REMOVED}.")
    raise conflict(DISK_REMOVED)


def _skip_rest(recorder: Recorder, reason: str) -> None:
    for name in GROUP_POINTS:
        if name not in recorder.answers:
            with recorder.point(name) as point:
                point.skip(reason)


class _GroupExperiments:
    """The experiments, in their order."""

    def __init__(self, area: ScratchArea, recorder: Recorder) -> None:
        self._area = area
        self._recorder = recorder
        self._point = recorder.point
        self._quote = recorder.quote
        self._base = area.name("base")
        #: the group that was created without options
        self._defaults = ListedGroup("", ())
        #: characters of a name, or None without a limit
        self._text_limit: int | None = None
        self._charset: str | None = None
        #: what the device stores of stream options, if it accepts any
        self._stream_options = ""
        self._resets_omitted = False

    def run(self) -> None:
        """Settle all points."""
        self._settle_defaults()
        self._settle_text_limit()
        self._settle_charset()
        self._settle_text_form()
        self._settle_stream_options()
        self._settle_device_value()
        self._settle_omitted()
        self._settle_empty_text()
        self._settle_retention_limit()
        self._area.delete(self._base)
        CreationExperiments(self._area, self._recorder, self._defaults).run()

    # Creation with an ID and a disk.

    def _settle_defaults(self) -> None:
        with self._point(_DEFAULTS[0][0]) as point:
            is_created = self._area.create_group("base", explained=(INVALID,)).is_success
            if is_created:
                self._defaults = self._read()
                self._answer_default(point, _DEFAULTS[0][1])
            else:
                point.skip("The device rejects a group with only an ID and a disk (error 20).")
                self._area.create_group("base", ("nicename", self._base), ("retentiontime", "24"))
        for name, attribute in _DEFAULTS[1:]:
            with self._point(name) as point:
                if is_created:
                    self._read()
                    self._answer_default(point, attribute)
                else:
                    point.skip("The device rejects a group with only an ID and a disk (error 20).")
        with self._point("group_attributes") as point:
            point.answer([name for name, _value in self._read().attributes])

    def _answer_default(self, point: PointRecord, attribute: str) -> None:
        number = self._defaults.number(attribute)
        if number is None:
            point.skip(
                f"The device returns {attribute}={self._quote(self._defaults.text(attribute))}, which is not a number."
            )
        else:
            point.answer(number)

    # Texts.

    def _settle_text_limit(self) -> None:
        with self._point("text_limit") as point:
            marks = build_recognized(self._area.name(RECOGNIZED_PURPOSE))
            if self._update(*marks).is_success:
                self._area.can_recognize = is_recognized(self._read())
            for length in _NAME_LENGTHS:
                sent = (self._base + "0123456789" * length)[:length]
                self._area.own(sent)
                outcome = self._update(("nicename", sent), ("description", sent))
                if not outcome.is_success:
                    point.skip(f"The device rejects a name and a description of {length} characters (error 20).")
                    return
                stored = self._read()
                texts = [stored.text("NiceName"), stored.text("Description")]
                if not all(sent.startswith(text) for text in texts):
                    point.skip(f"The device changes a name or a description of {length} characters in a different way.")
                    return
                if any(text != sent for text in texts):
                    self._answer_text_limit(point, *map(len, texts))
                    return
            point.answer("none", note=f"The device keeps names and descriptions of {length} characters.")

    def _answer_text_limit(self, point: PointRecord, name: int, description: int) -> None:
        self._text_limit = min(name, description)
        note = None if name == description else f"A name keeps {name} characters, a description {description}."
        point.answer(self._text_limit, note=note)

    def _settle_charset(self) -> None:
        with self._point("text_charset") as point:
            if not self._has_room(2):
                point.skip("The device keeps too few characters of a name.")
                return
            stored = self._store("ü")
            if stored is None:
                point.skip("The device rejects names with umlauts (error 20).")
                return
            charset = {"ü": "utf-8", "Ã¼": "iso-8859-1"}.get(normalize("NFC", stored))
            if charset is None:
                point.skip(f"The device returns {self._quote(stored)} for the name 'ü'.")
                return
            self._charset = charset
            point.answer(charset, note=self._describe_emoji())

    def _describe_emoji(self) -> str | None:
        """Return what the device does with a character outside of the Basic Multilingual Plane."""
        if not self._has_room(4):
            return None
        stored = self._store("🎥")
        if stored is None:
            return "It rejects names with emoji (error 20)."
        return None if stored == self._decode("🎥") else f"It stores an emoji as {self._quote(stored)}."

    def _settle_text_form(self) -> None:
        with self._point("text_form") as point:
            if not self._has_room(_MIN_LIMIT):
                point.skip("The device keeps too few characters of a name.")
                return
            # With the letter é, decomposed and composed.
            accents = () if self._charset is None else ("e\u0301", "\xe9")
            found = set()
            for sent in (" a ", "a  b", *accents):
                stored, decoded = self._store(sent), self._decode(sent)
                if stored == decoded:
                    continue
                change = next((name for name, change in _CHANGES if stored == change(decoded)), None)
                if change is None:
                    point.skip(f"The device returns {self._quote(stored or '')} for the name {sent!r}.")
                    return
                found.add(change)
            self._answer_text_form(point, frozenset(found))

    def _answer_text_form(self, point: PointRecord, found: frozenset[str]) -> None:
        forms = {
            frozenset[str](): "as_sent",
            frozenset({"trims"}): "trimmed",
            frozenset({"trims", "folds"}): "folded",
            frozenset({"nfc"}): "nfc",
            frozenset({"nfd"}): "nfd",
        }
        if self._charset is None:
            point.skip("The device stores letters with accents in an unknown form.")
        elif found in forms:
            point.answer(forms[found])
        else:
            point.skip(f"The device changes texts in several ways ({', '.join(sorted(found))}).")

    # Stream options.

    def _settle_stream_options(self) -> None:
        with self._point("stream_options_form") as point:
            forms: set[str] = set()
            accepted = next((sent for sent in _STREAM_OPTIONS if self._update_stream_options(sent)), None)
            if accepted is None:
                point.skip("The device rejects the stream options of the experiment (error 20 or 130).")
                return
            self._stream_options = accepted
            notes = []
            for name, sent in (("", accepted), *_ODD_STREAM_OPTIONS):
                if name and not self._update_stream_options(sent):
                    notes.append(f"The device rejects stream options with {name}.")
                    continue
                returned = self._read().text("StreamOptions")
                form = _classify(sent, returned)
                if form is not None and (not name or ";" not in sent):
                    forms |= form
                elif not name:
                    point.skip(f"The device returns {self._quote(returned)} for the stream options {sent!r}.")
                    return
                elif returned != sent:
                    notes.append(f"It returns {self._quote(returned)} for {sent!r}.")
            point.answer("_".join(sorted(forms, reverse=True)) or "verbatim", note=" ".join(notes) or None)

    def _update_stream_options(self, sent: str) -> bool:
        return self._update(("streamoptions", sent), explained=_REJECTED).is_success

    def _settle_device_value(self) -> None:
        with self._point("device_value") as point:
            sent = "aBcDeF012345"
            self._area.own(sent)
            if not self._update_stream_options(f"device={sent}&camera=1"):
                point.skip("The device rejects device= in stream options (error 20 or 130).")
                return
            returned = self._read().text("StreamOptions")
            values = dict(_pairs(returned))
            forms = {sent: "as_sent", sent.upper(): "upper", sent.lower(): "lower"}
            form = forms.get(unquote(values.get("device", "")))
            if form is None:
                point.skip(f"The device returns {self._quote(returned)}.")
            else:
                point.answer(form)

    # Updates.

    def _settle_omitted(self) -> None:
        with self._point("omitted_on_update") as point:
            before = self._set_all()
            if not self._update(("nicename", "camfleet check 2")).is_success:
                point.skip("The device rejects an update of the name alone (error 20).")
                return
            after = self._read()
            names = ("Description", "RetentionTime", "StreamOptions", "PreDuration", "PostDuration")
            changed = [name for name in names if before.text(name) != self._defaults.text(name)]
            kept = [name for name in changed if after.text(name) == before.text(name)]
            reset = [name for name in changed if after.text(name) == self._defaults.text(name)]
            if changed and kept == changed:
                point.answer("kept")
            elif changed and reset == changed:
                self._resets_omitted = True
                point.answer("reset")
            else:
                point.skip(f"The device keeps {_join(kept)}, and resets {_join(reset)}.")

    def _set_all(self) -> ListedGroup:
        """Set each field to another value than a new group has, as far as the device accepts that."""
        texts = [("nicename", "camfleet check"), ("description", "camfleet check")]
        options = [("streamoptions", self._stream_options)] if self._stream_options else []
        numbers = [
            (argument, str(value + (self._defaults.number(attribute) or 0)))
            for argument, attribute, value in (
                ("retentiontime", "RetentionTime", 24),
                ("preduration", "PreDuration", 1000),
                ("postduration", "PostDuration", 1000),
            )
        ]
        for arguments in ([*texts, *options, *numbers], [*texts, *options, *numbers[1:]], [*texts, *options]):
            if self._update(*arguments, explained=_REJECTED).is_success:
                break
        return self._read()

    def _settle_empty_text(self) -> None:
        with self._point("empty_text") as point:
            before = self._set_all()
            arguments = (("nicename", ""), ("description", ""), ("streamoptions", ""))
            outcome = self._update(*arguments, explained=_REJECTED)
            if outcome.code == _BAD_STREAM_OPTIONS:
                outcome = self._update(*arguments[:2])
            if outcome.code == INVALID:
                point.answer("error_20")
                return
            after = self._read()
            names = [name for name in ("NiceName", "Description", "StreamOptions") if before.text(name)]
            cleared = [name for name in names if not after.text(name)]
            kept = [name for name in names if after.text(name) == before.text(name)]
            if names and cleared == names:
                same = (
                    "It resets what an update omits, too, which has the same effect." if self._resets_omitted else None
                )
                point.answer("clears", note=same)
            elif names and kept == names:
                point.answer("ignored")
            else:
                point.skip(f"An empty text clears {_join(cleared)}, and not {_join(kept)}.")

    # The longest retention time.

    def _settle_retention_limit(self) -> None:
        limit: int | None = None
        with self._point("retention_limit") as point:
            accepted = self._retain(24)
            if accepted is None:
                limit = self._bisect(0, 24)
                point.answer(limit)
            else:
                huge = self._retain(_HUGE)
                if huge is None:
                    limit = self._bisect(24, _HUGE)
                    point.answer(limit)
                elif huge == _HUGE:
                    point.answer("none", note=f"The device keeps {_HUGE:,} hours.")
                else:
                    limit = self._find_clamped(point, accepted, huge)
        with self._point("retention_over_limit") as point:
            if limit is None:
                point.skip("The device has no known limit of the retention time.")
            elif (kept := self._retain(limit + 1)) is None:
                point.answer("error_20")
            elif kept == limit:
                point.answer("clamped")
            else:
                point.skip(f"The device keeps {kept} hours instead of {limit + 1}.")

    def _find_clamped(self, point: PointRecord, accepted: int, huge: int) -> int | None:
        """Return the limit of a device that keeps fewer hours than were sent, unless it ignored them."""
        other = self._retain(48)
        is_ignored = huge == accepted and other == 48 and self._retain(_HUGE) == other
        if is_ignored or huge < 0 or (huge == 0 and accepted != 0):
            point.skip(f"The device accepts {_HUGE:,} hours, and does not keep them.")
            return None
        point.answer(huge)
        return huge

    def _retain(self, hours: int) -> int | None:
        """Return the retention time that the group has after an update, or ``None`` if the device rejects it."""
        if not self._update(("retentiontime", str(hours))).is_success:
            return None
        number = self._read().number("RetentionTime")
        # A negative number, for example.
        return -1 if number is None else number

    def _bisect(self, accepted: int, rejected: int) -> int:
        while rejected - accepted > 1:
            middle = (accepted + rejected) // 2
            if self._update(("retentiontime", str(middle))).is_success:
                accepted = middle
            else:
                rejected = middle
        return accepted

    # Steps.

    def _update(self, *arguments: tuple[str, str], explained: Sequence[int] = (INVALID,)) -> Outcome:
        return self._area.update(self._base, *arguments, explained=explained)

    def _read(self) -> ListedGroup:
        return self._area.read(self._base)

    def _store(self, name: str) -> str | None:
        """Return what the device stores of a name, or ``None`` if it rejects it."""
        return self._read().text("NiceName") if self._update(("nicename", name)).is_success else None

    def _has_room(self, characters: int) -> bool:
        return self._text_limit is None or self._text_limit >= characters

    def _decode(self, text: str) -> str:
        """Return a text as a device understands it that reads it in its charset."""
        return text.encode().decode(self._charset or "utf-8")


def _pairs(options: str) -> list[tuple[str, str]]:
    split = (pair.partition("=") for pair in options.split("&"))
    return [(name, value) for name, _equals, value in split]


def _classify(sent: str, returned: str) -> set[str] | None:
    """Return how stream options differ, or ``None`` if they are not equal."""
    before, after = _pairs(sent), _pairs(returned)
    decoded = [[(unquote(name), unquote(value)) for name, value in pairs] for pairs in (before, after)]
    if Counter(decoded[0]) != Counter(decoded[1]):
        return None
    is_reordered, is_reencoded = decoded[0] != decoded[1], Counter(before) != Counter(after)
    return {name for name, is_so in (("reordered", is_reordered), ("reencoded", is_reencoded)) if is_so}


def _join(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"
