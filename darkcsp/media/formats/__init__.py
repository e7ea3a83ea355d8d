"""Picture formats: one file per format reads the size from the header and detects pictures that are cut off.

This happens before a decoder sees the picture, and only uses its bytes. Pictures in other formats never reach a
decoder.
"""

from __future__ import annotations

from darkcsp.media.formats import avif, bmp, gif, hdr, jpeg, jpeg2000, pam, pfm, png, pnm, sunraster, tiff, webp
from darkcsp.media.formats.format import Data, FlawError

FORMATS = tuple(
    module.FORMAT for module in (jpeg, png, webp, bmp, tiff, pnm, pam, pfm, gif, hdr, sunraster, jpeg2000, avif)
)


def check_picture(data: Data, most_pixels: int | None) -> None:
    """Check an encoded picture's header and its end.

    Args:
        data: the file's bytes.
        most_pixels: maximum number of pixels; None for no limit.

    Raises:
        FlawError: its format is unknown, it has too many pixels, or it is broken or cut off.
    """
    for known in FORMATS:
        if known.signature.match(data):
            width, height = known.size(data)
            if not (width and height):
                raise FlawError(f"has no pixels: the size in its {known.name} header is {width}x{height}")
            if most_pixels is not None and width * height > most_pixels:
                raise FlawError(f"has {width}x{height} pixels, expected at most {most_pixels} in all")
            known.require_whole(data)
            return
    raise FlawError("is not a picture that OpenCV can read")
