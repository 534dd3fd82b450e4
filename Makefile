# Two commands are enough: `make run` and `make test`. Both install what is missing on Debian 12 or Ubuntu first.

SHELL := bash
CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR

# Arguments for the program, such as: make run ARGS='speak --text "Hello there." --output hello.mp4'
ARGS ?=

.PHONY: run test setup setup-test build fmt-check clippy unit-tests doc deny advisories recipe openai-client weights screenshots bench package package-check soak

## Build and start: the window, or without a display a film of the default portrait in demo.mp4
run: build
	"$(CARGO_TARGET_DIR)/release/jam-flow" $(ARGS)

## Every check that a change has to pass; .ci/run calls this and nothing else
test: export JAM_FLOW_TEST_CLIENTS := required
test: setup-test fmt-check clippy unit-tests doc deny recipe openai-client package-check

## Install the system packages that are missing and check the Rust toolchain
setup:
	.ci/setup run

setup-test:
	.ci/setup test

build: setup
	cargo build --release --locked --workspace --bins

fmt-check: setup-test
	cargo fmt --all --check

clippy: setup-test
	cargo clippy --release --locked --workspace --all-targets -- -D warnings

# Runs the doc tests too. Mesa need not ask Wayland which card it likes best: it complains where there is none.
# Property tests try the same cases each time; another seed tries others.
unit-tests: setup-test
	PROPTEST_RNG_SEED=$${PROPTEST_RNG_SEED:-1} NODEVICE_SELECT=1 cargo test --release --locked --workspace

# In release as well: it shares the checked dependencies with clippy, so the tree is checked once.
doc: setup-test
	RUSTDOCFLAGS="-D warnings" cargo doc --release --locked --workspace --no-deps

# Advisories are left out: their database is not in a package registry.
deny: setup-test
	PATH="$(CURDIR)/.venv/bin:$$PATH" cargo deny --locked check --hide-inclusion-graph bans licenses sources

## Known holes in the dependencies, by RustSec's database, which is fetched from GitHub: before a release
advisories: setup-test
	PATH="$(CURDIR)/.venv/bin:$$PATH" cargo deny --locked check --hide-inclusion-graph advisories

# The training recipe, as far as it can be checked without PyTorch: lint, the runner, and that stages.toml fits the scripts.
recipe: setup-test
	.venv/bin/ruff check --config models/recipe/pyproject.toml models/recipe app/tests/clients
	python3 -m unittest discover --quiet --start-directory models/recipe/tests

# The official OpenAI client against the server that the Rust tests have built; skipped with a line where there is none.
openai-client: setup-test
	.venv/bin/python -m unittest discover --start-directory app/tests/clients

# Where `make weights` keeps everything that it makes, and what it hands to the runner, such as: make weights ARGS='--python v/bin/python train'
WORK ?= $(CURDIR)/$(if $(SMOKE),target/weights-smoke,weights)

## Make the weights again, stage by stage (models/recipe/stages.toml); goes on where it stopped. SMOKE=1 runs every stage for seconds
weights: setup
	python3 models/recipe/stages.py run --work "$(WORK)" $(if $(SMOKE),--smoke) $(ARGS)

## Make the README's pictures again: every page of the window, and the cast speaking
screenshots: setup
	.ci/screenshots

# How long `make soak` works; the figures are for hours.
MINUTES ?= 10

## Speak, listen and export for MINUTES in one process, and fail if memory, files, threads or drift grow
soak: build
	cargo build --release --locked --workspace --example soak
	NODEVICE_SELECT=1 "$(CARGO_TARGET_DIR)/release/examples/soak" $(MINUTES)

## Time the parts in isolation: speech, a frame, the decoder; ARGS=frame for one of them
bench: setup
	NODEVICE_SELECT=1 cargo bench --locked --workspace --bench stages -- $(ARGS)

## Pack the program for Linux into target/package: .deb, portable .tar.gz, bill of materials. Built with the profile `dist`, which takes long
package: setup
	JAM_FLOW_PACKAGED=1 RUSTFLAGS="--remap-path-prefix=$(CURDIR)=/build --remap-path-prefix=$${CARGO_HOME:-$$HOME/.cargo}=/cargo" \
		cargo build --profile dist --locked --workspace --bins --target-dir "$(CARGO_TARGET_DIR)/packaged"
	packaging/package "$(CARGO_TARGET_DIR)/packaged/dist/jam-flow" "$(CARGO_TARGET_DIR)/package"

# Packs what `unit-tests` has built, twice, and tries the package as if it were installed.
package-check: unit-tests
	packaging/check "$(CARGO_TARGET_DIR)/release/jam-flow" "$(CARGO_TARGET_DIR)/package-check"
