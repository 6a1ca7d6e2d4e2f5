# make demo   sets up, builds, and shows the main job on the bundled plan
# make test   sets up, and runs all tests
# make check  what else CI looks at: format, lints, documentation
# make bench  times the kernels
# make test-clients  opens what is written with the programs that people open it with

CARGO ?= cargo
CORRIDOR = $(CARGO) run --release --quiet --

.PHONY: demo test check bench test-clients tools

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

check: tools
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	$(CARGO) clippy --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps

bench: tools
	$(CARGO) bench

test-clients: tools
	tests/clients/exports.sh

# PROJ's build needs cmake, a C++ compiler, make and sqlite3: what is missing is installed, or named.
tools:
	@command -v $(CARGO) >/dev/null || { echo "Rust is needed: https://rustup.rs"; exit 1; }
	@.cargo/cmake --version >/dev/null
