import json
import re

from nbformat.v4 import new_code_cell, new_notebook, new_output

from book.build import front

CONTROLS = [
    {"name": "n_points", "values": ["2", "5"]},
    {"name": "width", "values": ["100", "1000", "∞"]},
    {"name": "norm", "values": ["1", "9"]},
]
RECORDS = {
    f"{n}|{m}|{r}": {"x": [0.5, x], "y": [0.0, 0.1], "radius": radius, "who": m}
    for n in ("2", "5") for m in ("100", "1000", "∞") for r, x, radius in (("1", 1.1, 1.105), ("9", 0.2, 0.5))
}  # fmt: skip


def executed():
    controls = [{"name": "activation", "values": ["sigmoid", "erf"]}, *CONTROLS]
    records = {f"{name}|{key}": record | {"of": name} for name in ("sigmoid", "erf") for key, record in RECORDS.items()}
    data = json.dumps({"kind": "spectrum", "controls": controls, "records": records}, separators=(",", ":"))
    markup = f'<div><script type="application/json">{data}</script></div>'
    output = new_output("display_data", {"text/html": markup})
    return {"01_a": new_notebook(cells=[new_code_cell("explore()", outputs=[output])])}


def test_the_picture_moves_through_the_norms_of_the_widest_network_with_most_patterns():
    frames = front.spectra(executed())
    assert [(frame["r"], frame["who"], frame["of"]) for frame in frames] == [
        ("1", "1000", "sigmoid"),
        ("9", "1000", "sigmoid"),
    ]


def test_without_a_script_the_first_frame_is_seen_and_told():
    text = front.moving(front.spectra(executed()))
    circles = re.findall(r'<circle cx="([-\d.]+)" cy="([-\d.]+)" r="4" class="(\w+)"/>', text)
    assert [kind for *_, kind in circles] == ["inside", "outside"]
    unit = float(re.search(r'<circle r="([\d.]+)" class="unit"', text)[1])
    assert float(circles[1][0]) > unit > float(circles[0][0])
    assert "not every pattern of this network is an attractor" in text
    assert "every pattern of this network is an attractor" in front.said(front.spectra(executed())[1])


def test_a_book_without_an_explorer_has_no_picture():
    assert front.moving(front.spectra({})) == ""


def test_the_strip_leads_to_the_evidence():
    text = front.verdict_strip({"C1": "not reproduced"}, {"not reproduced": "✗"}, {"C1": "It is <so>."})
    assert 'href="generated/claims.html#c1"' in text and "chip-not-reproduced" in text and "It is &lt;so&gt;." in text
