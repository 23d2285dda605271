"""The look of every chart: the colours of the page, light and dark, and Vega-Lite's defaults.

Charts name colours as CSS variables, so that the page turns them with the reader's preference;
``concrete`` puts the light ones in their place for pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import vl_convert

from segdb.formats.currency import around

# The newest Vega-Lite that vl-convert has: the one that fits the Vega of its bundle. Altair may
# write for an older one; what the charts use is the same in both.
VEGA_LITE = str(vl_convert.get_vegalite_versions()[-1])

# Ten colours for segments: Petroff, "Accessible Color Sequences for Data Visualization" (2021,
# arXiv:2107.02270), optimised for colour-vision deficiencies at a least perceptual distance and
# then chosen by a survey of what people like; Matplotlib ships it as petroff10.
SEGMENTS = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
# Three of them are raised in lightness, hue kept, to stand at 3:1 from a dark page (WCAG 1.4.11).
_DARK_SEGMENTS = (
    "#4c9be3", "#ffa90e", "#e0462a", "#94a4a2", "#a55cd6",
    "#b87e6d", "#ee7420", "#b9ac70", "#858a97", "#92dadd",
)  # fmt: skip

LIGHT: Mapping[str, str] = {
    "page": "#f6f6f3",
    "surface": "#ffffff",
    "ink": "#1d2327",
    "soft": "#5a646b",
    "line": "#e3e5e2",
    "accent": "#0b6a6e",
    "high": "#b64b06",
    "cool": "#2c72b5",
    "warm": "#b64b06",
    "deep": "#0b6a6e",
    **{f"s{place}": colour for place, colour in enumerate(SEGMENTS, start=1)},
}
DARK: Mapping[str, str] = {
    "page": "#14181b",
    "surface": "#1c2226",
    "ink": "#e8ebe9",
    "soft": "#a3adb2",
    "line": "#303940",
    "accent": "#5cc4bf",
    "high": "#f08a45",
    "cool": "#3f7fbf",
    "warm": "#b5652f",
    "deep": "#3c8f8b",
    **{f"s{place}": colour for place, colour in enumerate(_DARK_SEGMENTS, start=1)},
}

INK, SOFT, LINE, SURFACE = "var(--ink)", "var(--soft)", "var(--line)", "var(--surface)"
ACCENT, HIGH = "var(--accent)", "var(--high)"
# Of cells with words on them, whose strength says how much: no stronger than STRONGEST.
COOL, WARM, DEEP = "var(--cool)", "var(--warm)", "var(--deep)"
STRONGEST = 0.65

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

CONFIG: Mapping[str, Any] = {
    "background": None,
    "font": FONT,
    "padding": 2,
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": LINE,
        "labelColor": SOFT,
        "titleColor": SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelPadding": 8,
        "titlePadding": 10,
        "labelLimit": 170,
        "titleLimit": 420,
    },
    "axisX": {"labelFlush": False, "labelSeparation": 6},
    "axisY": {"labelColor": INK, "labelLineHeight": 14},
    "header": {
        "labelColor": INK,
        "labelFontSize": 13,
        "labelFontWeight": 600,
        "labelLimit": 240,
        "labelAnchor": "start",
        "labelPadding": 6,
        "title": None,
    },
    "legend": {"labelColor": INK, "titleColor": SOFT, "labelFontSize": 12, "titleFontSize": 12},
    "text": {"color": INK, "fontSize": 12},
    "rule": {"color": SOFT},
    "facet": {"spacing": 24},
    "concat": {"spacing": 24},
}


# Around a picture; on the right there is room for figures behind the ends of bars.
_PADDING = {"left": 20, "top": 20, "right": 44, "bottom": 20}


def concrete(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a spec that stands alone: light colours instead of variables, and the config."""
    whole = {**spec, "config": {**CONFIG, "background": LIGHT["surface"]}, "padding": _PADDING}
    return dict(_painted(whole))


def locale(currency: str) -> dict[str, Any]:
    """Return the number format of the charts, with the currency of the settings."""
    return {"decimal": ".", "thousands": ",", "grouping": [3], "currency": [*around(currency)]}


def _painted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: value[key] if key == "datasets" else _painted(value[key]) for key in value}
    if isinstance(value, list):
        return [_painted(part) for part in value]
    if isinstance(value, str) and value.startswith("var(--") and value.endswith(")"):
        return LIGHT.get(value[6:-1], value)
    return value


def variables(colours: Mapping[str, str]) -> str:
    """Return colours as declarations of CSS variables."""
    return "".join(f"--{name}:{colour};" for name, colour in colours.items())
