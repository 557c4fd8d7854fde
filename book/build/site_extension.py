"""What the site needs from Sphinx beyond the configuration: Plotly's script, and links to names inside the code."""

from __future__ import annotations

import pydoc
import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from book.typeset import grouped


def resolve(app: Any, env: Any, node: Any, contnode: Any) -> Any:
    """Resolve a reference to where a name is defined: a link to where it is documented, else its plain name.

    A docstring may name an object by the module that defines it, while the reference page documents it as
    ``sigae.name``; a name that is not for the public has no entry, but must exist.
    """
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py" or not target:
        return None
    public = "sigae." + target.rpartition(".")[2]
    if public != target:
        found = env.get_domain("py").resolve_xref(
            env, node["refdoc"], app.builder, node["reftype"], public, node, contnode
        )
        if found is not None:
            return found
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] in ("sigae", "book")]
    known = pydoc.locate(target) if "." in target else any(hasattr(module, target) for module in modules)
    return contnode if known else None


def escape_bars(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Keep the bars of norms, |x|, from being read as reStructuredText's substitutions."""
    literal = -1  # indentation of the line that opened a literal block
    for i, line in enumerate(lines):
        indentation = len(line) - len(line.lstrip())
        if literal >= 0 and line.strip() and indentation <= literal:
            literal = -1
        if literal < 0:
            parts = re.split(r"(``.*?``|:math:`.*?`)", line)
            lines[i] = "".join(part if part[:1] in "`:" else part.replace("|", r"\|") for part in parts if part)
            if line.rstrip().endswith("::"):
                literal = indentation


class TwoInks(SphinxTransform):
    """Show each figure of the book's own in the ink of the page: one image a theme, of which the other is hidden."""

    default_priority = 400

    def apply(self, **kwargs: Any) -> None:
        """Put the dark variant beside every image of class ``drawn``, and let both be opened by themselves."""
        for image in list(self.document.findall(nodes.image)):
            if "drawn" not in image["classes"]:
                continue
            dark = image.deepcopy()
            dark["uri"] = re.sub(r"\.svg$", "-dark.svg", image["uri"])
            image["classes"].append("only-light")
            dark["classes"].append("only-dark")
            parent, place = image.parent, image.parent.index(image)
            parent[place] = nodes.container("", image, dark, classes=["drawing"])


class Thousands(SphinxPostTransform):
    """Write the numbers that the text cites as all others: thousands apart by a thin space."""

    default_priority = 990

    def run(self, **kwargs: Any) -> None:
        """Rewrite what notebooks glued, wherever it is cited."""
        for cited in self.document.findall(
            lambda node: "pasted-text" in getattr(node, "attributes", {}).get("classes", [])
        ):
            for text in list(cited.findall(nodes.Text)):
                text.parent.replace(text, nodes.Text(grouped(str(text))))


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


def open_recorded_notebooks(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Let launch buttons open the notebook that is in the repository, from which the page was executed."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("url", "").startswith("https:"):  # elsewhere, and not the download of the page's own source
                button["url"] = button["url"].replace("book/executed/", "notebooks/")


def drop_modules_without_source(app: Any) -> list[Any]:
    """Keep modules that have no source in Python out of the list of modules, which would link to no page."""
    for name in [name for name, entry in getattr(app.env, "_viewcode_modules", {}).items() if not entry]:
        del app.env._viewcode_modules[name]
    return []


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_transform(TwoInks)
    app.add_post_transform(Thousands)
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("missing-reference", resolve)
    app.connect("html-page-context", mend_roles)
    app.connect("html-page-context", open_recorded_notebooks, priority=900)  # after the theme has made the buttons
    app.connect("html-collect-pages", drop_modules_without_source, priority=100)  # before viewcode collects its own
    app.connect("builder-inited", add_plotly, priority=400)
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
