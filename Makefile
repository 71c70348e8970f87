# make report | test | lab | accept | audit | lock; each sets up .venv first, once.
PYTHON := $(firstword $(foreach p,python3.11 python3.12 python3.13 python3.14 python3,$(shell command -v $(p) 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: report test lab accept audit setup lock format

# The plan of the night: every report, for the county and each district; unchanged ones are kept.
report: $(READY)
	@$(BIN)/kentlib run params/nightly.yaml

test: $(READY)
	@sh .ci/browser
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lab: $(READY)
	$(BIN)/jupyter lab --notebook-dir=notebooks

# Renews the notebooks' stored outputs, the baseline that the tests compare with.
accept: $(READY)
	@$(BIN)/kentlib accept

# Asks whether a locked package has a known vulnerability; 1 if a later version mends it.
audit: $(READY)
	@$(BIN)/python .ci/audit requirements.lock

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m kentlib.review.git_diff configure
	@touch $@

# The one command that makes requirements.lock: every platform, every hash, no index address.
lock:
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --upgrade \
	  --custom-compile-command "make lock" --output-file requirements.lock

format: $(READY)
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .
