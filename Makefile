# make demo   the sample reports, read and shown          make check   everything that must hold before a change lands
# make test   the tests                                   make lint    ruff and mypy
# make bench  speed and quality against the floors        make lock    the lock files, from pyproject.toml (needs uv)

PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
BIN := $(VENV)/bin
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate --no-config --quiet

# One thread for each process: the processes are the parallelism.
export OMP_NUM_THREADS := 1

# Files of tests side by side, one for each core.
PARALLEL := -n auto --dist loadfile

.PHONY: demo test lint format bench check lock clean

demo: $(READY)
	$(BIN)/tadmor demo

test: $(READY)
	$(BIN)/python -m pytest $(PARALLEL)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)
	$(BIN)/python -m bench

check: lint test bench

lock:
	$(LOCK) --upgrade -o requirements/runtime.lock
	$(LOCK) --upgrade --group dev -o requirements/dev.lock
	$(LOCK) --extra spark -c requirements/dev.lock -o requirements/spark.lock

clean:
	rm -rf $(VENV) demo dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(READY): pyproject.toml requirements/dev.lock tools/setup.py
	$(PYTHON) tools/setup.py $(VENV) requirements/dev.lock
	@touch $@
