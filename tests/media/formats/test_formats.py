"""Sizes from headers, ends that are missing, and headers that lie; all before a decoder sees the picture."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from darkcsp.errors import MediaError
from darkcsp.media.formats import FORMATS, check_picture
from darkcsp.media.formats.format import FlawError
from darkcsp.media.picture_files import decode_picture
from tests.media.formats.pictures import HEIGHT, WIDTH, opencv, pictures, png


def _decode(data: bytes) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize("name", pictures())
def test_good_pictures_are_read_as_opencv_reads_them(name: str) -> None:
    data = pictures()[name]
    expected = _decode(data)
    assert sorted(expected.shape[:2]) == [HEIGHT, WIDTH]
    np.testing.assert_array_equal(decode_picture(data, name, WIDTH * HEIGHT), expected)
    np.testing.assert_array_equal(decode_picture(bytearray(data), name, None), expected)
    with pytest.raises(MediaError, match=f": has (64x48|48x64) pixels, expected at most {WIDTH * HEIGHT - 1} in all$"):
        decode_picture(data, name, WIDTH * HEIGHT - 1)


@pytest.mark.parametrize("name", pictures())
def test_a_picture_that_is_cut_off_is_an_error_and_not_half_a_picture(name: str) -> None:
    data = pictures()[name]
    whole = _decode(data)
    for length in sorted({len(data) * part // 24 for part in range(1, 24)} | {len(data) - 1, len(data) - 4}):
        try:
            read = decode_picture(data[:length], "x")
        except MediaError as error:
            assert "\n" not in str(error)
        else:  # nothing of the picture is missing
            np.testing.assert_array_equal(read, whole)


@pytest.mark.parametrize("name", ["jpeg of quality 50", "jpeg with a thumbnail", "progressive jpeg", "mpo"])
def test_a_jpeg_that_is_cut_off_is_told_before_it_is_decoded(name: str) -> None:
    data = pictures()[name]
    end = data.index(b"\xff\xd9", data.rindex(b"\xff\xda") if name != "mpo" else data.index(b"\xff\xda"))
    for length in (end, end + 1, end - 30):
        with pytest.raises(FlawError, match="is cut off: a JPEG without an end marker"):
            check_picture(data[:length], None)
    check_picture(data[: end + 2], None)


def _with(name: str, place: int, layout: str, *values: int) -> bytes:
    """A good picture with other numbers at a place."""
    data = bytearray(pictures()[name])
    struct.pack_into(layout, data, place, *values)
    return bytes(data)


def _jpeg(width: int, height: int, name: str = "jpeg of quality 50") -> bytes:
    data = pictures()[name]
    frame = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    return _with(name, frame + 5, ">HH", height, width)


def _tiff(tags: dict[int, tuple[int, int]], order: str = "<") -> bytes:
    """A TIFF of one directory; the tags' types and values."""
    entries = b"".join(struct.pack(order + "HHII", tag, *pair[:1], 1, pair[1]) for tag, pair in sorted(tags.items()))
    head = b"II*\0" if order == "<" else b"MM\0*"
    return head + struct.pack(order + "IH", 8, len(tags)) + entries + bytes(4)


def _strips(width: int, height: int, **more: tuple[int, int]) -> bytes:
    tags = {256: (4, width), 257: (4, height), 273: (4, 8), 279: (4, 8)}
    return _tiff(tags | {int(tag[1:]): value for tag, value in more.items()})


def _box(name: bytes, *contents: bytes) -> bytes:
    data = b"".join(contents)
    return struct.pack(">I4s", 8 + len(data), name) + data


def _avif(*boxes: bytes) -> bytes:
    return _box(b"ftyp", b"avif", bytes(4)) + b"".join(boxes)


def _jpeg_2000(width: int, height: int, components: int = 3) -> bytes:
    return b"\xff\x4f\xff\x51" + struct.pack(">HHIIII16xH", 47, 0, width, height, 0, 0, components)


BIG = 30_000

