"""Every notebook under odd parameters: a page that is true, or one sentence that says why there is none."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import matplotlib
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from book import publish, sweeps
from book.build.parameters import check_together, check_values, declared_parameters, parse_assignments
from book.build.runner import read_source
from book.build.toc import NOTEBOOKS, UsageError, find_notebook
from book.figures import explorers
from book.statistics import verdicts

pytestmark = pytest.mark.machinery

NAMES = sorted(path.stem for path in NOTEBOOKS.glob("*.py"))

# Smaller than the preset smoke: what is looked at here is not the numbers.
SMALL = {
    "01": {"dim": 6, "width": 60, "depths": [2, 3], "norms": [2, 6, 20], "seeds": [0, 1], "initial_dims": [4, 8],
           "initial_width": 60, "initial_seeds": [0, 1], "descent_norms": [6], "limit_samples": 4},
    "02": {"dim": 5, "width": 80, "n_points": [2, 4], "seeds": [0, 1], "limit_samples": 4, "linear_norms": [1, 5]},
    "03": {"dim": 8, "widths": [60, 120], "n_points": [2, 3], "norms": [4, 10, 30], "seeds": [0, 1], "limit_every": 1,
           "limit_samples": 2, "far_norms": [300], "descent_norms": [10], "explored_norms": [5, 30]},
    "04": {"dim": 8, "width": 100, "n_points": 3, "norms": [4, 30], "noises": [1, 5], "seeds": [0, 1], "draws": 2,
           "patient_iterations": 60, "smallest_norm": 4, "path_activations": ["sigmoid"], "path_norms": [5, 30],
           "path_cues": 2, "descent_norms": [4]},
    "05": {"dim": 8, "width": 80, "report_points": {"sigmoid": 2, "tanh": 3, "erf": 3}, "equal_points": 3,
           "equal_every": 1, "norms": [2, 10, 30], "seeds": [0, 1], "limit_every": 1, "limit_samples": 2,
           "explored_points": [2], "explored_widths": [80], "explored_norms": [5, 30], "descent_norms": [5]},
    "06": {"dim": 6, "width": 60, "depths": [2, 3], "norms": [1, 6, 20], "seeds": [0, 1], "initial_seeds": [0, 1],
           "initial_dims": [4, 8], "initial_width": 60, "limit_samples": 4},
    "07": {"dim": 5, "width": 80, "n_points": [2, 4], "seeds": [0, 1], "limit_samples": 4},
    "08": {"dim": 8, "widths": [60, 120], "n_points": [2, 3], "norms": [4, 30], "seeds": [0, 1], "limit_every": 1,
           "limit_samples": 2},
    "09": {"dim": 8, "width": 60, "n_points": 2, "seeds": [0, 1], "stiff_points": [2, 3], "stiff_norms": [5, 20],
           "error_norms": [5, 20], "step_tolerances": [0.1, 0.03], "descent_norms": [10], "learning_rates": [1.0],
           "wide": 90},
    "10": {"activations": ["sigmoid", "erf"], "dim": 8, "n_points": 2, "widths": [100, 200], "seeds": [0, 1],
           "band_widths": [100], "band_norms": [3, 10], "band_seeds": [0], "band_samples": 4},
    "11": {"activations": ["sigmoid", "erf"], "dim": 8, "counts": [2, 4], "norms": [1, 5, 50], "samples": 2,
           "points_seen": 2, "large_counts": [3], "large_norms": [300, 1000], "crowded_dims": [2, 4],
           "crowded_norms": [3, 30], "draws": 2},
    "14": {"activations": ["erf"], "width": 60, "n_pictures": 4, "norms": [8, 60], "choices": [0, 1], "loads": [3, 5],
           "limit_norms": [20], "judged_choices": [0, 1], "amounts": [0.4, 0.8], "prototype_of": 2, "iterations": 60},
    "15": {"activations": ["erf"], "width": 60, "n_pictures": 4, "slice_norms": [20], "resolution": 6, "loads": [3],
           "norms": [20, 60], "noises": [0.2, 0.6], "choices": [0, 1], "won_norms": [300], "won_patterns": 3,
           "won_cues": 5, "won_draws": 2, "draws": 1},
}  # fmt: skip
for number in ("03", "05", "08"):
    SMALL[number]["judged_seeds"] = [0, 1]


class Page:
    """What a notebook's code shows and says."""

    def __init__(self):
        self.bundles, self.glued, self.prose = [], {}, ""

    @property
    def text(self):
        return "\n".join(bundle["text/plain"] for bundle in self.bundles)

    @property
    def verdicts(self):
        judged = [bundle[verdicts.CLAIM_MIME] for bundle in self.bundles if publish.CLAIM_MIME in bundle]
        return {f"{data['id']} {data['part']}".strip(): data["verdict"] for data in judged}

    @property
    def evidence(self):
        judged = [bundle[verdicts.CLAIM_MIME] for bundle in self.bundles if publish.CLAIM_MIME in bundle]
        return [row for data in judged for row in data["evidence"]]


