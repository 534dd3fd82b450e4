"""Keeps models/manifest.toml: one [[file]] table for each file, sorted by name.

    manifest.py MODELS FILE… --licence TEXT --origin TEXT    records files whose script writes no entry itself
"""
import argparse
import fcntl
import hashlib
import json
import os
import tomllib

HEAD = "# Every file of this folder that a program reads: size, checksum, licence and origin. Written by recipe/manifest.py.\n"


def record(models, name, **fields):
    """Records `name` with its size, checksum and `fields` (licence, origin, evaluation), replacing an earlier entry."""
    path = os.path.join(models, "manifest.toml")
    with open(os.path.join(models, name), "rb") as file:
        data = file.read()
    with open(path, "a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        entries = {entry["name"]: entry for entry in tomllib.loads(file.read()).get("file", [])}
        entries[name] = {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), **fields}
        text = HEAD
        for entry in sorted(entries.values(), key=lambda entry: entry["name"]):
            text += "\n[[file]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in entry.items())
        file.truncate(0)
        file.write(text)


def _value(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(str(value), ensure_ascii=False)  # a JSON string is a TOML string


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models")
    parser.add_argument("names", nargs="+", metavar="FILE")
    parser.add_argument("--licence", required=True)
    parser.add_argument("--origin", required=True)
    arguments = parser.parse_args()
    for name in arguments.names:
        record(arguments.models, name, licence=arguments.licence, origin=arguments.origin)


if __name__ == "__main__":
    main()
