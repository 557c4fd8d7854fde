"""Build the website: every warning is an error, and no page may hold a cell that failed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import nbformat
import plotly
import yaml

from book.build.errors import NotebookError, one_sentence
from book.build.repository import published, repository
from book.build.toc import EXECUTED, ROOT, notebook_names


def configuration(root: Path = ROOT) -> dict[str, Any]:
    """Read ``_config.yml``; add Plotly's own script, and the button that needs the repository's address."""
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    local = config["sphinx"]["local_extensions"]
    config["sphinx"]["local_extensions"] = {name: str(root / folder) for name, folder in local.items()}
    script = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    config["sphinx"]["config"]["html_static_path"].append(str(script))
    if address := repository(root):
        config["repository"] = {"url": address, "branch": "main", "path_to_book": ""}
        config["launch_buttons"]["binderhub_url"] = "https://mybinder.org"
        config["html"] |= {"use_repository_button": True, "use_issues_button": True, "baseurl": published(address)}
    return config


def jupyter_book(source: Path, log: Path, *options: str) -> None:
    """Build the book that a folder holds into ``_build/html`` below it, or raise with what jupyter-book warned of."""
    log.parent.mkdir(parents=True, exist_ok=True)
    config = log.with_name("config.yml")
    config.write_text(yaml.safe_dump(configuration()), encoding="utf-8")
    program = str(Path(sys.executable).with_name("jupyter-book"))
    command = [program, "build", str(source), "--config", str(config), *options]
    with log.open("w", encoding="utf-8") as stream:
        code = subprocess.run(command, cwd=source, stdout=stream, stderr=subprocess.STDOUT).returncode
    index = source / "_build" / "html" / "index.html"
    if code or not index.exists():
        index.unlink(missing_ok=True)  # or it looks like a finished site to the next run
        lines = log.read_text(encoding="utf-8").splitlines()
        reasons = [line for line in lines if re.search(r"WARNING|ERROR|Error|error:", line)] or lines[-20:]
        raise NotebookError("\n".join([*reasons, f"the site was not built; the whole log is in {log}."]))


def failed_cells(notebook: nbformat.NotebookNode) -> list[str]:
    """List what went wrong in an executed notebook: errors, and what was printed to stderr."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    errors = [f"{output.ename}: {output.evalue}" for output in outputs if output.output_type == "error"]
    return errors + [f"stderr: {o.text.strip()[:200]}" for o in outputs if o.get("name") == "stderr"]


@click.command()
@one_sentence()
def main() -> None:
    """Check the executed notebooks, then build into ``_build/html``."""
    for name in notebook_names():
        if wrong := failed_cells(nbformat.read(EXECUTED / f"{name}.ipynb", as_version=4)):
            raise NotebookError(f"the executed {name} holds {wrong[0]}")
    # All is written anew anyway: nothing that an earlier build left, whole or broken, has a say in it.
    for folder in ("html", ".doctrees"):
        shutil.rmtree(ROOT / "_build" / folder, ignore_errors=True)
    jupyter_book(ROOT, ROOT / "_build" / "site.log", "--all", "-W", "-n", "--keep-going")


if __name__ == "__main__":
    main()
