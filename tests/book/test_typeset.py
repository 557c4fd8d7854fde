import pytest

from book.typeset import grouped, listed, number, of_each, symbols

THIN = "\u202f"


@pytest.mark.parametrize(
    "written, wanted",
    [
        (grouped("1000 and 12345.6789"), f"1000 and 12{THIN}345.6789"),
        (grouped("1,533,381 steps, 9,884 times"), f"1{THIN}533{THIN}381 steps, 9884 times"),
        (grouped("1e-07, 3.9e-07; 0x1e-07"), "10⁻⁷, 3.9 × 10⁻⁷; 0x1e-07"),
        (grouped("[1,2,3] a12345b 0.1234567"), "[1,2,3] a12345b 0.1234567"),
        ([number(x) for x in (2808.0, 17.22, 1.2e-5, 99999.9)], ["2808", "17.22", "1.2 × 10⁻⁵", f"100{THIN}000"]),
        ([number(x) for x in (float("nan"), None, float("-inf"), 10_000)], ["", "", "-∞", f"10{THIN}000"]),
        (symbols("n - 1 of rho <1 at t = 2"), "<i>n</i> - 1 of <i>ρ</i> &lt;1 at <i>t</i> = 2"),
        (symbols("doesn't, a 2-d norm, not at 3d"), "doesn't, a 2-d norm, not at 3d"),
        (symbols("at 0.036 ± 0.018 of"), 'at <span class="value">0.036 ± 0.018</span> of'),
        (of_each({"a": "8", "b": "9", "c": "8"}), "8 for a and c, and 9 for b"),
        (of_each({"a": "7", "b": "8", "c": "9"}), "7 for a, 8 for b and 9 for c"),
        ((of_each({}), listed("abc")), ("none", "a, b and c")),
    ],
)
def test_numbers_symbols_and_lists_are_written_as_in_a_book(written, wanted):
    assert written == wanted
