# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts of cells: what a spreadsheet, an export, or a person made of an address or a serial number."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

from ansible_collections.camfleet.axis.plugins.module_utils._errors import (
    InvalidOptionError,
    describe_value,
)
from ansible_collections.camfleet.axis.plugins.module_utils._models.serial import normalize_serial
from ansible_collections.camfleet.axis.plugins.module_utils._options.device import DEFAULT_PORTS, MAX_PORT, check_host
from ansible_collections.camfleet.axis.plugins.module_utils._sanitizing.invisible import remove_invisible
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.records import Mark
from ansible_collections.camfleet.axis.plugins.plugin_utils._cameras.table import unquote

#: The first half of the MAC addresses of Axis, from the register of the IEEE (MA-L, Axis Communications AB).
AXIS_PREFIXES = ("00408C", "ACCC8E", "B8A44F", "E82725")

_FORMULA = re.compile(r"=|[@+-][A-Za-z_.]+[(|]")
#: As a spreadsheet shows them in English, German, French, and Spanish; ``####`` is a column that is too narrow.
_ERROR = re.compile(
    r"#(?:N/A|NV|N/D|REF!|BEZUG!|¡REF!|VALUE!|WERT!|VALEUR!|¡VALOR!|NAME\?|NOM\?|¿NOMBRE\?|DIV/0!|¡DIV/0!|NUM!|ZAHL!|"
    r"NOMBRE!|¡NUM!|NULL!|NUL!|¡NULO!|SPILL!|CALC!|GETTING_DATA)|#{2,}",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[ T].*)?|\d{1,2}[-/]\d{1,2}[-/]\d{2,4}|\d{1,2}\.\d{1,2}\.(?:19|20)\d\d"
)
_NUMBER = re.compile(r"[-+]?\d[\d.,\u0020\u00a0\u202f']*(?:E[-+]?\d+)?", re.IGNORECASE | re.ASCII)
_QUADS = re.compile(r"\d+(?:\.\d+){3}", re.ASCII)
_RANGE = re.compile(r"\d+(?:\.\d+){3}\s*-\s*\d+(?:\.\d+){0,3}", re.ASCII)
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")
_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)")
_HOST = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]*)(?::(?P<port>[0-9]{1,5}))?")
_PLACEHOLDERS = frozenset({"-", "--", "?", "n/a", "na", "none", "null", "tbd", "tbc", "dhcp", "unknown", "unbekannt"})
_RETYPE = "Format the column as text, and enter the value again."


class Fault(NamedTuple):
    """What is wrong with a cell.

    :param message: without a full stop.
    :param next_step: as a sentence.
    """

    message: str
    next_step: str


class Address(NamedTuple):
    """A host name or an IP address.

    :param port: a port other than 80 and 443, if the cell has one.
    """

    host: str
    port: int | None = None


def parse_text(text: str, mark: Mark | None, *, is_field: bool = True, keep_lines: bool = False) -> str | Fault:
    """Return the text of a cell without invisible characters.

    :param is_field: whether a date or a number with decimals is a fault; a variable may be either.
    :param keep_lines: whether the text may have several lines.
    """
    if mark in (Mark.FORMULA, Mark.MERGED) or (is_field and mark in (Mark.DATE, Mark.NUMBER)):
        return _explain(mark, text)
    if text[:1] not in "=@+-#" and text.isascii() and text.isprintable():
        return text
    text = unquote(text)
    if _FORMULA.match(text):
        return _explain(Mark.FORMULA, text)
    if _ERROR.fullmatch(text):
        message = f"the cell shows the error {text} of a spreadsheet"
        return Fault(message, "Correct the formula, replace it by its value, or clear the cell.")
    return remove_invisible(text, keep_lines=keep_lines).strip()


def _explain(mark: Mark | None, text: str) -> Fault:
    if mark is Mark.FORMULA:
        message = f"the cell has the formula {describe_value(text)}, which is not calculated here"
        return Fault(message, "Replace it by its value: copy it, and paste values only.")
    if mark is Mark.DATE:
        return Fault(f"the cell is the date {text}, which a spreadsheet may have made of another text", _RETYPE)
    if mark is Mark.MERGED:
        return Fault(
            "the cell is merged with others and has no value of its own", "Split the merged cells, and fill in each."
        )
    return Fault(f"the cell is the number {text}, from which a spreadsheet may have removed zeros", _RETYPE)


def parse_serial(text: str, mark: Mark | None = None) -> str | Fault:
    """Return 12 hexadecimal digits in upper case. A MAC address in any form is the serial number of an Axis device."""
    if mark is Mark.WHOLE:
        # No prefix of Axis has decimal digits only.
        return _explain(Mark.NUMBER, text)
    cleaned = _HYPHENS.sub("-", remove_invisible(text)).removeprefix("'").strip()
    serial = normalize_serial(re.sub(r"\A0x", "", cleaned, flags=re.IGNORECASE))
    shown = describe_value(cleaned)
    if serial is None:
        return Fault(f"{shown} is not a serial number{_find_reason(cleaned)}", _correct_serial(cleaned))
    if len(set(serial)) == 1:
        return Fault(f"{shown} is not the serial number of a device", "Correct it, or clear the cell.")
    return serial


def _find_reason(text: str) -> str:
    digits = re.sub(r"[\s:.-]", "", text)
    if _NUMBER.fullmatch(text) and "E" in text.upper():
        return ": a spreadsheet made it a number"
    if re.fullmatch(r"[0-9A-Fa-f]{1,11}", digits):
        zeros = ", and a spreadsheet removes zeros at the beginning" if digits.isdecimal() else ""
        return f": it has {len(digits)} of 12 digits{zeros}"
    if re.fullmatch(r"[0-9A-Fa-f]{13,}", digits):
        return f": it has {len(digits)} digits instead of 12"
    return ""


