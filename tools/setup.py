"""Makes the environment: a folder with Python, the packages of a lock file, and Tadmor itself from this checkout.

    python3 tools/setup.py .venv requirements/dev.lock

Needs the standard library only. Where this Python cannot make environments (Debian leaves that part out until
`python3-venv` is installed), the missing package is installed if this user may, else the system's pip is used.
Running it again brings the environment up to date.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
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
    make = [sys.executable, "-m", "venv", "--clear", str(folder)]
    if works(make) or (may_install() and install_venv() and works(make)):
        return [str(python), "-m", "pip"]
    if works([sys.executable, "-m", "pip", "--version"]):
        run([*make, "--without-pip"])
        return [sys.executable, "-m", "pip", "--python", str(python)]
    raise SetupError(HELP)


def may_install() -> bool:
    """Whether Debian's packages can be installed by this user."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_venv() -> bool:
    """Install Debian's package for making environments."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "python3-venv"]
    return works(["apt-get", "update"], quiet) and works(install, quiet)


def works(command: list[str], environment: dict[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, env=environment).returncode == 0
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
