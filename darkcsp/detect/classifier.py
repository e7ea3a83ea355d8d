"""Classifies pictures with one call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Unpack

import numpy as np
import numpy.typing as npt

from darkcsp.arrays import Array
from darkcsp.decode.region import tree_products
from darkcsp.description import Described
from darkcsp.detect.data_file import DataFile
from darkcsp.detect.default import open_model
from darkcsp.detect.names import name_of
from darkcsp.detect.preprocess import Picture, checked_picture, classifier_bytes, classifier_input
from darkcsp.detect.sound import check_found, check_scores
from darkcsp.errors import ArgumentError, ModelError
from darkcsp.modelfile.class_names import check_count
from darkcsp.runtimes.opening import OpenOptions
from darkcsp.runtimes.runtime import Pixels, Runtime, run_prepared
from darkcsp.runtimes.source import PathLike
from darkcsp.spec.tree import Tree

if TYPE_CHECKING:
    from darkcsp.to_torch.network import Network


class Classification(NamedTuple):
    """One class of a picture: its number from 0, its name, its probability."""

    class_id: int
    name: str
    probability: float


class Classifier(Described):
    """Classifies pictures as `darknet classifier predict` does.

    A Classifier can be used from any number of threads, like a `Detector`.

    Attributes:
        runtime: the network.
        names: class names, () if unknown; results are then named by class number.
        top: how many classes a call returns.
        only_leaves: for a network with a tree of classes (YOLO9000's `darknet9000`), whether only leaves are returned,
            as in pjreddie's `predict`; the fork's also reports the wider classes. Either way, a class's probability is
            the product of the network's outputs on the path from the root.
    """

    def __init__(
        self,
        model: PathLike | Network | Runtime | None = None,
        *,
        cfg: PathLike | None = None,
        weights: PathLike | None = None,
        names: PathLike | Sequence[str] | None = None,
        data: PathLike | DataFile | None = None,
        top: int = 5,
        only_leaves: bool = True,
        **options: Unpack[OpenOptions],
    ) -> None:
        """Open a network without detection heads.

        Args:
            model: an ONNX file that darkcsp wrote, a Network in memory, or a Runtime. If None, cfg and weights are
                opened. A Network is copied; training it further has no effect here.
            cfg: a Darknet cfg; requires weights.
            weights: its `.weights` file.
            names: a names file or the names themselves; by default those stored in the model. If their number is not
                that of the classes, the first picture gives a CfgWarning, or an error with `strict`.
            data: a Darknet `.data` file that gives the names file; an alternative to names. See `DataFile`.
            top: see the attribute.
            only_leaves: see the attribute.
            options: how to open the model: the backend, engine, device, size, threads, workers, semantics, dialect,
                permissive, strict, trust and limits of `open_runtime`. The limits apply to the names file as well.

        Raises:
            ArgumentError: an argument is invalid, or conflicts with another one or with the model.
            ModelError: it is a detector, or it cannot be opened.
            CfgError, WeightsError, UnsupportedLayerError, MissingBackendError: see `open_runtime`.
            MediaError: the names or the `.data` file cannot be read.
            LimitError: the cfg, the names file or the `.data` file exceeds the limits.
        """
        self.runtime, self.names = open_model(model, cfg, weights, names, data, **options)
        if self.runtime.metadata.kind != "classifier":
            raise ModelError(self.runtime.path, "has detection heads; open it with darkcsp.Detector")
        if top < 1:
            raise ArgumentError("top", top, "1 or more")
        self.top, self.only_leaves = top, only_leaves
        parents = self.runtime.metadata.parents
        self._strict, self._count_is_checked = options.get("strict", False), False
        self._tree = Tree(("",) * len(parents), parents) if parents else None

    def __call__(self, image: npt.NDArray[np.uint8]) -> list[Classification]:
        """Return the `top` most probable classes of a picture, the most probable first.

        Args:
            image: (height, width, 3) uint8, BGR as OpenCV reads it; grey pictures may be (height, width).

        Raises:
            ArgumentError: image is not such an array.
            ModelError: the network fails, its output is not a vector, or has NaN or infinite values; see `interpret`.
        """
        return self.batch([image])[0]

    def batch(self, images: Sequence[npt.NDArray[np.uint8]]) -> list[list[Classification]]:
        """Classify several pictures of any sizes at once; a recurrent network takes them in sequence."""
        pictures = [checked_picture(image) for image in images]
        outputs = self.infer([self.prepare(picture) for picture in pictures])
        return [self.interpret(output, picture) for output, picture in zip(outputs, pictures, strict=True)]

    def prepare(self, image: Picture) -> Pixels:
        """Return the network's input for a picture: the first of the three steps of a call.

        The input is (c, h, w) float32, RGB, 0..1, or (h, w, c) uint8, BGR, for a model that takes bytes. Each step may
        run in its own threads. Raises ArgumentError as a call does.
        """
        metadata = self.runtime.metadata
        prepare = classifier_bytes if metadata.pixels == "uint8" else classifier_input
        return prepare(checked_picture(image), metadata.input)

    def infer(self, inputs: Sequence[Pixels]) -> Sequence[Array]:
        """Run the network; return one output for each input. Raises ModelError as a call does."""
        outputs = run_prepared(self.runtime, inputs)
        for output in outputs:
            if output.size != len(output):
                raise ModelError(
                    self.runtime.path, f"its output has shape {output.shape}, expected one probability per class"
                )
        return outputs

    def interpret(self, output: Array, image: Picture) -> list[Classification]:
        """Return the most probable classes from the network's output: the last step.

        Raises ModelError if a probability is NaN, or if one that is returned is infinite.
        """
        probabilities = output.ravel()
        check_scores(probabilities, self.runtime)
        if not self._count_is_checked:  # a model does not say how many classes it has
            check_count(self.names, len(probabilities), self.runtime.path, self._strict)
            self._count_is_checked = True
        if self._tree is not None:
            probabilities = of_tree(self._tree, probabilities, self.only_leaves)
        order = np.argsort(-probabilities, kind="stable")[: self.top]
        check_found(probabilities[order], self.runtime)
        return [Classification(int(i), name_of(self.names, int(i)), float(probabilities[i])) for i in order]

    def _facts(self) -> dict[str, object]:
        metadata = self.runtime.metadata
        return {
            "model": self.runtime.path,
            "runtime": self.runtime.name,
            "input": tuple(metadata.input),
            "precision": metadata.precision,
            "names": bool(self.names),
            "top": self.top,
        }


def of_tree(tree: Tree, conditional: Array, only_leaves: bool) -> Array:
    """Turn each class's probability given its parent into its own probability (hierarchy_predictions, src/tree.c).

    Args:
        tree: the tree of classes.
        conditional: (classes,) float32.
        only_leaves: set the probability of classes that have children to 0.

    Returns:
        (classes,) float32.
    """
    probabilities = tree_products(tree, conditional)
    if only_leaves:
        probabilities[sorted({parent for parent in tree.parents if parent >= 0})] = 0
    return probabilities
