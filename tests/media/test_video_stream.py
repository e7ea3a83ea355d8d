"""Network cameras: opened with bounds, told of without their passwords."""

from __future__ import annotations

import socket
import time

import numpy as np
import pytest

from darkcsp.media import Frame, Unreadable, open_sources, video_stream
from darkcsp.media.video_stream import VideoStream, file_name, public_address
from tests.media.films import FakeCapture

ADDRESS = "rtsp://user:pass@word@camera.local:554/live?channel=1"
IMAGE = np.zeros((12, 20, 3), np.uint8)


def test_frames_of_a_stream() -> None:
    capture = FakeCapture([IMAGE, IMAGE], rate=25)
    source = VideoStream(ADDRESS, open_capture=lambda address: capture)
    frames = [frame for frame in source if isinstance(frame, Frame)]
    assert source.count is None and capture.released
    assert [frame.title for frame in frames] == [
        f"rtsp://camera.local:554/live?channel=1 frame {number}" for number in range(2)
    ]
    assert frames[0].relative.name == "camera.local.mp4"
    assert frames[0].clip is not None and frames[0].clip.rate == 25


def test_streams_that_do_not_come() -> None:
    for capture, message in (
        (FakeCapture([], is_open=False), "cannot be opened: no video arrived from this address within 10 seconds"),
        (FakeCapture([]), "has no pictures that OpenCV can read"),
    ):
        (item,) = VideoStream(ADDRESS, open_capture=lambda address, capture=capture: capture)  # type: ignore[misc]
        assert isinstance(item, Unreadable)
        assert str(item.error) == f"rtsp://camera.local:554/live?channel=1: {message}"


def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_stream, "PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        start = time.monotonic()
        (item,) = open_sources([f"RTSP://127.0.0.1:{server.getsockname()[1]}/live"])
    assert isinstance(item, Unreadable)
    assert time.monotonic() - start < 8


@pytest.mark.parametrize(
    ("address", "public", "name"),
    [
        ("rtsp://10.0.0.7/a@b", "rtsp://10.0.0.7/a@b", "10.0.0.7.mp4"),
        ("rtsps://u@[::1]:1/x", "rtsps://[::1]:1/x", "__1.mp4"),
        ("rtsp://[/", "rtsp://[/", "stream.mp4"),
    ],
)
def test_addresses(address: str, public: str, name: str) -> None:
    assert public_address(address) == public
    assert file_name(address).as_posix() == name
