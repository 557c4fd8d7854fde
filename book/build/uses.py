"""Which definitions of the package a notebook uses, directly or not: a change elsewhere need not execute it again.

Found by reading the source. What a name might refer to counts as used: too much may be found, and too little only where
a definition is looked up by a computed name, which the package does nowhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["definitions_used"]

Bound = dict[str, tuple[str, str]]  # name to the module, and the name in it ("" for the module itself), it stands for


@dataclass
class _Module:
    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    always: list[ast.stmt] = field(default_factory=list)  # statements that run whatever is used
    bound: Bound = field(default_factory=dict)


def definitions_used(code: str, root: Path, packages: tuple[str, ...] = ("sigae", "book")) -> dict[str, str]:
    """List what some code uses of the packages.

    Parameters
    ----------
    code
        Python source.
    root
        The folder that the packages are in.
    packages
        Their names.

    Returns
    -------
    dict
        ``module.name`` to the source of that definition, without comments; sorted.
    """
    reader = _Reader(root, packages)
    tree = ast.parse(code)
    reader.follow(tree, reader.imports(tree, ""), "")
    return dict(sorted(reader.found.items()))


class _Reader:
    def __init__(self, root: Path, packages: tuple[str, ...]) -> None:
        self.root, self.packages = root, packages
        self.found: dict[str, str] = {}
        self._modules: dict[str, _Module | None] = {}

    def _path(self, module: str) -> Path | None:
        place = self.root.joinpath(*module.split("."))
        return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)

    def _module(self, name: str) -> _Module | None:
        if name not in self._modules:
            path = self._path(name)
            self._modules[name] = None if path is None else self._read(name, path)
        return self._modules[name]

    def _read(self, name: str, path: Path) -> _Module:
        module, tree = _Module(), ast.parse(path.read_text(encoding="utf-8"))
        module.bound = self.imports(tree, name if path.name == "__init__.py" else name.rpartition(".")[0])
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                module.definitions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
                for target in _targets(node):
                    module.definitions.setdefault(target, []).append(node)
            elif not isinstance(node, ast.Import | ast.ImportFrom) and not _is_text(node):
                module.always.append(node)
        return module

    def imports(self, tree: ast.AST, package: str) -> Bound:
        """List the names that imports anywhere in a tree bind to parts of the package."""
        bound: Bound = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if (first := alias.name.split(".")[0]) in self.packages:
                        bound[alias.asname or first] = (alias.name if alias.asname else first, "")
            elif isinstance(node, ast.ImportFrom):
                above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
                base = ".".join([*above, node.module] if node.module else above)
                if base.split(".")[0] in self.packages:
                    for alias in node.names:
                        whole = self._path(f"{base}.{alias.name}") is not None
                        bound[alias.asname or alias.name] = (
                            (f"{base}.{alias.name}", "") if whole else (base, alias.name)
                        )
        return bound

    def follow(self, tree: ast.AST, bound: Bound, here: str) -> None:
        """Use whatever a tree's names refer to, in the module ``here`` ("" for code outside the package)."""
        inside = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                inside.add(id(node.value))
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute) and id(node) not in inside:
                first, *rest = _dotted(node)
                if first in bound:
                    self._use(*bound[first], rest)
                elif here and first:
                    self._use(here, first, rest)

    def _use(self, module: str, name: str, rest: list[str]) -> None:
        if not name:
            if rest and self._path(f"{module}.{rest[0]}") is not None and rest[0] not in self._names(module):
                self._use(f"{module}.{rest[0]}", "", rest[1:])
            elif rest:
                self._use(module, rest[0], rest[1:])
            else:  # the module as a whole
                for every in list(self._names(module)):
                    self._use(module, every, [])
            return
        content = self._module(module)
        if content is None:
            return
        if name in content.bound and name not in content.definitions:
            if content.bound[name] != (module, name):
                self._use(*content.bound[name], rest)
            return
        for key, nodes in ((f"{module}", content.always), (f"{module}.{name}", content.definitions.get(name, []))):
            if nodes and key not in self.found:
                self.found[key] = "\n".join(ast.unparse(node) for node in nodes)
                for node in nodes:
                    self.follow(node, content.bound, module)

    def _names(self, module: str) -> set[str]:
        content = self._module(module)
        return set() if content is None else {*content.definitions, *content.bound}


def _targets(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[str]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _dotted(node: ast.expr) -> list[str]:
    """Return a.b.c as its parts; what does not start with a name, as in f().b, starts with an empty one."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *reversed(parts)]
