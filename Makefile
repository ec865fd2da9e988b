# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Every target sets itself up in .venv, inside this checkout. Nothing else is written but package caches.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
export ANSIBLE_HOME := $(CURDIR)/.cache/ansible
# Tools start one another by name. What ansible-doc finds below a hidden directory it leaves out, so nox has its own.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export TMPDIR := $(CURDIR)/.cache/tmp
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(VENV)/collections

.PHONY: help demo fleet test test-all lint types pytest soak test-matrix sanity units nox docsite return-docs bench pictures build release clean

help: ## What can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14
	@echo 'make ARGS="..." hands arguments on; PYTHON and CHROMIUM name others than those that are found.'

demo: $(VENV)/.run ## Show the main job on a simulated fleet
	@$(RUN) tests.demo $(ARGS)

fleet: $(VENV)/.run ## Run a simulated fleet by hand (ARGS="--help" explains it)
	@$(RUN) tests.simulator $(ARGS)

test: $(VENV)/.checks ## Everything that must pass: format, lint, types, unit and integration tests
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types
	@$(MAKE) --no-print-directory pytest

test-all: ## What must pass before a release, and how long each part took; soak and test-matrix are beside it
	@for part in test nox docsite "sanity ARGS=--core=2.19" "units ARGS=--core=2.19"; do \
		begin=$$(date +%s); \
		$(MAKE) --no-print-directory $$part || { echo "== $$part FAILED"; exit 1; }; \
		took="$$took\n   $$part: $$(($$(date +%s) - begin)) s"; \
	done; printf "\n== All of it passed$$took\n"

lint: $(VENV)/.checks $(VENV)/.community ## Format, YAML, ansible-lint, changelog, documentation, licences
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) yamllint --strict .
	$(RUN) ansiblelint --offline
	$(RUN) antsibull_changelog lint
	env -u ANSIBLE_COLLECTIONS_PATH -u TMPDIR $(RUN) nox --reuse-venv=yes --session docs-check license-check

types: $(VENV)/.checks ## mypy, strict
	$(RUN) mypy -p ansible_collections.camfleet.axis.plugins.module_utils -p ansible_collections.camfleet.axis.plugins.plugin_utils
	$(RUN) mypy -p tests.simulator -p tests.demo -p tests.benchmark -m tests.playbook -m tests.parameters -m tests.matrix -m tests.ansible_test -m tests.release -m tests.reliability.leaks -m tests.reliability.watched

pytest: $(VENV)/.checks $(VENV)/.browser $(VENV)/.community ## Unit and integration tests, reliability, the report in a browser
	$(RUN) pytest -q -n 3 tests/unit tests/integration tests/reliability tests/browser

soak: $(VENV)/.checks ## The long form of what tests reliability: laws, faults, fuzzing, secrets, a fleet under fire
	$(RUN) pytest -q -n 2 --soak -m hypothesis tests/unit
	$(RUN) pytest -q -n 2 --soak tests/reliability
	$(RUN) pytest -q -n 2 --soak -m long tests/integration

bench: $(VENV)/.run ## Measure the collection beside the engine's floor and a playbook by hand (ARGS="--help" explains it)
	@$(RUN) tests.benchmark $(ARGS)

pictures: $(VENV)/.checks $(VENV)/.browser ## The pictures of the report in docs/images, after make demo
	$(RUN) tests.browser.pictures

test-matrix: $(VENV)/.checks $(VENV)/.community ## Tests, and ansible-test sanity and units, on every supported ansible-core
	$(RUN) tests.matrix
	$(RUN) tests.ansible_test
	$(RUN) tests.ansible_test --units

sanity: $(VENV)/.checks ## ansible-test sanity (ARGS="--core 2.19" for one core)
	$(RUN) tests.ansible_test $(ARGS)

units: $(VENV)/.checks ## ansible-test units (ARGS="--core 2.19" for one core)
	$(RUN) tests.ansible_test --units $(ARGS)

nox: $(VENV)/.checks ## The community's checks, galaxy-importer among them: the sessions of antsibull-nox.toml
	env -u ANSIBLE_COLLECTIONS_PATH -u TMPDIR $(RUN) nox --reuse-venv=yes

docsite: $(VENV)/.checks ## The pages for docs.ansible.com, into .cache/docsite
	$(RUN) tests.docsite

return-docs: $(VENV)/.run ## Write the return values that modules share, from tests/return_docs.yml
	@$(RUN) tests.return_docs

build: $(VENV)/.run ## The artifact for Galaxy
	$(RUN) ansible galaxy collection build --force

release: $(VENV)/.checks ## A release, committed and tagged: make release VERSION=0.2.0; uploads nothing
	@$(RUN) tests.release $(ARGS) "$(VERSION)"

clean: ## Remove what was set up
	rm -rf $(VENV) .cache .ansible
	mkdir -p .cache/tmp

$(VENV)/.run: tests/requirements-run.txt
	@mkdir -p .cache/tmp
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; name one with: make PYTHON=...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check -r tests/requirements-run.txt
	mkdir -p $(VENV)/collections/ansible_collections/camfleet
	ln -s ../../../.. $(VENV)/collections/ansible_collections/camfleet/axis
	touch $@

# The browser of the distribution. CHROMIUM names another.
$(VENV)/.browser: $(VENV)/.run
	@test -n "$(CHROMIUM)" || command -v chromium chromium-browser google-chrome || tests/browser/install
	touch $@

$(VENV)/.checks: $(VENV)/.run tests/requirements-checks.txt tests/requirements-tests.txt
	$(RUN) pip install --quiet --disable-pip-version-check -r tests/requirements-checks.txt
	touch $@

# Other people's collections, for the tests of what is written for them. They are part of the package ansible, which is not installed.
$(VENV)/.community: $(VENV)/.run tests/requirements-community.txt
	$(RUN) tests.community
	touch $@
