"""spaCy is imported without its command line, and has it when it is asked for."""

from __future__ import annotations

import subprocess
import sys

ASKED = """
import sys
import tadmor.claim.tree
assert "spacy" in sys.modules
assert not [name for name in sys.modules if name.startswith("spacy.cli")]
import spacy
assert spacy.info(silent=True)["spacy_version"] == spacy.__version__
import spacy.cli
assert callable(spacy.cli.train.train)
"""


def test_the_command_line_of_spacy_is_imported_only_where_it_is_asked_for() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", ASKED], check=True)
