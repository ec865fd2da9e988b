# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How groups of several cameras belong together: by patterns of their IDs, by their names, or by their stream options.

A family is all groups whose IDs have one pattern, or none. For each family, one way to separate its groups is chosen
so that most cameras agree on the settings.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.camfleet.axis.plugins.module_utils._models.groups import RecordingGroup
from ansible_collections.camfleet.axis.plugins.module_utils._models.stream_options import canonical_stream_options
from ansible_collections.camfleet.axis.plugins.module_utils._models.xml_text import fold_text
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.unsafe_text import UnsafeText
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.policy import (
    DraftRule,
    RuleMatch,
    Settings,
    read_settings,
)
from ansible_collections.camfleet.axis.plugins.plugin_utils._draft.similar_ids import (
    Template,
    build_id_globs,
    build_name_glob,
    escape_id,
    escape_text,
    limit_id_glob,
    parse_text,
)

#: The family of the groups whose IDs have no convention: GUIDs, and numbers alone.
NO_CONVENTION = ""
# A stream option that is shared by name. The serial number of a source differs between cameras.
_OPTION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_NOT_SHARED = frozenset({"device"})
# Ways to separate the groups of a family, from the most general one to the most special one.
_BY_PATTERN, _BY_NUMBER, _BY_ID = "pattern", "number", "id"
_BY_NAME, _BY_NAME_PATTERN, _BY_LAST_WORD, _BY_FIRST_WORD = "name", "name_pattern", "last_word", "first_word"
_BY_OPTION = "option:"
_ID_WAYS = (_BY_PATTERN, _BY_NUMBER, _BY_ID)
#: Of one family, in one list, if no camera has more groups of it.
_MAX_RULES = 12
#: Of a variable part, in a key.
_LENGTH = re.compile("\0+")
_NAME_WAYS = (_BY_NAME, _BY_NAME_PATTERN, _BY_LAST_WORD, _BY_FIRST_WORD)


@dataclass(frozen=True, slots=True)
class SeenGroup:
    """One group of one camera, with what it is recognized by."""

    host: str
    group: RecordingGroup
    settings: Settings
    template: Template
    family: str
    #: folded
    name: str
    name_template: Template
    #: canonical stream options
    options: tuple[tuple[str, str], ...]
    #: by way
    keys: Mapping[str, str] = field(compare=False)

    @property
    def recording_group_id(self) -> str:
        """Return the ID, which may be empty; a glob for one that must not be shown."""
        return _show_id(self.group)

    def key(self, way: str) -> str | None:
        """Return what groups have in common that belong together, or ``None`` if the way does not apply."""
        return self.keys.get(way)


def see_group(host: str, serial: str | None, group: RecordingGroup) -> SeenGroup:
    """Return a group with what it is recognized by."""
    template = parse_text(_show_id(group), serial)
    options = canonical_stream_options(_hide(group.stream_options))
    family = template.family_key if template.has_convention else NO_CONVENTION
    name, pairs = fold_text(_hide(group.nice_name)), () if isinstance(options, str) else options
    name_template = parse_text(name, serial)
    keys = {
        _BY_ID: _show_id(group),
        **_find_name_keys(name, name_template),
        **{f"{_BY_OPTION}{option}": value for option, value in pairs},
    }
    if family:
        keys |= {_BY_PATTERN: template.pattern_key, _BY_NUMBER: template.number_key}
    found = {way: key for way, key in keys.items() if key or way.startswith(_BY_OPTION)}
    return SeenGroup(host, group, read_settings(group), template, family, name, name_template, pairs, found)


def _find_name_keys(name: str, template: Template) -> dict[str, str]:
    first, *rest = name.split(" ")
    words = {_BY_FIRST_WORD: first, _BY_LAST_WORD: rest[-1]} if rest else {}
    return {
        _BY_NAME: name,
        _BY_NAME_PATTERN: template.pattern_key if template.has_convention else "",
        **{way: word for way, word in words.items() if any(map(str.isalpha, word))},
    }


def _hide(text: str | None) -> str:
    """Return a text, or nothing for one that may contain a secret: a draft is a file."""
    return "" if text is None or isinstance(text, UnsafeText) else text


def _show_id(group: RecordingGroup) -> str:
    text = group.recording_group_id or ""
    return "?" * len(text) if isinstance(text, UnsafeText) else text


