# Everything a person does here; CI calls the same targets. Each recipe also works typed by hand (Windows: .venv\Scripts instead of .venv/bin).
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE # else every kernel and worker compiles pandas and plotly anew
.PHONY: help setup dashboards lab test check unit notebooks browser fuzz office slow spark bench docs lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## /\1\t/' | expand -t 14

setup: $(READY) ## make .venv and install what is locked

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip install --quiet --python .venv --require-hashes -r requirements.lock && $(BIN)/uv pip install --quiet --python .venv --no-deps -e . && touch $@

dashboards: $(READY) ## start the dashboards on this computer and print the address
	$(BIN)/pumpurs dashboards --example

lab: $(READY) ## open the notebooks in JupyterLab
	$(BIN)/pumpurs lab

test: check unit notebooks browser ## prove the product: everything below, a real browser included

check: $(READY) ## style, types, layers, clean notebooks, unused dependencies (seconds)
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/deptry .
	$(BIN)/nbstripout --verify --keep-count notebooks/*.ipynb dashboards/*.ipynb

unit: $(READY) ## tests and examples in docstrings
	$(BIN)/python -m pytest -n 2 -m "not browser and not office and not slow and not spark" --durations=10

notebooks: $(READY) ## run every notebook; dashboards are opened by make browser
	$(BIN)/python -m pytest -n 2 --dist loadfile --nbval-lax --nbval-cell-timeout=120 -o addopts="" -o filterwarnings=default notebooks

browser: $(READY) ## the dashboards in Chromium
	$(BIN)/python tests/browser/chromium.py && $(BIN)/python -m pytest -n 2 --dist loadfile -m "browser and not slow" --durations=10 tests/browser

slow: $(READY) ## what make test leaves out for time: the owner's pages at every width, large files, pages of the whole programme
	$(BIN)/python -m pytest -m slow tests
	PUMPURS_PLANS=63000 $(BIN)/python -m pytest -m browser tests/browser/test_record_pages.py tests/browser/test_downloads.py

fuzz: $(READY) ## every property with twenty times as many examples, new ones each time (half an hour)
	PUMPURS_FUZZ=20 $(BIN)/python -m pytest -n 2 -m "hypothesis or fuzz" tests

office: $(READY) ## workbooks saved again by LibreOffice read the same (needs soffice)
	$(BIN)/python -m pytest -m office tests

spark: $(READY) ## the facts by PySpark in local mode equal those by duckdb (needs Java: apt-get install default-jre-headless)
	test -d build/spark/pyspark || $(BIN)/uv pip install --quiet --python .venv --target build/spark "pyspark==4.3.0"
	PYTHONPATH=build/spark $(BIN)/python -m pytest -m spark tests/test_facts_on_spark.py

bench: $(READY) build/peers/dash ## speed and memory beside pandas, polars, calamine; pages beside Dash, Panel, Streamlit: ratios of one run
	$(BIN)/python tests/browser/chromium.py
	for each in tests/benchmarks/*.py; do $(BIN)/python $$each || exit 1; done

build/peers/dash: $(READY)
	$(BIN)/uv pip install --quiet --python .venv --target build/peers "dash[ag-grid]==4.4.1" "gunicorn==27.0.1" "orjson==3.13.0" "pandas==3.1.1" "panel==1.9.4" "plotly==7.1.0" "streamlit==1.67.0"

docs: $(READY) ## write the generated pages anew
	$(BIN)/python -m pumpurs_analysis.docs

lock: $(READY) ## choose newer versions and write them down
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --upgrade -q -o requirements.lock

clean: ## remove what can be made again
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
