# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send a response: whole, byte by byte, in part, or not at all."""

from __future__ import annotations

import asyncio
import fcntl
import termios
from http import HTTPStatus
from itertools import repeat

from aiohttp import web

from .connection import Connection, reset
from .messages import Response, Transmission

_SERVER = "Apache/2.4.58 (Unix)"
_CHUNK = 64 * 1024


def build_response(response: Response) -> web.Response:
    """Build a response with a whole body, which aiohttp sends in one write with the headers."""
    built = web.Response(status=response.status, body=response.body)
    for name, value in _headers(response):
        built.headers.add(name, value)
    if response.chunked:
        built.enable_chunked_encoding()
    if response.close:
        built.force_close()
    return built


async def write_response(
    incoming: web.BaseRequest, connection: Connection, response: Response, transmission: Transmission
) -> web.Response:
    """Send a response as `transmission` says, and end the connection; aiohttp cannot send the returned response."""
    try:
        if transmission.share is not None:
            await _send(incoming, connection, response, transmission)
    except ConnectionError:
        # The client disconnected.
        return web.Response()
    if connection.is_broken or transmission.ending == "hold":
        await connection.closed.wait()
    elif incoming.transport is not None and transmission.ending == "reset":
        await _wait_until_delivered(incoming.transport)
        reset(incoming.transport)
    elif incoming.transport is not None:
        incoming.transport.close()
    return web.Response()


async def _send(
    incoming: web.BaseRequest, connection: Connection, response: Response, transmission: Transmission
) -> None:
    if incoming.transport is None:
        raise ConnectionError
    # Hand everything to the kernel before the next step, which may be a reset. With high=0, TLS never resumes.
    incoming.transport.set_write_buffer_limits(high=1, low=0)
    head, body = _head(response, transmission), response.body[: int(len(response.body) * (transmission.share or 0))]
    immediate, dripping = {"headers": (b"", head + body), "body": (head, body), None: (head + body, b"")}[
        transmission.drip
    ]
    await _write(incoming, immediate)
    for byte in dripping:
        if connection.is_broken:
            return
        await _write(incoming, bytes([byte]))
        await asyncio.sleep(transmission.pause)
    whole, rest = divmod(transmission.padding, _CHUNK)
    for blanks in (*repeat(_CHUNK, whole), rest):
        if connection.is_broken:
            return
        await _write(incoming, b" " * blanks)


async def _wait_until_delivered(transport: asyncio.Transport) -> None:
    """Wait up to a second until the client has received everything; a reset would discard the rest."""
    connection = transport.get_extra_info("socket").fileno()
    for _unused in range(1000):
        if fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)) == bytes(4):
            break
        await asyncio.sleep(0.001)


async def _write(incoming: web.BaseRequest, data: bytes) -> None:
    await incoming.writer.write(data)
    await incoming.writer.drain()
    # `drain` does not yield, and asyncio notices a disconnected client only when the loop runs.
    await asyncio.sleep(0)


def _head(response: Response, transmission: Transmission) -> bytes:
    lines = [f"HTTP/{transmission.version} {response.status} {HTTPStatus(response.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in _headers(response)]
    if transmission.version != "1.0":
        lines += [f"Content-Length: {len(response.body) + transmission.padding}", "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("iso-8859-1")


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", response.content_type), ("Server", _SERVER), *response.headers)
