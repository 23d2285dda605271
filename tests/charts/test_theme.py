"""The colours, measured."""

from __future__ import annotations

import colorsys
from itertools import combinations

import pytest
import vl_convert

from segdb.charts import theme


def linear(colour: str) -> tuple[float, float, float]:
    """Linear red, green and blue of #rrggbb (IEC 61966-2-1)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2."""
    found = []
    for colour in (one, other):
        red, green, blue = linear(colour)
        found.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(found) + 0.05) / (min(found) + 0.05)


def deuteranope(colour: str) -> tuple[float, float, float]:
    """What an eye without green cones sees: Viénot, Brettel and Mollon (1999)."""
    red, green, blue = linear(colour)
    return (
        0.29275 * red + 0.70725 * green,
        0.29275 * red + 0.70725 * green,
        -0.02234 * red + 0.02234 * green + blue,
    )


def protanope(colour: str) -> tuple[float, float, float]:
    """What an eye without red cones sees: Viénot, Brettel and Mollon (1999)."""
    red, green, blue = linear(colour)
    return (
        0.11238 * red + 0.88762 * green,
        0.11238 * red + 0.88762 * green,
        0.00401 * red - 0.00401 * green + blue,
    )


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_words_can_be_read(colours: dict[str, str]) -> None:
    for ground in ("page", "surface"):
        for words in ("ink", "soft", "accent", "high"):
            assert contrast(colours[words], colours[ground]) >= 4.5


def blended(over: str, under: str, strength: float) -> str:
    """What a colour of some opacity looks like over another, as a browser mixes them."""
    pairs = [(int(over[i : i + 2], 16), int(under[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * strength + b * (1 - strength)):02x}" for a, b in pairs)


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_words_on_the_strongest_cells_badges_and_tooltips_can_be_read(
    colours: dict[str, str],
) -> None:
    for cell in ("cool", "warm", "deep"):
        ground = blended(colours[cell], colours["surface"], theme.STRONGEST)
        assert contrast(colours["ink"], ground) >= 4.5
    assert contrast(colours["surface"], colours["accent"]) >= 4.5
    assert contrast(blended(colours["page"], colours["ink"], 0.75), colours["ink"]) >= 4.5
    assert contrast(colours["ink"], colours["line"]) >= 4.5


def test_dark_segments_stand_out_from_the_dark_page() -> None:
    for place in range(1, 11):
        assert contrast(theme.DARK[f"s{place}"], theme.DARK["surface"]) >= 3


def test_dark_segments_keep_their_hue() -> None:
    for place in range(1, 11):
        hues = []
        for colours in (theme.LIGHT, theme.DARK):
            text = colours[f"s{place}"]
            hues.append(
                colorsys.rgb_to_hls(*(int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)))[0]
            )
        apart = abs(hues[0] - hues[1])
        assert min(apart, 1 - apart) < 0.04


@pytest.mark.parametrize("seen", [linear, deuteranope, protanope])
def test_segments_can_be_told_apart(seen: object) -> None:
    assert callable(seen)
    for one, other in combinations(theme.SEGMENTS, 2):
        apart = sum((a - b) ** 2 for a, b in zip(seen(one), seen(other), strict=True)) ** 0.5
        assert apart > 0.03, f"{one} {other}"


def test_pictures_and_page_are_drawn_by_a_vega_lite_of_vega_6() -> None:
    assert int(theme.VEGA_LITE.split(".")[0]) >= 6
    assert theme.VEGA_LITE in vl_convert.get_vegalite_versions()


def test_concrete_puts_colours_for_variables_and_leaves_the_rows_alone() -> None:
    spec = {
        "mark": {"color": "var(--ink)"},
        "range": ["var(--s1)", "var(--unknown)"],
        "datasets": {"rows": [{"segment": "var(--ink)"}]},
    }
    found = theme.concrete(spec)
    assert found["mark"]["color"] == theme.LIGHT["ink"]
    assert found["range"] == [theme.SEGMENTS[0], "var(--unknown)"]
    assert found["datasets"] == spec["datasets"]
    assert "var(" not in str(found["config"])
