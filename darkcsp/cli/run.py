"""`darkcsp run`: runs a model on pictures and videos."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from darkcsp.cli.counting import Counter
from darkcsp.cli.files import (
    ReadFile,
    WriteFile,
    WriteFolder,
    claim_files_of_cfg,
    claim_files_of_data,
    claim_inputs,
    claims_of,
)
from darkcsp.cli.notes import notes_on_stderr
from darkcsp.cli.reading import reading_options, resize_option, trust_option
from darkcsp.cli.status import status_line
from darkcsp.cli.telling import tell
from darkcsp.cli.types import PICTURES, THREADS, Fraction, Size
from darkcsp.errors import CfgWarning
from darkcsp.limits import Limits
from darkcsp.modelfile.options import Suppression
from darkcsp.runtimes.backends import AUTO, BACKENDS, CPU, FASTEST
from darkcsp.spec.net import ResizeName
from darkcsp.spec.program import Dialect, Semantics
from darkcsp.text import NAME, printable

if TYPE_CHECKING:
    from darkcsp.detect import Classifier, Detector
    from darkcsp.media import Result, Sink, Tally, Targets
    from darkcsp.media.frame import Unreadable
    from darkcsp.media.opening import Sources
    from darkcsp.media.pipeline import Done
    from darkcsp.runtimes import Runtime
    from darkcsp.spec.program import Semantics

FOLDERS = "detections"
"""Default folder for annotated pictures; numbered from the second run on."""

FOLDER = WriteFolder()
FILE = WriteFile(allow_dash=True)


@click.command()
@click.argument("inputs", metavar="INPUT...", nargs=-1, type=ReadFile(allow_dash=True))
@click.option("--model", type=ReadFile(), help="ONNX file written by darkcsp.")
@click.option("--cfg", type=ReadFile(), help="Darknet cfg; needs --weights.")
@click.option("--weights", type=ReadFile(), help="Darknet .weights file or checkpoint; needs --cfg.")
@click.option("--names", type=ReadFile(), help="File of class names, one per line; the model's own by default.")
@click.option("--data", "data_file", type=ReadFile(),
              help="Darknet .data file: gives the class names and, without INPUT, the pictures.")  # fmt: skip
@click.option("--threshold", type=Fraction(), help="Minimum confidence; the cfg's program sets the default.")
@click.option("--nms", type=Fraction(),
              help="Overlap above which the less confident of two boxes of a class is dropped; 0 keeps all. The cfg's "
              "program sets the default.")  # fmt: skip
@click.option("--max-detections", type=click.IntRange(0),
              help="Keep at most this many detections per picture, the most confident; 300 by default, "
              "0 for no limit.")  # fmt: skip
@click.option("--agnostic", is_flag=True, default=None, help="Let boxes of different classes suppress each other.")
@click.option("--one-class-per-box", is_flag=True, default=None, help="Report a box only as its most probable class.")
@click.option("-o", "--output", type=click.Path(),
              help="Folder for annotated pictures and videos.  [default: a new one: detections, detections-2, "
              "...]")  # fmt: skip
@click.option("--no-draw", is_flag=True, help="Do not write annotated pictures and videos.")
@click.option("--json", "json_file", type=FILE, help="Write the results as one JSON file.")
@click.option("--jsonl", "jsonl_file", type=FILE, help="Write JSON lines, one per picture.")
@click.option("--csv", "csv_file", type=FILE, help="Write a CSV table, one row per box.")
@click.option("--coco", "coco_file", type=FILE, help="Write COCO results (JSON).")
@click.option("--annotations", type=ReadFile(),
              help="With --coco: the data set's annotations, in which image ids are looked up by file name "
              "and category ids by class name. Without it, pictures must be named like COCO's: "
              "000000000139.jpg.")  # fmt: skip
@click.option("--yolo", "yolo_folder", type=FOLDER, help="Folder for YOLO labels, one .txt per picture.")
@click.option("--voc", "voc_folder", type=FOLDER, help="Folder for Pascal VOC annotations, one .xml per picture.")
@click.option("--batch", type=PICTURES, default=1, show_default=True, help="Pictures per run of the network.")
@click.option("--backend", type=click.Choice((AUTO, *BACKENDS)), default="opencv", show_default=True,
              help=f"Backend that runs the model: {'; '.join(item.about for item in BACKENDS.values())}; "
              "auto chooses among the installed ones.")  # fmt: skip
@click.option("--engine", default=FASTEST, show_default=True,
              help="Engine of the backend. auto chooses by rule; fastest starts with the same engine and, if the work "
              "turns out to be long, measures the engines, once per model.")  # fmt: skip
@click.option("--device", default=CPU, show_default=True,
              help="Device that runs the network, if the backend has more than a CPU: cuda, gpu, ...")  # fmt: skip
@click.option("--size", type=Size(), help="Input size; overrides the cfg's.")
@click.option("--threads", type=THREADS, help="Number of threads.")
@click.option("--max-pixels", type=click.IntRange(0),
              help="Maximum pixels in a picture or frame; 200 million by default, 0 for no limit.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Treat anything that Darknet silently ignores or replaces as an error.")
@click.option("-q", "--quiet", is_flag=True, help="Show neither progress nor a line per picture.")
@resize_option
@reading_options
@trust_option
@click.pass_context
def run(
    ctx: click.Context,
    /,
    inputs: tuple[str, ...],
    model: str | None,
    cfg: str | None,
    weights: str | None,
    names: str | None,
    data_file: str | None,
    threshold: float | None,
    nms: float | None,
    max_detections: int | None,
    agnostic: bool | None,
    one_class_per_box: bool | None,
    annotations: str | None,
    output: str | None,
    no_draw: bool,
    batch: int,
    backend: str,
    engine: str,
    device: str,
    size: tuple[int, int] | None,
    semantics: Semantics,
    threads: int | None,
    max_pixels: int | None,
    quiet: bool,
    resize: ResizeName | None,
    dialect: Dialect,
    permissive: bool,
    trust: bool,
    strict: bool,
    limits: Limits,
    **targets: str | None,
) -> None:
    """Run a model on pictures and videos.

    INPUT is a file, a folder (with its subfolders), a pattern such as 'a/**/*.jpg', a list of files (.txt, one path per
    line), the http or https address of a picture, the rtsp address of a camera, "-" for a picture on standard input, or
    the number of a camera, such as 0. Without INPUT, the pictures are those of the `valid` list in --data. Without
    --model, or --cfg and --weights, the bundled model is used.

    Results are printed, drawn on pictures in a folder, and written to the files and folders given by --json, --jsonl,
    --csv, --coco ("-" is standard output), --yolo and --voc. Ctrl-C stops the run; results up to that point are
    written.

    Exit code 1: some pictures could not be read. 2: nothing could be done. 130: stopped by Ctrl-C.
    """
    from darkcsp.detect.data_file import read_data
    from darkcsp.detect.default import open_model
    from darkcsp.errors import MediaError
    from darkcsp.media.numbered import free_folder, numbered_folders
    from darkcsp.media.opening import open_sources
    from darkcsp.media.picture_files import MOST_PIXELS
    from darkcsp.media.targets import Targets
    from darkcsp.runtimes.choice.later import FastestLater
    from darkcsp.runtimes.loading import may_be_measured

    if annotations is not None and targets["coco_file"] is None:
        raise click.UsageError("--annotations needs --coco")
    most_pixels = MOST_PIXELS if max_pixels is None else max_pixels or None
    data = None if data_file is None else read_data(data_file, limits)
    if not inputs:
        if data is None:
            raise click.UsageError("Missing argument 'INPUT...'.")
        inputs = data.pictures(limits)
    without = numbered_folders(FOLDERS) if output is None else [output]
    sources = open_sources(inputs, without=without, most_pixels=most_pixels)
    place = free_folder(FOLDERS) if output is None else Path(output)
    _claim(sources.files, model, cfg, data_file, None if no_draw else place)
    opening = partial(
        open_model,
        model,
        cfg,
        weights,
        names,
        data,
        backend=backend,
        device=device,
        size=size,
        threads=threads,
        semantics=semantics,
        dialect=dialect,
        permissive=permissive,
        trust=trust,
        strict=strict,
        limits=limits,
    )
    with status_line(quiet), notes_on_stderr(quiet):
        runtime, known = opening(engine=AUTO if engine == FASTEST else engine)
    if engine == FASTEST and may_be_measured(backend):
        runtime = FastestLater(runtime, partial(_open_again, opening))
    chosen = (threshold, nms, max_detections, agnostic, one_class_per_box)
    predict = _predictor(runtime, known, dict(zip(Suppression._fields, chosen, strict=True)), resize, strict)
    drawn = None if no_draw or runtime.metadata.kind != "detector" else Targets(place, claims_of().paths)
    with notes_on_stderr(quiet):
        sinks = _sinks(targets, drawn, runtime, known, annotations, sources.files)
    tally = _process(sources, predict, sinks, batch, quiet, drawn, lines_to_stderr="-" in targets.values())
    if not tally.done:
        raise MediaError("", "no picture could be read")
    if not known and not quiet:
        tell(f"{runtime.path}: has no class names, so classes are shown as numbers; pass --names FILE")
    if tally.failed:
        ctx.exit(1)


def _claim(files: Iterable[Path], model: str | None, cfg: str | None, data: str | None, output: Path | None) -> None:
    """Claim the files that no argument names, and the folder to draw into."""
    from darkcsp.detect.default import default_files

    claim_inputs(files, "INPUT")
    if cfg is not None:
        claim_files_of_cfg(cfg)
    elif model is None:
        with default_files() as found:
            claim_inputs((file for file in found if file is not None), "the default model")
    if data is not None:
        claim_files_of_data(data)
    if output is not None:
        claims_of().write_into(str(output), "--output")


def _open_again(opening: Callable[..., tuple[Runtime, tuple[str, ...]]]) -> Runtime:
    """Open the model with the fastest engine, without warnings: they were shown the first time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CfgWarning)
        return opening(engine=FASTEST)[0]


