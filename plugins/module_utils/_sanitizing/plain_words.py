# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words of devices, of their documentation, and of this collection: they identify no site and no person."""

from __future__ import annotations

_PLAIN_WORDS_TEXT = """
    a about above accepted access account action actions activation active add added admin administrator again all
    allowed already an analytics and any api application archive argument arguments array as at attribute audio
    audit authentication authorized available axis bad basic be because been before below beta body boolean busy
    but by call camera cameras can cannot capture card case certificate cgi changed character characters classic
    client close closed cloud codec condition conditions config configuration configurations configured connect
    connection constraint content core could create created data database date decoder denied deprecated
    description destination destinations detail device dialect did digest disabled discover discovery disk disks
    does door double duplicate duration dynamic edge element empty enabled encoding end engine entity error event
    events exceeded exceeds exist existing exists expected expired export expression extern external failed
    failure false fault faults field file filter find firmware fixed for forbidden format found framework from
    full function geolocation group groups guard guest handle hardware has have header heater host http https id
    identifier ids if illegal image implemented in incomplete incorrect info initialized input installation
    integer integration intercom interface internal invalid iot is it json key large least length less light
    lightcontrol limit list localhost locked log long longer malformed management many match matched matches max
    maximum media message metadata method min minimum mismatch missing mobile mode model module modules more most
    motion mount mounted mqtt must name names namespace negative net network new no none not ntp null number
    object occurrence of off offline ok on only onvif operation operator option optional options or out outside
    overflow overlay param parameter parameters parse parser path perform permission permissions permitted pir
    please port ports positive post primary privacy problem process processing product profile profiles projects
    properties property provided ptz query radar range reached read readonly ready reason received recipient
    recorder recording recordings redirect refused rejected remote remove removed report reports request requested
    requests require required requires resource response retention role root rule rules running scene schema
    schemaversion screen sd seconds secure security sensor serial server service services set setting share should
    siren size small soap some speaker specified start started state status stop stopped storage stream streaming
    streamoptions string success such supervised support supported syntax system task temperature template
    templates test text than that the there thermal this time timeout to token too topic trigger true try type
    unable unauthenticated unauthorized unavailable undefined unexpected unimplemented unit unknown unlimited
    unmounted unsupported update updated upload uri usage use used user users utf valid validation value values
    version video view viewer violation virtual vms was weather web were when while with without wlan write wrong
    xml you your zero zipstream
"""
PLAIN_WORDS = frozenset(_PLAIN_WORDS_TEXT.split())
