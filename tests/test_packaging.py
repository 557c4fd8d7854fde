import os
import re
import shutil
import subprocess
import sys
from email import message_from_string

import pytest

from book.build.toc import ROOT

pytestmark = pytest.mark.machinery

FILMS = ("film-still.svg", "film.svg")


@pytest.mark.parametrize("address", ["", "https://github.com/some/book"])
def test_what_a_package_index_shows_points_to_nothing_that_it_lacks(tmp_path, address):
    for name in ["pyproject.toml", "setup.py", "README.md", "LICENSE", "sigae/__init__.py", "book/build/repository.py"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    build = "from setuptools.build_meta import prepare_metadata_for_build_wheel as prepare; print(prepare('.'))"
    environment = os.environ | {"SITE_REPOSITORY": address, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}
    command = [sys.executable, "-c", build]
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    (metadata,) = tmp_path.glob("*.dist-info/METADATA")
    shown = message_from_string(metadata.read_text()).get_payload()
    places = re.findall(r"\]\(([^)]*)\)", shown)
    assert all(place.startswith("https://") for place in places)
    pictures = re.findall(r"!\[[^]]+\]\(([^)]*)\)", shown)
    assert pictures == ([f"{address}/raw/HEAD/book/_static/story.svg"] if address else [])
    assert (ROOT / "book/_static/story.svg").exists()
    films = re.findall(r' src(?:set)?="([^"]*)"', shown)
    assert films == [f"{address}/raw/HEAD/book/_static/{name}" for name in FILMS if address]
    assert all((ROOT / "book/_static" / name).exists() for name in FILMS)
    assert "Two commands" in shown


def test_the_science_loads_nothing_that_tables_and_pages_need():
    program = "import sys, sigae; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    loaded = {name.partition(".")[0] for name in said}
    assert "torch" in loaded
    assert not loaded & {"book", "pandas", "joblib", "loky", "matplotlib", "pydantic", "IPython", "dask", "distributed"}
