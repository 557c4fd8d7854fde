"""What a record was made by: the code of an experiment with all that it calls and refers to, as one digest.

A record may be used again only if nothing that made it has changed. Of this package's own experiments that is the
source of every module that they import, directly or not. A function from elsewhere may also depend on values: on
variables of its module or script, on its defaults, on what a closure holds. They are all part of the digest. Installed
packages that are imported count by their version, with all that they require, and so do Python's version and torch's
default type. Not seen are a module imported by a name that is computed, environment variables and other settings of
libraries, and the processor: they may change the last digits, or what the experiment itself makes depend on them.
"""

from __future__ import annotations

import ast
import dis
import functools
import hashlib
import importlib.metadata
import importlib.util
import pickle
import platform
import re
import site
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch

__all__ = ["UnknownOriginError", "digests", "modules", "origin"]

PACKAGES = ("sigae", "book")
PATHS = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
INSTALLED = {Path(path).resolve() for path in (*PATHS, *site.getsitepackages(), site.getusersitepackages())}


class UnknownOriginError(Exception):
    """Something that an experiment refers to cannot be told from another thing of its kind."""


def origin(experiment: Callable) -> str:
    """Digest what determines an experiment's results for a condition, but for what the module's text names.

    Parameters
    ----------
    experiment
        The function.

    Returns
    -------
    str
        Hexadecimal digits; the same for the same code and values on any day, in any process.

    Raises
    ------
    UnknownOriginError
        If it refers to something that cannot be written down, an open file or a connection, say.
    """
    digest = _Digest()
    digest.value(experiment)
    digest.note("versions", *(f"{name} {version}" for name, version in sorted(_versions(digest.packages).items())))
    digest.note(str(torch.get_default_dtype()))
    return digest.hexdigest()


def modules(experiment: Callable) -> list[str]:
    """Name the modules that an experiment needs where it is run, but for a script's own and installed packages.

    Parameters
    ----------
    experiment
        The function.

    Returns
    -------
    list of str
        In order; up to the first thing that it refers to and that cannot be written down.
    """
    digest = _Digest()
    try:
        digest.value(experiment)
    except UnknownOriginError:
        pass
    return sorted(digest.modules - {"__main__"})


def digests(names: Iterable[str]) -> dict[str, str]:
    """Say what this process would make records with, to be compared with what another would.

    Parameters
    ----------
    names
        Modules.

    Returns
    -------
    dict
        Module to the digest of its source, empty where there is none; and the versions of Python and of the installed
        packages that the modules import.
    """
    digest = _Digest()
    for name in names:
        digest.module(name)
    found = {name: _find(name) for name in names}
    sources = {name: Path(file[0]).read_bytes() if file else b"" for name, file in found.items()}
    return _versions(digest.packages) | {
        name: hashlib.sha256(source).hexdigest() if source else "" for name, source in sources.items()
    }


def _versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions of Python, of packages by the names they are imported by, and of all that these require."""
    waiting = [name for package in packages for name in _distributions().get(package, [])]
    found: dict[str, str] = {"Python": ".".join(platform.python_version_tuple()[:2])}
    while waiting:
        name = re.sub("[-_.]+", "-", waiting.pop()).lower()
        if name not in found:
            version, requirements = _installed(name)
            found[name] = version
            waiting += requirements
    return {name: version for name, version in found.items() if version}


@functools.cache
def _distributions() -> dict[str, list[str]]:
    """Map what can be imported to the installed packages that bring it; it takes a moment."""
    return {name: list(brought) for name, brought in importlib.metadata.packages_distributions().items()}


@functools.cache
def _installed(name: str) -> tuple[str, list[str]]:
    """Return a package's version, empty where it is not installed, and the packages that it requires everywhere."""
    try:
        package = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return "", []
    # a marker stands for an extra, or for what only some platforms need: one lock makes the same records on all
    everywhere = [line for line in package.requires or [] if ";" not in line]
    return package.version, [match[0] for match in (re.match(r"[\w.-]+", line) for line in everywhere) if match]


def _is_own(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


def _is_installed(file: str | None) -> bool:
    """Tell whether a module's file (None for a built-in one) belongs to Python or to an installed package."""
    if file is None:
        return True
    path = Path(file).resolve()
    return any(path.is_relative_to(folder) for folder in INSTALLED)


def _imported(tree: ast.AST, module: str, is_package: bool) -> Iterator[str]:
    """List the modules that a module's source names in its imports, wherever they stand."""
    package = module if is_package else module.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, node.module] if node.module else above)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _find(module: str) -> tuple[str, bool] | None:
    """Find a module's source file, and whether it is a package; None where there is no source of the user's."""
    loaded = sys.modules.get(module)
    file = getattr(loaded, "__file__", None)
    package, _, name = module.rpartition(".")
    if loaded is None and package in sys.modules and hasattr(sys.modules[package], name):
        return None  # what an import takes from a module before it looks for a file of the name
    if file is None:
        try:
            spec = importlib.util.find_spec(module) if loaded is None else None
        except (ImportError, ValueError, AttributeError):  # a name that is imported from a module, and no module
            spec = None
        file = spec.origin if spec is not None and spec.has_location else None
    if file is None or not file.endswith(".py") or (_is_installed(file) and not _is_own(module)):
        return None
    return file, Path(file).name == "__init__.py"