def _correct_serial(text: str) -> str:
    if _NUMBER.fullmatch(text):
        return "Format the column as text, and enter the 12 digits again, or clear the cell."
    return "Set the cell to the 12 hexadecimal digits on the label, such as ACCC8E000001, or clear it."


def is_axis_serial(serial: str) -> bool:
    """Return whether a serial number is a MAC address of Axis."""
    return serial.startswith(AXIS_PREFIXES)


def is_date(text: str) -> bool:
    """Return whether a text is a date with a year, as a spreadsheet exports it."""
    return _DATE.fullmatch(text) is not None


def parse_firmware(text: str) -> str | Fault:
    """Return a firmware version, of which a spreadsheet may have made a date: 10.12.91 in German."""
    return _explain(Mark.DATE, text) if is_date(text) else text


def parse_address(text: str) -> Address | Fault:
    """Return the host of a cell, which may also be a URL, or an address with a port or a prefix length."""
    cleaned = remove_invisible(text).removeprefix("'").strip()
    scheme, rest = "", cleaned
    if (url := _SCHEME.fullmatch(cleaned)) is not None:
        scheme, rest = url["scheme"].lower(), url["rest"]
    if "@" in rest.partition("/")[0]:
        # Without the text, which may have a password.
        return Fault("the address has a username or a password", "Set the cell to the address only.")
    if cleaned.casefold() in _PLACEHOLDERS:
        return Fault(f"{describe_value(cleaned)} is not an address", "Set the cell to the address, or clear it.")
    host, _slash, path = rest.partition("/")
    if scheme and scheme not in DEFAULT_PORTS:
        return _reject(cleaned)
    if path and not scheme and not path.isdecimal():
        return _explain_address(cleaned, cleaned)
    if path.isdecimal() and not scheme:
        return _parse_interface(cleaned)
    found = None if _parse_ip(host) else _HOST.fullmatch(host)
    if found is None or not found["port"]:
        return _check_host(found["host"] if found else host, cleaned)
    address = _check_host(found["host"], cleaned)
    return address if isinstance(address, Fault) else _add_port(address, int(found["port"]), scheme, cleaned)


def _add_port(address: Address, port: int, scheme: str, text: str) -> Address | Fault:
    if not 0 < port <= MAX_PORT:
        return _reject(text)
    if port == DEFAULT_PORTS["https"] or (port == DEFAULT_PORTS["http"] and scheme != "https"):
        # HTTPS is the default of the collection, also for devices that an export shows with HTTP.
        return address
    if scheme == "http":
        message = f"{describe_value(text)} has a port for HTTP, which the collection does not use without axis_protocol"
        return Fault(message, "Set the cell to the address, and axis_port or axis_protocol in columns of their own.")
    return address._replace(port=port)


def _parse_interface(text: str) -> Address | Fault:
    """Return the address of an interface, such as 192.0.2.7/24."""
    try:
        interface = ipaddress.ip_interface(text)
    except ValueError:
        return _reject(text)
    network = interface.network
    if interface.ip == network.network_address and network.num_addresses > 2:
        step = "Set the cell to the address of the device. To search a network, use the option addresses."
        return Fault(f"{text} is a network, not the address of a device", step)
    return _check_host(str(interface.ip), text)


def _parse_ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text[1:-1] if text.startswith("[") and text.endswith("]") else text)
    except ValueError:
        return None


def _check_host(host: str, text: str) -> Address | Fault:
    if host.endswith(".") and _parse_ip(host[:-1]):
        host = host[:-1]
    address = _parse_ip(host)
    if address is not None and (
        address.is_unspecified or address.is_multicast or (address.version == 4 and address.is_reserved)
    ):
        return Fault(
            f"{text} is not the address of a device", "Set the cell to the address of the device, or clear it."
        )
    if address is None and (
        host.rpartition(".")[2].isdecimal() or is_date(host) or _RANGE.fullmatch(host) or _NUMBER.fullmatch(host)
    ):
        return _explain_address(host, text)
    try:
        return Address(check_host(host))
    except InvalidOptionError:
        return _explain_address(host, text)


def _explain_address(host: str, text: str) -> Fault:
    shown = describe_value(text)
    if _RANGE.fullmatch(host):
        step = "Write a row for each device. To search a range, use the option addresses."
        return Fault(f"{shown} is a range, not the address of a device", step)
    if len(re.findall(r"\d+\.\d+\.\d+\.\d+", text)) > 1:
        return Fault(f"{shown} has several addresses", "Set the cell to the one that the device is managed with.")
    if is_date(host):
        return Fault(f"{shown} is a date, which a spreadsheet may have made of an address", _RETYPE)
    if _QUADS.fullmatch(host):
        plain = ".".join(str(int(part)) for part in host.split("."))
        if _parse_ip(plain) and plain != host:
            return Fault(f"{shown} is not a valid address: its parts begin with zeros", f"Set the cell to {plain}.")
        return Fault(f"{shown} is not a valid address: a part is larger than 255", "Correct it.")
    if _NUMBER.fullmatch(host):
        return Fault(f"{shown} is a number, which a spreadsheet may have made of an address", _RETYPE)
    return _reject(text)


def _reject(text: str) -> Fault:
    step = "Set the cell to the IP address or the host name only, such as 192.0.2.7, or map another column to address."
    return Fault(f"{describe_value(text)} is not a valid address", step)
