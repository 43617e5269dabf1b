"""Importing this imports spaCy without its command line, which takes a third of the import and is never used here.

spaCy's own `__init__` imports one function of it, for `spacy.info`. A stand-in takes its place while spaCy is imported;
whoever asks for `spacy.info` or `spacy.cli` afterwards has the real one imported.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_NAMES = ("spacy.cli", "spacy.cli.info")


def _info(*arguments: Any, **options: Any) -> Any:
    return importlib.import_module("spacy.cli.info").info(*arguments, **options)


def _import() -> None:
    if "spacy" in sys.modules:
        return
    for name in _NAMES:
        sys.modules[name] = ModuleType(name)
    sys.modules[_NAMES[-1]].info = _info  # type: ignore[attr-defined]
    try:
        importlib.import_module("spacy")
    finally:
        for name in _NAMES:
            sys.modules.pop(name, None)


_import()
