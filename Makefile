# make demo   sets up, builds, and shows the main job on the bundled plan
# make test   sets up, and runs all tests
# make check  what else CI looks at: format, lints, the library without C, documentation, each feature alone, old Rust
# make api    lists the public interface anew, and fails where it is not what was committed
# make docs   builds the manual into target/book (mdBook)
# make bench  times the kernels
# make bench-peers  times whole commands against other software, in turn (Python, some minutes, 1 GB of data)
# make coverage-proof  compares `check --coverage` and GEOS with what was planted in tilings, TILES=2000 for others (Python)
# make coverage-speed  times both on a million polygons (Python, 1 GB of data)
# make fuzz   mutates inputs, SECONDS (60) for each target; TARGET=csv for one
# make fuzz-guided  the same by libFuzzer, which looks at what inputs reach; a build of its own
# make long   sends ten million rows through `locate`, ROWS=100000000 for others, and measures its memory
# make test-sql  lints and tests the feature `datafusion` (Rust 1.94)
# make sql-check  compares SQL with `locate` on ten million points, ROWS=100000 for others, and times both (release build)
# make cluster-demo  a query over a scheduler and executors on this machine, one of which is ended (feature `ballista`)
# make recipes  the plan in other engines, by examples/recipes, compared with `locate` (Python)
# make dist   builds what is downloaded, into target/dist: for Windows, Linux, Debian (on Debian; installs what it needs)
# make test-windows  the snapshots of the command line with corridor.exe under wine
# make test-dist  runs what `make dist` built where it is to run: an empty root, a bare Debian, wine
# make web      builds packages/web, the library for JavaScript (rustup; wasm-opt by npm where it is there)
# make test-web  tests it in Node.js and headless Chromium: its answers are those of the program
# make tool     makes packages/web/corridor.html, the page that answers questions about files in a browser (Node.js, npm)
# make test-tool  tests it in headless Chromium: what it saves is what the program writes
# make test-python  builds packages/python, the package for Python, in a fresh environment, and compares it with the program
# make test-clients  opens what is written with the programs that people open it with
# make test-web-maps  of these, the pages of examples/web in Chromium
# make pictures  takes the pictures in docs/pictures anew, by Chromium

CARGO ?= cargo
CORRIDOR = $(CARGO) run --release --quiet --

.PHONY: demo test fuzz fuzz-guided long test-sql sql-check cluster-demo recipes clients test-clients test-web-maps pictures web test-web tool test-tool test-python dist test-dist test-windows check format lint light rustdoc features check-rust api docs bench bench-peers coverage-proof coverage-speed tools

demo: tools
	$(CARGO) build --release
	@echo; echo "Which zone holds each of 32 landmarks, and how sure is that?"; echo
	@cut -d, -f1,2,5-7 data/landmarks.csv | $(CORRIDOR) -q locate - -f text \
	  --uncertainty-field position_accuracy_m \
	  --columns position,zone,cluster,nearest_zone,distance_to_boundary_m,certainty
	@echo; echo "How large is each zone, and how far is that from the published figure?"; echo
	@$(CORRIDOR) areas

test: tools
	$(CARGO) test

# Needs nothing but stable Rust.
fuzz: tools
	FUZZ_SECONDS=$(or $(SECONDS),60) FUZZ_TARGET=$(TARGET) \
	  $(CARGO) test --test fuzz -- --ignored --nocapture mutations

# Stable Rust will do: the passes of LLVM that libFuzzer needs can be asked for by name.
GUIDED = target/guided
HOST = $(shell rustc -vV | sed -n 's/host: //p')
SANCOV = -Cpasses=sancov-module $(addprefix -Cllvm-args=-sanitizer-coverage-,level=4 inline-8bit-counters pc-table trace-compares)

fuzz-guided: tools
	$(CARGO) test --test fuzz -- --ignored seeds_are_written
	RUSTFLAGS="--cfg fuzzing $(SANCOV)" $(CARGO) build --release \
	  --manifest-path tests/fuzz/guided/Cargo.toml --target $(HOST) --target-dir $(GUIDED)
	for target in $(or $(TARGET),$$(ls target/fuzz/corpus)); do \
	  echo "$$target"; FUZZ_TARGET=$$target $(GUIDED)/$(HOST)/release/guided target/fuzz/corpus/$$target \
	    -max_total_time=$(or $(SECONDS),60) -timeout=60 -rss_limit_mb=2048 -print_final_stats=1 \
	    -artifact_prefix=target/fuzz/$$target- > target/fuzz/$$target.log 2>&1 \
	    || { tail -30 target/fuzz/$$target.log; exit 1; }; \
	  grep number_of_executed target/fuzz/$$target.log; done

