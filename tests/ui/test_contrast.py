"""Every text is readable: contrasts from the tokens of ui/style.css, in light and in dark."""

import re

import pytest

from ui.assets import HERE

TOKENS = dict(
    re.findall(r"--([\w-]+): light-dark\((#\w+, #\w+)\)", (HERE / "style.css").read_text(encoding="utf-8")),
)
TEXT = [
    *((name, paper) for name in ("ink", "soft", "faint", "accent", "error") for paper in ("paper", "card")),
    *((name, "hover") for name in ("ink", "soft", "faint", "accent")),
    *((f"grade-{step}", "card") for step in range(4)),
    *(("on-grade", f"grade-{step}") for step in range(4)),
    ("on-accent", "accent"),
    ("error", "error-paper"),
    ("ink", "note-paper"),
    *(("ink", f"match-{step}") for step in range(1, 6)),
    *((name, "same") for name in ("ink", "soft", "faint", "accent")),
    *((name, paper) for name in ("up", "down", "new", "faint") for paper in ("card", "same")),
]
MARKS = [("match", "card"), *((f"language-{i}", paper) for i in range(12) for paper in ("paper", "card"))]


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_contrast(theme, pairs, least):
    found = {(a, b): contrast(*(TOKENS[name].split(", ")[theme] for name in (a, b))) for a, b in pairs}
    assert {pair: round(value, 2) for pair, value in found.items() if value < least} == {}
