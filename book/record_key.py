"""What a record was made by: code, values and versions; another of any of them, and the record is not used again.

Of the project's modules, every file counts that the experiment's module imports, directly or not; of installed packages
their versions, with ``requirements.lock``. In a notebook, a script or a module of one's own, what a function names is
followed by its value as well: functions, modules, plain values, arrays, dense tensors. The state of anything else (a
class, a network, a generator of random numbers) is not known, and then no record is used at all. Not seen are files
and environment variables that are read, and what is set from outside in the modules of ``sigae`` and ``book``.
"""

from __future__ import annotations

import ast
import contextlib
import dis
import functools
import hashlib
import importlib.metadata
import importlib.util
import operator
import platform
import re
import site
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch

__all__ = ["MadeBy", "code_hash", "versions"]

PROJECT = ("sigae", "book")
ALWAYS = ("torch", "numpy", "scipy")
LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
PLACES = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
INSTALLED = {Path(place).resolve() for place in (*PLACES, *site.getsitepackages(), site.getusersitepackages())}
PLAIN = (type(None), bool, int, float, complex, str, bytes, range, type(...), torch.dtype, torch.device)
LOADS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
UNSEEN = {"eval", "exec", "globals", "__import__"}  # may name anything
# What a value of some type holds.
PARTS: dict[type, Callable[[Any], list[Any]]] = {
    list: list,
    tuple: list,
    dict: lambda one: [*one, *one.values()],
    slice: lambda one: [one.start, one.stop, one.step],
    functools.partial: lambda one: [one.func, one.args, one.keywords, vars(one)],
    functools._lru_cache_wrapper: lambda one: [one.__wrapped__],
    re.Pattern: lambda one: [one.pattern, one.flags],
    MethodType: lambda one: [one.__func__, one.__self__],
}
COUNTS = "co_flags co_argcount co_posonlyargcount co_kwonlyargcount co_varnames co_freevars co_names".split()


class MadeBy:
    """What an experiment's records are made by: modules, a digest of all, and perhaps what has an unknown state."""

    def __init__(self, experiment: Callable) -> None:
        self.modules: set[str] = set()
        self.unknown = ""
        self._hash = hashlib.sha256()
        self._seen: dict[Any, tuple[int, Any]] = {}  # by identity; kept alive, so that no other object takes that over
        self._value(experiment)
        self._note(sorted(versions(self.modules).items()), torch.get_default_dtype())
        self.digest = self._hash.hexdigest()

    def _note(self, *parts: Any) -> None:
        for part in parts:
            data = part if isinstance(part, bytes) else repr(part).encode()
            self._hash.update(b"%d:" % len(data) + data)

    def _value(self, value: Any, names: tuple[str, ...] = ()) -> None:
        """Add a value; of a module, what bears one of the names."""
        kind = type(value)
        if kind in PLAIN or isinstance(value, PurePath | np.dtype | np.generic):
            return self._note(kind.__name__, value)
        key = (id(value), names) if kind is ModuleType else id(value)
        if key in self._seen:
            return self._note("again", self._seen[key][0])
        self._seen[key] = len(self._seen), value
        self._note(kind.__name__)
        if kind in PARTS:
            self._all(PARTS[kind](value))
        elif kind in (set, frozenset) and all(type(one) in (*PLAIN, tuple) for one in value):
            self._all(sorted(value, key=repr))
        elif kind is np.ndarray and not value.dtype.hasobject:
            self._note(value.dtype, value.shape, value.tobytes())
        elif kind is torch.Tensor and value.layout is torch.strided and not (value.is_quantized or value.is_meta):
            flat = value.detach().cpu().resolve_conj().resolve_neg().contiguous().reshape(-1)
            self._note(value.dtype, value.device, value.shape, flat.view(torch.uint8).numpy().tobytes())
        elif kind is ModuleType:
            self._module(value, names)
        elif name := _public_name(value):
            self._note(name)
            self.modules.add(name.partition(":")[0])
        elif kind is FunctionType:
            self._function(value)
        elif _holds_only_attributes(value):
            self._all([kind, vars(value)])
        else:
            what = f"the class {value.__qualname__}" if isinstance(value, type) else f"an object of {kind.__qualname__}"
            self.unknown = self.unknown or what

    def _all(self, values: list[Any]) -> None:
        self._note(len(values))
        for value in values:
            self._value(value)

    def _module(self, module: ModuleType, names: tuple[str, ...]) -> None:
        self._note(module.__name__)
        self.modules.add(module.__name__)
        for name in names if module.__spec__ is None or _is_own(module.__name__) else ():
            if name in vars(module):
                self._note(name)
                self._value(vars(module)[name], names)

    def _function(self, function: FunctionType) -> None:
        module = str(function.__globals__.get("__name__"))
        self._note(function.__qualname__, module)
        self.modules |= {module} - {"__main__"}
        cells = [cell.cell_contents for cell in function.__closure__ or () if cell != CellType()]  # but for empty ones
        self._all([function.__defaults__, function.__kwdefaults__, vars(function), cells])
        if module.partition(".")[0] not in PROJECT and not _is_installed(function.__code__.co_filename):
            self._code(function.__code__, function.__globals__)

    def _code(self, code: CodeType, variables: dict[str, Any]) -> None:
        names, imported = code.co_names, ""
        self._note(code.co_code, code.co_exceptiontable, [getattr(code, name) for name in COUNTS])
        self._all([constant for constant in code.co_consts if not isinstance(constant, CodeType)])
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._code(constant, variables)
        for step in dis.get_instructions(code):
            name = step.argval
            if step.opname in ("IMPORT_NAME", "IMPORT_FROM"):
                imported = name if step.opname == "IMPORT_NAME" else imported
                module = name if step.opname == "IMPORT_NAME" else f"{imported}.{name}"
                self.modules.add(module)
                if _is_own(module):
                    with contextlib.suppress(Exception):  # of no module; what fails here fails in the experiment, too
                        self._value(importlib.import_module(module), names)
            elif step.opname in LOADS and name in variables:
                self._note(name)
                self._value(variables[name], names)
            elif step.opname in LOADS and name in UNSEEN:
                self.unknown = self.unknown or f"whatever {name} names"


