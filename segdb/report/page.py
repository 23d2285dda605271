"""The page: one HTML text from the published tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from segdb.charts import theme
from segdb.config.settings import Settings
from segdb.formats.phrases import phrases_of
from segdb.report import facts as report_facts
from segdb.report import formatting as written
from segdb.report.bundle import bundle
from segdb.report.embed import packed, policy, safe_json
from segdb.report.figures import Figure, figures
from segdb.report.published import Ask, Published
from segdb.report.verdict import quality

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Section:
    """A section of the page: the name of its partial, and its heading."""

    name: str
    title: str


SECTIONS = (
    Section("headline", "At a glance"),
    Section("segments", "The segments"),
    Section("distribution", "Where the money is"),
    Section("next", "What happens next"),
    Section("differences", "What differs"),
    Section("maps", "Maps"),
    Section("choice", "Why this many"),
    Section("quality", "How good they are"),
    Section("data", "The data"),
    Section("history", "Over time"),
    Section("use", "How to use it"),
)
# These have words of their own; the others stand or fall with their charts.
_ALWAYS = {"headline", "segments", "choice", "data", "use"}


def render(ask: Ask, settings: Settings) -> str:
    """Return the report of the last run as one HTML text.

    Args:
        ask: runs one SELECT on the database of the published tables.
        settings: for the schema, title and currency.

    Raises:
        UserError: nothing was published.
    """
    published = Published(ask, settings.publish.schema_)
    run = report_facts.last_run(published)[0]
    forms = written.Forms(settings.report.currency, run["as_of"])
    look = report_facts.look(published, settings.report.currency)
    facts = report_facts.facts(published, look, forms, examples=settings.report.examples)
    drawn = figures(published, look, forms)
    filled = {figure.chart.section for figure in drawn} | _ALWAYS
    look_of_page, script, vega = style(), text("report.js"), bundle()
    return (
        _environment(forms)
        .get_template("page.html")
        .render(
            title=settings.report.title,
            sections=[section for section in SECTIONS if section.name in filled],
            figures={name.name: _of(drawn, name.name) for name in SECTIONS},
            facts=facts,
            run=facts.run,
            segments=facts.segments,
            quality=quality(facts.run, [segment.row for segment in facts.segments], facts.tried),
            verdict=phrases_of(facts.run["verdict"] or ""),
            examples=settings.report.examples,
            schema=settings.publish.schema_,
            published=published,
            policy=policy((vega, script), (look_of_page,)),
            style=Markup(look_of_page),  # noqa: S704 - ours, no data in it
            script=Markup(script),  # noqa: S704 - likewise
            vega=Markup(vega),  # noqa: S704 - likewise
            charts=Markup(charts_json(drawn, settings.report.currency)),  # noqa: S704 - escaped for scripts
        )
    )


def _of(drawn: tuple[Figure, ...], section: str) -> list[Figure]:
    return [figure for figure in drawn if figure.chart.section == section]


def charts_json(drawn: Sequence[Figure], currency: str) -> str:
    """Return what ``report.js`` draws, as JSON for a script element."""
    return safe_json(
        {
            "config": theme.CONFIG,
            "locale": theme.locale(currency),
            "specs": {figure.chart.name: packed(figure.spec) for figure in drawn},
        }
    )


def style() -> str:
    """Return the style of the report, with its colours, light and dark."""
    light, dark = theme.variables(theme.LIGHT), theme.variables(theme.DARK)
    colours = "".join(
        f".s{place}{{--own:var(--s{place})}}" for place in range(1, len(theme.SEGMENTS) + 1)
    )
    return (
        f":root{{color-scheme:light dark;--font:{theme.FONT};{light}}}\n"
        f"@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n"
        f"{colours}\n{text('style.css')}"
    )


def text(name: str) -> str:
    """Return a file of the templates: the style without colours, or the script."""
    return (TEMPLATES / name).read_text("utf-8")


def _environment(forms: written.Forms) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters(forms)
    return environment


def filters(forms: written.Forms) -> dict[str, Callable[..., str]]:
    """Return how the templates write values, by the name of the filter."""
    return {
        "count": written.count,
        "customers": written.customers,
        "money": forms.money,
        "short": forms.short,
        "share": written.share,
        "percent": lambda value: f"{value:.0%}",
        "number": lambda value: forms.value(value, "number"),
        "decimal": lambda value: forms.value(value, "decimal"),
        "day": written.day,
    }