def _predictor(
    runtime: Any, names: tuple[str, ...], suppression: dict[str, Any], resize: ResizeName | None, strict: bool
) -> Detector | Classifier:
    from darkcsp.detect import Classifier, Detector
    from darkcsp.errors import ModelError

    if runtime.metadata.kind == "detector":
        return Detector(runtime, names=names, resize=resize, strict=strict, **suppression)
    if resize is not None:
        raise ModelError(
            runtime.path, "is a classifier, which takes a picture's centre; --resize is only for detectors"
        )
    return Classifier(runtime, names=names, strict=strict)


def _sinks(
    targets: dict[str, str | None],
    drawn: Targets | None,
    runtime: Any,
    names: tuple[str, ...],
    annotations: str | None,
    pictures: Iterable[Path],
) -> list[Sink]:
    """Make the sinks for all options; `drawn` is where to draw. Each checks its target before any work."""
    from darkcsp.errors import ModelError
    from darkcsp.media import (
        AnnotatedPictures,
        AnnotatedVideos,
        CocoResults,
        CsvTable,
        JsonLines,
        JsonReport,
        Targets,
        VocAnnotations,
        YoloLabels,
    )
    from darkcsp.media.coco_annotations import read_annotations
    from darkcsp.media.frame import origin_of

    claimed = claims_of().paths
    for option in ("coco_file", "yolo_folder", "voc_folder"):
        if targets[option] is not None and runtime.metadata.kind != "detector":
            raise ModelError(runtime.path, f"is a classifier, which has no boxes for --{option.split('_')[0]}")
    files: dict[str, Callable[[str | TextIO], Sink]] = {
        "json_file": JsonReport,
        "jsonl_file": JsonLines,
        "csv_file": CsvTable,
        "coco_file": lambda target: CocoResults(
            target,
            names,
            classes=runtime.metadata.heads[-1].classes,
            annotations=None if annotations is None else read_annotations(annotations),
            pictures=map(origin_of, pictures),
        ),
    }
    folders: dict[str, Callable[[Targets], Sink]] = {"yolo_folder": YoloLabels, "voc_folder": VocAnnotations}
    given = {option: target for option, target in targets.items() if target is not None}
    sinks = [make(_target(given[option])) for option, make in files.items() if option in given]
    sinks += [make(Targets(given[option], claimed)) for option, make in folders.items() if option in given]
    if drawn is not None:
        sinks += [AnnotatedPictures(drawn), AnnotatedVideos(drawn)]
    return sinks


