"""Libraries without the extras that they load when they find them, or whether or not they are ever used: a poll pays
for none of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


@contextmanager
def without(*modules: str) -> Iterator[None]:
    """While it lasts, an import of these fails, as if they were not installed; those loaded already stay."""
    hidden = [name for name in modules if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own mark of what cannot be imported
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def later(name: str) -> None:
    """Put something in this module's place that loads it when any of it is asked for."""
    if name in sys.modules:
        return
    stands_in = ModuleType(name)

    def of_the_module(attribute: str) -> Any:
        if sys.modules.get(name) is stands_in:
            del sys.modules[name]
        return getattr(import_module(name), attribute)

    stands_in.__getattr__ = of_the_module  # type: ignore[method-assign]  # as PEP 562 has it
    sys.modules[name] = stands_in
