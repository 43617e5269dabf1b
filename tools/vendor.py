"""Puts the packages of others that the front end uses under ``src/tadmor/web/static/vendor``, with a manifest.

    npm pack maplibre-gl@6.17.0 && python3 tools/vendor.py maplibre-gl-6.17.0.tgz

Takes only the files named here out of the archive, byte for byte, and writes ``manifest.json``: for each package its
version, licence and the sha256 of each file. A test compares the files with the manifest.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "src" / "tadmor" / "web" / "static" / "vendor"
WANTED = {
    "maplibre-gl": ("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css", "LICENSE.txt"),
}


def main(archives: list[str]) -> None:
    if not archives:
        raise SystemExit("usage: vendor.py ARCHIVE.tgz ...")
    manifest = {}
    for archive in archives:
        with tarfile.open(archive) as tar:
            member = tar.extractfile("package/package.json")
            assert member is not None
            package = json.load(member)
            name = package["name"]
            folder = TARGET / name
            folder.mkdir(parents=True, exist_ok=True)
            files = {}
            for path in WANTED[name]:
                source = tar.extractfile(f"package/{path}")
                assert source is not None
                raw = source.read()
                target = folder / Path(path).name
                target.write_bytes(raw)
                files[target.name] = hashlib.sha256(raw).hexdigest()
        manifest[name] = {
            "version": package["version"],
            "licence": package["license"],
            "homepage": package.get("homepage", ""),
            "files": files,
        }
    (TARGET / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
