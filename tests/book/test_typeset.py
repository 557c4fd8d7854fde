import pytest

from book.typeset import from_norm_on, grouped, listed, number, of_each, symbols

THIN = "\u202f"


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("1000 and 10000", f"1000 and 10{THIN}000"),
        ("1,533,381 steps", f"1{THIN}533{THIN}381 steps"),
        ("9,884 times", "9884 times"),
        ("0.1234567", "0.1234567"),
        ("12345.6789", f"12{THIN}345.6789"),
        ("1e-07, 3.9e-07; 1e+16", "10⁻⁷, 3.9 × 10⁻⁷; 10¹⁶"),
        ("0x1e-07 1e-07b", "0x1e-07 1e-07b"),
        ("[1,2,3] a12345b 1.5,2.25", "[1,2,3] a12345b 1.5,2.25"),
    ],
)
def test_thousands_stand_apart_the_same_way(text, wanted):
    assert grouped(text) == wanted


@pytest.mark.parametrize(
    "value, wanted",
    [
        (2808.0, "2808"), (17.22, "17.22"), (0.5, "0.5"), (1.2e-5, "1.2 × 10⁻⁵"), (123456.0, f"123{THIN}500"),
        (0.0, "0"), (float("nan"), ""), (None, ""), (float("-inf"), "-∞"), (10_000, f"10{THIN}000"), ("tanh", "tanh"),
        (True, "True"), (99999.9, f"100{THIN}000"), (1e-7, "10⁻⁷"),
    ],
)  # fmt: skip
def test_a_cell_has_no_digit_beyond_what_is_known(value, wanted):
    assert number(value) == wanted


def test_quantities_are_set_as_such_and_other_letters_are_not():
    assert symbols("n - 1 of rho <1 at t = 2") == "<i>n</i> - 1 of <i>ρ</i> &lt;1 at <i>t</i> = 2"
    assert symbols("doesn't, a 2-d norm, not at 3d") == "doesn't, a 2-d norm, not at 3d"
    assert symbols("2 phi'(0)") == "2 <i>φ</i>′(0)"
    assert symbols("||J_T - J_0||").count("‖") == 2


def test_a_value_stays_in_one_line_with_its_uncertainty():
    assert symbols("at 0.036 ± 0.018 of") == 'at <span class="value">0.036 ± 0.018</span> of'
    assert symbols("0.5 (0.4 to 0.7)") == '<span class="value">0.5 (0.4 to 0.7)</span>'


def test_what_things_share_is_said_of_them_together():
    assert of_each({"a": "8", "b": "9", "c": "8"}) == "8 for a and c, and 9 for b"
    assert of_each({"a": "7", "b": "8", "c": "9"}) == "7 for a, 8 for b and 9 for c"
    assert (of_each({}), listed("abc"), from_norm_on(8.0)) == ("none", "a, b and c", "from norm 8 on")
