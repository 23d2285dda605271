"""The walls of the house, read off the syntax of every module: see CONTRIBUTING.md.

Each rule is one function from a parsed module to the places where it is broken.
"""

from __future__ import annotations

import ast
import fnmatch
import graphlib
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "segdb"

# Library -> the folders (or modules) of segdb that may import it.
HOMES = {
    "altair": {"charts"},
    "click": {"cli"},
    "duckdb": {"engines"},
    "flask": {"web"},
    "psycopg": {"engines"},
    "pyspark": {"engines"},
    "jinja2": {"report", "web"},
    "numpy": {"cluster", "value"},
    "pandas": set[str](),
    "polars": set[str](),
    "python_calamine": {"engines"},
    "scipy": {"cluster", "value"},
    "sklearn": {"cluster"},
    "vl_convert": {"charts", "report"},
    "waitress": {"web"},
    "werkzeug": {"web"},
}
# They are pure: expressions in, expressions out.
PURE = {"expressions", "features", "inspect"}
IMPURE_PACKAGES = {"cluster", "engines", "value"}
EXECUTES = {"execute", "executemany", "raw_sql", "to_pyarrow", "to_pyarrow_batches"}
EXECUTES |= {"to_pandas", "to_polars", "to_parquet", "to_csv", "to_json_file"}
WRITES = {"write_text", "write_bytes", "write_table", "mkdir", "touch", "unlink", "rmdir"}
MAY_EXECUTE = {"engines"}
MAY_WRITE = {"engines", "report"}
MAY_PRINT = {"cli"}
# Start-up time: `segdb --help` waits for none of the libraries, a run without a report not for
# Altair and Jinja.
MAY_IMPORT_LATE = {"__init__.py", "api", "cli", "lazy.py"}
OPTIONAL_EXTRAS = {"psycopg", "pyspark", "python_calamine"}
# Words without a meaning in the field: a name says what a thing is.
PRIVATE_WORDS = {"told", "seen", "held", "borne", "beside", "alike", "telling", "taken", "grown"}
PRIVATE_WORDS |= {"hold", "everyone", "intake", "blamed", "spoken", "suspects"}
MODULE_LINES = 250
FUNCTION_LINES = 60
PARAMETERS = 6
MIRRORS_THE_COMMAND_LINE = {"api", "cli"}
# What the command line may import: the API, and modules of plain data and words.
BEFORE_THE_API = (
    "segdb.api", "segdb.cli", "segdb.config.settings", "segdb.contract", "segdb.demo",
    "segdb.errors", "segdb.exports.dialects", "segdb.formats", "segdb.named_queries",
)  # fmt: skip
# What stores settings, reads stored ones, or asks what is missing in them.
READS_SETTINGS = {
    "steps/ingest/open_questions.py",
    "steps/lifecycle/fitted_run.py",
    "steps/lifecycle/load_run.py",
    "steps/lifecycle/refresh.py",
    "steps/use/score.py",
}
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
TOP_LEVEL = {"segdb", "sql", "warehouse", "reports", "tests", "pyproject.toml", "README.md"}
TOP_LEVEL |= {"LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", ".gitignore", ".ci", ".git"}


