"""Picture formats: a file for each reads the size in the header, and tells a picture that is cut off.

All before a decoder sees the picture, and from the bytes alone. What no file here recognises is not given to a decoder.
"""

from __future__ import annotations

from darkcsp.media.formats import avif, bmp, gif, hdr, jpeg, jpeg2000, pam, pfm, png, pnm, sunraster, tiff, webp
from darkcsp.media.formats.format import Data, FlawError

FORMATS = tuple(
    module.FORMAT for module in (jpeg, png, webp, bmp, tiff, pnm, pam, pfm, gif, hdr, sunraster, jpeg2000, avif)
)


def check_picture(data: Data, most_pixels: int | None) -> None:
    """Look at an encoded picture's header and at where it ends.

    Args:
        data: the file's bytes.
        most_pixels: how many pixels it may have; None for any number.

    Raises:
        FlawError: it is of no known format, has more pixels, or is broken or cut off.
    """
    for known in FORMATS:
        if known.signature.match(data):
            width, height = known.size(data)
            if not (width and height):
                raise FlawError(f"has no pixels: its {known.name} header says {width}x{height}")
            if most_pixels is not None and width * height > most_pixels:
                raise FlawError(f"has {width}x{height} pixels, expected at most {most_pixels} in all")
            known.require_whole(data)
            return
    raise FlawError("is no picture that OpenCV can read")
