import shutil
import subprocess
import sys
from email import message_from_string

import pytest

from book.build.toc import ROOT

pytestmark = pytest.mark.machinery


def test_the_package_is_described_without_git_and_its_description_is_the_readme(tmp_path):
    for name in ["pyproject.toml", "README.md", "LICENSE", "sigae/__init__.py"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    build = "from setuptools.build_meta import prepare_metadata_for_build_wheel as prepare; print(prepare('.'))"
    subprocess.run([sys.executable, "-c", build], cwd=tmp_path, env={"PATH": ""}, capture_output=True, check=True)
    (metadata,) = tmp_path.glob("*.dist-info/METADATA")
    shown = message_from_string(metadata.read_text()).get_payload()
    assert shown.strip() == (ROOT / "README.md").read_text(encoding="utf-8").strip()


def test_the_science_loads_nothing_that_tables_and_pages_need():
    program = "import sys, sigae; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    loaded = {name.partition(".")[0] for name in said}
    assert "torch" in loaded
    assert not loaded & {"book", "pandas", "loky", "matplotlib", "pydantic", "IPython", "dask", "distributed"}