@dataclass(frozen=True)
class Module:
    """A parsed module, and where in segdb it stands, such as ``expressions/winsorize.py``."""

    path: str
    text: str

    @property
    def home(self) -> str:
        """The folder below segdb/, or the file itself where it lies directly in it."""
        return self.path.split("/")[0]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        parts = ["segdb", *self.path.removesuffix(".py").split("/")]
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = [
    Module(path.relative_to(PACKAGE).as_posix(), path.read_text("utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
]


def imported(node: ast.AST) -> list[str]:
    """Dotted names that an import statement or ``lazy`` asks for; none for any other node."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "lazy":
        return [".".join(ast.literal_eval(argument) for argument in node.args)]
    return []


def running(node: ast.AST, *, in_functions: bool = True) -> Iterator[ast.AST]:
    """Every node below that exists when the program runs: not those for type checkers alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            for other in child.orelse:
                yield other
                yield from running(other, in_functions=in_functions)
            continue
        if isinstance(child, FUNCTION) and not in_functions:
            continue
        yield child
        yield from running(child, in_functions=in_functions)


def calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call, with the last part of the name that is called."""
    for node in running(module.tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node, node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node, node.func.id


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, FUNCTION)]


# --- the rules -----------------------------------------------------------------------------------


def libraries_stay_home(module: Module) -> list[str]:
    """A library is imported only where it belongs: duckdb in engines/, numpy in cluster/."""
    return [
        f"line {getattr(node, 'lineno', 0)}: {name} belongs in {sorted(homes) or 'no module'}"
        for node in running(module.tree)
        for name in imported(node)
        if module.home not in (homes := HOMES.get(name.split(".")[0], {module.home}))
    ]


def pure_packages_stay_pure(module: Module) -> list[str]:
    """expressions/, features/ and inspect/ import neither engines/ nor cluster/."""
    if module.home not in PURE:
        return []
    return [
        f"line {getattr(node, 'lineno', 0)}: {module.home}/ must not know of {name}"
        for node in ast.walk(module.tree)
        for name in imported(node)
        if name.startswith("segdb.") and name.split(".")[1] in IMPURE_PACKAGES
    ]


def only_engines_execute(module: Module) -> list[str]:
    """No execute, raw_sql, to_pyarrow and their like outside of engines/."""
    if module.home in MAY_EXECUTE:
        return []
    return [
        f"line {call.lineno}: {name}() belongs in engines/"
        for call, name in calls(module)
        if name in EXECUTES
    ]


def only_engines_and_report_write_files(module: Module) -> list[str]:
    """No file is written outside of engines/ and report/."""
    if module.home in MAY_WRITE:
        return []
    found = []
    for call, name in calls(module):
        # open(path, mode) and Path.open(mode); another object's open has no such mode.
        modes = [
            a.value
            for a in [*call.args, *(k.value for k in call.keywords)]
            if isinstance(a, ast.Constant) and isinstance(a.value, str)
        ]
        opens = name == "open" and any(
            set(mode) <= set("rwxabt+") and set(mode) & set("wxa+") for mode in modes
        )
        if name in WRITES or opens:
            found.append(
                f"line {call.lineno}: {name}() writes; that belongs in engines/ or report/"
            )
    return found


def only_the_command_line_prints(module: Module) -> list[str]:
    """No print, no sys.stdout or sys.stderr, no Console without a file, outside of cli/."""
    if module.home in MAY_PRINT:
        return []
    printing = [
        call
        for call, name in calls(module)
        if (name in {"print", "echo", "secho", "pprint"} and not _is_method_of_console(call))
        or (name == "Console" and "file" not in {keyword.arg for keyword in call.keywords})
    ]
    streams = [
        node
        for node in running(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"stdout", "stderr", "__stdout__"}
    ]
    return [
        f"line {node.lineno}: {ast.unparse(node)} belongs in cli/" for node in [*printing, *streams]
    ]


def _is_method_of_console(call: ast.Call) -> bool:
    # A Console with a file renders text; the rule above sees to it that it has one.
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "console"


def modules_are_short(module: Module) -> list[str]:
    """No module over 250 lines."""
    lines = len(module.text.splitlines())
    return [f"{lines} lines, {MODULE_LINES} at most"] if lines > MODULE_LINES else []


def functions_are_short(module: Module) -> list[str]:
    """No function over 60 lines, its signature and docstring included."""
    lengths = {node: (node.end_lineno or 0) - node.lineno + 1 for node in functions(module.tree)}
    return [
        f"line {node.lineno}: {node.name} has {length} lines, {FUNCTION_LINES} at most"
        for node, length in lengths.items()
        if length > FUNCTION_LINES
    ]


def imports_are_absolute(module: Module) -> list[str]:
    """Imports name the whole path, so that these rules can read them."""
    return [
        f"line {getattr(node, 'lineno', 0)}: from {name} …"
        for node in ast.walk(module.tree)
        for name in imported(node)
        if name.startswith(".")
    ]


def imports_are_early(module: Module) -> list[str]:
    """No import inside a function, but for start-up time and guarded optional extras."""
    if module.home in MAY_IMPORT_LATE:
        return []
    guarded = {
        inner
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Try)
        and any(h.type and "ImportError" in ast.unparse(h.type) for h in node.handlers)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    found = [
        f"line {getattr(node, 'lineno', 0)}: late import of {name}"
        for function in functions(module.tree)
        for node in ast.walk(function)
        for name in imported(node)
        if node not in guarded or name.split(".")[0] not in OPTIONAL_EXTRAS
    ]
    dynamic = {"import_module", "__import__"}
    found += [f"line {c.lineno}: late import" for c, name in calls(module) if name in dynamic]
    return found


def names_are_the_fields(module: Module) -> list[str]:
    """No function, class, argument or variable is called by a word that says nothing of it."""
    named: list[tuple[int, str]] = []
    for node in ast.walk(module.tree):
        if isinstance(node, (*FUNCTION, ast.ClassDef)):
            named.append((node.lineno, node.name))
        elif isinstance(node, ast.arg):
            named.append((node.lineno, node.arg))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            named.append((node.lineno, node.id))
    return [
        f"line {line}: {name}"
        for line, name in named
        if PRIVATE_WORDS & set(name.strip("_").lower().split("_"))
    ]


def functions_take_few_arguments(module: Module) -> list[str]:
    """No function has more than six parameters, but those that mirror the command line."""
    if module.home in MIRRORS_THE_COMMAND_LINE:
        return []
    return [
        f"line {function.lineno}: {function.name} takes {len(names)}"
        for function in functions(module.tree)
        if len(names := _parameters(function)) > PARAMETERS
    ]


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    arguments = function.args
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    return [argument.arg for argument in every if argument.arg not in {"self", "cls"}]


def steps_take_what_they_need(module: Module) -> list[str]:
    """A step takes options or sections; the settings as a whole are for what reads them."""
    if module.home != "steps":
        return []
    takes = {
        f"line {function.lineno}: {function.name} takes Settings"
        for function in functions(module.tree)
        for argument in (*function.args.args, *function.args.kwonlyargs)
        if argument.annotation is not None and ast.unparse(argument.annotation) == "Settings"
        if function.name != "of" and module.path not in READS_SETTINGS
    }
    return sorted(takes)


def the_command_line_calls_the_api(module: Module) -> list[str]:
    """cli/ imports segdb.api and plain data, and nothing that does the work."""
    if module.home != "cli":
        return []
    behind = [
        (getattr(node, "lineno", 0), name)
        for node in running(module.tree)
        for name in imported(node)
        if name.startswith("segdb.") and not name.startswith(BEFORE_THE_API)
    ]
    return [f"line {line}: imports {name}" for line, name in behind]


RULES: list[Callable[[Module], list[str]]] = [
    libraries_stay_home,
    pure_packages_stay_pure,
    only_engines_execute,
    only_engines_and_report_write_files,
    only_the_command_line_prints,
    modules_are_short,
    functions_are_short,
    imports_are_absolute,
    imports_are_early,
    names_are_the_fields,
    functions_take_few_arguments,
    steps_take_what_they_need,
    the_command_line_calls_the_api,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_every_module_keeps_the_rule(rule: Callable[[Module], list[str]]) -> None:
    """Each breach is listed, one a line."""
    breaches = [f"segdb/{module.path} {text}" for module in MODULES for text in rule(module)]
    assert not breaches, "\n".join([rule.__doc__ or "", *breaches])


def test_the_walls_name_folders_that_exist() -> None:
    folders = {module.home for module in MODULES if "/" in module.path}
    walls = set().union(*HOMES.values(), PURE, IMPURE_PACKAGES, MAY_EXECUTE, MAY_PRINT)
    assert walls <= folders, f"there are no such folders: {sorted(walls - folders)}"


# --- the walls bite ------------------------------------------------------------------------------

BREACHES = [
    (libraries_stay_home, "expressions/winsorize.py", "import numpy as np"),
    (libraries_stay_home, "steps/segment/fit.py", "from sklearn.cluster import KMeans"),
    (libraries_stay_home, "pipeline/fitting.py", "def f():\n    import duckdb"),
    (libraries_stay_home, "report/page.py", "from altair import Chart"),
    (libraries_stay_home, "cluster/frame.py", "import pandas.api"),
    (
        libraries_stay_home,
        "sql.py",
        "if TYPE_CHECKING:\n    import x\nelse:\n    x = lazy('scipy.x')",
    ),
    (pure_packages_stay_pure, "inspect/roles.py", "f = lazy('segdb.cluster.kmeans', 'fit')"),
    (imports_are_early, "pipeline/fitting.py", "def f():\n    return lazy('json')"),
    (libraries_stay_home, "report/page.py", "from flask import Flask"),
    (libraries_stay_home, "charts/chart.py", "import jinja2"),
    (pure_packages_stay_pure, "inspect/roles.py", "from segdb import engines"),
    (pure_packages_stay_pure, "inspect/roles.py", "from segdb import cluster"),
    (pure_packages_stay_pure, "features/rfm.py", "import segdb.cluster.kmeans"),
    (only_engines_execute, "expressions/winsorize.py", "table.execute()"),
    (only_engines_execute, "api.py", "con.raw_sql('SELECT 1')"),
    (only_engines_execute, "charts/k.py", "table.to_pyarrow()"),
    (only_engines_and_report_write_files, "model.py", "path.write_text('x')"),
    (only_engines_and_report_write_files, "model.py", "open(path, 'w')"),
    (only_engines_and_report_write_files, "model.py", "path.open(mode='ab')"),
    (only_the_command_line_prints, "api.py", "print('x')"),
    (only_the_command_line_prints, "api.py", "import sys\nsys.stderr.write('x')"),
    (only_the_command_line_prints, "model.py", "console = Console()"),
    (modules_are_short, "api.py", "x = 1\n" * 251),
    (functions_are_short, "api.py", "def f():\n" + "    x = 1\n" * 60),
    (imports_are_absolute, "expressions/winsorize.py", "from .impute import impute"),
    (imports_are_early, "pipeline/fitting.py", "def f():\n    import json"),
    (names_are_the_fields, "pipeline/fitting.py", "def f():\n    rows_told = 1"),
    (names_are_the_fields, "model.py", "def grown(x): ..."),
    (functions_take_few_arguments, "model.py", "def f(a, b, c, d, e, *, f, g): ..."),
    (steps_take_what_they_need, "steps/segment/fit.py", "def f(x: Settings): ..."),
    (the_command_line_calls_the_api, "cli/ask.py", "from segdb.engines import duckdb"),
    (the_command_line_calls_the_api, "cli/run.py", "def f():\n    from segdb import pipeline"),
    (imports_are_early, "engines/duckdb/read/excel.py", "def f():\n    import python_calamine"),
    (
        imports_are_early,
        "engines/duckdb/read/excel.py",
        "def f():\n    importlib.import_module('json')",
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_a_breach_is_seen(rule: Callable[[Module], list[str]]) -> None:
    modules = [Module(path, text) for broken, path, text in BREACHES if broken is rule]
    assert modules, "no example breaks it"
    missed = [f"{module.path}: {module.text}" for module in modules if not rule(module)]
    assert not missed, "\n".join(missed)


ALLOWED = [
    (functions_take_few_arguments, "cli/run.py", "def f(a, b, c, d, e, f, g): ..."),
    (steps_take_what_they_need, "steps/a.py", "class A:\n def of(cls, x: Settings): ..."),
    (libraries_stay_home, "api.py", "if TYPE_CHECKING:\n    import duckdb"),
    (libraries_stay_home, "cluster/kmeans.py", "import numpy as np"),
    (only_engines_and_report_write_files, "api.py", "DuckDB.open(path)\nopen(path, 'rb')"),
    (only_the_command_line_prints, "model.py", "console = Console(file=f)\nconsole.print(1)"),
    (
        imports_are_early,
        "engines/duckdb/read/excel.py",
        "def f():\n try:\n  import python_calamine\n except ImportError:\n  g()",
    ),
]


def test_what_is_allowed_passes() -> None:
    refused = [breach for rule, path, text in ALLOWED for breach in rule(Module(path, text))]
    assert not refused, "\n".join(refused)


# --- the whole -----------------------------------------------------------------------------------


def import_graph(modules: list[Module]) -> dict[str, set[str]]:
    """Module -> the modules of segdb that it imports when it is itself imported."""
    names = {module.name for module in modules}
    graph = {}
    for module in modules:
        wanted = [n for node in running(module.tree, in_functions=False) for n in imported(node)]
        # Of `from segdb.expressions.winsorize import cap` the module is all but the last part.
        targets = {name if name in names else name.rpartition(".")[0] for name in wanted}
        graph[module.name] = (targets & names) - {module.name}
    return graph


def test_no_import_cycle() -> None:
    try:
        graphlib.TopologicalSorter(import_graph(MODULES)).prepare()
    except graphlib.CycleError as error:
        pytest.fail("import cycle: " + " -> ".join(reversed(error.args[1])))


def test_an_import_cycle_is_seen() -> None:
    pair = [
        Module("model.py", "from segdb.expressions.winsorize import cap"),
        Module("expressions/winsorize.py", "from segdb import model"),
    ]
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter(import_graph(pair)).prepare()


def test_top_level_holds_what_the_design_says() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    found = {
        path.name
        for path in ROOT.iterdir()
        if not any(fnmatch.fnmatch(path.name, pattern.rstrip("/")) for pattern in ignored)
    }
    assert found <= TOP_LEVEL, f"beside the house: {sorted(found - TOP_LEVEL)}"


def test_oldest_promised_releases_are_the_ones_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    promised = {
        requirement.name: specifier.version
        for requirement in map(Requirement, project["dependencies"])
        for specifier in requirement.specifier
        if specifier.operator == ">="
    }
    lines = (ROOT / "tests" / "constraints.txt").read_text("utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    for name, oldest in promised.items():
        tested = pins[name].removesuffix(".*")
        assert Version(tested) == Version(oldest), f"{name}: promised {oldest}, tested {tested}"
