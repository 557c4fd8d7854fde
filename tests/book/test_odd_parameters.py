"""Every notebook at the smoke scale and under odd parameters: a page, or one sentence that says why there is none."""

import os
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from book import publish
from book.build.presets import check_together, parse_assignments, preset_values
from book.build.runner import read_source
from book.build.toc import NOTEBOOKS, ROOT, find_notebook
from book.figures import explorers
from book.parameters import ParameterError, checked, declared

pytestmark = pytest.mark.machinery

NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.py"))


def draw(figure):
    figure.set_layout_engine("none")  # to place the axes takes most of the time
    figure.draw_without_rendering()
    plt.close(figure)


@pytest.fixture
def run(monkeypatch):
    """Execute a notebook's code in this process, as a kernel would; return what it says and its verdicts."""
    monkeypatch.setenv("SIGAE_CACHE", os.environ.get("SIGAE_CACHE", str(ROOT / ".cache" / "test")))
    monkeypatch.setenv("SIGAE_WORKERS", "1")
    monkeypatch.setitem(plt.rcParams, "axes.titley", 1.0)  # to find room for titles takes long, too
    monkeypatch.chdir(NOTEBOOKS)

    def execute(number, **changed):
        name = find_notebook(number, NAMES)
        source, bundles, glued = read_source(name), [], {}
        for module in (publish, explorers):
            monkeypatch.setattr(module, "display", lambda bundle, **options: bundles.append(bundle))
        monkeypatch.setattr(publish, "glue", lambda name, value, display: glued.update({name: value}))
        monkeypatch.setattr(publish, "figure", draw)
        namespace = {"In": []}
        for cell in source.cells:
            if cell.cell_type == "code":
                namespace["In"].append(cell.source)
                exec(compile(cell.source, number, "exec"), namespace)
                if "parameters" in cell.metadata.get("tags", []):
                    namespace |= checked(declared(source), preset_values("smoke", name) | changed)
        # What the prose cites is there, and can be written as asked.
        for cell in source.cells:
            for key, form in re.findall(r"\{glue:text\}`(\w+)(?::([^`]*))?`", cell.source):
                format(glued[key], form)
        claims = [bundle[publish.CLAIM_MIME] for bundle in bundles if publish.CLAIM_MIME in bundle]
        assert all(row["value"] is not None for claim in claims for row in claim["evidence"])
        verdicts = {f"{claim['id']} {claim['part']}".strip(): claim["verdict"] for claim in claims}
        return "\n".join(bundle["text/plain"] for bundle in bundles), verdicts

    return execute


@pytest.mark.parametrize("name", NAMES)
def test_the_smoke_preset_gives_a_page(run, name):
    text, _ = run(name)
    assert "failed" not in text and "inf" not in text.split()


ODD = [  # the claims that are then not judged, and what the page says
    ("01", {"depths": [3], "seeds": [3], "dim": 1, "norms": [10]}, ["C1", "C2", "C3"], ""),
    ("02", {"n_points": [1], "seeds": [3]}, ["C4"], ""),
    ("03", {"dim": 1, "n_points": [1], "norms": [10], "far_norms": [5]}, ["C5", "C6"], ""),
    ("03", {"learning_rate": 1e6, "seeds": [0]}, [], "learning_rate 1000000"),  # a side comparison that diverges
    ("04", {"norms": [10], "noises": [5], "seeds": [3]}, ["C7"], ""),
    ("05", {"activations": ["sigmoid"]}, ["C8"], ""),
    ("06", {"depths": [3], "activations": ["tanh"], "dim": 1}, ["C9 tanh, C2"], ""),
    ("07", {"n_points": [1], "activations": ["erf"]}, ["C9 erf, C4"], ""),
    ("08", {"norms": [10], "n_points": [1], "activations": ["tanh"]}, ["C9 tanh, C5"], ""),
    ("11", {"dim": 1, "counts": [1], "large_counts": [1], "norms": [1], "samples": 1}, [], ""),
    ("11", {"dim": 2, "counts": [1, 30], "norms": [1, 5]}, [],  # so many patterns in so few dimensions coincide
     "conditions of a sweep failed .*seed 0.* with: ValueError: the tangent kernel of these 30 points"),
    ("13", {"limit_choices": [3], "norms": [8], "n_pictures": 1}, ["C10", "C11"], ""),
    ("14", {"won_draws": 1, "choices": [3], "norms": [20], "activations": ["sigmoid"]}, ["C12"], ""),
]  # fmt: skip


@pytest.mark.parametrize(("number", "changed", "not_judged", "said"), ODD, ids=str)
def test_odd_parameters_give_a_page_that_judges_nothing_without_its_comparison(run, number, changed, not_judged, said):
    text, verdicts = run(number, **changed)
    assert {claim: verdicts[claim] for claim in not_judged} == dict.fromkeys(not_judged, "not judged")
    assert re.search(said, text)


def test_own_patterns_take_the_place_of_the_digits(run, tmp_path):
    np.save(tmp_path / "own.npy", np.random.default_rng(0).random((6, 7, 5)))
    few = {"n_pictures": 3, "width": 100, "iterations": 20}
    text, verdicts = run("13", patterns_file=str(tmp_path / "own.npy"), rows_lost=3, **few)
    assert "failed" not in text and verdicts.keys() == {"C10", "C11"}


REFUSED = [  # by a notebook's own check of what goes together
    ("01", "depths=[2,40] width=100000", "at width 100000 and depth 40 .* take a smaller width"),
    ("02", "n_points=[12]", "n_points has 12, but dim is 10"),
    ("05", "report_points={sigmoid: 10}", r"activations has \['tanh', 'erf'\], for which report_points has no value"),
    ("11", "crowded_dims=[1,2]", "crowded_dims has 1"),
    ("12", "tables_folder=nowhere", "tables_folder is 'nowhere'"),
    ("13", "rows_lost=9", "rows_lost is 9, .* 8"),
    ("14", "n_pictures=2000", "count is 2000.* not as many pictures"),
    ("15", "many=7", "many is 7: choose one of"),
    ("15", "wall_pictures=2000", "2000 pictures are asked for, but there are only 1797"),
]


@pytest.mark.parametrize(("number", "given", "sentence"), REFUSED, ids=str)
def test_what_no_page_can_be_made_with_is_refused_at_once_in_one_sentence(number, given, sentence):
    source = read_source(find_notebook(number, NAMES))
    with pytest.raises(ParameterError, match=sentence) as said:
        check_together(source, checked(declared(source), parse_assignments(given)))
    assert str(said.value).endswith(".")
