"""What the site needs from Sphinx beyond the configuration: links to code, cited numbers, heads of pages."""

import pydoc
import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from book.build.outputs import STACKED
from book.typeset import grouped


def resolve(app: Any, env: Any, node: Any, contnode: Any) -> Any:
    """Link a name in a docstring to where it is documented, ``sigae.name``; one that is not must at least exist."""
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py" or not target:
        return None
    public = f"sigae.{target.rpartition('.')[2]}"
    if public != target:
        domain, kind = env.get_domain("py"), node["reftype"]
        if found := domain.resolve_xref(env, node["refdoc"], app.builder, kind, public, node, contnode):
            return found
    modules = [module for name, module in sys.modules.items() if name.split(".")[0] in ("sigae", "book")]
    known = pydoc.locate(target) if "." in target else any(hasattr(module, target) for module in modules)
    return contnode if known else None


def escape_bars(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Keep the bars of norms, |x|, from being read as reStructuredText's substitutions."""
    for i, line in enumerate(lines):
        parts = re.split(r"(``.*?``|:math:`.*?`)", line)
        lines[i] = "".join(part if part[:1] in "`:" else part.replace("|", r"\|") for part in parts if part)


class CitedNumbers(SphinxPostTransform):
    """Write the numbers that the text cites as all others, and what was not measured as unknown."""

    default_priority = 990

    def run(self, **kwargs: Any) -> None:
        """Rewrite what notebooks glued, wherever it is cited."""
        for cited in self.document.findall(nodes.inline):
            if "pasted-text" in cited["classes"]:
                for text in list(cited.findall(nodes.Text)):
                    text.parent.replace(text, nodes.Text(grouped(re.sub(r"\bnan\b", "unknown", text))))


def visit_image(self: Any, node: Any) -> None:
    """Show a figure's stacked panels on a phone, where there is a file of them."""
    images, stacked = self.builder.images, node["uri"].removesuffix(".svg") + STACKED
    if there := (Path(self.builder.srcdir) / stacked).exists():
        address = f"{self.builder.imgpath}/{images.setdefault(stacked, Path(stacked).name)}"
        self.body.append(f'<picture><source media="screen and (max-width: 720px)" srcset="{address}">')
    type(self).visit_image(self, node)
    self.body.append("</picture>" * there)


def mend_page(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Let launch buttons open the recorded notebook, citation lists be read as plain text, and a title stand once."""
    for button in (button for group in context.get("header_buttons", []) for button in group.get("buttons", [])):
        if button.get("url", "").startswith("https:"):  # elsewhere, and not the download of the page's own source
            button["url"] = button["url"].replace("book/executed/", "notebooks/")
    # Their entries are no list items to a screen reader.
    context["body"] = context.get("body", "").replace('role="list" class="citation-list"', 'class="citation-list"')
    if page == app.config["root_doc"]:
        context["docstitle"] = "sigae"  # the book's title is the page's own


def drop_modules_without_source(app: Any) -> list[Any]:
    """Keep modules that have no source in Python out of the list of modules, which would link to no page."""
    known = getattr(app.env, "_viewcode_modules", {})
    for name in [name for name, entry in known.items() if not entry]:
        del known[name]
    return []


def setup(app: Any) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_post_transform(CitedNumbers)
    app.add_node(nodes.image, override=True, html=(visit_image, None))
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("missing-reference", resolve)
    app.connect("html-page-context", mend_page, priority=900)  # after the theme has made the buttons
    app.connect("html-collect-pages", drop_modules_without_source, priority=100)  # before viewcode collects its own
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
