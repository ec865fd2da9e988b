# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names that Axis gives: APIs, templates, attributes, products. Any other name may be that of a customer.

A name of another form is not an error: a profile shows a placeholder for it.
"""

from __future__ import annotations

import re

#: IDs of API discovery and of /config/discover, from the VAPIX library.
_API_IDS_TEXT = """
    action-rules analytics-metadata-config analytics-mqtt api-discovery audio-analytics audio-device-control audio-mixer
    audio-output audio-streaming-capabilities audit-log basic-device-info best-snapshot capture-mode cert
    custom-firmware-certificate customhttpheader device-config disk-management disk-network-share disk-properties
    dynamicoverlay event-streaming-over-websocket ext-ip-dev-info feature-flag firewall fwmgr geolocation guard-tour
    image-size io-port-management lightcontrol light-control lldp log mdnssd mediaclip mqtt-client network-pairing
    network-settings network-speaker-pairing ntp oak object-analytics onscreencontrols optics-control overlayimage
    packagemanager param param-cgi pir-sensor-configuration pixel-counter power-settings privacy-mask ptz-control
    recording recording-export recording-group recording-storage-limit remote-object-storage remote-syslog
    remoteservice rtsp-over-websocket scene-metadata serial-port shuttergain-cgi signed-video sip siren-and-light snmp
    ssh stream-profiles supervised-io systemready temperaturecontrol time time-service upnp user-management
    video-streaming-indicator view-area virtualhost virtualinput zipstream
"""
API_IDS = frozenset(_API_IDS_TEXT.split())
#: Attributes of a recording group.
GROUP_ATTRIBUTES = frozenset(
    {
        *("RecordingGroupId", "NiceName", "Description", "RetentionTime", "DiskId", "StreamOptions", "PreDuration"),
        *("PostDuration", "MaxRetentionTime", "SpanDuration", "ContainerFormat", "SegmentDuration", "SegmentSize"),
    }
)
#: The words of tokens of action templates, and of their parameters.
_TEMPLATE_WORDS_TEXT = """
    acap action active add address arguments audio axis blink body brightness call camera cert certificate channel
    clear clip cloud color com condition content count create daynight defog delay destination disable display duration
    edge email enable event fail fixed folder format from ftp group guard guardtour handle heater host http https id
    image images input interval io ir led light limit limited login loop max mediaclip message method mode move mqtt
    name network notification number object output overlay page parameters password path payload period play playlist
    port post pre preset primary privacy profile protocol proxy ptz qos record recording relay remote repeat retain
    rule send server setting sftp share siren sip size smtp snmp snmptrap sound source speaker speed start state status
    stop storage stream options subject tcp template text time timeout to toggle token topic tour trap type unlimited
    upload uri url user username validate value video view virtual volume washer while wiper
"""
TEMPLATE_WORDS = frozenset(_TEMPLATE_WORDS_TEXT.split())
_TEMPLATE_SEPARATORS = re.compile(r"[._-]")
_PRODUCT_WORDS_TEXT = """
    access air alarm amplifier analog analytics and audio barebone bi bispectral body box bridge bullet cabinet
    camera ceiling channel compact console control controller counter covert decoder detector display dome door dual
    encoder entry explosion field fixed flexible fps horn hz i illuminator indoor intercom kit license main
    management mic microphone mini mm modular module multi multidirectional multisensor network o onboard optimized
    outdoor palm panoramic people pinhole plate poe pole position positioning protected ptz quality quick radar
    reader recorder relay sensor server siren solution speaker spectral spectrum spot station strobe switch system
    tank thermal thermometric turret unit vandal varifocal verifier video visual wearable wireless worn