def draw(figure):
    figure.set_layout_engine("none")  # to place the axes takes most of the time
    figure.draw_without_rendering()


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("records")


@pytest.fixture(scope="module")
def pages():
    return {}


@pytest.fixture
def run(monkeypatch, cache, pages):
    """Execute a notebook's code in this process, as a kernel would, once for the same parameters."""
    monkeypatch.setenv("SIGAE_CACHE", str(cache))
    monkeypatch.setitem(matplotlib.rcParams, "axes.titley", 1.0)  # to find room for titles takes long, too
    monkeypatch.chdir(NOTEBOOKS)
    sweep = sweeps.sweep
    monkeypatch.setattr(sweeps, "sweep", lambda *args, **options: sweep(*args, **options | {"workers": 1}))

    def execute(number, **changed):
        if (known := (number, repr(changed))) in pages:
            return pages[known]
        source, page = read_source(find_notebook(number, NAMES)), Page()

        def show(bundle, raw=False, metadata=None):
            page.bundles.append(bundle)

        monkeypatch.setattr(publish, "display", show)
        monkeypatch.setattr(explorers, "display", show)
        monkeypatch.setattr(publish, "glue", lambda name, value, display: page.glued.update({name: value}))
        monkeypatch.setattr(publish, "figure", draw)
        values = check_values(declared_parameters(source), SMALL[number] | changed)
        namespace = {"In": []}
        for cell in source.cells:
            if cell.cell_type == "code":
                namespace["In"].append(cell.source)
                exec(compile(cell.source, number, "exec"), namespace)
                if "parameters" in cell.metadata.get("tags", []):
                    namespace.update(values)
            else:
                page.prose += cell.source + "\n"
        # What the prose cites is there, and can be written as asked.
        for name, form in re.findall(r"\{glue:text\}`(\w+)(?::([^`]*))?`", page.prose):
            format(page.glued[name], form)
        assert not [row for row in page.evidence if row["value"] is None]
        pages[known] = page
        return page

    return execute


@pytest.mark.parametrize("number", SMALL)
def test_the_small_parameters_give_a_page(run, number):
    page = run(number)
    assert "failed" not in page.text
    assert "inf" not in page.text.split()


