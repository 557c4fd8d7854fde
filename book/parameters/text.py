"""How parameters are written, and what is said of those that cannot be."""

from __future__ import annotations

import re
from typing import Any

import yaml

SHOWN = 60  # characters of a value that a sentence shows


class ParameterError(ValueError):
    """A parameter that no page can be made with, told in one sentence."""


def shortened(value: Any) -> str:
    """Write a value, a long one with its middle left out."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 15]} ... {text[-10:]}"


class _Yaml(yaml.SafeLoader):
    """YAML that reads 1e-3 as a number, as YAML 1.2 does, and nothing but true and false as truth values."""


_Yaml.yaml_implicit_resolvers = {
    first: [
        (tag, regexp) for tag, regexp in resolvers if tag not in ("tag:yaml.org,2002:float", "tag:yaml.org,2002:bool")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Yaml.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\d[\d_]*\.[\d_]*([eE][-+]?\d+)?|\d[\d_]*[eE][-+]?\d+|\.\d+([eE][-+]?\d+)?|\.(inf|nan))$"),
    list("-+0123456789."),
)
_Yaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|True|false|False)$"), list("tTfF"))


def parse_yaml(text: str) -> Any:
    """Read a value that is written as YAML.

    Parameters
    ----------
    text
        As in ``[1, 1e-3]`` or ``{sigmoid: 10}``.

    Returns
    -------
    Any
        The value.

    Raises
    ------
    ParameterError
        If it is no YAML.
    """
    try:
        return yaml.load(text, Loader=_Yaml)
    except yaml.YAMLError as error:
        raise ParameterError(f"{text!r} cannot be read as a value: {str(error).splitlines()[0]}.") from None