def _holds_only_attributes(value: Any) -> bool:
    """Tell whether an object is of a public class and holds nothing but its attributes."""
    kind = type(value)
    own_way = (kind.__reduce__, kind.__reduce_ex__) != (object.__reduce__, object.__reduce_ex__)
    if isinstance(value, type) or own_way or not _public_name(kind):
        return False
    try:
        return type(value.__reduce_ex__(2)[2]) is dict
    except TypeError:  # of a file, a lock
        return False


def code_hash(code: str) -> str:
    """Digest the project's files that some Python source imports, directly or not, and the versions of the rest.

    Parameters
    ----------
    code
        The source.

    Returns
    -------
    str
        Hexadecimal digits; the source itself is not in them.
    """
    return hashlib.sha256(repr(sorted(versions(_imported(code.encode())).items())).encode()).hexdigest()


def versions(modules: Iterable[str]) -> dict[str, str]:
    """Say what this process would make records with, to be compared with what another process would.

    Parameters
    ----------
    modules
        Names.

    Returns
    -------
    dict
        The digest of each of these modules' files, of all that they import and of the lock; the versions of Python and
        of the installed packages that they import.
    """
    waiting, found, packages = list(modules), {}, set(ALWAYS)
    while waiting:
        name = waiting.pop()
        if not _is_own(name):
            packages.add(name.partition(".")[0])
        elif name not in found:
            file = _file(name)
            digest, imports = _read(file, Path(file).stat().st_mtime_ns, name) if file else ("", [])
            found[name] = digest
            waiting += [*imports, *filter(None, [name.rpartition(".")[0]])]  # a package is imported before its modules
    brought = {name for package in packages for name in _distributions().get(package, [])}
    found |= {name: importlib.metadata.version(name) for name in brought}
    found |= {"Python": ".".join(platform.python_version_tuple()[:2])}
    found |= {LOCK.name: hashlib.sha256(LOCK.read_bytes()).hexdigest()} if LOCK.exists() else {}
    return {name: digest for name, digest in found.items() if digest}


@functools.cache
def _distributions() -> dict[str, list[str]]:
    return {name: list(brought) for name, brought in importlib.metadata.packages_distributions().items()}


@functools.cache
def _read(file: str, modified: int, module: str) -> tuple[str, list[str]]:
    """Digest a module's file, and list the names that it imports."""
    source = Path(file).read_bytes()
    package = module if Path(file).name == "__init__.py" else module.rpartition(".")[0]
    return hashlib.sha256(source).hexdigest(), _imported(source, package) if file.endswith(".py") else []


def _imported(source: bytes, package: str = "") -> list[str]:
    """List the modules that a source names in its imports, wherever they stand, with what might be one."""
    names: list[str] = []
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # of a file that nothing can import
        return names
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return names


def _file(module: str) -> str | None:
    """Find the file of a module; None for a namespace, and where there is no such module."""
    try:
        spec = importlib.util.find_spec(module)
    except Exception:  # of a name that is no module; or its package raises what it likes when it is imported
        return None
    return spec.origin if spec is not None and spec.has_location else None


def _is_own(module: str) -> bool:
    """Tell whether a module is the user's or the project's, and no installed one."""
    top = module.partition(".")[0]
    if top in (*PROJECT, "__main__"):
        return True
    try:
        spec = importlib.util.find_spec(top)
    except ValueError:  # one that was made while the program ran
        return True
    if spec is None:
        return False
    places = spec.submodule_search_locations or ([spec.origin] if spec.origin and spec.has_location else [])
    return any(not _is_installed(place) for place in places)


def _is_installed(file: str) -> bool:
    return any(Path(file).resolve().is_relative_to(folder) for folder in INSTALLED)


def _public_name(value: Any) -> str:
    """Name what an installed package or the project defines; empty for anything else."""
    bound_to = getattr(value, "__self__", None)
    for home in (getattr(value, "__module__", None), getattr(bound_to, "__name__", None), "scipy.special"):
        if isinstance(home, str) and home in sys.modules and (home.partition(".")[0] in PROJECT or not _is_own(home)):
            for attribute in ("__qualname__", "__name__"):
                with contextlib.suppress(AttributeError, TypeError):
                    if operator.attrgetter(name := getattr(value, attribute))(sys.modules[home]) is value:
                        return f"{home}:{name}"
    return ""
