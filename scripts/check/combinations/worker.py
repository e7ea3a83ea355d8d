"""Opens forms of a network with one engine and says what they find, in a process of its own that the engine may crash.

Its options are `engine` (backend and engine), `cfg`, `weights`, `pictures` (paths) and `forms` (arguments of
`open_runtime`). Each run is that of the next form.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from darkcsp.arrays import Array
from darkcsp.decode import decode
from darkcsp.detect import Detections, Detector
from darkcsp.detect.preprocess import Picture
from darkcsp.errors import CfgWarning, DarkcspError, first_line
from darkcsp.graph.reading import CfgReading, read_graph
from darkcsp.media import read_picture
from darkcsp.runtimes import Runtime, open_runtime
from darkcsp.workers.serving import Opened, serve

BLANK = np.zeros((100, 120, 3), np.uint8)
"""A picture in which there is nothing, looked at after the others."""

Find = Callable[[Runtime, Picture], Detections]


def open_forms(options: Mapping[str, Any]) -> Opened:
    """Get ready to look at every picture by every form."""
    warnings.simplefilter("ignore", CfgWarning)
    find = finder(options["cfg"], options["weights"])
    pictures = [*map(read_picture, options["pictures"]), BLANK]
    backend, engine = options["engine"]
    place = {"backend": backend, "engine": engine, "threads": 1}
    answers = (list(_answer({**form, **place}, pictures, find)) for form in options["forms"])
    return Opened(f"{backend}/{engine}", lambda: next(answers))


def finder(cfg: str, weights: str) -> Find:
    """Return what reads the outputs of any form; those that no Detector takes are read by a Detector of float32."""
    graph, reference = read_graph(cfg, CfgReading()), Detector(cfg=cfg, weights=weights, backend="onnxruntime")

    def rows(head: str, outputs: Sequence[Array]) -> Array:
        if head == "raw":
            found: Array = decode(graph, outputs)[0]
            return found
        return np.concatenate([output.reshape(-1, output.shape[-1]) for output in outputs])

    def find(runtime: Runtime, picture: Picture) -> Detections:
        head = runtime.metadata.head
        if head in ("decoded", "nms"):
            return Detector(runtime)(picture)
        return reference.interpret(rows(head, runtime.run(reference.prepare(picture)[None])), picture)

    return find


def _answer(arguments: Mapping[str, Any], pictures: Sequence[Picture], find: Find) -> Iterator[np.ndarray[Any, Any]]:
    """Yield what became of a form ("refused", "failed" or "ran"), why, and the three arrays of each picture."""
    try:
        runtime = open_runtime(**arguments)
    except DarkcspError as error:
        yield from (np.array("refused"), np.array(str(error)))
        return
    try:
        found = [find(runtime, picture) for picture in pictures]
    except Exception as error:  # whatever goes wrong now should have been refused
        yield from (np.array("failed"), np.array(first_line(error)))
        return
    yield from (np.array("ran"), np.array(""))
    for item in found:
        yield from (item.xyxy, item.confidence, item.class_id)


if __name__ == "__main__":
    serve(open_forms)
