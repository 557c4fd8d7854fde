"""The check that comes before anything runs in a notebook, however its parameters were changed."""

from __future__ import annotations

import ast
from collections.abc import Iterable, MutableMapping
from typing import Any

from book.parameters.reading import declarations
from book.parameters.text import ParameterError, shortened


def check(namespace: MutableMapping[str, Any]) -> None:
    """Check the parameters of a notebook before anything else runs in it, however they were changed.

    Their declarations are read from the notebook's inputs: Python keeps no annotations of a cell's variables, from
    version 3.14 on. Lists whose order means nothing are sorted, and a reader is told which parameters are not the
    declared ones. Where no inputs are kept, as when a recorded notebook is compared with a new run, nothing is checked.

    Parameters
    ----------
    namespace
        The notebook's ``globals()``; changed in place.

    Raises
    ------
    ParameterError
        Naming the first value that is out of range or of another type, or a parameter that there is not.
    """
    inputs = [str(source) for source in namespace.get("In", ())]
    if not any(inputs):
        return
    place = max((k for k, source in enumerate(inputs) if _declares(source)), default=None)
    if place is None:
        raise ParameterError("no cell has declared parameters yet: run the notebook from its first cell.")
    declared = declarations(inputs[place])
    for source in inputs[place + 1 :]:
        if source.startswith("# Parameters\n"):  # as papermill begins the cell that it injects
            for name in _assigned(source):
                if name not in declared:
                    raise ParameterError(f"there is no parameter {name!r}: choose among {', '.join(declared)}.")
    changed = []
    for name, parameter in declared.items():
        namespace[name] = value = parameter.read(namespace[name])
        if value != parameter.check(parameter.default):
            changed.append(f"{name} = {shortened(value)}")
    if changed and _in_notebook():
        say(
            f"This copy was run with other parameters: {', '.join(changed)}. Its figures, numbers and verdicts are "
            "computed from them; the words around these were written for the book's own parameters, and may not fit."
        )


def _declares(source: str) -> bool:
    try:
        body = ast.parse(source).body
    except SyntaxError:  # a cell that failed
        return False
    return bool(body) and all(isinstance(node, ast.AnnAssign) for node in body)


def _assigned(source: str) -> Iterable[str]:
    targets = (target for node in ast.parse(source).body if isinstance(node, ast.Assign) for target in node.targets)
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _in_notebook() -> bool:
    from IPython import get_ipython

    return get_ipython() is not None


def say(sentence: str) -> None:
    """Say something on the page, or in the terminal where there is no page."""
    if _in_notebook():
        from book.publish import notice

        notice(sentence)
    else:
        print(sentence)
