"""What the site needs from Sphinx beyond the configuration: Plotly's script, and links to names inside sigae."""

from __future__ import annotations

import pydoc
from pathlib import Path
from typing import Any


def resolve(app: Any, env: Any, node: Any, contnode: Any) -> Any:
    """Resolve a reference to where a name is defined: a link to where it is documented, else its plain name.

    A docstring may name an object by the module that defines it, while the reference page documents it as
    ``sigae.name``; a name that is not for the public has no entry, but must exist.
    """
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py" or not target.startswith("sigae."):
        return None
    public = "sigae." + target.rpartition(".")[2]
    if public != target:
        found = env.get_domain("py").resolve_xref(
            env, node["refdoc"], app.builder, node["reftype"], public, node, contnode
        )
        if found is not None:
            return found
    return contnode if pydoc.locate(target) is not None else None


def add_plotly(app: Any) -> None:
    """Serve Plotly's own packaged script from the site."""
    import plotly

    app.config.html_static_path.append(str(Path(plotly.__file__).parent / "package_data" / "plotly.min.js"))


def mend_roles(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Drop the list role of citation lists, whose entries are no list items to a screen reader."""
    if "body" in context:
        context["body"] = context["body"].replace(
            '<div role="list" class="citation-list">', '<div class="citation-list">'
        )


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("missing-reference", resolve)
    app.connect("html-page-context", mend_roles)
    app.connect("builder-inited", add_plotly, priority=400)
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