# The rows are made as they are read: nothing is on the disk.
long: tools
	$(CARGO) build --release
	CORRIDOR=$(CURDIR)/target/release/corridor ROWS=$(ROWS) \
	  $(CARGO) test --test memory -- --ignored --nocapture

# An engine takes long to build: lints look on while the tests are built, instead of in a build of their own.
test-sql: tools
	RUSTC_WORKSPACE_WRAPPER=$$(command -v clippy-driver) CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__ \
	  $(CARGO) test --features datafusion --test sql --test dependencies --test reference

sql-check: tools
	$(CARGO) build --release --features datafusion
	benches/sql.sh target/release/corridor target/sql $(or $(ROWS),10000000)

cluster-demo: tools
	$(CARGO) run --features ballista --example ballista_locate

RECIPES = target/recipes

recipes: tools
	[ -d $(RECIPES)/venv ] || python3 -m venv $(RECIPES)/venv
	$(RECIPES)/venv/bin/pip install --quiet -r examples/recipes/requirements.txt
	$(if $(PROGRAM),,$(CARGO) build)
	$(RECIPES)/venv/bin/python examples/recipes/check.py $(or $(PROGRAM),target/debug/corridor) $(RECIPES)

# What the clients need goes into folders under target, and what Debian has of it is installed where apt-get may.
# PROGRAM=target/release/corridor tests one that is built already.
CLIENTS = target/clients
CHROMIUM ?= $(shell command -v chromium || echo chromium)

clients: $(CLIENTS)/installed

$(CLIENTS)/installed: tests/clients/package.json tests/clients/exports.requirements.txt tests/clients/exports.sh
	@{ command -v node && command -v npm; } >/dev/null || { echo "Node.js 20 or newer and npm are needed"; exit 1; }
	@command -v $(CHROMIUM) >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } \
	  || { echo "Chromium is needed: CHROMIUM=/path/to/chromium make test-clients"; exit 1; }
	mkdir -p $(CLIENTS) && cp tests/clients/package.json $(CLIENTS)/
	npm install --prefix $(CLIENTS) --no-audit --no-fund --loglevel=error
	tests/clients/exports.sh --install
	@touch $@

test-clients: tools clients
	$(if $(PROGRAM),,$(CARGO) build)
	CHROMIUM=$(CHROMIUM) node tests/clients/page.mjs $(or $(PROGRAM),target/debug/corridor) $(CLIENTS)
	CHROMIUM=$(CHROMIUM) node tests/clients/web_maps.mjs $(or $(PROGRAM),target/debug/corridor) $(CLIENTS)
	CORRIDOR=$(or $(PROGRAM),target/debug/corridor) tests/clients/exports.sh

test-web-maps: tools clients
	$(if $(PROGRAM),,$(CARGO) build)
	CHROMIUM=$(CHROMIUM) node tests/clients/web_maps.mjs $(or $(PROGRAM),target/debug/corridor) $(CLIENTS)

pictures: tools clients
	$(if $(PROGRAM),,$(CARGO) build)
	CHROMIUM=$(CHROMIUM) node tests/clients/pictures.mjs $(or $(PROGRAM),target/debug/corridor) $(CLIENTS)