def propose_rules(hosts: Mapping[str, Sequence[SeenGroup]]) -> tuple[DraftRule, ...]:
    """Return rules on whose settings as many of the hosts agree as possible.

    For a host that does not agree, they are wrong. For one host, they are right if its IDs are.
    """
    families: dict[str, list[SeenGroup]] = defaultdict(list)
    for groups in hosts.values():
        for group in groups:
            families[group.family].append(group)
    ways = {family: choose_way(groups) for family, groups in sorted(families.items())}
    kept = _choose_hosts(hosts, ways) if len(hosts) > 1 else hosts.keys()
    all_groups = [item for host in sorted(kept) for item in hosts[host]]
    rules = (
        rule
        for family, groups in families.items()
        for rule in _build_rules([item for item in groups if item.host in kept], ways[family], all_groups)
    )
    return tuple(sorted(set(rules), key=lambda rule: rule.sort_key))


def choose_way(groups: Sequence[SeenGroup]) -> str:
    """Return the way to separate the groups of a family on which the most hosts agree, with the fewest rules.

    Names and stream options separate the groups of a camera where IDs do not, and never one site from another.
    """
    best = min(((_cost(groups, way), way) for way in _ID_WAYS), key=lambda item: item[0])
    if best[0][0] == 0 or (groups[0].family and not _find_conflicts(groups, _BY_NUMBER)):
        return best[1]
    names = sorted({name for group in groups for name, _value in group.options})
    options = [f"{_BY_OPTION}{name}" for name in names if _OPTION_NAME.fullmatch(name) and name not in _NOT_SHARED]
    others = ((_cost(groups, way), way) for way in (*_NAME_WAYS, *options))
    # Of equal ones, the first is kept.
    return min((best, *others), key=lambda item: item[0])[1]


def _find_conflicts(groups: Iterable[SeenGroup], way: str) -> set[str]:
    """Return the hosts on which groups with equal keys have different settings, or none."""
    settings: dict[tuple[str, str | None], Settings] = {}
    return {
        item.host
        for item in groups
        if item.key(way) is None or settings.setdefault((item.host, item.key(way)), item.settings) != item.settings
    }


def _cost(groups: Sequence[SeenGroup], way: str) -> tuple[int, int]:
    """Return how many hosts would need rules of their own, and the number of the other rules."""
    by_host: dict[str, dict[str | None, set[Settings]]] = defaultdict(lambda: defaultdict(set))
    for group in groups:
        by_host[group.host][group.key(way)].add(group.settings)
    counts: dict[str, Counter[Settings]] = defaultdict(Counter)
    exceptions = _find_conflicts(groups, way)
    for host in by_host.keys() - exceptions:
        for key, settings in by_host[host].items():
            counts[str(key)].update(settings)
    usual = {key: _most_common(counter) for key, counter in counts.items()}
    # A list with a rule for each camera, or for a few of them, shares nothing.
    if len(usual) > max(_MAX_RULES, *(len(keys) for keys in by_host.values())):
        return len(by_host), len(usual)
    alone = {key for key, counter in counts.items() if _is_own(key, way, counter.total(), len(by_host))}
    for host in by_host.keys() - exceptions:
        if any(str(key) in alone or settings != {usual[str(key)]} for key, settings in by_host[host].items()):
            exceptions.add(host)
    return len(exceptions), len(usual.keys() - alone)


def _is_own(key: str, way: str, count: int, hosts: int) -> bool:
    """Return whether a key is that of one host only, so that no other host would use a shared rule for it."""
    return count == 1 and hosts > 1 and (way == _BY_ID or "\0" not in key)


def _most_common(counter: Counter[Settings]) -> Settings:
    return min(counter, key=lambda settings: (-counter[settings], settings.sort_key))


def _choose_hosts(hosts: Mapping[str, Sequence[SeenGroup]], ways: Mapping[str, str]) -> frozenset[str]:
    """Return hosts that agree on the settings of all their groups, the largest set of equal hosts first."""
    number = Counter(
        key for groups in hosts.values() for key in {(item.family, item.key(ways[item.family])) for item in groups}
    )
    equal: dict[tuple[tuple[tuple[str, str], Settings], ...], list[str]] = defaultdict(list)
    for host, groups in hosts.items():
        wanted = _wanted(groups, ways)
        if wanted is None or any(_is_own(key, ways[family], number[family, key], len(hosts)) for family, key in wanted):
            continue
        equal[tuple(sorted(wanted.items(), key=lambda item: (item[0], item[1].sort_key)))].append(host)
    agreed: dict[tuple[str, str], Settings] = {}
    kept: set[str] = set()
    for wanted_items, members in sorted(equal.items(), key=lambda item: (-len(item[1]), min(item[1]))):
        if all(agreed.get(key, settings) == settings for key, settings in wanted_items):
            agreed.update(wanted_items)
            kept.update(members)
    return frozenset(kept)


