# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts an answer on the wire: as usual, or byte by byte, in part, or not at all."""

from __future__ import annotations

import asyncio
import fcntl
import termios
from http import HTTPStatus
from itertools import repeat

from aiohttp import web

from .line import Line, reset
from .messages import Answer, Delivery

_SERVER = "Apache/2.4.58 (Unix)"
_CHUNK = 64 * 1024


def usual(answer: Answer) -> web.Response:
    """A whole body, so that aiohttp sends it in one write with the headers."""
    response = web.Response(status=answer.status, body=answer.body)
    for name, value in _headers(answer):
        response.headers.add(name, value)
    if answer.close:
        response.force_close()
    return response


async def deliver(incoming: web.BaseRequest, line: Line, answer: Answer, delivery: Delivery) -> web.Response:
    """What `delivery` says, to the end of the connection; the response is for aiohttp, which cannot send it then."""
    try:
        if delivery.share is not None:
            await _send(incoming, line, answer, delivery)
    except ConnectionError:
        # The client had enough.
        return web.Response()
    if line.broken or delivery.ending == "hold":
        await line.gone.wait()
    elif incoming.transport is not None and delivery.ending == "reset":
        await _arrival(incoming.transport)
        reset(incoming.transport)
    elif incoming.transport is not None:
        incoming.transport.close()
    return web.Response()


async def _send(incoming: web.BaseRequest, line: Line, answer: Answer, delivery: Delivery) -> None:
    if incoming.transport is None:
        raise ConnectionError
    # Whatever was written is the kernel's before the next step, which may be a reset. TLS never goes on with 0.
    incoming.transport.set_write_buffer_limits(high=1, low=0)
    head, body = _head(answer, delivery), answer.body[: int(len(answer.body) * (delivery.share or 0))]
    at_once, dripping = {"headers": (b"", head + body), "body": (head, body), None: (head + body, b"")}[delivery.drip]
    await _write(incoming, at_once)
    for byte in dripping:
        if line.broken:
            return
        await _write(incoming, bytes([byte]))
        await asyncio.sleep(delivery.pause)
    whole, rest = divmod(delivery.padding, _CHUNK)
    for blanks in (*repeat(_CHUNK, whole), rest):
        if line.broken:
            return
        await _write(incoming, b" " * blanks)


async def _arrival(transport: asyncio.Transport) -> None:
    """Until the other side has all that was sent, which a reset would discard; for a second at most."""
    connection = transport.get_extra_info("socket").fileno()
    for _unused in range(1000):
        if fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)) == bytes(4):
            break
        await asyncio.sleep(0.001)


async def _write(incoming: web.BaseRequest, data: bytes) -> None:
    await incoming.writer.write(data)
    await incoming.writer.drain()
    # Draining does not give way by itself, and a client that hung up is noticed only then.
    await asyncio.sleep(0)


def _head(answer: Answer, delivery: Delivery) -> bytes:
    lines = [f"HTTP/{delivery.version} {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in _headers(answer)]
    if delivery.version != "1.0":
        lines += [f"Content-Length: {len(answer.body) + delivery.padding}", "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("iso-8859-1")


def _headers(answer: Answer) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", answer.content_type), ("Server", _SERVER), *answer.headers)
