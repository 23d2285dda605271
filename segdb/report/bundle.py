"""Vega's scripts as one text, made once for each version and kept in the user's cache folder."""

from __future__ import annotations

import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import vl_convert

from segdb.charts.theme import VEGA_LITE

# What the page calls; Vega and Vega-Lite are inside of it.
_SNIPPET = "window.vegaEmbed = vegaEmbed;"
# The whole is 880 KB; a shorter file was cut off.
_LEAST = 200_000


def bundle() -> str:
    """Return Vega, Vega-Lite and vega-embed as one script, safe inside of ``<script>``.

    Making it takes two seconds, so it is cached; where the cache cannot be read or written, it is
    made anew.
    """
    path = cache_folder() / f"vega-{version('vl-convert-python')}-{VEGA_LITE}.js"
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    if len(text) < _LEAST:
        text = safe(vl_convert.javascript_bundle(_SNIPPET, vl_version=VEGA_LITE))
        _keep(path, text)
    return text


def safe(script: str) -> str:
    """Return a script without the two texts that end or change a ``<script>`` element.

    Both stand in strings and regular expressions alone, where a backslash changes nothing.
    """
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def cache_folder() -> Path:
    """Return the folder for what can be made again, by the custom of the system."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "segdb"


def _keep(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, delete=False
        ) as file:
            file.write(text)
        Path(file.name).replace(path)
    except OSError:
        return  # without a cache the next report takes two seconds longer
