"""Where pictures come from and where results go: a source or a sink in each file."""

from darkcsp.media.annotated import AnnotatedPictures
from darkcsp.media.frame import Frame, Unreadable
from darkcsp.media.json_report import JsonReport
from darkcsp.media.paths import find_pictures
from darkcsp.media.picture_files import PictureFiles, read_picture, write_picture
from darkcsp.media.sink import Result, Sink
from darkcsp.media.source import Source

__all__ = [
    "AnnotatedPictures",
    "Frame",
    "JsonReport",
    "PictureFiles",
    "Result",
    "Sink",
    "Source",
    "Unreadable",
    "find_pictures",
    "read_picture",
    "write_picture",
]
