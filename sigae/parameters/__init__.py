"""What the parameters of a page may be: types that know their range, and checks that come before anything runs."""

from sigae.parameters.notebook import check
from sigae.parameters.ranges import (
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
from sigae.parameters.reading import declarations
from sigae.parameters.text import ParameterError, parse_yaml
from sigae.parameters.together import check_at_most, check_file, check_fits, check_given

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
