"""What the parameters of a page may be: types that know their range, and checks that come before anything runs."""

from book.parameters.notebook import check
from book.parameters.ranges import (
    Activation,
    Ascending,
    Count,
    Depth,
    Device,
    Distinct,
    Many,
    Parameter,
    Positive,
    Seed,
    Several,
    Tolerance,
)
from book.parameters.reading import declarations
from book.parameters.text import ParameterError, parse_yaml
from book.parameters.together import check_at_most, check_file, check_fits, check_given

__all__ = [
    "Activation",
    "Ascending",
    "Count",
    "Depth",
    "Device",
    "Distinct",
    "Many",
    "Parameter",
    "ParameterError",
    "Positive",
    "Seed",
    "Several",
    "Tolerance",
    "check",
    "check_at_most",
    "check_file",
    "check_fits",
    "check_given",
    "declarations",
    "parse_yaml",
]