"""
_PRODUCT_WORDS = frozenset(_PRODUCT_WORDS_TEXT.split())
_SEPARATORS = re.compile(r"[ /-]")
#: The focal length or the frame rate of a thermal camera, the frequency of the mains.
_SIZE = re.compile(r"[0-9]{1,3}(?:\.[0-9])?(?:mm|fps|Hz)?", re.ASCII)
_MODEL = re.compile(
    r"(?:AXIS )?"
    r"(?:[A-Z][0-9]{3,4}|F[0-9]{2}|X[FP][0-9]{2}-[PQ][0-9]{4}|(?:FA|XFQ?|XPQ?|XCQ?|TA|TC|TD|TM|TP|TQ|TU|TW)[0-9]{2,5})"
    r"(?:-[BCDEGLPRSTVWXZ]{1,4})?(?:-[0-9]{1,2})?(?: Mk ?I{1,3})?",
    re.ASCII,
)
# Four parts, as an address has them, only before AXIS OS 10.
_FIRMWARE = re.compile(
    r"(?:[0-9]{1,2}(?:\.[0-9]{1,4}){1,2}|[1-9](?:\.[0-9]{1,4}){3})(?:[_-](?:alpha|beta|rc)[._-]?[0-9]{0,2})?", re.ASCII
)
_VERSION = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4}){0,2}(?:-(?:alpha|beta|rc)[.-]?[0-9]{0,2})?", re.ASCII)
_HARDWARE_ID = re.compile(r"[0-9A-Fa-f]{2,4}(?:\.[0-9A-Fa-f]{1,3})?", re.ASCII)
_ARCHITECTURE = re.compile(r"aarch64|armv[5-9][a-z]{0,2}|mips|mipsisa32r2el|mipsel|cris(?:v32)?|x86_64|i686|ppc")
_CHIP = re.compile(
    r"(?:Axis )?(?:ARTPEC|Artpec)-?[0-9]{1,2}|Ambarella (?:A|CV|H|N|S)[0-9]{1,3}[A-Z]{0,2}m?(?:[0-9]{2})?"
    r"|(?:NXP|Freescale) i\.MX ?[0-9]{1,2}(?: ?(?:M|MM|MN|MP|MQ|QM|QXP|X|UL|ULL|Solo|Dual|Quad|Plus|Mini|Nano))*"
    r"|(?:HiSilicon )?Hi[0-9]{4}[ACDV]?(?:V[0-9]{3})?",
    re.ASCII,
)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_BUILD_DATE = re.compile(
    rf"(?:{_MONTHS}) {{1,2}}[0-3]?[0-9] 20[0-9]{{2}}(?: [0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?)?"
    r"|20[0-9]{2}-[01][0-9]-[0-3][0-9]",
    re.ASCII,
)
_VARIANTS = frozenset({"50 Hz", "60 Hz", "50Hz", "60Hz"})


def is_template_name(text: str) -> bool:
    """Return whether a text is the token of a template of Axis, or the name of a parameter of one."""
    return len(text) <= 100 and all(word in TEMPLATE_WORDS for word in _TEMPLATE_SEPARATORS.split(text))


def is_version(text: str) -> bool:
    """Return whether a text is the version of an API."""
    return _VERSION.fullmatch(text) is not None


def is_firmware(text: str) -> bool:
    """Return whether a text is a version of AXIS OS."""
    return _FIRMWARE.fullmatch(text) is not None


def is_product_type(text: str) -> bool:
    """Return whether a text is a kind of products: ``Dome Camera``."""
    words = _SEPARATORS.split(text)
    return 0 < len(text) <= 60 and all(word.lower() in _PRODUCT_WORDS or _SIZE.fullmatch(word) for word in words)


def is_model(text: str) -> bool:
    """Return whether a text is the name of a product: ``P3265-LVE``, ``AXIS P3265-V Dome Camera``."""
    found = _MODEL.match(text)
    rest = text[found.end() :] if found else "-"
    return not rest or (rest.startswith(" ") and is_product_type(rest[1:]))


def is_hardware_id(text: str) -> bool:
    """Return whether a text is the ID of a hardware: ``7DE``, ``931.11``."""
    return _HARDWARE_ID.fullmatch(text) is not None


def is_architecture(text: str) -> bool:
    """Return whether a text is an architecture of processors."""
    return _ARCHITECTURE.fullmatch(text) is not None


def is_chip(text: str) -> bool:
    """Return whether a text is a system on chip: ``Axis Artpec-8``."""
    return _CHIP.fullmatch(text) is not None


def is_build_date(text: str) -> bool:
    """Return whether a text is the day on which a firmware was built."""
    return _BUILD_DATE.fullmatch(text) is not None


def is_variant(text: str) -> bool:
    """Return whether a text is a variant of a product."""
    return text in _VARIANTS
