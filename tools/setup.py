"""Makes the environment: a folder with Python, the packages of a lock file, and Tadmor itself from this checkout.

    python3 tools/setup.py .venv requirements/dev.lock

Needs the standard library only. Where this Python cannot make environments (Debian leaves that part out until
`python3-venv` is installed), the system's pip is used, or the missing package is installed if that is allowed.
Running it again brings the environment up to date.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = (3, 11)
HELP = """This Python cannot make an environment: its package python3-venv is missing.
Install it (Debian and Ubuntu: apt-get install python3-venv), then run the same command again."""


class SetupError(Exception):
    """The environment cannot be made; the message says what to do."""


def main(arguments: list[str]) -> None:
    if len(arguments) != 2:
        raise SetupError("usage: setup.py FOLDER LOCK")
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        raise SetupError(
            f"Tadmor needs Python 3.11 or newer, and {sys.executable} is {found}: make PYTHON=python3.11 ..."
        )
    folder, lock = Path(arguments[0]).absolute(), Path(arguments[1]).absolute()
    print(f"Making {folder.name}: it takes a minute or two", file=sys.stderr)
    pip = [*installer(folder), "install", "-qq", "--disable-pip-version-check", "--root-user-action=ignore"]
    run([*pip, "--require-hashes", "--only-binary=:all:", "-r", str(lock)])
    inside = os.pathsep.join([str(folder / "bin"), os.environ.get("PATH", os.defpath)])  # the build backend looks there
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], PATH=inside)


def installer(folder: Path) -> list[str]:
    """The command that installs into the environment, which is made if it is not there."""
    python = folder / "bin" / "python"
    if works([str(python), "-m", "pip", "--version"]):
        return [str(python), "-m", "pip"]
    shutil.rmtree(folder, ignore_errors=True)
    if not find_spec("ensurepip") and not works([sys.executable, "-m", "pip", "--version"]):
        install_venv()
    # Debian has a stub of ensurepip, so that having it is not enough.
    if works([sys.executable, "-m", "venv", str(folder)]):
        return [str(python), "-m", "pip"]
    if works([sys.executable, "-m", "pip", "--version"]):
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)])
        return [sys.executable, "-m", "pip", "--python", str(python)]
    install_venv()
    run([sys.executable, "-m", "venv", "--clear", str(folder)])
    return [str(python), "-m", "pip"]


def install_venv() -> None:
    """Install Debian's package for making environments, if this user may."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SetupError(HELP)
    install = ["apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", "python3-venv"]
    for command in (["apt-get", "update", "--quiet=2"], install):
        run(command, DEBIAN_FRONTEND="noninteractive")


def works(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def run(command: list[str], **environment: str) -> None:
    try:
        subprocess.run(command, check=True, env={**os.environ, **environment})
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(f"this command failed: {' '.join(command)}") from error


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except SetupError as error:
        sys.exit(str(error))
