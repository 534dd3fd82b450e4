"""Lets a recipe script's own argparse judge arguments, without the packages that the script imports.

    arguments.py SCRIPT < LISTS

LISTS is JSON: a list of argument lists, all of which are tried. Whatever is neither the standard library's nor the recipe's is replaced by
a stand-in that survives being imported, called, subclassed and calculated with. The script itself does no work. Exits with 0 if it takes
all of the lists, with 2 and argparse's message if not.
"""

import argparse
import importlib.abc
import importlib.machinery
import json
import runpy
import sys
from pathlib import Path

RECIPE = Path(__file__).resolve().parents[1]
OWN = {path.stem for path in RECIPE.rglob("*.py")}


class Anything:
    """A stand-in for every object of a missing package."""

    def __init__(self, *_args, **_kwargs):
        self.__path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __call__(self, *_args, **_kwargs):
        return Anything()

    def __mro_entries__(self, _bases):
        return ()

    def __iter__(self):
        return iter(())

    def __getitem__(self, _key):
        return Anything()

    def __float__(self):
        return 1.0

    def __index__(self):
        return 1


def _calculates(*_args):
    return Anything()


for _name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split():
    setattr(Anything, f"__{_name}__", _calculates)
    setattr(Anything, f"__r{_name}__", _calculates)
for _name in "neg pos abs invert lt le gt ge".split():
    setattr(Anything, f"__{_name}__", _calculates)


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module that is missing on purpose."""

    def find_spec(self, name, _path=None, _target=None):
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in OWN:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, _spec):
        return Anything()

    def exec_module(self, _module):
        pass


class Taken(BaseException):
    """Argparse took the arguments."""


def main():
    script, lists = sys.argv[1], json.load(sys.stdin)
    parse = argparse.ArgumentParser.parse_args

    def parse_and_stop(parser, *args, **kwargs):
        parse(parser, *args, **kwargs)
        raise Taken

    argparse.ArgumentParser.parse_args = parse_and_stop
    sys.meta_path.insert(0, StandIns())
    sys.path.insert(0, str(Path(script).resolve().parent))
    for arguments in lists:
        sys.argv = [script, *arguments]
        try:
            runpy.run_path(script, run_name="__main__")
        except Taken:
            continue
        sys.exit("the script ended without looking at its arguments")


if __name__ == "__main__":
    main()