@functools.cache
def _read(file: str, modified: int, module: str, is_package: bool) -> tuple[bytes, list[str]]:
    """Read a module's source, and the names that it imports, each once."""
    source = Path(file).read_bytes()
    return source, list(dict.fromkeys(_imported(ast.parse(source), module, is_package)))


class _Digest:
    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._files: set[str] = set()
        self.modules: set[str] = set()
        self.packages = {"numpy", "torch"}  # installed ones, by the names they are imported by
        # By identity; kept alive, so that no other object comes to bear the identity of one of them.
        self._seen: dict[int, tuple[int, Any]] = {}

    def hexdigest(self) -> str:
        return self._hash.hexdigest()

    def note(self, *parts: str | bytes) -> None:
        for part in parts:
            data = part.encode() if isinstance(part, str) else part
            self._hash.update(b"%d:" % len(data) + data)

    def module(self, name: str) -> None:
        """Add a module's source, and that of all modules it imports, but for installed packages."""
        waiting, sources = [name], {}
        while waiting:
            module = waiting.pop()
            found = _find(module)
            if found is None and not _is_own(module):
                self.packages.add(module.partition(".")[0])
            if found is None or found[0] in self._files:
                continue
            file, is_package = found
            self._files.add(file)
            source, imports = _read(file, Path(file).stat().st_mtime_ns, module, is_package)
            sources[module] = source
            waiting += imports
        self.modules |= sources.keys()
        for module in sorted(sources):
            # The name a script runs under is not the name it is imported by.
            self.note("source", "" if module == "__main__" else module, sources[module])

    def value(self, value: Any) -> None:
        """Add a value, and with functions all that they refer to."""
        if value is None or isinstance(value, bool | int | float | complex | str | bytes):
            self.note(type(value).__name__, repr(value))
            return
        if id(value) in self._seen:
            self.note("again", str(self._seen[id(value)][0]))
            return
        self._seen[id(value)] = len(self._seen), value
        if isinstance(value, list | tuple):
            self.note(type(value).__name__, str(len(value)))
            for one in value:
                self.value(one)
        elif isinstance(value, dict):
            self.note("dict", str(len(value)))
            for key, one in value.items():
                self.value(key)
                self.value(one)
        elif isinstance(value, np.ndarray) and not value.dtype.hasobject:
            self.note("array", str(value.dtype), str(value.shape), value.tobytes())
        elif isinstance(value, torch.Tensor):
            self.value(value.detach().cpu().numpy())
        elif isinstance(value, ModuleType):
            self.note("module", value.__name__, str(getattr(value, "__version__", "")))
            self.module(value.__name__)
        elif isinstance(value, functools.partial):
            self.value([value.func, value.args, value.keywords])
        elif isinstance(value, MethodType):
            self.value([value.__func__, value.__self__])
        elif isinstance(value, FunctionType):
            self._function(value)
        elif isinstance(value, type | BuiltinFunctionType) or hasattr(value, "__wrapped__"):
            self.note("named", str(getattr(value, "__module__", "")), getattr(value, "__qualname__", repr(value)))
            self.module(str(getattr(value, "__module__", "")))
            self.value(getattr(value, "__wrapped__", None))
        else:
            self.module(type(value).__module__)
            try:
                self.note("pickle", pickle.dumps(value, protocol=5))
            except Exception as error:  # objects raise what they like when they are pickled
                raise UnknownOriginError(f"{type(value).__name__} object ({error})") from None

    def _function(self, function: FunctionType) -> None:
        module = str(function.__module__)
        self.note("function", function.__qualname__)
        self.module(module)
        if _is_own(module) or (_is_installed(function.__code__.co_filename) and module != "__main__"):
            self.note(module, str(getattr(sys.modules.get(module.partition(".")[0]), "__version__", "")))
            return
        self._code(function.__code__, function.__globals__)
        self.value([function.__defaults__, function.__kwdefaults__])
        for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
            try:
                held = cell.cell_contents
            except ValueError:  # not filled yet
                continue
            self.note("held", name)
            self.value(held)

    def _code(self, code: CodeType, variables: dict[str, Any]) -> None:
        self.note("code", code.co_code)
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._code(constant, variables)
            else:
                self.note(repr(sorted(map(repr, constant)) if isinstance(constant, frozenset) else constant))
        imported = ""
        for step in dis.get_instructions(code):  # a notebook has no source to read imports from
            if step.opname in ("IMPORT_NAME", "IMPORT_FROM"):
                imported = step.argval if step.opname == "IMPORT_NAME" else imported
                self.module(imported if step.opname == "IMPORT_NAME" else f"{imported}.{step.argval}")
        packages: list[str] = []  # of which a name that follows may be a module
        for name in code.co_names:
            self.note("name", name)
            if name in variables:
                self.value(variables[name])
            packages += [f"{package}.{name}" for package in packages if f"{package}.{name}" in sys.modules]
            if isinstance(variables.get(name), ModuleType):
                packages.append(variables[name].__name__)
        for package in packages:
            self.module(package)
