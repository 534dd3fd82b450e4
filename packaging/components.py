#!/usr/bin/env python3
"""What the program is made of, from Cargo's own metadata and the models' manifest.

    components.py licences FILE    the licence texts of every library in the program, each text once
    components.py bom FILE         a CycloneDX 1.5 bill of materials: libraries with purl, checksum and licence, and the model files

Both are the same for the same lock file: names are sorted, there is no serial number and the time is that of the commit.
"""

import json
import os
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# How the names of files that hold a licence or a notice begin.
LICENCE_FILES = ("licen", "copying", "notice", "unlicense", "copyright")


def packages() -> list[dict]:
    """The packages that are linked into the program on this system, sorted by name and version; neither tests nor build scripts."""
    host = next(line.split()[1] for line in run("rustc", "-vV").splitlines() if line.startswith("host:"))
    metadata = json.loads(run("cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", host))
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    wanted, reached = [next(p["id"] for p in metadata["packages"] if p["name"] == "jam-flow")], set()
    while wanted:
        package = wanted.pop()
        if package in reached:
            continue
        reached.add(package)
        wanted += [d["pkg"] for d in nodes[package]["deps"] if any(kind["kind"] is None for kind in d["dep_kinds"])]
    found = [package for package in metadata["packages"] if package["id"] in reached]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def run(*command: str) -> str:
    return subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True).stdout


def checksums() -> dict[tuple[str, str], str]:
    lock = tomllib.loads((PROJECT / "Cargo.lock").read_text())
    return {(p["name"], p["version"]): p["checksum"] for p in lock["package"] if "checksum" in p}


def licences() -> str:
    texts: dict[str, list[str]] = {}
    silent = []
    for package in packages():
        if package["source"] is None:
            continue
        title = f"{package['name']} {package['version']} ({package['license'] or 'see its file'})"
        folder = Path(package["manifest_path"]).parent
        # C sources lie below with licences of their own.
        names = (file for depth in ("*", "*/*", "*/*/*") for file in folder.glob(depth) if file.name.lower().startswith(LICENCE_FILES))
        files = sorted(file for file in names if file.is_file() and file.suffix.lower() in ("", ".txt", ".md", ".mit", ".apache"))
        if package["license_file"]:
            files = sorted({*files, folder / package["license_file"]})
        if not files:
            silent.append(f"{title}, {', '.join(package['authors']) or package['repository'] or 'no author named'}")
        for file in files:
            texts.setdefault(file.read_text(errors="replace").strip(), []).append(title)
    parts = ["Libraries in this program, and the licences that their packages carry.\n"]
    for text, titles in sorted(texts.items(), key=lambda item: item[1]):
        parts.append("=" * 100 + "\n" + "\n".join(titles) + "\n" + "-" * 100 + "\n" + text + "\n")
    if silent:
        parts.append("=" * 100 + "\nPackages that carry no text of their licence; it is the one that they name:\n" + "\n".join(silent) + "\n")
    return "\n".join(parts)


def bom() -> str:
    sums = checksums()
    components = []
    for package in packages():
        key = (package["name"], package["version"])
        if package["name"] == "jam-flow":
            program = {"type": "application", "name": "jam-flow", "version": package["version"], "bom-ref": "jam-flow"}
            continue
        purl = f"pkg:cargo/{key[0]}@{key[1]}"
        component = {"type": "library", "bom-ref": purl, "name": key[0], "version": key[1], "purl": purl}
        if package["license"]:
            # Older packages separate alternatives by a slash, which SPDX does not know.
            component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        if key in sums:
            component["hashes"] = [{"alg": "SHA-256", "content": sums[key]}]
        components.append(component)
    for file in tomllib.loads((PROJECT / "models" / "manifest.toml").read_text())["file"]:
        components.append({
            "type": "machine-learning-model" if file["name"].endswith((".safetensors", ".onnx")) else "data",
            "bom-ref": f"models/{file['name']}",
            "name": f"models/{file['name']}",
            "hashes": [{"alg": "SHA-256", "content": file["sha256"]}],
            "licenses": [{"license": {"name": file["licence"]}}],
        })
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct"))
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"timestamp": datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z"), "component": program},
        "components": components,
    }
    return json.dumps(document, indent=1) + "\n"


def main() -> None:
    what, file = sys.argv[1:] if len(sys.argv) == 3 else ("", "")
    made = {"licences": licences, "bom": bom}.get(what)
    if made is None:
        sys.exit(__doc__)
    Path(file).write_text(made())


if __name__ == "__main__":
    main()
