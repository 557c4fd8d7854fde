"""Build the website: every warning is an error, and no page may hold a cell that failed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import yaml

from book.build.colab import installs
from book.build.errors import one_sentence
from book.build.repository import repository
from book.build.toc import EXECUTED, ROOT, notebook_names


def configuration(root: Path = ROOT) -> dict[str, Any]:
    """Read ``_config.yml`` and add the buttons that need the repository's address."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    local = config["sphinx"]["local_extensions"]
    config["sphinx"]["local_extensions"] = {name: str(root / folder) for name, folder in local.items()}
    address = repository(root)
    if address:
        config["repository"] = {"url": address, "branch": "main", "path_to_book": ""}
        config["launch_buttons"]["binderhub_url"] = "https://mybinder.org"
        if all(installs(path, address) for path in (root / "notebooks").glob("*.ipynb")):
            config["launch_buttons"]["colab_url"] = "https://colab.research.google.com"
        config["html"] |= {"use_repository_button": True, "use_issues_button": True}
    return config


def configuration_of_a_page(root: Path = ROOT) -> dict[str, Any]:
    """Return the configuration with which a page is built alone, wherever it stands."""
    config = configuration(root)
    sphinx = config["sphinx"]["config"]
    config["logo"], config["html"]["favicon"] = (
        str(root / path) for path in (config["logo"], config["html"]["favicon"])
    )
    config["bibtex_bibfiles"] = [str(root / path) for path in config["bibtex_bibfiles"]]
    sphinx["html_static_path"] = [str(root / path) for path in sphinx["html_static_path"]]
    sphinx["html_extra_path"] = []  # of the front page alone
    return config


def failed_cells(notebook: nbformat.NotebookNode) -> list[str]:
    """List what went wrong in an executed notebook: errors, and what was printed to stderr."""
    return [
        f"{output.ename}: {output.evalue}" if output.output_type == "error" else f"stderr: {output.text.strip()[:200]}"
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


@one_sentence()
def main() -> None:
    """Check the executed notebooks, then build into ``_build/html``."""
    for name in notebook_names():
        wrong = failed_cells(nbformat.read(EXECUTED / f"{name}.ipynb", as_version=4))
        if wrong:
            sys.exit(f"error: the executed {name} holds {wrong[0]}")
    config = ROOT / "_build" / "config.yml"
    config.parent.mkdir(exist_ok=True)
    config.write_text(yaml.safe_dump(configuration()), encoding="utf-8")
    # All is written anew anyway: nothing that an earlier build left, whole or broken, has a say in it.
    for folder in ("html", ".doctrees"):
        shutil.rmtree(ROOT / "_build" / folder, ignore_errors=True)
    log = ROOT / "_build" / "site.log"
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "--all", "-W", "-n", "--keep-going"]
    with log.open("w", encoding="utf-8") as stream:
        code = subprocess.run(
            [*command, "--config", str(config)], cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT
        ).returncode
    if code or not (ROOT / "_build" / "html" / "index.html").exists():
        # A page left from this run must not look like a finished site to the next one.
        (ROOT / "_build" / "html" / "index.html").unlink(missing_ok=True)
        lines = log.read_text(encoding="utf-8").splitlines()
        reasons = [line for line in lines if re.search(r"WARNING|ERROR|Error|error:", line)] or lines[-20:]
        sys.exit("\n".join([*reasons, f"error: the site was not built; the whole log is in {log.relative_to(ROOT)}."]))


if __name__ == "__main__":
    main()
