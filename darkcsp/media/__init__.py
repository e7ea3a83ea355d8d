"""Where pictures come from and where results go: one source or sink per file, and the pipeline between them."""

from darkcsp.media.annotated import AnnotatedPictures
from darkcsp.media.annotated_video import AnnotatedVideos
from darkcsp.media.camera import Camera
from darkcsp.media.coco_results import CocoResults
from darkcsp.media.csv_table import CsvTable
from darkcsp.media.frame import Clip, Frame, Unreadable
from darkcsp.media.json_lines import JsonLines
from darkcsp.media.json_report import JsonReport
from darkcsp.media.opening import Sources, open_sources
from darkcsp.media.paths import find_pictures
from darkcsp.media.picture_files import PictureFiles, read_picture, write_picture
from darkcsp.media.picture_url import PictureUrl
from darkcsp.media.pipeline import Done, Tally, process
from darkcsp.media.sink import Result, Sink
from darkcsp.media.source import Source
from darkcsp.media.standard_input import StandardInput
from darkcsp.media.targets import Targets
from darkcsp.media.video_file import VideoFile
from darkcsp.media.voc_annotations import VocAnnotations
from darkcsp.media.yolo_labels import YoloLabels

__all__ = [
    "AnnotatedPictures",
    "AnnotatedVideos",
    "Camera",
    "Clip",
    "CocoResults",
    "CsvTable",
    "Done",
    "Frame",
    "JsonLines",
    "JsonReport",
    "PictureFiles",
    "PictureUrl",
    "Result",
    "Sink",
    "Source",
    "Sources",
    "StandardInput",
    "Tally",
    "Targets",
    "Unreadable",
    "VideoFile",
    "VocAnnotations",
    "YoloLabels",
    "find_pictures",
    "open_sources",
    "process",
    "read_picture",
    "write_picture",
]