LIARS: dict[str, bytes] = {
    "jpeg": _jpeg(BIG, BIG),
    "progressive jpeg": _jpeg(BIG, BIG, "progressive jpeg"),
    "png": _with("png RGB", 16, ">II", BIG, BIG),
    "bmp": _with("bmp RGB", 18, "<ii", BIG, BIG),
    "bmp from the top down": _with("bmp RGB", 18, "<ii", BIG, -BIG),
    "old bmp": b"BM" + bytes(8) + struct.pack("<IIHHHH", 26, 12, BIG, BIG, 1, 24),
    "pnm": b"P6\n30000 30000\n255\n",
    "pam": b"P7\nWIDTH 30000\nHEIGHT 30000\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n",
    "pfm": b"PF\n30000 30000\n-1.0\n",
    "tiff": _strips(BIG, BIG),
    "tiff of the other order": _tiff({256: (4, BIG), 257: (4, BIG)}, ">"),
    "tiff of one tile": _tiff({256: (4, 64), 257: (4, 48), 322: (4, BIG), 323: (4, BIG), 324: (4, 8), 325: (4, 8)}),
    "webp, extended": b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + bytes([0x2F, 0x75, 0, 0x2F, 0x75, 0]),
    "gif": _with("gif", 6, "<HH", BIG, BIG),
    "hdr": b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 30000 +X 30000\n",
    "sun raster": _with("sun raster", 4, ">II", BIG, BIG),
    "jpeg 2000": _jpeg_2000(BIG, BIG),
    "jpeg 2000 in boxes": b"\0\0\0\x0cjP  \r\n\x87\n" + _box(b"jp2c", _jpeg_2000(BIG, BIG)),
    "avif": _avif(_box(b"meta", bytes(4), _box(b"iprp", _box(b"ipco", _box(b"ispe", struct.pack(">4xII", BIG, BIG)))))),
    "avif of a track": _avif(_box(b"moov", _box(b"trak", _box(b"tkhd", struct.pack(">II", BIG << 16, BIG << 16))))),
}


@pytest.fixture
def no_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_: object) -> None:
        raise AssertionError("a decoder saw it")

    monkeypatch.setattr(cv2, "imdecode", decode)


@pytest.mark.parametrize("name", LIARS)
@pytest.mark.usefixtures("no_decoder")
def test_sizes_beyond_the_limit_are_refused_from_the_header(name: str) -> None:
    with pytest.raises(MediaError, match=f": has {BIG}x{BIG} pixels, expected at most 200000000 in all"):
        decode_picture(LIARS[name], "x")


def test_every_format_has_a_liar() -> None:
    assert all(any(known.signature.match(data) for data in LIARS.values()) for known in FORMATS)


def _nested(levels: int) -> bytes:
    data = b""
    for _ in range(levels):
        data = _box(b"iprp", data)
    return data


def _scans(count: int) -> bytes:
    data = pictures()["progressive jpeg"]
    scan = data.index(b"\xff\xda")
    (length,) = struct.unpack_from(">H", data, scan + 2)
    return data[:-2] + data[scan : scan + 2 + length] * count + data[-2:]


def _tiles(width: int, height: int) -> bytes:
    return _tiff({256: (4, 9999), 257: (4, 9999), 322: (4, width), 323: (4, height), 324: (4, 8), 325: (4, 8)})


