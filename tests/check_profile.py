# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check a device profile before it is submitted: ``make check-profile ARGS=tests/simulator/profiles/my-camera.json``.

It is valid, nothing in it identifies a site or a person, each answer says how it is known, and the simulator behaves
like it. For a file in ``tests/simulator/profiles``, the page on supported devices and the README are then updated.
"""

from __future__ import annotations

import ipaddress
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema

from ansible_collections.camfleet.axis.plugins.module_utils._errors import AxisError
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.points import POINTS
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile import Profile, show_answer
from ansible_collections.camfleet.axis.plugins.module_utils._tasks.device_check.profile_reader import parse_profile
from ansible_collections.camfleet.axis.plugins.plugin_utils._device_profile.files import build_stem
from tests import readme
from tests.check_profile_site import find_site_values
from tests.check_profile_values import find_value_faults
from tests.playbook import CHECKOUT
from tests.readme import README
from tests.supported_devices import PAGE, PROFILES, load_profiles, updated

SCHEMA = CHECKOUT / "docs" / "device-profile.schema.json"
_MAX_BYTES = 20_000_000
_MAX_FAULTS = 20
_HAND_WRITTEN_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_NEEDS_SOURCE = ("captured", "documented", "secondary")
# Of invented cameras, in a profile that is written by hand.
_INVENTED = re.compile(r"B8A44F0A1B0[0-9]")
# IDs of scratch groups, IDs that devices generate, and what a device check sends or has replaced.
_HARMLESS = re.compile(
    rf"{_INVENTED.pattern}|(?i:aBcDeF012345)|camfleet-check-[0-9a-f]{{8}}-[a-z0-9-]+|<[a-z0-9 ]{{1,40}}>|"
    r"\b(?:[A-Z]+_DISK_)?\d{8}_\d{6}_[0-9A-F]{8}\b"
)
# What a device check never writes. The first group is what is shown to the reader.
_IDENTIFYING: Mapping[str, re.Pattern[str]] = {
    "a serial number or a MAC address": re.compile(
        r"(?<![0-9A-Za-z])([0-9A-Fa-f]{12}|(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})"
        r"(?![0-9A-Za-z])"
    ),
    "a serial number of Axis": re.compile(r"((?:ACCC8E|B8A44F|00408C|E82725)[0-9A-Fa-f]{6})", re.IGNORECASE),
    "an e-mail address": re.compile(r"(?<![\w.+-])([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})"),
    "a nonce, a key, or another long code": re.compile(
        r"(?<![\w+/])(?=[\w+/]*[0-9])(?=[\w+/]*[A-Za-z])([\w+/]{32,}={0,2})"
    ),
    "a login": re.compile(
        r"((?i:authorization|cookie)\"?[:=]\s*\"?\S{4,}|\b(?i:basic|bearer)\s+(?=\S*[A-Z0-9])(?=\S*[a-z])(?=\S*[0-9=])[\w+/=.-]{8,}"
        r"|(?i:response|cnonce|opaque|username|password)=\"[^\"<]{2,}\")"
    ),
    "a host name": re.compile(
        r"(?i)(?<![\w.<@-])((?:[a-z0-9][a-z0-9-]{0,62}\.){1,8}(?:local|lan|localdomain|home|intern|internal|corp|fritz\.box))\b"
    ),
    "a path of a person": re.compile(r"(?i)((?:/home/|/Users/|C:\\\\Users\\\\)[\w.-]+)"),
}
_IPV4 = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.])")
_IPV6 = re.compile(r"(?<![\w:])([0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:])")
_URL = re.compile(r"https?://([^\s/\"'<>]+)[^\s\"'<>]*")
# Hosts of namespaces and of the public sources of answers.
_PUBLIC_HOSTS = ("www.w3.org", "docs.oasis-open.org", "www.onvif.org", "axis.com", "github.com", "schemas.xmlsoap.org")


def find_faults(path: Path) -> list[str]:
    """Return what is wrong with a profile, as sentences; nothing if it can be submitted."""
    try:
        content = _read(path)
        profile = parse_profile(content, path.name)
    except ValueError as error:
        return [str(error)]
    except AxisError as error:
        return [*_find_schema_faults(path), f"{error.message}. {error.next_step}"][:_MAX_FAULTS]
    data = json.loads(content)
    faults = [
        *_find_schema_faults(path),
        *_find_name_faults(path, profile),
        *_find_source_faults(profile),
        *_find_identifying(data),
        *islice(find_value_faults(profile), _MAX_FAULTS),
    ]
    return (faults or [*_find_simulation_faults(path, profile)])[:_MAX_FAULTS]


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError(f"{path} has more than {_MAX_BYTES:,} bytes.")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8. Save it as UTF-8.") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from None


def _find_schema_faults(path: Path) -> Iterator[str]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        # The reader of profiles says where.
        return
    for error in islice(jsonschema.Draft202012Validator(schema).iter_errors(data), _MAX_FAULTS):
        yield f"{_show_path(error.absolute_path)} does not match docs/{SCHEMA.name}: {error.message[:300]}."


def _show_path(keys: Any) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".") or "The file"


def _find_name_faults(path: Path, profile: Profile) -> Iterator[str]:
    expected = build_stem(profile.device)
    if path.suffix != ".json" or (
        not re.fullmatch(rf"{re.escape(expected)}(?:-[0-9]+)?", path.stem)
        and (profile.origin.kind == "observed" or not _HAND_WRITTEN_NAME.fullmatch(path.stem))
    ):
        yield f"The file is named {path.name}. Rename it to {expected}.json, as the device check names it."


def _find_source_faults(profile: Profile) -> Iterator[str]:
    if not profile.origin.source.strip():
        yield "origin.source is empty. Say where the profile comes from."
    if not any(answer.answer is not None for answer in profile.points.values()):
        yield "No point has an answer. Run the device check again with an account that may read the device."
    for point in POINTS:
        answer = profile.find(point.name)
        where = f"points.{point.name}"
        if answer.known_from in _NEEDS_SOURCE and not (answer.source or "").strip():
            yield f"{where}.source is empty. Name the page, repository, or person that shows the answer."
        if answer.known_from == "observed" and profile.origin.kind != "observed":
            yield f"{where}.known_from is observed, but no device check wrote this profile (origin.kind)."
        if answer.known_from == "observed" and not answer.date:
            yield f"{where}.date is empty. Write the day of the device check."


def _find_identifying(data: Any) -> Iterator[str]:
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for kind, value, path in _search(data):
        places[kind, value].append(path)
    for (kind, value), paths in places.items():
        others = f" and {len(paths) - 1} other places" if len(paths) > 1 else ""
        have = "have" if others else "has"
        yield f"{paths[0]}{others} {have} what may be {kind}: {value[:60]!r}. Replace it with <removed>."


def _search(data: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield what may identify a site or a person, in all keys and texts: kind, text, and place."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _find_in_text(str(key), f"a key of {path or 'the file'}")
            yield from _search(value, f"{path}.{key}".lstrip("."))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _search(value, f"{path}[{number}]")
    elif isinstance(data, str):
        yield from _find_in_text(data, path)


def _find_in_text(text: str, path: str) -> Iterator[tuple[str, str, str]]:
    is_public = re.fullmatch(r"(?:origin|points\.\w+)\.(?:source|note)", path) is not None
    searched = _URL.sub(" ", text) if is_public else text
    searched = _URL.sub(lambda url: " " if _is_public_host(url[1]) else url[0], searched)
    searched = _HARMLESS.sub(" ", searched)
    found = [(kind, match[1]) for kind, pattern in _IDENTIFYING.items() for match in pattern.finditer(searched)]
    found += [("an address", text) for text in _find_addresses(searched)]
    if not is_public:
        found += [("a host name", host) for host in _URL.findall(searched) if not _is_public_host(host)]
    for kind, value in dict.fromkeys(found):
        yield kind, value, path


def _find_addresses(text: str) -> Iterator[str]:
    for candidate in (*_IPV4.findall(text), *_IPV6.findall(text)):
        try:
            address = ipaddress.ip_address(candidate)
        except ValueError:
            continue
        if not address.is_unspecified:
            yield candidate


def _is_public_host(host: str) -> bool:
    return any(host == public or host.endswith(f".{public}") for public in _PUBLIC_HOSTS)


def _find_simulation_faults(path: Path, profile: Profile) -> Iterator[str]:
    """Yield the answers that the simulator cannot give."""
    try:
        # The simulator loads all profiles, so that an invalid one must be reported before.
        simulator = import_module("tests.simulator")
        with simulator.Fleet() as fleet:
            simulated = fleet.add(str(path), "simulated").answers
    except ValueError as error:
        yield f"The simulator cannot behave like this profile: {error}"
        return
    for name, answer in profile.answers.items():
        if answer is not None and name in simulated and simulated[name] != answer:
            yield (
                f"points.{name} is {show_answer(answer)}, but a device with the other answers of this profile has "
                f"{show_answer(simulated[name])}. Correct the one that is wrong."
            )


def _show_site_values(path: Path) -> None:
    """Show what a device check saw of one device; other profiles are of none."""
    profile = parse_profile(_read(path), path.name)
    if profile.origin.kind == "observed":
        print("These values are of your device and your site, and become public with the file:")
        print(*(f"  - {text}" for text in find_site_values(profile)), sep="\n")
        print("Remove what you do not want to publish.")


def main(arguments: list[str] | None = None) -> int:
    """Check the profiles, print what is wrong, and return the exit status."""
    paths = [Path(argument) for argument in (sys.argv[1:] if arguments is None else arguments)]
    if not paths:
        print('Name the profile: make check-profile ARGS="my-camera.json"')
        return 2
    faults = {path: find_faults(path) for path in paths}
    for path, found in faults.items():
        print(f"{path}: {'OK' if not found else f'{len(found)} faults' if len(found) > 1 else '1 fault'}")
        print(*(f"  - {fault}" for fault in found), sep="\n", end="\n" if found else "")
    if any(faults.values()):
        return 1
    for path in paths:
        _show_site_values(path)
    if any(path.resolve().parent == PROFILES for path in paths):
        pages = {PAGE: updated, README: readme.updated}
        try:
            profiles = load_profiles()
            texts = {page: update(page.read_text(encoding="utf-8"), profiles) for page, update in pages.items()}
        except (AxisError, ValueError) as error:
            print(f"{PAGE.relative_to(CHECKOUT)} was not updated: {error}")
            return 1
        changed = [page for page, text in texts.items() if page.read_text(encoding="utf-8") != text]
        for page in changed:
            page.write_text(texts[page], encoding="utf-8")
        names = " and ".join(str(page.relative_to(CHECKOUT)) for page in changed or pages)
        verb = f"{'were' if len(changed) > 1 else 'was'} updated" if changed else "are up to date"
        print(f"{names} {verb}. Commit them with the profile, and open a pull request.")
    else:
        print(f"To submit it, put it into {PROFILES.relative_to(CHECKOUT)} and run this command again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