def _target(name: str) -> str | TextIO:
    return sys.stdout if name == "-" else name


def _process(
    sources: Sources,
    model: Detector | Classifier,
    sinks: list[Sink],
    batch: int,
    quiet: bool,
    drawn: Targets | None,
    *,
    lines_to_stderr: bool,
) -> Tally:
    """Run every picture, with a progress bar, a line per picture and a summary line at the end."""
    from darkcsp.cli.progress import progress_bar
    from darkcsp.media import Unreadable, process
    from darkcsp.media.picture_files import import_opencv
    from darkcsp.runtimes.backends.opencv import silenced

    counter = Counter()
    with silenced(import_opencv()), progress_bar(sources.count, quiet) as bar:
        say_aside = partial(bar.say, err=True)

        def report(item: Done | Unreadable) -> None:
            counter.add(item)
            if isinstance(item, Unreadable):
                bar.say(str(item.error), err=True)
            elif not quiet:
                bar.say(f"{printable(item.frame.title)}: {_summary(item.result)}", err=lines_to_stderr)
            bar.advance()

        with notes_on_stderr(quiet, say_aside):
            try:
                tally = process(sources, model, sinks, report, batch)
            except KeyboardInterrupt:
                if not quiet:
                    say_aside(counter.summary(drawn))
                raise
    if tally.done and not quiet:
        tell(counter.summary(drawn))
    return tally


def _summary(result: Result) -> str:
    from darkcsp.detect import Detections

    if isinstance(result, Detections):
        found = zip(result.names, result.confidence.tolist(), strict=True)
        return ", ".join(f"{printable(name, NAME)} {confidence:.2f}" for name, confidence in found) or "nothing"
    return ", ".join(f"{printable(item.name, NAME)} {item.probability:.2f}" for item in result)
