# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The picture of the terminal is legible in the README, in both themes, and loads nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from tests.browser.pictures import IMAGES, MAX_LINES, THEMES, draw_terminal

#: The width of the README on GitHub, in pixels, and the smallest legible text.
README_WIDTH, MIN_TEXT = 830, 10
MIN_CONTRAST = 4.5


def _luminance(color: tuple[int, int, int]) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in color
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", THEMES)
def test_text_has_contrast(scheme: str) -> None:
    theme = THEMES[scheme]
    background = _luminance(tuple(theme.background_color))
    for color in (theme.foreground_color, theme.ansi_colors[1], theme.ansi_colors[2]):
        darker, lighter = sorted((background, _luminance(tuple(color))))
        assert (lighter + 0.05) / (darker + 0.05) >= MIN_CONTRAST


def _texts(picture: str) -> list[str]:
    texts = ("".join(node.itertext()) for node in etree.fromstring(picture).iter("{*}text"))
    return [text.replace("\xa0", " ").strip() for text in texts]


def test_colors_and_text_are_drawn() -> None:
    picture = draw_terminal("$ make demo\n\x1b[32m[ok] one\x1b[0m\n", THEMES["light"])
    assert {"$ make demo", "[ok] one"} <= set(_texts(picture))
    assert "fill: #116329" in picture


@pytest.mark.parametrize("scheme", THEMES)
def test_picture_in_the_readme_is_legible(scheme: str) -> None:
    picture = (IMAGES / f"terminal-{scheme}.svg").read_text(encoding="utf-8")
    texts = _texts(picture)
    assert "$ make demo" in texts
    assert not re.search(r"(?<![.\w])/(?:home|root|tmp|Users)/", "\n".join(texts))
    assert "url(http" not in picture
    root = etree.fromstring(picture)
    assert len({node.get("y") for node in root.iter("{*}text") if node.get("clip-path")}) <= MAX_LINES
    (size,) = re.findall(r"terminal-matrix \{[^}]*font-size: (\d+)px", picture)
    assert int(size) * README_WIDTH / float(root.get("viewBox").split()[2]) >= MIN_TEXT
