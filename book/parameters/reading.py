"""The parameters cell of a notebook, read without running it."""

from __future__ import annotations

import ast
import io
import tokenize

from book.parameters.ranges import Parameter
from book.parameters.text import ParameterError


def declarations(source: str) -> dict[str, Parameter]:
    """Read the source of a cell that declares parameters.

    Parameters
    ----------
    source
        Annotated literals, ``name: type = value``, each with a comment.

    Returns
    -------
    dict
        Name to :class:`Parameter`, in the order of the cell.

    Raises
    ------
    ParameterError
        If a line is no annotated literal.
    """
    comments = {
        token.start[0]: token.string.lstrip("# ").split("  # fmt:")[0]
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    found: dict[str, Parameter] = {}
    for node in ast.parse(source).body:
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None):
            raise ParameterError(
                f"{ast.unparse(node)!r} in the parameters cell is not of the form 'name: type = value'."
            )
        try:
            default = ast.literal_eval(node.value)
        except ValueError:
            raise ParameterError(f"The default of {node.target.id} in the parameters cell is not a literal.") from None
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        comment = next((comments[line] for line in lines if line in comments), "")
        found[node.target.id] = Parameter(node.target.id, ast.unparse(node.annotation), default, comment)
    return found
