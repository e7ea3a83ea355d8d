"""`darkcsp run`: what is in pictures."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from darkcsp.cli.types import Size

if TYPE_CHECKING:
    from rich.progress import Progress

    from darkcsp.media import Result, Sink, Source

BACKENDS = ("opencv", "onnxruntime", "torch", "openvino")


@click.command()
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path())
@click.option("--model", type=click.Path(), help="An ONNX file that darkcsp wrote.")
@click.option("--cfg", type=click.Path(), help="A Darknet cfg, with --weights.")
@click.option("--weights", type=click.Path(), help="A Darknet .weights file, with --cfg.")
@click.option("--names", type=click.Path(), help="Class names, one per line; the model's own by default.")
@click.option("--threshold", type=click.FloatRange(0, 1), default=0.25, show_default=True, help="Least confidence.")
@click.option("--nms", type=click.FloatRange(0, 1), default=0.45, show_default=True,
              help="Overlap above which boxes of a class count as one; 0 keeps all.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(), default="detections", show_default=True,
              help="Folder for the pictures with boxes on them.")  # fmt: skip
@click.option("--json", "report", type=click.Path(allow_dash=True), help='Write a JSON file; "-" is standard output.')
@click.option(
    "--backend", type=click.Choice(BACKENDS), default="opencv", show_default=True, help="What runs the model."
)
@click.option("--engine", default="auto", show_default=True, help="OpenCV's engine: auto, classic, new, ...")
@click.option("--size", type=Size(), help="Input size in place of the cfg's own.")
@click.option("--threads", type=click.IntRange(1), help="Threads to use.")
@click.option("-q", "--quiet", is_flag=True, help="Neither progress nor a line per picture.")
@click.pass_context
def run(
    ctx: click.Context,
    images: tuple[str, ...],
    model: str | None,
    cfg: str | None,
    weights: str | None,
    names: str | None,
    threshold: float,
    nms: float,
    output: str,
    report: str | None,
    backend: str,
    engine: str,
    size: tuple[int, int] | None,
    threads: int | None,
    quiet: bool,
) -> None:
    """Find things in pictures: files, folders with all below them, or patterns such as 'a/**/*.jpg'.

    Without --model, or --cfg and --weights, the model that comes with darkcsp is used. Exit code 1: some pictures could
    not be read.
    """
    from darkcsp.detect.default import open_model
    from darkcsp.errors import MediaError
    from darkcsp.media import AnnotatedPictures, JsonReport, PictureFiles, find_pictures

    files = find_pictures(images, without=[output])
    source = PictureFiles(files)
    runtime, known = open_model(model, cfg, weights, names, backend=backend, engine=engine, size=size, threads=threads)
    predict = _predictor(runtime, known, threshold, nms)
    sinks: list[Sink] = []
    if runtime.metadata.kind == "detector":
        sinks.append(AnnotatedPictures(output, protected=[file.path for file in files]))
    if report is not None:
        sinks.append(JsonReport(sys.stdout if report == "-" else report))
    failed = _process(source, predict, sinks, quiet, lines_to_stderr=report == "-")
    if failed == len(source):
        raise MediaError("no picture could be read")
    for sink in sinks:
        sink.close()
    if failed:
        ctx.exit(1)


def _predictor(runtime: Any, names: tuple[str, ...], threshold: float, nms: float) -> Callable[[Any], Result]:
    from darkcsp.detect import Classifier, Detector

    if runtime.metadata.kind == "detector":
        return Detector(runtime, names=names, threshold=threshold, nms=nms)
    return Classifier(runtime, names=names)


def _process(
    source: Source, predict: Callable[[Any], Result], sinks: list[Sink], quiet: bool, lines_to_stderr: bool
) -> int:
    """Run every picture; return how many could not be read."""
    from darkcsp.media import Unreadable

    failed = 0
    with _progress(len(source), quiet) as bar:
        for item in source:
            if isinstance(item, Unreadable):
                failed += 1
                _say(bar, str(item.error), err=True)
            else:
                result = predict(item.image)
                for sink in sinks:
                    sink.write(item, result)
                if not quiet:
                    _say(bar, f"{click.format_filename(item.path)}: {_summary(result)}", err=lines_to_stderr)
            if bar is not None:
                bar.advance(bar.task_ids[0])
    return failed


@contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Progress | None]:
    """Show a bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if quiet or not console.is_terminal or total == 1:
        yield None
        return
    with Progress(console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        bar.add_task("pictures", total=total)
        yield bar


def _say(bar: Progress | None, line: str, err: bool) -> None:
    """Print a line; above the bar where both go to a terminal."""
    stream = sys.stderr if err else sys.stdout
    if bar is not None and stream.isatty():
        bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
    else:
        click.echo(line, err=err)


def _summary(result: Result) -> str:
    from darkcsp.detect import Detections

    if isinstance(result, Detections):
        found = zip(result.names, result.confidence.tolist(), strict=True)
        return ", ".join(f"{name} {confidence:.2f}" for name, confidence in found) or "nothing"
    return ", ".join(f"{item.name} {item.probability:.2f}" for item in result)
