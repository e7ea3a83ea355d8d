"""A small picture in every format and variety that OpenCV reads."""

from __future__ import annotations

import functools
import io
import struct
import zlib
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

WIDTH, HEIGHT = 64, 48

COLOURS: npt.NDArray[np.uint8] = np.asarray(
    cv2.resize(np.random.default_rng(1).integers(0, 256, (6, 8, 3), np.uint8), (WIDTH, HEIGHT)), np.uint8
)
GREY = COLOURS[..., 0]
PICTURE = Image.fromarray(COLOURS[..., ::-1])


def opencv(suffix: str, image: npt.NDArray[Any] = COLOURS, *options: int) -> bytes:
    """Encode with OpenCV."""
    done, data = cv2.imencode(suffix, image, options)
    assert done, suffix
    return bytes(data.tobytes())


def pillow(kind: str, picture: Image.Image = PICTURE, **options: Any) -> bytes:
    """Encode with Pillow."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def png(width: int, height: int, depth: int, colours: int, packed: bytes, interlaced: bool = False) -> bytes:
    """Make a PNG of what is packed already."""
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, interlaced)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    parts = (struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
             for name, data in chunks)  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _interlaced() -> bytes:
    rows = bytearray()
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    for left, top, across, down in passes:
        for row in COLOURS[top::down, left::across, ::-1]:
            rows += b"\0" + row.tobytes()
    return png(WIDTH, HEIGHT, 8, 2, zlib.compress(rows), interlaced=True)


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 255, marker, len(data) + 2) + data


def _jpegs() -> dict[str, bytes]:
    plain = opencv(".jpg")
    turned = Image.Exif()
    turned[0x0112] = 6
    thumbnail = _segment(0xE1, b"Exif\0\0" + pillow("JPEG", PICTURE.resize((16, 12))))
    return {
        **{f"jpeg of quality {quality}": opencv(".jpg", COLOURS, cv2.IMWRITE_JPEG_QUALITY, quality)
           for quality in (1, 50, 100)},
        "progressive jpeg": opencv(".jpg", COLOURS, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
        "jpeg with restarts": opencv(".jpg", COLOURS, cv2.IMWRITE_JPEG_RST_INTERVAL, 2),
        "grey jpeg": opencv(".jpg", GREY),
        "cmyk jpeg": pillow("JPEG", PICTURE.convert("CMYK")),
        "jpeg with rubbish behind": plain + b"rubbish \xff\xd8\xff",
        "jpeg with a thumbnail": plain[:2] + thumbnail + plain[2:],
        "jpeg with an end in a comment": plain[:2] + _segment(0xFE, b"\xff\xd9 \xff\xda\xff\xd9") + plain[2:],
        "jpeg with filling": plain[:2] + b"\xff\xff\xff" + plain[2:],
        "turned jpeg": pillow("JPEG", exif=turned),
        "mpo": pillow("MPO", save_all=True, append_images=[PICTURE.rotate(90)]),
    }  # fmt: skip


def _pngs() -> dict[str, bytes]:
    return {
        **{f"png {mode}": pillow("PNG", PICTURE.convert(mode)) for mode in ("RGB", "RGBA", "L", "LA", "P", "1")},
        **{f"png of {2**bits} colours": pillow("PNG", PICTURE.quantize(2**bits), bits=bits) for bits in (1, 2, 4)},
        "png of 16 bits": opencv(".png", COLOURS.astype(np.uint16) * 257),
        "interlaced png": _interlaced(),
        "apng": pillow("PNG", save_all=True, append_images=[PICTURE.rotate(90)]),
        "png with rubbish behind": opencv(".png") + b"rubbish",
    }


def _tiffs() -> dict[str, bytes]:
    modes = {"raw": "RGB 1 P CMYK", "tiff_lzw": "RGB P", "tiff_adobe_deflate": "L P", "packbits": "P", "jpeg": "RGB",
             "group3": "1", "group4": "1"}  # fmt: skip
    return {
        **{f"tiff {packing} {mode}": pillow("TIFF", PICTURE.convert(mode), compression=packing)
           for packing, some in modes.items() for mode in some.split()},
        "tiff of strips": opencv(".tiff", COLOURS, cv2.IMWRITE_TIFF_ROWSPERSTRIP, 5),
        "tiff of 16 bits": opencv(".tiff", COLOURS.astype(np.uint16) * 257),
        "tiff of pages": pillow("TIFF", save_all=True, append_images=[PICTURE.resize((300, 200))]),
        "bigtiff": pillow("TIFF", big_tiff=True),
    }  # fmt: skip


@functools.cache
def pictures() -> dict[str, bytes]:
    """Return the pictures by what they are."""
    floats = COLOURS.astype(np.float32) / 255
    return {
        **_jpegs(),
        **_pngs(),
        **_tiffs(),
        **{f"bmp {mode}": pillow("BMP", PICTURE.convert(mode)) for mode in ("RGB", "RGBA", "L", "P", "1")},
        **{f"{suffix} in {'bytes' if binary else 'text'}": opencv(suffix, image, cv2.IMWRITE_PXM_BINARY, binary)
           for suffix, image in ((".ppm", COLOURS), (".pgm", GREY), (".pbm", GREY)) for binary in (0, 1)},
        "ppm of 16 bits": opencv(".ppm", COLOURS.astype(np.uint16) * 257),
        "ppm with remarks": b"P6 # made\n#by hand\n64 48\n# and\n255\n" + COLOURS.tobytes(),
        "pam": opencv(".pam"),
        "pfm": opencv(".pfm", floats),
        **{f"webp of quality {quality}": opencv(".webp", COLOURS, cv2.IMWRITE_WEBP_QUALITY, quality)
           for quality in (10, 90, 101)},
        "lossless webp": pillow("WEBP", lossless=True),
        "webp with a profile": pillow("WEBP", icc_profile=b"x" * 333),
        "animated webp": pillow("WEBP", save_all=True, append_images=[PICTURE.rotate(90)]),
        "gif": pillow("GIF"),
        "animated gif": pillow("GIF", save_all=True, append_images=[PICTURE.rotate(90)]),
        "hdr": opencv(".hdr", floats),
        "sun raster": opencv(".ras"),
        "jpeg 2000": opencv(".jp2"),
        "jpeg 2000 stream": pillow("JPEG2000", no_jp2=True),
        "avif": opencv(".avif"),
        "avif under another name": opencv(".avif").replace(b"ftypavif", b"ftypmif1", 1),
    }  # fmt: skip