FLAWS: list[tuple[str, Callable[[], bytes], str]] = [
    ("no picture", lambda: b"no picture at all", "is not a picture that OpenCV can read"),
    ("an OpenEXR", lambda: b"\x76\x2f\x31\x01" + bytes(90), "is not a picture that OpenCV can read"),
    ("a JPEG of two bytes", lambda: b"\xff\xd8\xff", "cut off: a JPEG without an end marker"),
    ("a JPEG of its end", lambda: b"\xff\xd8\xff\xd9", "a JPEG that contains no picture"),
    ("a JPEG without rows", lambda: _jpeg(64, 0), "has no pixels: the size in its JPEG header is 64x0"),
    ("a JPEG without scans for so much", lambda: _jpeg(14_000, 14_000), r"cut off: \d+ bytes of JPEG scans"),
    ("a JPEG of many scans", lambda: _scans(101), "has more than 100 JPEG scans"),
    ("a JPEG of many segments",
     lambda: _jpeg(64, 48)[:2] + b"\xff\xfe\0\2" * 20_000 + _jpeg(64, 48)[2:], "has more than 10000 JPEG segments"),
    ("a PNG without its end", lambda: pictures()["png RGB"][:-12], "cut off: a PNG without its last chunk"),
    ("a PNG with a chunk too long", lambda: _with("png RGB", 33, ">I", 1 << 31), "cut off: a PNG without"),
    ("a PNG without data for so much",
     lambda: png(10_000, 10_000, 8, 2, zlib.compress(bytes(9999))), r"cut off: \d+ bytes of PNG data cannot contain"),
    ("a PNG of many chunks",
     lambda: pictures()["png RGB"][:33] + bytes(12) * 250_001, "has more than 250000 PNG chunks"),
    ("a BMP without rows", lambda: _with("bmp RGB", 18, "<ii", 10_000, 10_000), "cut off: it has 9270 bytes"),
    ("a BMP of negative width", lambda: _with("bmp RGB", 18, "<ii", -64, 48), "has no pixels"),
    ("a PPM without rows", lambda: b"P6 100 100 255\n" + bytes(29_999), "cut off: .* expected at least 30015"),
    ("a PGM in text without rows", lambda: b"P2 9999 9999 255\n1 2 3", "cut off"),
    ("a PNM of long numbers", lambda: b"P6 1234567890 1 255\n", "has no valid PNM header"),
    ("a PNM of a remark without end", lambda: b"P6 " + b"#" * 100_000, "has no valid PNM header"),
    ("a PAM without numbers", lambda: b"P7\nWIDTH 4\nHEIGHT 4\nENDHDR\n", "DEPTH is missing"),
    ("a PAM of two widths", lambda: b"P7\nWIDTH 4\n#\rWIDTH 30000\nENDHDR\n", "expected one number for 'WIDTH'"),
    ("a PFM of three spaces", lambda: b"PF\n\n 4 4 1.0\n" + bytes(192), "has no valid PFM header"),
    ("a PFM without rows", lambda: b"PF\n40 40 1.0\n" + bytes(192), "cut off"),
    ("an HDR without rows", lambda: LIARS["hdr"].replace(b"30000", b"09999"), "cut off: 0 bytes cannot contain"),
    ("a TIFF without tags", lambda: b"II*\0\x08\0\0\0\0\0", "has no pixels"),
    ("a TIFF that points beyond", lambda: b"MM\0*\xff\xff\xff\xff", "cut off"),
    ("a BigTIFF that points beyond", lambda: b"II+\0\x08\0\0\0" + b"\xff" * 8, "cut off"),
    ("a TIFF of numbers that are none", lambda: _tiff({256: (11, 1), 257: (4, 1)}), "tag 256 of type 11"),
    ("a TIFF of too few strips", lambda: _strips(64, 9999, t278=(4, 1)), "has 1 TIFF strips or tiles, expected 9999"),
    ("a TIFF of no strips", lambda: _tiff({256: (4, 64), 257: (4, 48)}), "has 0 TIFF strips or tiles, expected 1"),
    ("a TIFF of strips beyond", lambda: _strips(64, 48, t279=(4, 1 << 30)), "cut off: TIFF strips or tiles reach"),
    ("a TIFF of strips without rows", lambda: _strips(64, 48, t278=(4, 0)), "strips or tiles without pixels"),
    ("a TIFF of tiny tiles", lambda: _tiles(1, 1), "has 1 TIFF strips or tiles, expected 99980001"),
    ("a TIFF of empty tiles", lambda: _tiles(0, 16), "strips or tiles without pixels"),
    ("a WebP of nothing", lambda: b"RIFF\x04\0\0\0WEBPICCP", "a WebP that contains no picture"),
    ("a JPEG 2000 of many components", lambda: _jpeg_2000(64, 48, 16_384), "has 16384 components, expected at most 4"),
    ("a JPEG 2000 of no stream", lambda: b"\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 that contains no picture"),
    ("an AVIF of no size", lambda: _avif(_box(b"meta", bytes(4))), "its AVIF boxes contain no size"),
    ("an AVIF of deep boxes", lambda: _avif(_nested(9_000)), "its AVIF boxes contain no size"),
    ("an AVIF of many boxes", lambda: _avif(_box(b"free") * 20_000), "has more than 10000 boxes"),
    ("an AVIF of a box of no length", lambda: _avif(b"\0\0\0\x01free" + bytes(8)), "cut off: its box 'free'"),
    ("an AVIF of a long box", lambda: _avif(b"\xff\xff\xff\xffmeta"), "cut off: its box 'meta'"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "message"), [row[1:] for row in FLAWS], ids=[row[0] for row in FLAWS])
@pytest.mark.usefixtures("no_decoder")
def test_broken_pictures_never_reach_a_decoder(make: Callable[[], bytes], message: str) -> None:
    with pytest.raises(MediaError, match=f"^x: .*{message}"):
        decode_picture(make(), "x")


def test_mutated_pictures_give_a_picture_or_one_line() -> None:
    rng = np.random.default_rng(0)
    for data in pictures().values():
        for _ in range(6):
            broken = bytearray(data)
            for place in rng.integers(0, min(len(data), int(rng.choice([64, len(data)]))), 3):
                broken[place] = rng.integers(256)
            try:
                image = decode_picture(broken, "x", 1_000_000)
            except MediaError as error:
                assert "\n" not in str(error)
            else:
                assert image.ndim == 3
                assert image.dtype == np.uint8


def test_a_large_picture_of_little_is_still_read() -> None:
    image = np.zeros((1500, 2000, 3), np.uint8)
    for suffix in (".jpg", ".png", ".tiff", ".webp", ".hdr"):
        data = opencv(suffix, image.astype(np.float32) if suffix == ".hdr" else image)
        assert decode_picture(data, suffix).shape == image.shape
