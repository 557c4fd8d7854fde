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
UNSEEN = {"eval", "exec", "globals", "__import__"}  # may name anything


class MadeBy:
    """What the records of an experiment are made by.

    Parameters
    ----------
    experiment
        A function that is called with conditions.

    Attributes
    ----------
    modules : set of str
        The modules that it needs, but for ``__main__``.
    digest : str
        The same for the same code, values and versions in any process.
    unknown : str
        What it refers to whose state is not known; empty where all is known.
    """

    def __init__(self, experiment: Callable) -> None:
        self.modules: set[str] = set()
        self.unknown = ""
        self._hash = hashlib.sha256()
        self._seen: dict[Any, tuple[int, Any]] = {}  # by identity; kept alive, so that no other object takes that over
        self._value(experiment)
        self._note(repr(sorted(versions(self.modules).items())), str(torch.get_default_dtype()))
        self.digest = self._hash.hexdigest()

    def _note(self, *parts: str | bytes) -> None:
        for part in parts:
            data = part.encode() if isinstance(part, str) else part
            self._hash.update(b"%d:" % len(data) + data)

    def _value(self, value: Any, names: tuple[str, ...] = ()) -> None:
        """Add a value; of a module, what bears one of the names."""
        kind = type(value)
        if kind in PLAIN or isinstance(value, PurePath | np.dtype | np.generic):
            return self._note(kind.__name__, repr(value))
        key = (id(value), names) if kind is ModuleType else id(value)
        if key in self._seen:
            return self._note("again", str(self._seen[key][0]))
        self._seen[key] = len(self._seen), value
        self._note(kind.__name__)
        if kind in (list, tuple):
            self._all(value)
        elif kind is dict:
            self._all([*value, *value.values()])
        elif kind is slice:
            self._all([value.start, value.stop, value.step])
        elif kind in (set, frozenset) and all(type(one) in (*PLAIN, tuple) for one in value):
            self._all(sorted(value, key=repr))
        elif kind is np.ndarray and not value.dtype.hasobject:
            self._note(str(value.dtype), str(value.shape), value.tobytes())
        elif kind is torch.Tensor and value.layout is torch.strided and not (value.is_quantized or value.is_meta):
            plain = value.detach().cpu().resolve_conj().resolve_neg().contiguous().reshape(-1)
            self._note(str(value.dtype), str(tuple(value.shape)), plain.view(torch.uint8).numpy().tobytes())
            self._value([str(value.device), value.requires_grad, vars(value)])
        elif kind is ModuleType:
            self._module(value, names)
        elif kind is functools.partial:
            self._all([value.func, value.args, value.keywords, vars(value)])
        elif kind is MethodType:
            self._all([value.__func__, value.__self__])
        elif name := _public_name(value):
            self._note(name)
            self.modules.add(name.partition(":")[0])
        elif kind is FunctionType:
            self._function(value)
        elif kind is functools._lru_cache_wrapper:
            self._value(value.__wrapped__)
        elif kind.__reduce__ is object.__reduce__ and kind.__getstate__ is object.__getstate__ and _public_name(kind):
            self._value(kind)
            self._value(vars(value))
        else:
            what = f"the class {value.__qualname__}" if isinstance(value, type) else f"an object of {kind.__qualname__}"
            self.unknown = self.unknown or what

    def _all(self, values: Iterable[Any]) -> None:
        self._note(str(len(values := list(values))))
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
        counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
        self._note(code.co_code, code.co_exceptiontable, repr((counts, code.co_varnames, code.co_freevars, names)))
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                self._code(constant, variables)
            else:
                self._value(constant)
        for step in dis.get_instructions(code):
            name = step.argval
            if step.opname == "IMPORT_FROM":
                self.modules.add(f"{imported}.{name}")
            elif step.opname == "IMPORT_NAME":
                imported = name
                self.modules.add(name)
                if _is_own(name):
                    with contextlib.suppress(Exception):  # what fails here fails in the experiment, and is told there
                        self._value(importlib.import_module(name), names)
            elif step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"):
                if name in variables:
                    self._note(name)
                    self._value(variables[name], names)
                elif name in UNSEEN:
                    self.unknown = self.unknown or f"whatever {name} names"


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
    names = []
    for node in ast.walk(ast.parse(source)):
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
    for home in (
        getattr(value, "__module__", None),
        getattr(getattr(value, "__self__", None), "__name__", None),
        "scipy.special",
    ):
        if isinstance(home, str) and home in sys.modules and (home.partition(".")[0] in PROJECT or not _is_own(home)):
            for attribute in ("__qualname__", "__name__"):
                with contextlib.suppress(AttributeError, TypeError):
                    if operator.attrgetter(name := getattr(value, attribute))(sys.modules[home]) is value:
                        return f"{home}:{name}"
    return ""
