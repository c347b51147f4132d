# The words of the project, the same for people and for continuous integration. `make help` lists them.

PYTHON ?= python3
VENV := .venv/bin
ARGS ?=
.DEFAULT_GOAL := help
.SILENT:
.PHONY: help setup setup-dev demo run worker test check fix bench bench-matching bench-map bench-frameworks bench-dashboard proofs messages screens wheel locks clean

help: ## List these words
	awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

setup: ## Prepare what running needs (.venv, assets, translations); the other words do it when needed
	$(PYTHON) tools/setup.py run

setup-dev: ## The same, with what testing needs
	$(PYTHON) tools/setup.py dev

demo: setup ## Serve the demonstration: STAGE=empty|launch|running|year-end, RESET=1, PORT=8123
	$(VENV)/reciproque demo $(if $(STAGE),--stage $(STAGE)) $(if $(PORT),--port $(PORT)) $(if $(filter-out 0,$(RESET)),--reset) $(ARGS)

run: setup ## Serve the site on the database of DATABASE_URL; PORT=8123
	$(VENV)/reciproque run $(if $(PORT),--port $(PORT)) $(ARGS)

worker: setup ## Run the worker that sends messages and does what is due
	$(VENV)/reciproque worker $(ARGS)

test: setup-dev ## Run the tests on SQLite, then on PostgreSQL; ARGS= goes to pytest, TEST_ON=sqlite|postgresql runs one
	$(VENV)/python tools/run_tests.py $(ARGS)

check: setup-dev ## Format, lint, types, contracts, templates, migrations, translations, docs; ARGS= names some of them
	$(VENV)/python tools/check.py $(ARGS)

fix: setup-dev ## Put right what can be by itself
	$(VENV)/python tools/check.py --fix $(ARGS)

bench: setup-dev ## Import FILE=posts.csv into a database of its own, suggest for all, print time, memory, requests served
	$(VENV)/reciproque bench network $(FILE) $(ARGS)

DATA ?= ../shared/data
SURVEY := $(DATA)/network_so2019/so2019_offers_requests_dev5000.csv
bench-matching: setup-dev ## Measure all of matching beside the usual ways (DATA=folder of real data; half an hour or more)
	printf '# Text\n' && $(VENV)/reciproque bench text --data $(DATA)
	if [ -f $(SURVEY) ]; then printf '\n# A real network\n' && $(VENV)/reciproque bench network $(SURVEY); fi
	printf '\n# Plans\n' && $(VENV)/reciproque bench plan
	printf '\n# A new post\n' && $(VENV)/reciproque bench post --data $(DATA)
	printf '\n# From the press to the page\n' && $(VENV)/reciproque bench page --data $(DATA)
	printf '\n# Loops\n' && $(VENV)/reciproque bench rings
	printf '\n# A simulated year\n' && $(VENV)/reciproque bench year

bench-dashboard: setup-dev ## Count the figures of 100,000 members over five years, read the steering page (some minutes)
	$(VENV)/reciproque bench dashboard $(ARGS)

proofs: setup-dev ## Prove the figures at length: all of them in plain Python, every list opened, everything told solved (ten minutes)
	PROOFS=1 $(VENV)/pytest -q -p no:randomly tests/insights/test_brute_force.py tests/insights/test_figures_open_their_list.py tests/house/test_disclosure.py $(ARGS)

bench-map: setup-dev ## Measure the map of savoirs at three sizes (DATA=folder of real data; some minutes)
	$(VENV)/reciproque bench map --data $(DATA)

bench-frameworks: setup-dev ## Import ESCO and ROME whole, link free words to their skills (DATA=folder of real data; some minutes)
	$(VENV)/reciproque bench frameworks --data $(DATA)

messages: setup-dev ## Collect the texts of the code into the translation catalogues
	$(VENV)/python tools/messages.py update

screens: setup-dev ## Take the screenshots of docs/screens again
	$(VENV)/reciproque screens $(ARGS)

wheel: setup-dev ## Build the installable package into dist/
	rm -rf dist
	$(VENV)/hatchling build --target wheel

UV_LOCK := $(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(if $(UPGRADE),--upgrade)

locks: setup-dev ## Compute the locks again after a change of pyproject.toml or package.json; UPGRADE=1 takes newer versions
	$(UV_LOCK) pyproject.toml --group dev --group build -o requirements/dev.txt
	$(UV_LOCK) pyproject.toml --constraints requirements/dev.txt -o requirements/run.txt
	$(UV_LOCK) --group pyproject.toml:build --constraints requirements/dev.txt -o requirements/build.txt
	$(UV_LOCK) --group pyproject.toml:setup --constraints requirements/dev.txt -o requirements/uv.txt
	for name in lrs pdf; do $(UV_LOCK) requirements/aside/$$name.in -o requirements/aside/$$name.txt; done
	PATH="$(CURDIR)/$(VENV):$$PATH" npm install --package-lock-only --silent

clean: ## Remove everything that these words made, except the data in var/
	rm -rf .aside
	rm -rf .venv node_modules dist build src/reciproque/web/static/dist
	rm -rf .aside
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	find src tests tools -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