def _wanted(groups: Iterable[SeenGroup], ways: Mapping[str, str]) -> dict[tuple[str, str], Settings] | None:
    """Return the settings of a host by family and key, or ``None`` if a key does not separate its groups."""
    wanted: dict[tuple[str, str], Settings] = {}
    for item in groups:
        key = item.key(ways[item.family])
        if key is None or wanted.setdefault((item.family, key), item.settings) != item.settings:
            return None
    return wanted


def _build_rules(groups: Sequence[SeenGroup], way: str, all_groups: Sequence[SeenGroup]) -> Iterator[DraftRule]:
    by_key: dict[tuple[str, str], list[SeenGroup]] = defaultdict(list)
    for item in groups:
        by_key[str(item.key(way)), item.template.pattern_key].append(item)
    for members in by_key.values():
        settings = members[0].settings
        others = [item.group for item in all_groups if item.settings != settings]
        matches = _propose_matches(members, way, groups)
        found = next((match for match in matches if not _covers_any(match, others)), None)
        if found is not None:
            yield DraftRule(found, settings)
        elif len(members) <= _MAX_RULES or len({item.host for item in members}) == 1:
            explicit = (_match_one(item, others) for item in members)
            yield from (DraftRule(match, settings) for match in explicit if match is not None)


def _covers_any(match: RuleMatch, groups: Iterable[RecordingGroup]) -> bool:
    return any(map(match.build().matches, groups))


def _match_one(item: SeenGroup, others: Sequence[RecordingGroup]) -> RuleMatch | None:
    """Return the match of one group: by its ID, and by its name if that ID has characters that a glob cannot have."""
    glob = limit_id_glob(escape_id(item.recording_group_id)) or None
    matches = (RuleMatch(glob), RuleMatch(glob, escape_text(item.name) or None))
    return next((match for match in matches if match.options and not _covers_any(match, others)), None)


def _propose_matches(members: Sequence[SeenGroup], way: str, family: Sequence[SeenGroup]) -> Iterator[RuleMatch]:
    """Yield matches that cover all of these groups of a family, the one to prefer first."""
    if way in _ID_WAYS:
        others = [item.template for item in family] if way == _BY_PATTERN else []
        yield from map(RuleMatch, build_id_globs([item.template for item in members], others))
        return
    shape, key = _shape(members, family), escape_text(str(members[0].key(way)))
    if way.startswith(_BY_OPTION):
        yield RuleMatch(shape, None, ((way.removeprefix(_BY_OPTION), key),))
    elif way in (_BY_NAME, _BY_NAME_PATTERN):
        yield RuleMatch(shape, build_name_glob([item.name_template for item in members]))
    elif len({item.name for item in members}) == 1:
        yield RuleMatch(shape, escape_text(members[0].name))
    else:
        yield RuleMatch(shape, f"{key} *" if way == _BY_FIRST_WORD else f"* {key}")


def _shape(members: Sequence[SeenGroup], family: Sequence[SeenGroup]) -> str | None:
    """Return a glob for the form of the IDs, such as that of a GUID: a name alone is for groups of any system."""
    form = members[0].template.pattern_key
    others = [item.template for item in family if item.template.pattern_key == form]
    return build_id_globs([item.template for item in members], others)[0] or None


@dataclass(frozen=True, slots=True)
class AlikeGroups:
    """Groups of several hosts that belong together, and the matches that cover them."""

    matches: tuple[RuleMatch, ...]
    members: tuple[SeenGroup, ...]


def find_alike(groups: Iterable[SeenGroup]) -> tuple[AlikeGroups, ...]:
    """Return all groups, sorted into those that belong together, also if their numbers have other lengths."""
    families: dict[str, list[SeenGroup]] = defaultdict(list)
    for item in groups:
        families[item.family].append(item)
    alike = []
    for _family, items in sorted(families.items()):
        way = choose_way(items)
        by_key: dict[str, dict[tuple[str, str], list[SeenGroup]]] = defaultdict(lambda: defaultdict(list))
        for item in items:
            key = item.key(way) or item.recording_group_id
            by_key[_LENGTH.sub("\0", key)][key, item.template.pattern_key].append(item)
        for _key, parts in sorted(by_key.items()):
            matches = (_describe_match(members, way, items) for _exact, members in sorted(parts.items()))
            members = tuple(item for part in parts.values() for item in part)
            alike.append(AlikeGroups(tuple(dict.fromkeys(matches)), members))
    return tuple(alike)


def _describe_match(members: Sequence[SeenGroup], way: str, family: Sequence[SeenGroup]) -> RuleMatch:
    if any(item.key(way) is None for item in members):
        return RuleMatch(escape_id(members[0].recording_group_id))
    return next(_propose_matches(members, way, family))
