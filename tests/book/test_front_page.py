import json

from nbformat.v4 import new_code_cell, new_notebook, new_output

from book.build import front_page as front

CONTROLS = {"activation": ["sigmoid", "erf"], "n_points": ["2", "5"], "width": ["100", "1000", "∞"], "norm": ["1", "9"]}


def test_the_picture_moves_through_the_norms_of_the_widest_network_with_most_patterns():
    controls = [{"name": name, "values": values} for name, values in CONTROLS.items()]
    records = {f"{a}|{n}|{m}|{r}": {"of": f"{a} {n} {m}"} for a in CONTROLS["activation"] for n in CONTROLS["n_points"]
               for m in CONTROLS["width"] for r in CONTROLS["norm"]}  # fmt: skip
    data = json.dumps({"kind": "spectrum", "controls": controls, "records": records}, separators=(",", ":"))
    markup = f'<div><script type="application/json">{data}</script></div>'
    cell = new_code_cell("explore()", outputs=[new_output("display_data", {"text/html": markup})])
    frames = front.spectra({"01_a": new_notebook(cells=[cell])})
    assert frames == [{"of": "sigmoid 5 1000", "r": "1"}, {"of": "sigmoid 5 1000", "r": "9"}]
    assert front.spectra({}) == [] and front.moving([]) == ""


def test_the_strip_leads_to_the_evidence():
    text = front.verdict_strip({"C1": "not reproduced"}, {"not reproduced": "✗"}, {"C1": "It is <so>."})
    assert 'href="generated/claims.html#c1"' in text and "chip-not-reproduced" in text and "It is &lt;so&gt;." in text