# The library for JavaScript. wasm-opt, a program of the package binaryen, makes it smaller; what else the tests need
# comes with it.
WEB = target/web
WASM = wasm32-unknown-unknown
WASM_OPT = $(WEB)/node_modules/.bin/wasm-opt
# The module does not say in which folders it was built.
WASM_FLAGS = $(foreach folder,$(wildcard $(or $(CARGO_HOME),$(HOME)/.cargo)/registry/src/*) \
  $(shell rustc --print sysroot)/lib/rustlib/src/rust $(CURDIR),--remap-path-prefix=$(folder)/=)

web:
	rustup target add $(WASM)
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$(WASM_FLAGS)" \
	  $(CARGO) build --release --manifest-path packages/web/Cargo.toml --target $(WASM) --target-dir $(WEB)/build
	mkdir -p $(WEB) && cp packages/web/package.json $(WEB)/
	[ -x $(WASM_OPT) ] || npm install --prefix $(WEB) --no-audit --no-fund --loglevel=error \
	  || echo "wasm-opt cannot be installed here: the module is larger"
	if [ -x $(WASM_OPT) ]; then \
	  $(WASM_OPT) -O3 --enable-bulk-memory --enable-bulk-memory-opt --enable-nontrapping-float-to-int --enable-sign-ext \
	    --enable-mutable-globals --enable-multivalue --enable-reference-types --strip-debug --strip-producers \
	    --strip-target-features $(WEB)/build/$(WASM)/release/corridor.wasm -o packages/web/corridor.wasm; \
	else cp $(WEB)/build/$(WASM)/release/corridor.wasm packages/web/corridor.wasm; fi
	ls -l packages/web/corridor.wasm

# The program, the seeds of tests/fuzz, Node.js and Chromium.
test-web: tools web
	@command -v $(CHROMIUM) >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } \
	  || { echo "Chromium is needed: CHROMIUM=/path/to/chromium make test-web"; exit 1; }
	$(if $(PROGRAM),,$(CARGO) build)
	$(CARGO) test --test fuzz -- --ignored seeds_are_written
	rm -rf $(WEB)/corpus && cp -r target/fuzz/corpus $(WEB)/corpus
	$(CARGO) clippy --release --manifest-path packages/web/Cargo.toml --target $(WASM) --target-dir $(WEB)/build -- -D warnings
	$(CARGO) test --manifest-path packages/web/Cargo.toml --target-dir $(WEB)/build -p corridor-front-end -p taizhou-corridor-web
	node packages/web/test/web.mjs $(or $(PROGRAM),target/debug/corridor) $(WEB)
	node packages/web/test/pack.mjs $(WEB)
	CHROMIUM=$(CHROMIUM) node packages/web/test/browser.mjs $(WEB)

# esbuild makes one script of the page's modules.
tool: web
	[ -x $(WEB)/node_modules/.bin/esbuild ] && [ -d $(WEB)/node_modules/@gfx ] || npm install --prefix $(WEB) --no-audit --no-fund --loglevel=error
	node packages/web/tool/build.mjs packages/web/corridor.html $(WEB)

# MORE=FOLDER compares what is in there, too.
test-tool: tools
	@[ -f packages/web/corridor.html ] || { echo "make tool makes the page"; exit 1; }
	@command -v $(CHROMIUM) >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } \
	  || { echo "Chromium is needed: CHROMIUM=/path/to/chromium make test-tool"; exit 1; }
	$(if $(PROGRAM),,$(CARGO) build)
	$(WEB)/node_modules/.bin/tsc -p packages/web/tool/tsconfig.json
	CHROMIUM=$(CHROMIUM) node packages/web/test/tool.mjs $(or $(PROGRAM),target/debug/corridor) $(WEB) $(MORE)

# The package for Python, installed as anybody would: from its folder, with Rust alone. PYTHON=python3.10 for another one.
PYTHON_ENV = target/python-env
PYTHON_BUILD = $(CURDIR)/target/python

test-python: tools
	$(if $(PROGRAM),,$(CARGO) build)
	$(CARGO) fmt --check --manifest-path packages/python/Cargo.toml
	$(or $(PYTHON),python3) -m venv --clear $(PYTHON_ENV)
	CARGO_TARGET_DIR=$(PYTHON_BUILD) $(PYTHON_ENV)/bin/pip install --quiet "./packages/python[test]"
	$(PYTHON_ENV)/bin/pip install --quiet sedonadb datafusion || echo "SedonaDB and DataFusion are not tested"
	CORRIDOR=$(abspath $(or $(PROGRAM),target/debug/corridor)) $(PYTHON_ENV)/bin/python -m pytest -q packages/python
	$(PYTHON_ENV)/bin/python packages/python/tests/speed.py

check: format lint light rustdoc features check-rust

format: tools
	$(CARGO) fmt --check
	$(CARGO) fmt --check --manifest-path packages/web/Cargo.toml
	$(CARGO) fmt --check --manifest-path packages/front_end/Cargo.toml

lint: tools
	$(CARGO) clippy --all-targets -- -D warnings

# The library that needs no C, and as it is built for JavaScript.
light: tools
	$(CARGO) test --no-default-features --features cli --lib
	if rustup target add $(WASM); then \
	  $(CARGO) clippy --target $(WASM) --no-default-features --features flatgeobuf,tiles -- -D warnings; \
	else echo "There is no Rust for $(WASM) here: left out."; fi

rustdoc: tools
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps

# Each feature alone, and none.
features: tools
	$(CARGO) clippy --no-default-features -- -D warnings
	for feature in cli flatgeobuf geopackage parquet pdf png proj threads tiles; do \
	  $(CARGO) clippy --no-default-features --features $$feature -- -D warnings || exit 1; \
	done

# The oldest Rust that is promised, where it is installed: rustup toolchain install 1.88 1.94. Without PROJ, whose C++
# does not depend on it.
check-rust: tools
	@rustup run 1.88 rustc --version || { echo "Rust 1.88 is not installed: left out"; exit 0; }; \
	  CARGO_TARGET_DIR=target/rust-1.88 rustup run 1.88 cargo check --locked --no-default-features --features $(OLD_FEATURES)
	@rustup run 1.94 rustc --version || { echo "Rust 1.94 is not installed: left out"; exit 0; }; \
	  CARGO_TARGET_DIR=target/rust-1.94 rustup run 1.94 cargo check --locked --no-default-features --features $(OLD_FEATURES),ballista

OLD_FEATURES = cli,flatgeobuf,geopackage,parquet,pdf,png,threads,tiles

# Needs cargo-public-api 0.52: cargo install --locked cargo-public-api@0.52
API = tests/api/public-api.txt

api: tools
	RUSTDOC=$(CURDIR)/.cargo/rustdoc-json $(CARGO) rustdoc --quiet --lib -- -Z unstable-options --output-format json
	cp $(API) target/public-api.old
	$(CARGO) public-api -ss --rustdoc-json target/doc/taizhou_corridor.json > target/public-api.new
	cp target/public-api.new $(API)
	diff -u target/public-api.old $(API)

# Needs mdBook 0.5: cargo install --locked mdbook
docs:
	mdbook build docs/en
	mdbook build docs/zh

# What is downloaded; see packages/dist.
WINE = target/wine

dist:
	packages/dist/dist.sh

# Builds corridor.exe anew where sources have changed.
test-windows: tools
	packages/dist/tools.sh windows
	packages/dist/wine/setup.sh $(WINE) $$(packages/dist/build.sh windows)
	$(CARGO) test --no-run --test cli
	python3 packages/dist/test-windows.py $(WINE)

test-dist: tools
	$(if $(PROGRAM),,$(CARGO) build --release)
	packages/dist/test-dist.sh $(or $(PROGRAM),target/release/corridor)

bench: tools
	$(CARGO) bench

# SCALE=0.1 makes a tenth of the data.
PEERS = target/peers
SCALE ?= 1
ROUNDS ?= 3

bench-peers: tools
	[ -d $(PEERS)/venv ] || python3 -m venv $(PEERS)/venv
	$(PEERS)/venv/bin/pip install --quiet -r benches/peers/requirements.txt
	[ -d $(PEERS)/data-$(SCALE) ] || $(PEERS)/venv/bin/python benches/peers/data.py $(PEERS)/data-$(SCALE) $(SCALE)
	$(CARGO) build --release
	$(PEERS)/venv/bin/python benches/peers/run.py target/release/corridor $(PEERS)/data-$(SCALE) $(ROUNDS)

COVERAGE = target/coverage
TILES ?= 100000

$(COVERAGE)/venv/installed: benches/coverage/requirements.txt
	[ -d $(COVERAGE)/venv ] || python3 -m venv $(COVERAGE)/venv
	$(COVERAGE)/venv/bin/pip install --quiet -r benches/coverage/requirements.txt
	@touch $@

coverage-proof: tools $(COVERAGE)/venv/installed
	$(if $(PROGRAM),,$(CARGO) build --release)
	for system in EPSG:4549 EPSG:4490; do for format in gpkg fgb parquet; do \
	  $(COVERAGE)/venv/bin/python benches/coverage/proof.py $(or $(PROGRAM),target/release/corridor) $(COVERAGE) $(TILES) $$system $$format \
	    || exit 1; \
	done; done
	$(COVERAGE)/venv/bin/python benches/coverage/arrangements.py $(or $(PROGRAM),target/release/corridor) $(COVERAGE) $(TILES)

coverage-speed: tools $(COVERAGE)/venv/installed
	$(if $(PROGRAM),,$(CARGO) build --release)
	$(COVERAGE)/venv/bin/python benches/coverage/speed.py $(or $(PROGRAM),target/release/corridor) $(COVERAGE) 1000000 $(ROUNDS)

# PROJ's build needs cmake, a C++ compiler, make and sqlite3: what is missing is installed, or named.
tools:
	@command -v $(CARGO) >/dev/null || { echo "Rust is needed: https://rustup.rs"; exit 1; }
	@.cargo/cmake --version >/dev/null
