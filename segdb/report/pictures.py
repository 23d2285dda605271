"""The charts as pictures for slides."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import vl_convert

from segdb.charts import theme
from segdb.charts.chart import Chart
from segdb.config.settings import Settings
from segdb.engines.output_files import marked_png, marked_svg, refuse_foreign
from segdb.report import facts, formatting
from segdb.report.figures import figures
from segdb.report.published import Ask, Published
from segdb.report.write import folder, write

Format = Literal["svg", "png"]
# Pixels across: a slide's width, and its half.
_WIDE, _HALF = 960, 560
# Of it, what the names of the rows of a grid take.
_NAMES = 190
# PNG at twice the size, sharp on a projector.
_SCALE = 2.0


def write_pictures(
    ask: Ask, settings: Settings, path: Path, form: Format, *, force: bool = False
) -> tuple[Path, ...]:
    """Write each chart of the report as one picture, and return the files.

    Args:
        ask: runs one SELECT on the database of the published tables.
        settings: for the schema and the currency.
        path: the folder; files are called as the charts.
        form: svg or png.
        force: write over pictures that segdb did not write, too.

    Raises:
        UserError: nothing was published, or a file cannot be written.
    """
    published = Published(ask, settings.publish.schema_)
    run = facts.last_run(published)[0]
    currency = settings.report.currency
    look = facts.look(published, currency)
    drawn = figures(published, look, formatting.Forms(currency, run["as_of"]))
    folder(path)
    files = [path / f"{figure.chart.name}.{form}" for figure in drawn]
    refuse_foreign(files, force=force, advice="Name an empty folder.")
    return tuple(
        write(file, picture(figure.chart, figure.spec, currency, form))
        for file, figure in zip(files, drawn, strict=True)
    )


def picture(chart: Chart, spec: Any, currency: str, form: Format) -> str | bytes:
    """Return one chart as SVG text or PNG bytes, with its title and on white.

    Args:
        chart: its declaration.
        spec: its Vega-Lite spec.
        currency: as in the settings.
        form: svg or png.
    """
    whole = theme.concrete(spec)
    whole["title"] = {
        "text": chart.title,
        "anchor": "start",
        "fontSize": 18,
        "offset": 14,
        "color": theme.LIGHT["ink"],
    }
    if whole.get("width") == "container":
        whole["width"] = _WIDE if chart.wide else _HALF
    if chart.cells is not None:
        # Heads of narrow columns are slanted, as on the page.
        room = (whole["width"] - _NAMES) / whole["usermeta"]["cells"]
        slanted = {"name": "slanted", "value": room < whole["usermeta"]["head"]}
        others = [param for param in whole["params"] if param["name"] != "slanted"]
        whole["params"] = [*others, slanted]
    options: dict[str, Any] = {
        "vl_version": theme.VEGA_LITE,
        "format_locale": theme.locale(currency),
    }
    if form == "svg":
        return marked_svg(str(vl_convert.vegalite_to_svg(whole, **options)))
    return marked_png(bytes(vl_convert.vegalite_to_png(whole, scale=_SCALE, **options)))
