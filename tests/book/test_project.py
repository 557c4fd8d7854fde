"""The project's files agree with each other and with what reads them."""

import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from jupyter_book.config import PATH_YAML_DEFAULT, get_default_sphinx_config
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sphinx.config import Config

import sigae
from book.build.toc import ROOT

pytestmark = pytest.mark.machinery


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_configuration_has_no_keys_that_nothing_reads():
    known, config = (
        yaml.safe_load(text) for text in (PATH_YAML_DEFAULT.read_text(encoding="utf-8"), read("_config.yml"))
    )
    assert set(config) <= {*known, "bibtex_bibfiles"}
    for section, settings in config.items():
        if isinstance(known.get(section), dict):
            assert set(settings) <= set(known[section]), section
    own = set(Config.config_values) | {"html_theme", "extensions"} | set(get_default_sphinx_config())
    prefixes = ("html_", "nb_", "bibtex_", "autodoc_", "napoleon_", "mathjax", "numfig", "myst_")
    assert not [key for key in config["sphinx"]["config"] if key not in own and not key.startswith(prefixes)]


def test_the_lock_holds_every_requirement_in_a_version_that_will_do():
    locked = [Requirement(line) for line in read("requirements.lock").splitlines() if not line.startswith("#")]
    versions = {canonicalize_name(line.name): str(line.specifier).removeprefix("==") for line in locked}
    settings = tomllib.loads(read("pyproject.toml"))
    extras = settings["project"]["optional-dependencies"]
    wanted = [*settings["project"]["dependencies"], *settings["build-system"]["requires"]]
    wanted += [text for name, extra in extras.items() if name != "jupyter" for text in extra]
    for requirement in map(Requirement, wanted):
        assert versions[canonicalize_name(requirement.name)] in requirement.specifier, requirement


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
