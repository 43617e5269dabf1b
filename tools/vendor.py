"""Puts the packages of others that the front end uses under ``src/tadmor/web/static/vendor``, with a manifest.

    npm pack maplibre-gl@6.17.0 pmtiles@4.5.0 && python3 tools/vendor.py maplibre-gl-6.17.0.tgz pmtiles-4.5.0.tgz

Takes only the files named here out of each archive, byte for byte, and enters into ``manifest.json`` its version,
licence and the sha256 of each file. A licence that the archive lacks lies in the folder of the package already, copied
from where its source is kept. A test compares the files with the manifest.
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
    "pmtiles": ("dist/pmtiles.js",),
}
BESIDE = {"pmtiles": ("LICENSE.txt",)}  # of PMTiles and of fflate, which is part of its file


def main(archives: list[str]) -> None:
    if not archives:
        raise SystemExit("usage: vendor.py ARCHIVE.tgz ...")
    manifest = json.loads((TARGET / "manifest.json").read_text(encoding="utf-8"))
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
            for beside in BESIDE.get(name, ()):
                files[beside] = hashlib.sha256((folder / beside).read_bytes()).hexdigest()
        manifest[name] = {
            "version": package["version"],
            "licence": package["license"],
            "homepage": package.get("homepage", ""),
            "files": files,
        }
    (TARGET / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
