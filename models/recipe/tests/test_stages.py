"""The runner, and what stages.toml says, against the scripts themselves. No package is needed, PyTorch least of all."""

import contextlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RECIPE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(RECIPE))
import stages  # noqa: E402

WRITER = """
import sys
from pathlib import Path
out, *words = sys.argv[1:]
with open(Path(sys.argv[0]).parent / "calls.txt", "a") as calls:
    calls.write(" ".join(words) + "\\n")
if "fail" in words:
    sys.exit(3)
if "nothing" not in words:
    Path(out).write_text(" ".join(words))
"""


class Shipped(unittest.TestCase):
    """stages.toml itself."""

    def setUp(self):
        self.recipe = stages.load()

    def runs(self):
        return [stages.Run(self.recipe, Path("/work-folder"), smoke) for smoke in (False, True)]

    def test_every_script_exists(self):
        for stage in self.recipe.stages.values():
            self.assertTrue((RECIPE / stage.script).is_file(), f"{stage.name}: {stage.script}")

    def try_arguments(self, script, lists):
        command = [sys.executable, str(RECIPE / "tests" / "arguments.py"), str(RECIPE / script)]
        return subprocess.run(command, input=json.dumps(lists), capture_output=True, text=True, check=False)

    def test_every_script_takes_its_arguments(self):
        lists = {}
        for run in self.runs():
            for stage in self.recipe.stages.values():
                lists.setdefault(stage.script, []).append(run.arguments(stage))
        for script, tried in lists.items():
            with self.subTest(script):
                done = self.try_arguments(script, tried)
                self.assertEqual(done.returncode, 0, done.stderr[-800:])

    def test_an_argument_that_a_script_does_not_know_is_refused(self):
        run, stage = self.runs()[0], self.recipe.stages["train"]
        done = self.try_arguments(stage.script, [run.arguments(stage), [*run.arguments(stage), "--no-such-option"]])
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("--no-such-option", done.stderr)

    def test_what_a_stage_reads_is_written_before_it(self):
        seen = set()
        for stage in self.recipe.stages.values():
            self.assertLessEqual(set(self.recipe.needs(stage)), seen, stage.name)
            seen.add(stage.name)

    def test_no_two_stages_write_the_same_output(self):
        outputs = [stage.output for stage in self.recipe.stages.values()]
        self.assertEqual(len(outputs), len(set(outputs)))

    def test_no_value_is_described_in_vain(self):
        for stage in self.recipe.stages.values():
            self.assertLessEqual(stage.values.keys() | stage.smoke.keys(), stage.names(), stage.name)
            self.assertLessEqual(stage.smoke.keys(), stage.values.keys(), stage.name)

    def test_every_environment_is_of_groups_with_pinned_data(self):
        for environment in self.recipe.environments.values():
            for group in environment["groups"]:
                self.assertTrue(stages.requirements(group))
            for group in environment.get("data", []):
                self.assertTrue(all("==" in package for package in stages.requirements(group)), group)

    def test_every_trained_file_of_the_product_has_a_stage(self):
        """What the manifest lists as made by a script of the recipe is the output of a stage, or recorded by the last one."""
        manifest = (RECIPE.parent / "manifest.toml").read_text(encoding="utf-8")
        names = [line.split('"')[1] for line in manifest.splitlines() if line.startswith("name = ")]
        made = {Path(stage.output).name for stage in self.recipe.stages.values()} | set(self.recipe.stages["manifest"].arguments)
        # The three face networks come from one stage.
        made |= {"face_detector.onnx", "selfie_segmentation.onnx"}
        self.assertLessEqual(set(names), made)


