"""A reader's own patterns: read as they were saved, or refused in one sentence."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from book.experiments import hundreds_of_pictures, pictures
from book.experiments.own_pictures import own_patterns, stored
from sigae import checks

ROWS = np.random.default_rng(0).integers(0, 200, (5, 12)).astype(float)
LINES = "\n".join(",".join(map(str, row)) for row in ROWS)


def colours(seed, height=4, width=3):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def save(place, content):
    """Save an array, a text, or a folder of texts and images; return where."""
    if isinstance(content, dict):
        place.mkdir()
        for name, inner in content.items():
            inner.save(place / name) if isinstance(inner, Image.Image) else save(place / name, inner)
    elif isinstance(content, np.ndarray):
        np.save(place, content)
    else:
        place.write_text(content, encoding="utf-8")
    return str(place)


@pytest.mark.parametrize(
    ("name", "content", "shape"),
    [
        ("rows.npy", ROWS, (3, 4)),
        ("pictures.npy", ROWS.reshape(5, 6, 2).astype(np.uint8), (6, 2)),
        ("named.csv", f"\ufeff{','.join('abcdefghijkl')}\n{LINES}\n", (3, 4)),
        ("numbered.csv", f"0,1,2,3,4,5,6,7,8,9,10,11\n{LINES}", (3, 4)),
        ("bare.csv", LINES, (3, 4)),
    ],
)
def test_files_of_numbers_are_read_whatever_way_they_were_saved(tmp_path, name, content, shape):
    own = own_patterns(save(tmp_path / name, content))
    np.testing.assert_allclose(own.values, ROWS / ROWS.max(), rtol=1e-15)
    assert own.shape == shape


def test_a_folder_of_images_is_read_by_name_in_grey_and_with_its_own_height_and_width(tmp_path):
    images = {"b.png": colours(1), "a.png": colours(0), ".hidden": "nothing"}
    own = own_patterns(save(tmp_path / "faces", images))
    expected = np.stack([np.asarray(images[k], float) @ [0.299, 0.587, 0.114] for k in ("a.png", "b.png")])
    np.testing.assert_allclose(own.values, expected.reshape(2, 12) / expected.max(), rtol=1e-4)
    points = pictures.pictures(2, norm=7, source=own.source)
    torch.testing.assert_close(points.norm(dim=1), torch.full((2,), 7.0, dtype=torch.float64))
    half = pictures.damaged(points, "rows", 2, shape=own.shape).reshape(2, 4, 3)
    assert not half[:, 2:].any() and torch.equal(half[:, :2], points.reshape(2, 4, 3)[:, :2])  # bitwise: copies


def test_conditions_name_the_content_so_that_no_record_outlives_it(tmp_path):
    place = save(tmp_path / "rows.npy", ROWS)
    before = own_patterns(place).source
    save(place, ROWS + np.eye(5, 12))
    assert own_patterns(place).source != before
    with pytest.raises(ValueError, match="changed"):
        stored(before)


REFUSED = (
    ("nothing.npy", None, "does not exist"),
    ("rows.txt", "1,2", "give a .npy or .csv file"),
    ("broken.npy", "\x93NUMPY\x01", "cannot be read"),
    ("empty.csv", "", "cannot be read"),
    ("pickle.npy", np.array([["a"], [1]], dtype=object), "cannot be read"),
    ("word.csv", "1,2\n3,x\n", "'x'"),
    ("flat.npy", ROWS[0], r"shape \(12,\)"),
    ("complex.npy", ROWS * 1j, "complex128"),
    ("gap.npy", np.where(ROWS == ROWS[3, 1], np.nan, ROWS), r"nan in rows\["),
    ("constant.npy", np.vstack([ROWS, np.full(12, 7)]), r"7 in rows\[5\]"),
    ("twice.npy", ROWS[[0, 1, 2, 1]], r"rows\[1\] and rows\[3\]"),
    ("sizes", {"a.png": colours(0), "b.png": colours(1, 5)}, "a.png of 3 x 4 pixels and b.png of 3 x 5"),
    ("notes", {"a.png": colours(0), "b.txt": "text"}, "b.txt cannot be read as an image"),
    ("bare", {}, "no images"),
)


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_what_cannot_be_stored_is_refused_in_one_sentence(tmp_path, name, content, sentence):
    place = str(tmp_path / name) if content is None else save(tmp_path / name, content)
    with pytest.raises(ValueError, match=sentence) as said:
        own_patterns(place)
    assert place in str(said.value) and str(said.value).endswith(".") and "\n" not in str(said.value)


def test_too_few_patterns_or_too_little_memory_are_refused(tmp_path, monkeypatch):
    place = save(tmp_path / "rows.npy", ROWS)
    assert own_patterns(place).possible(2, [0, 1, 2]) == [0, 1]
    with pytest.raises(ValueError, match="5 patterns.* 10"):
        own_patterns(place).possible(10, [0])
    monkeypatch.setattr(checks, "psutil", SimpleNamespace(virtual_memory=lambda: SimpleNamespace(available=100)))
    with pytest.raises(MemoryError, match="fewer or smaller"):
        own_patterns(place)


def test_own_pictures_hang_on_the_wall_in_their_shape(tmp_path):
    kind = own_patterns(save(tmp_path / "own.npy", ROWS.reshape(5, 4, 3))).source
    condition = {"kind": kind, "n_pictures": 4, "norm": 5, "activation": "erf", "choice": 0, "looked_at": 2}
    wall = hundreds_of_pictures.stored_pictures(**condition, wall="half")
    cues, whole = (wall[name].reshape(4, *wall["shape"]) for name in ("start", "stored"))
    torch.testing.assert_close(cues[:, :2], whole[:, :2])
    assert wall["shape"] == (4, 3) and not cues[:, 2:].any()
