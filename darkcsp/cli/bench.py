"""`darkcsp bench`: how fast models run on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from darkcsp.cli.files import ReadFile, WriteFile, claim_files_of_cfg, claim_inputs
from darkcsp.cli.reading import reading_options, trust_option
from darkcsp.cli.status import status_line
from darkcsp.cli.types import PICTURES, THREADS, Size
from darkcsp.json_text import json_text
from darkcsp.limits import Limits
from darkcsp.modelfile.forms import PRECISIONS
from darkcsp.progress import step
from darkcsp.runtimes.backends import AUTO, BACKENDS
from darkcsp.spec.program import Dialect, Semantics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from darkcsp.benchmark.results import Results
    from darkcsp.benchmark.run import Settings
    from darkcsp.graph.reading import CfgReading

DEFAULT_MODEL = "digits"


@click.command()
@click.argument("models", metavar="[MODEL]...", nargs=-1, type=ReadFile())
@click.option("--backend", "backends", multiple=True, type=click.Choice(list(BACKENDS)),
              help="Backend that runs the models; may be repeated.  [default: all installed backends]")  # fmt: skip
@click.option("--engine", "engines", multiple=True,
              help="Engine of a backend; may be repeated.  [default: all that start quickly]")  # fmt: skip
@click.option("--precision", "precisions", multiple=True, type=click.Choice(PRECISIONS),
              help="Precision of the models; may be repeated.  [default: fp32]")  # fmt: skip
@click.option("--calibration", multiple=True, type=ReadFile(),
              help="Picture, or folder of pictures, for int8; may be repeated.  [default: noise]")  # fmt: skip
@click.option("--threads", type=THREADS, help="Number of threads.")
@click.option(
    "--rounds", type=click.IntRange(1), default=7, show_default=True, help="Turns per model, backend and engine."
)
@click.option("--seconds", type=click.FloatRange(0), default=0.5, show_default=True, help="Length of a turn.")
@click.option("--size", type=Size(), help="Input size; overrides the cfgs'.")
@click.option("--batch", type=PICTURES, default=1, show_default=True, help="Pictures per run.")
@click.option("--table5", is_flag=True, help="Measure the models of the paper's table 5, next to the printed numbers.")
@click.option("--csv", "csv_file", type=WriteFile(allow_dash=True), help='Write a CSV table; "-" is standard output.')
@click.option("--json", "json_file", type=WriteFile(allow_dash=True), help='Write a JSON file; "-" is standard output.')
@click.option("--chart", "chart_file", type=WriteFile(), help="Write a bar chart as a PNG file.")
@click.option("-q", "--quiet", is_flag=True, help="Do not show progress.")
@reading_options
@trust_option
@click.pass_context
def bench(
    ctx: click.Context,
    models: tuple[str, ...],
    backends: tuple[Any, ...],
    engines: tuple[str, ...],
    precisions: tuple[Any, ...],
    calibration: tuple[str, ...],
    threads: int | None,
    rounds: int,
    seconds: float,
    size: tuple[int, int] | None,
    semantics: Semantics,
    batch: int,
    table5: bool,
    csv_file: str | None,
    json_file: str | None,
    chart_file: str | None,
    quiet: bool,
    dialect: Dialect,
    permissive: bool,
    trust: bool,
    limits: Limits,
) -> None:
    """Measure how fast models run on this machine.

    MODEL is an ONNX file, a Darknet cfg, or the name of a zoo model. A cfg may be followed by its weights file; without
    one, its weights are random. If no MODEL is given, the default model is measured. Each model is run by every backend
    and engine in a separate process, and the processes take turns. GFLOP/s are counted as in Darknet, with 2 operations
    for each multiply-add; the peak is that of a large float32 matrix product on the same number of threads.

    \b
    darkcsp bench yolov3-tiny yolov3-tiny-prn --chart fps.png
    darkcsp bench x.cfg x.weights --backend opencv --engine classic --engine new --threads 2
    darkcsp bench --table5

    Exit code 1: some models could not be run. 2: none could be run.
    """  # noqa: D301  # \b keeps click from joining the lines
    from darkcsp.benchmark.measure import Plan
    from darkcsp.benchmark.run import Settings
    from darkcsp.graph.reading import CfgReading

    if table5 and (models or size):
        raise click.UsageError("--table5 has its own models and sizes; remove MODEL and --size")
    if chart_file:
        from darkcsp.benchmark.chart import check_chart

        check_chart()
    settings = Settings(Plan(rounds, seconds), threads, batch, calibration)
    targets = {"csv": csv_file, "json": json_file, "chart": chart_file}
    _claim(models, calibration)
    if table5:
        results = _table5(backends or ("opencv",), engines or (AUTO,), precisions, settings, semantics, targets, quiet)
    else:
        reading = CfgReading(size, semantics, dialect, permissive, limits=limits)
        models = models or (DEFAULT_MODEL,)
        results = _models(models, backends, engines, precisions, settings, reading, trust, targets, quiet)
    if any(row.failed for row in results.rows):
        ctx.exit(2 if all(row.failed for row in results.rows) else 1)


def _claim(models: Sequence[str], calibration: Sequence[str]) -> None:
    """Claim the files that no argument names."""
    for model in models:
        if model.lower().endswith(".cfg"):
            claim_files_of_cfg(model)
    if calibration:
        from darkcsp.media.paths import find_pictures

        claim_inputs((picture.path for picture in find_pictures(calibration)), "--calibration")


def _models(
    models: Sequence[str],
    backends: Sequence[Any],
    engines: Sequence[str],
    precisions: Sequence[Any],
    settings: Settings,
    reading: CfgReading,
    trust: bool,
    targets: dict[str, str | None],
    quiet: bool,
) -> Results:
    """Measure models and print the results."""
    import tempfile
    from pathlib import Path

    from darkcsp.benchmark.contenders import contenders
    from darkcsp.benchmark.models import find_models
    from darkcsp.benchmark.results import to_csv, to_json
    from darkcsp.benchmark.run import by_model, run_benchmark, suitable
    from darkcsp.cli.bench_tables import print_rows, table_console

    ways = contenders(backends, engines, precisions)
    with tempfile.TemporaryDirectory() as folder, status_line(quiet):
        found = find_models(models, Path(folder), reading, trust)
        groups = by_model(found, ways) if backends else suitable(by_model(found, ways))
        results = run_benchmark(groups, settings, Path(folder), step)
    _write(targets, {"csv": lambda: to_csv(results), "json": lambda: to_json(results)}, results)
    console = table_console(targets)
    print_rows(console, results)
    if any(model.random for model in found):
        console.print("Models given without weights ran with random ones.")
    return results


def _table5(
    backends: Sequence[Any],
    engines: Sequence[str],
    precisions: Sequence[Any],
    settings: Settings,
    semantics: Semantics,
    targets: dict[str, str | None],
    quiet: bool,
) -> Results:
    """Measure the models of table 5 and print them in its order."""
    import tempfile
    from pathlib import Path

    from darkcsp.benchmark.contenders import contenders
    from darkcsp.benchmark.results import table_to_csv
    from darkcsp.benchmark.run import by_contender, run_benchmark
    from darkcsp.benchmark.table5 import table5_lines, table5_models
    from darkcsp.cli.bench_tables import print_table5, table_console

    ways = contenders(backends, engines, precisions)
    with tempfile.TemporaryDirectory() as folder, status_line(quiet):
        groups = by_contender(table5_models(Path(folder), semantics), ways)
        results = run_benchmark(groups, settings, Path(folder), step)
    rows = [line.as_data() for way in ways for line in table5_lines(results, way)]
    data = {"machine": results.as_data()["machine"], "rows": rows}
    texts = {"csv": lambda: table_to_csv(rows), "json": lambda: json_text(data, indent=1) + "\n"}
    _write(targets, texts, results)
    console = table_console(targets)
    for way in ways:
        print_table5(console, results, way)
    return results


def _write(targets: dict[str, str | None], texts: dict[str, Callable[[], str]], results: Results) -> None:
    """Write the requested reports: files first, because printing may fail."""
    for kind, make in texts.items():
        target = targets[kind]
        if target not in ("-", None):
            _write_file(target, make())
    if targets["chart"] is not None:
        from darkcsp.benchmark.chart import write_chart

        write_chart(results, targets["chart"])
    for kind, make in texts.items():
        if targets[kind] == "-":
            click.echo(make(), nl=False)


def _write_file(target: str, text: str) -> None:
    from darkcsp.errors import ModelError
    from darkcsp.files import write_whole

    try:
        with write_whole(target) as file:
            file.write(text.encode())
    except OSError as error:
        raise ModelError(target, f"cannot be written: {error.strerror}") from None