class Runner(unittest.TestCase):
    """The runner on stages of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "writer.py").write_text(WRITER)

    def recipe(self, *tables, head=""):
        text = head + "[environment]\nplain = { groups = [] }\n"
        for table in tables:
            text += '[[stage]]\nsummary = ""\nenvironment = "plain"\n' + "".join(f"{key} = {value}\n" for key, value in table.items())
        file = self.folder / "stages.toml"
        file.write_text(text)
        return stages.load(file)

    def stage(self, name, *words, **more):
        # An absolute path replaces the recipe's folder.
        return {"name": json.dumps(name), "script": json.dumps(str(self.folder / "writer.py")), "output": json.dumps(f"{name}.txt"),
                "arguments": json.dumps(["{out}", *words]), **more}

    def run_all(self, recipe, *wanted, smoke=False):
        with contextlib.redirect_stdout(io.StringIO()):
            stages.Run(recipe, self.folder / "work", smoke, Path(sys.executable)).run(list(wanted))

    def calls(self):
        file = self.folder / "calls.txt"
        return file.read_text().splitlines() if file.exists() else []

    def test_stages_run_in_the_order_of_their_needs_and_once(self):
        recipe = self.recipe(self.stage("last", "last", "{first}"), self.stage("first", "first"))
        self.run_all(recipe)
        self.assertEqual([call.split()[0] for call in self.calls()], ["first", "last"])
        self.run_all(recipe)
        self.assertEqual(len(self.calls()), 2)

    def test_a_named_stage_brings_what_it_needs_and_no_more(self):
        recipe = self.recipe(self.stage("a", "a"), self.stage("b", "b", "{a}"), self.stage("c", "c", "{b}"))
        self.run_all(recipe, "b")
        self.assertEqual([call.split()[0] for call in self.calls()], ["a", "b"])

    def test_after_a_failure_the_run_goes_on_with_the_stage_that_failed(self):
        broken = self.recipe(self.stage("a", "a"), self.stage("b", "{word}", "{a}", values='{ word = "fail" }', smoke='{ word = "fine" }'))
        with self.assertRaisesRegex(stages.StageError, "b stopped with exit code 3"):
            self.run_all(broken)
        (self.folder / "work" / "stages" / "b.json").unlink()
        self.run_all(broken, smoke=True)
        self.assertEqual([call.split()[0] for call in self.calls()], ["a", "fail", "fine"])

    def test_a_stage_that_writes_nothing_is_not_finished(self):
        recipe = self.recipe(self.stage("a", "nothing"))
        with self.assertRaisesRegex(stages.StageError, "without writing"):
            self.run_all(recipe)
        self.assertFalse(json.loads((self.folder / "work" / "stages" / "a.json").read_text())["finished"])

    def test_other_arguments_are_refused_and_named(self):
        self.run_all(self.recipe(self.stage("a", "{n}", values='{ n = "1" }'), self.stage("b", "{a}")))
        changed = self.recipe(self.stage("a", "{n}", values='{ n = "2" }'), self.stage("b", "{a}"))
        with self.assertRaisesRegex(stages.StageError, "a was begun with other arguments"):
            self.run_all(changed)
        # What comes after it is stale as well.
        with self.assertRaisesRegex(stages.StageError, "b was begun with other arguments"):
            stages.Run(changed, self.folder / "work").is_finished(changed.stages["b"])

    def test_the_number_of_threads_is_no_other_argument(self):
        tables = [self.stage("a", "{threads}")]
        self.run_all(self.recipe(*tables, head='[settings]\nthreads = "1"\n'))
        self.run_all(self.recipe(*tables, head='[settings]\nthreads = "8"\n'))
        self.assertEqual(self.calls(), ["1"])

    def test_a_deleted_output_is_made_again(self):
        recipe = self.recipe(self.stage("a", "a"))
        self.run_all(recipe)
        (self.folder / "work" / "a.txt").unlink()
        self.run_all(recipe)
        self.assertEqual(self.calls(), ["a", "a"])

    def test_circles_unknown_names_and_twins_are_refused(self):
        for wrong, tables in (
            ("wait for one another", [self.stage("a", "{b}"), self.stage("b", "{a}")]),
            ("needs nobody", [self.stage("a", "{nobody}")]),
            ("same name", [self.stage("a"), self.stage("a")]),
            ("unexpected keyword", [self.stage("a", colour='"red"')]),
        ):
            with self.subTest(wrong), self.assertRaisesRegex(stages.StageError, wrong):
                self.recipe(*tables)

    def test_an_unknown_stage_or_group_is_one_line(self):
        for arguments in (["requirements", "nothing"], ["run", "--work", str(self.folder), "nothing"]):
            errors = io.StringIO()
            with contextlib.redirect_stderr(errors):
                self.assertEqual(stages.main(arguments), 1)
            self.assertRegex(errors.getvalue(), r"^error: there is no .* nothing; there are .*\n$")


if __name__ == "__main__":
    unittest.main()