ONE = {
    "01": [{"seeds": [3]}, {"norms": [10]}, {"depths": [3]}, {"depths": [4, 3]}, {"depths": [2]}, {"activation": "erf"},
           {"norms": [20, 2, 6]}, {"dim": 1}, {"initial_dims": [1]}, {"initial_seeds": [1]}, {"dim": 64}],
    "02": [{"seeds": [3]}, {"n_points": [1]}, {"n_points": [4, 2]}, {"n_points": [5]}, {"dim": 1, "n_points": [1]},
           {"activation": "erf", "n_points": [5, 1]}, {"norm": 30}, {"around": 0.3}],
    "03": [{"seeds": [3]}, {"widths": [60]}, {"widths": [120, 60]}, {"norms": [10]}, {"n_points": [1]},
           {"n_points": [3, 2]}, {"activation": "erf"}, {"dim": 2, "n_points": [2]}, {"far_norms": [5]},
           {"far_norms": [30]}, {"limit_every": 9}, {"close": 0.2}, {"norms": [30, 4, 10]}, {"dim": 64}],
    "04": [{"seeds": [3]}, {"norms": [10]}, {"noises": [5]}, {"noises": [5, 1]}, {"n_points": 1}, {"activation": "erf"},
           {"dim": 1, "n_points": 1}, {"norms": [30, 4]}, {"noises": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}],
    "05": [{"seeds": [3]}, {"norms": [10]}, {"activations": ["tanh"]}, {"activations": ["sigmoid"]},
           {"equal_points": 1}, {"activations": ["erf", "sigmoid"]}, {"equal_every": 5, "limit_every": 5}],
    "06": [{"seeds": [3]}, {"norms": [10]}, {"depths": [3]}, {"depths": [3, 2]}, {"activations": ["tanh"]},
           {"activations": ["sigmoid"]}, {"dim": 1}, {"depths": [4, 3]}],
    "07": [{"seeds": [3]}, {"n_points": [1]}, {"n_points": [5]}, {"activations": ["erf"]}, {"activations": ["sigmoid"]},
           {"small_norm": 1}, {"dim": 1, "n_points": [1]}],
    "08": [{"seeds": [3]}, {"widths": [60]}, {"norms": [10]}, {"n_points": [1]}, {"activations": ["erf"]},
           {"activations": ["sigmoid"]}, {"widths": [120, 60], "norms": [30, 4]}],
    "09": [{"seeds": [3]}, {"stiff_points": [1]}, {"stiff_norms": [5]}, {"error_norms": [5]}, {"n_points": 1},
           {"step_tolerances": [0.1]}, {"dim": 2, "stiff_points": [2]}],
    "10": [{"seeds": [3]}, {"activations": ["tanh"]}, {"n_points": 1}, {"band_norms": [5]}, {"band_widths": [200, 100]},
           {"norm": 30.0}, {"widths": [200, 100]}],
    "11": [{"counts": [2]}, {"norms": [5]}, {"counts": [1], "norms": [1]}, {"activations": ["tanh"]},
           {"dim": 1, "counts": [1], "large_counts": [1]}, {"counts": [4, 2], "norms": [50, 1]}, {"samples": 1},
           {"large_counts": [1]}, {"dim": 2, "counts": [1, 2]}, {"counts": [12], "points_seen": 1}],
    "14": [{"norms": [8]}, {"choices": [3]}, {"judged_choices": [3]}, {"judged_norm": 60}, {"n_pictures": 1}],
    "15": [{"choices": [3]}, {"won_draws": 1}, {"activations": ["sigmoid"]}, {"norms": [20]}, {"n_pictures": 3}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("number", "changed"), [(number, changed) for number, cases in ONE.items() for changed in cases], ids=str
)
def test_odd_but_legal_parameters_give_a_page(run, number, changed):
    run(number, **changed)


NOT_JUDGED = [
    ("01", {"depths": [3]}, "C2"),
    ("01", {"initial_seeds": [1]}, "C1"),
    ("01", {"activation": "erf"}, "C1"),
    ("02", {"n_points": [1]}, "C4"),
    ("02", {"seeds": [3]}, "C4"),
    ("03", {"widths": [60]}, "C6"),
    ("03", {"norms": [10]}, "C5"),
    ("03", {"norms": [10]}, "C6"),
    ("03", {"n_points": [1]}, "C5"),
    ("03", {"judged_seeds": [3]}, "C5"),
    ("01", {"seeds": [3]}, "C3"),
    ("04", {"norms": [10]}, "C7"),
    ("04", {"seeds": [3]}, "C7"),
    ("05", {"norms": [10]}, "C8"),
    ("05", {"activations": ["sigmoid"]}, "C8"),
    ("06", {"depths": [3]}, "C9 tanh, C2"),
    ("07", {"n_points": [1]}, "C9 erf, C4"),
    ("08", {"norms": [10]}, "C9 tanh, C5"),
    ("08", {"n_points": [1]}, "C9 erf, C5"),
    ("14", {"judged_choices": [3]}, "C10"),
    ("14", {"judged_choices": [3]}, "C11"),
    ("15", {"won_draws": 1}, "C12"),
]


@pytest.mark.parametrize(("number", "changed", "claim"), NOT_JUDGED, ids=str)
def test_what_lacks_its_comparison_is_not_judged(run, number, changed, claim):
    assert run(number, **changed).verdicts[claim] == "not judged"


@pytest.mark.parametrize("number", ["03", "08"])
def test_order_changes_nothing(run, number):
    given = {"widths": [60, 120], "n_points": [2, 3], "norms": [4, 30], "seeds": [0, 1]}
    pages = [run(number, **changed) for changed in (given, {name: values[::-1] for name, values in given.items()})]
    assert pages[0].verdicts == pages[1].verdicts
    assert pages[0].glued == pages[1].glued
    assert pages[0].text == pages[1].text


def test_thresholds_in_words_follow_the_parameters(run):
    assert {row["quantity"] for row in run("02", around=0.3).evidence if row["decides"]} == {
        "share of eigenvalue norms within 0.3 of one, less (n - 1)/d"
    }
    assert any("from the limit by 0.2" in row["quantity"] for row in run("03", close=0.2).evidence)


def test_a_sweep_that_fails_in_part_says_so_above_its_figures_with_the_reason(run):
    page = run("11", dim=2, counts=[1, 30], norms=[1, 5])  # so many patterns in so few dimensions nearly coincide
    said = [bundle["text/plain"] for bundle in page.bundles]
    place = next(k for k, text in enumerate(said) if "conditions of a sweep failed and are left out below" in text)
    assert place == 0
    assert "n_points 30, norm 1, seed 0) with: ValueError: the tangent kernel of these 30 points" in said[0]


def test_a_sweep_that_fails_altogether_ends_in_one_sentence(run):
    with pytest.raises(RuntimeError, match="all 4 conditions of a sweep failed, the first .* with: ValueError: points"):
        run("11", dim=1, counts=[30], norms=[1, 5])  # there are two points alone


@pytest.mark.parametrize("number", ["01", "03", "05"])
def test_a_side_comparison_that_diverges_takes_no_page_along(run, number):
    page = run(number, learning_rate=1e6)
    assert "learning_rate 1000000" in page.text and "with: FloatingPointError: The loss was no longer" in page.text
    assert set(page.verdicts.values()) != {"not judged"}


REFUSED = [
    ("03", "norms=[-3,10]", r"norms\[0\] is -3: give a finite number above 0"),
    ("03", "norms=[0,10]", r"norms\[0\] is 0: give a finite number above 0"),
    ("03", "norms=[10,.inf]", r"norms\[1\] is inf: give a finite number"),
    ("03", "norms=[10,.nan]", r"norms\[1\] is nan: give a finite number"),
    ("03", "limit_every=-2", "limit_every is -2: give a whole number of at least 1"),
    ("03", "close=-1", "close is -1: give a finite number above 0"),
    ("03", "close=0", "close is 0: give a finite number above 0"),
    ("03", "activation=relu", "activation is 'relu': choose 'sigmoid', 'tanh' or 'erf'"),
    ("03", "seeds=[-1]", r"seeds\[0\] is -1: give a whole number of at least 0"),
    ("03", "seeds=[1,1]", r"seeds is \[1, 1\]: 1 stands there twice, give each value once"),
    ("03", "seeds=[]", r"seeds is \[\]: give at least one value"),
    ("03", "dim=0", "dim is 0: give a whole number of at least 1"),
    ("03", "tolerance=0", "tolerance is 0: give a number of at least 1e-20"),
    ("03", "widths=[1000000000]", "training 10 patterns in 32 dimensions at width 1000000000 .* take a smaller width"),
    ("03", "tolerance=1e-300", "tolerance is 1e-300: give a number of at least 1e-20"),
    ("03", "learning_rate=-1", "learning_rate is -1: give a finite number above 0"),
    ("01", "depths=[1]", r"depths\[0\] is 1: give a whole number of at least 2"),
    ("01", "depths=[2,40] width=100000", "at width 100000 and depth 40 .* take a smaller width"),
    ("02", "n_points=[12]", "n_points has 12, but dim is 10: give n_points of at most 10, or a larger dim"),
    ("02", "around=-0.1", "around is -0.1: give a finite number above 0"),
    ("05", "activations=[relu]", r"activations\[0\] is 'relu': choose 'sigmoid', 'tanh' or 'erf'"),
    ("05", "report_points={sigmoid: 10}", "activations has 'tanh', for which report_points has no value: give one"),
    ("05", "activations=[tanh,tanh]", "'tanh' stands there twice, give each value once"),
    ("07", "small_norm=2", "small_norm has 2, but norm is 1: give small_norm of at most 1, or a larger norm"),
    ("09", "benchmark=nothing.json", "benchmark is 'nothing.json', which is no file as seen from the notebook"),
    ("10", "widths=[1000]", r"widths is \[1000\]: give at least 2 values"),
    ("11", "large_norms=[300]", r"large_norms is \[300\]: give at least 2 values"),
    ("11", "seed=-1", "seed is -1: give a whole number of at least 0"),
]


@pytest.mark.parametrize(("number", "given", "sentence"), REFUSED, ids=str)
def test_what_no_page_can_be_made_with_is_refused_at_once_in_one_sentence(number, given, sentence):
    source = read_source(find_notebook(number, NAMES))
    with pytest.raises(UsageError, match=sentence) as said:
        check_together(source, check_values(declared_parameters(source), parse_assignments(given)))
    assert str(said.value).split(" The parameters are:")[0].endswith(".")


def test_what_will_take_long_is_told_beforehand(capsys):
    source = read_source(find_notebook("03", NAMES))
    check_together(source, {"widths": [300, 400_000]})
    assert capsys.readouterr().out == "Training 522 networks will take about 19 minutes of one processor's time.\n"
    check_together(source, {"widths": [300, 1000]})
    assert capsys.readouterr().out == ""


def test_two_notebooks_checked_at_once_both_look_from_the_folder_of_the_notebooks():
    # The second begins while the first is checked, and looks around when the first has ended.
    looks = "import os, time\ntime.sleep(0.2)\nassert os.path.basename(os.getcwd()) == 'notebooks'"
    cell = new_code_cell(looks, metadata={"tags": ["check-parameters"]})
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(check_together, new_notebook(cells=[cell]), {})
        time.sleep(0.1)
        second = threads.submit(check_together, new_notebook(cells=[cell]), {})
        first.result()
        second.result()
