"""A cfg under construction: sections in order, and their features, which later sections can refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from darkcsp.cfg import Cfg, compose_cfg
from darkcsp.cfg.writer import Value


@dataclass(frozen=True)
class Feature:
    """The output of one section.

    Attributes:
        index: Darknet's number for the layer; -1 is the picture.
        channels: number of channels.
        stride: pixels of the picture per position; 0 for a vector.
    """

    index: int
    channels: int
    stride: int


class Composer:
    """Adds sections after `[net]` and keeps track of layers, channels and strides.

    Each method adds the layer in its name as the next section, and returns its feature. A method with a `source` first
    adds a `[route]` if that feature is not the one just above. References are relative, so that sections can be moved
    together. Shapes are not checked here but by `build_graph`, as for every cfg.

    Attributes:
        activation: the default of convolutions and residual shortcuts.
        width: of the input, in pixels.
        last: the feature of the section above.
    """

    def __init__(self, net: Mapping[str, Value], activation: str = "leaky") -> None:
        self.activation = activation
        self.width = int(str(net.get("width", 0)))
        self.last = Feature(-1, int(str(net.get("channels", 3))), 1)
        self._sections: list[tuple[str, Mapping[str, Value]]] = [("net", net)]

    def cfg(self, header: str = "", path: str = "<composed>") -> Cfg:
        """Return the cfg. Each line of `header` becomes a comment at its top."""
        return compose_cfg(self._sections, header=header, path=path)

    def at(self, feature: Feature) -> Feature:
        """Make the next section read `feature`."""
        return feature if feature == self.last else self.route(feature)

    def conv(
        self,
        filters: int,
        size: int = 1,
        stride: int = 1,
        *,
        source: Feature | None = None,
        activation: str | None = None,
        groups: int = 1,
        normalize: bool = True,
    ) -> Feature:
        """Add a convolution, padded so that only its stride changes the picture's size."""
        above = self.at(source or self.last)
        options: dict[str, Value] = {"batch_normalize": 1} if normalize else {}
        options |= {"filters": filters, "size": size, "stride": stride, "pad": 1}
        if groups > 1:
            options["groups"] = groups
        options["activation"] = activation or self.activation
        return self._add("convolutional", options, filters, above.stride * stride)

    def maxpool(self, size: int, stride: int, source: Feature | None = None) -> Feature:
        """Add max pooling."""
        above = self.at(source or self.last)
        return self._add("maxpool", {"size": size, "stride": stride}, above.channels, above.stride * stride)

    def maxout(self, channels: int, source: Feature | None = None) -> Feature:
        """Add max pooling over groups of channels, which leaves `channels` of them."""
        above = self.at(source or self.last)
        options: dict[str, Value] = {"maxpool_depth": 1, "out_channels": channels, "size": 1, "stride": 1}
        return self._add("maxpool", options, channels, above.stride)

    def local_avgpool(self, size: int, stride: int, source: Feature | None = None) -> Feature:
        """Add average pooling over windows."""
        above = self.at(source or self.last)
        return self._add("local_avgpool", {"size": size, "stride": stride}, above.channels, above.stride * stride)

    def avgpool(self, source: Feature | None = None) -> Feature:
        """Add the average over the whole picture."""
        return self._add("avgpool", {}, self.at(source or self.last).channels, 0)

    def upsample(self, stride: int = 2, source: Feature | None = None) -> Feature:
        """Add upsampling, which repeats every value."""
        above = self.at(source or self.last)
        return self._add("upsample", {"stride": stride}, above.channels, above.stride // stride)

    def spread(self, vector: Feature, like: Feature) -> Feature:
        """Repeat a vector over the size of `like`. The factor is right only for the cfg's own input size."""
        above = self.at(vector)
        return self._add("upsample", {"stride": self.width // like.stride}, above.channels, like.stride)

    def batchnorm(self, source: Feature | None = None) -> Feature:
        """Add batch normalisation as a separate section."""
        above = self.at(source or self.last)
        return self._add("batchnorm", {}, above.channels, above.stride)

    def activate(self, activation: str) -> Feature:
        """Add an activation as a separate section."""
        return self._add("activation", {"activation": activation}, self.last.channels, self.last.stride)

    def dropout(self, probability: float) -> Feature:
        """Add dropout, which has an effect only in training."""
        return self._add("dropout", {"probability": probability}, self.last.channels, self.last.stride)

    def softmax(self) -> Feature:
        """Add the softmax that ends a classifier."""
        return self._add("softmax", {"groups": 1}, self.last.channels, 0)

    def route(self, *sources: Feature) -> Feature:
        """Concatenate features, in order."""
        channels = sum(source.channels for source in sources)
        return self._add("route", {"layers": self._references(sources)}, channels, sources[0].stride)

    def group(self, source: Feature, groups: int, group_id: int) -> Feature:
        """Add a route that takes one of `groups` equal groups of a feature's channels."""
        options: dict[str, Value] = {"layers": self._references([source]), "groups": groups, "group_id": group_id}
        return self._add("route", options, source.channels // groups, source.stride)

    def shortcut(self, *sources: Feature, activation: str = "linear") -> Feature:
        """Add features to the one above. If the numbers of channels differ, only as many as both have are added."""
        options: dict[str, Value] = {"from": self._references(sources), "activation": activation}
        return self._add("shortcut", options, self.last.channels, self.last.stride)

    def sam(self, source: Feature) -> Feature:
        """Multiply the feature above by `source`, element by element."""
        return self._add("sam", {"from": self._references([source])}, source.channels, source.stride)

    def scale_channels(self, source: Feature) -> Feature:
        """Multiply the channels of `source` by the vector above."""
        return self._add("scale_channels", {"from": self._references([source])}, source.channels, source.stride)

    def yolo(self, options: Mapping[str, Value]) -> Feature:
        """Add a detection head after its convolution."""
        return self._add("yolo", options, self.last.channels, self.last.stride)

    def _references(self, sources: tuple[Feature, ...] | list[Feature]) -> list[int]:
        return [source.index - self._next for source in sources]

    @property
    def _next(self) -> int:
        return len(self._sections) - 1

    def _add(self, name: str, options: Mapping[str, Value], channels: int, stride: int) -> Feature:
        self._sections.append((name, options))
        self.last = Feature(self._next - 1, channels, stride)
        return self.last
