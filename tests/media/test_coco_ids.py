"""The numbers of pictures and classes in COCO results."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import PurePosixPath

import pytest

from darkcsp.detect.coco_format import COCO_IDS, COCO_NAMES
from darkcsp.errors import MediaError
from darkcsp.media.coco_annotations import CocoAnnotations
from darkcsp.media.coco_ids import ImageIds, category_ids
from tests.reference import UPSTREAM

DARKNETS = (UPSTREAM / "coco.names").read_text().split("\n")[:80]


def _annotations(images: Sequence[str] = (), categories: Sequence[str] = ()) -> CocoAnnotations:
    paths = {PurePosixPath(name): 5 + number for number, name in enumerate(images)}
    return CocoAnnotations(
        "x.json",
        {path.name: {path: number} for path, number in paths.items()},
        {name: 10 * number for number, name in enumerate(categories)},
    )


@pytest.mark.parametrize(
    ("picture", "number"),
    [
        ("000000000139.jpg", 139),
        ("in/COCO_val2014_000000000042.jpg", 42),
        ("in_2/7.png", 7),
        ("in/frame_0.png", 0),
        ("https://x.org/000000000139.jpg?size=2", 139),
    ],
)
def test_the_number_at_the_end_of_the_name(picture: str, number: int) -> None:
    assert ImageIds().of(picture) == number
    assert ImageIds(_annotations(categories=["cat"])).of(picture) == number  # which says nothing of images


@pytest.mark.parametrize("name", ["a.jpg", "img12.jpg", "1_a.jpg", "_.jpg", "-", "camera 0", "1.2.jpg", "٣"])
def test_names_without_a_number(name: str) -> None:
    message = "has no COCO image id: its name does not end in a number like 000000000139.jpg; pass --annotations FILE"
    with pytest.raises(MediaError, match=message):
        ImageIds().of(name)
    with pytest.raises(MediaError, match="has no COCO image id"):
        ImageIds(pictures=["1.jpg", name])


def test_a_number_of_thousands_of_digits_is_none() -> None:
    with pytest.raises(MediaError, match="has no COCO image id"):
        ImageIds().of("9" * 5000)


def test_no_two_pictures_have_one_number() -> None:
    ids = ImageIds(pictures=["a/1.jpg", "a/2.jpg"])
    assert ids.of("a/1.jpg") == 1
    with pytest.raises(
        MediaError, match=r"^b/001\.jpg: has COCO image id 1, the same as a/1\.jpg; pass --annotations FILE"
    ):
        ids.of("b/001.jpg")
    with pytest.raises(MediaError, match=r"^b/x\.jpg: has COCO image id 5, the same as a/x\.jpg; run them separately$"):
        ImageIds(_annotations(["x.jpg"]), ["a/x.jpg", "b/x.jpg"])


def test_images_of_annotations_count_and_nothing_else() -> None:
    ids = ImageIds(_annotations(["a.jpg", "7.jpg"]))
    assert [ids.of("in/a.jpg"), ids.of("in/7.jpg")] == [5, 6]
    with pytest.raises(MediaError, match=r"8\.jpg: x\.json has no image with the name 8\.jpg"):
        ids.of("8.jpg")


@pytest.mark.parametrize("annotations", [None, _annotations(["1.mp4"])])
def test_videos_have_no_numbers(annotations: CocoAnnotations | None) -> None:
    with pytest.raises(MediaError, match=r"1\.mp4: is a video, whose frames have no COCO image ids"):
        ImageIds(annotations, ["1.mp4"])


@pytest.mark.parametrize("names", [COCO_NAMES, DARKNETS])
def test_coco_s_classes_have_coco_s_numbers(names: Sequence[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "darkcsp")
    assert category_ids(names, 80, None) == COCO_IDS
    assert category_ids(names, None, _annotations(["1.jpg"])) == COCO_IDS
    with pytest.raises(MediaError, match="has 81 classes, but only the names of COCO's 80"):
        category_ids(names, 81, None)
    assert not caplog.records


def test_other_classes_count_from_1_and_that_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "darkcsp")
    for names, classes in ((("cat", "dog"), 2), ((), 2), ((), None), (DARKNETS[::-1], 80), (DARKNETS[:-1], 79)):
        assert category_ids(names, classes, None)[0] == 1
        assert category_ids(names, classes, None)[1] == 2
    assert {record.getMessage() for record in caplog.records} == {
        "--coco: category ids count from 1 in class order; pass --annotations FILE to look them up by name"
    }
    caplog.clear()
    assert category_ids((), 80, None) == COCO_IDS
    assert "the 80 classes have no names and get the category ids of COCO's 80 classes" in caplog.text


def test_categories_are_found_by_name() -> None:
    assert category_ids(("dog", "cat"), 2, _annotations(categories=["cat", "cow", "dog"])) == (20, 0)
    assert category_ids(DARKNETS, 80, _annotations(categories=COCO_NAMES)) == tuple(range(0, 800, 10))
    assert category_ids(("dont_show", "cat"), 2, _annotations(categories=["cat"])) == (-1, 0)
    # As it is written comes before what is spelled alike.
    assert category_ids(("Cat", "cat"), 2, _annotations(categories=["cat", "Cat"])) == (10, 0)


@pytest.mark.parametrize(
    ("names", "classes", "message"),
    [
        (("dog", "cow"), 2, r"x\.json: has no category for class cow; pass --names or --data"),
        (("a", "b", "c", "d", "e"), 5, "has no category for class a, b, c and 2 more; pass --names"),
        (("dog",), 2, "has no category for class 1; pass --names"),
        ((), 2, "has no category for class 0, 1; pass --names"),
        (("cat", "dog", ""), 3, "has no category for class 2; pass --names"),
        (("dog", "Dog"), 2, r"x\.json: category 10 belongs to two classes, dog and Dog$"),
    ],
)
def test_classes_that_are_no_category(names: Sequence[str], classes: int, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        category_ids(names, classes, _annotations(categories=["cat", "dog"]))
