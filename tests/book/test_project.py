"""The project's files agree with each other and with what reads them."""

import importlib.metadata
import re
import subprocess
from pathlib import Path

import pytest
import yaml

import sigae
from book.build.toc import ROOT

pytestmark = pytest.mark.machinery


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_committed_files_name_no_place_on_a_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    signs = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w")
    for path in (ROOT / name for name in listed):
        if path.suffix in {".py", ".md", ".yml", ".yaml", ".toml", ".sh"} and path.exists() and path != Path(__file__):
            assert not signs.search(path.read_text(encoding="utf-8")), path


def test_the_reference_documents_every_public_name_of_the_one_version():
    assert sigae.__version__ == yaml.safe_load(read("CITATION.cff"))["version"] == importlib.metadata.version("sigae")
    documented = re.findall(r"^\.\. auto(?:function|class|data):: ([\w.]+)", read("book/reference.md"), re.MULTILINE)
    assert set(sigae.__all__) <= {name.rpartition(".")[2] for name in documented}
