# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Every target creates what it needs in .venv and .cache, inside this checkout. Only package caches are outside.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
export ANSIBLE_HOME := $(CURDIR)/.cache/ansible
# Tools start each other by name. ansible-doc skips hidden directories, so nox does not get the variables below.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export TMPDIR := $(CURDIR)/.cache/tmp
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/$(VENV)/collections

.PHONY: help demo fleet test test-all lint types pytest odd-path soak test-matrix test-libraries sanity units nox guides docsite reference return-docs supported-devices check-profile bench pictures build release clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14
	@echo 'make ARGS="..." passes arguments; PYTHON and CHROMIUM set the programs to use.'

demo: $(VENV)/.run ## Audit and roll out on a simulated fleet
	@$(RUN) tests.demo $(ARGS)

fleet: $(VENV)/.run ## Run a simulated fleet until Ctrl-C (ARGS="--help" explains it)
	@$(RUN) tests.simulator $(ARGS)

test: $(VENV)/.checks ## Run everything that must pass: format, lint, types, unit and integration tests
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint types
	@$(MAKE) --no-print-directory pytest

test-all: ## Run what must pass before a release, except soak and test-matrix; show the duration of each part
	@for part in test odd-path guides nox docsite "sanity ARGS=--core=2.19" "units ARGS=--core=2.19"; do \
		begin=$$(date +%s); \
		$(MAKE) --no-print-directory $$part || { echo "== $$part FAILED"; exit 1; }; \
		took="$$took\n   $$part: $$(($$(date +%s) - begin)) s"; \
	done; printf "\n== Everything passed$$took\n"

lint: $(VENV)/.checks $(VENV)/.community ## Check format, YAML, ansible-lint, workflows, changelog, documentation, licenses, spelling, language
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) yamllint --strict .
	$(RUN) ansiblelint --offline
	$(RUN) antsibull_changelog lint
	$(RUN) check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(RUN) check_jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml
	$(RUN) check_jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(VENV)/bin/zizmor --offline --no-progress --strict-collection --pedantic --quiet .github
	git ls-files -z | xargs -0 $(VENV)/bin/typos --force-exclude
	$(RUN) tests.prose
	env -u ANSIBLE_COLLECTIONS_PATH -u TMPDIR $(RUN) nox --reuse-venv=yes --session docs-check license-check

types: $(VENV)/.checks ## Check the types with mypy, strict
	$(RUN) mypy -p ansible_collections.camfleet.axis.plugins.module_utils -p ansible_collections.camfleet.axis.plugins.plugin_utils
	$(RUN) mypy -p tests.simulator -p tests.demo -p tests.benchmark -p tests.docsite -p tests.reference -m tests.playbook -m tests.preloaded -m tests.parameters -m tests.matrix -m tests.libraries -m tests.checkout -m tests.odd_path -m tests.prose -m tests.journals -m tests.return_docs -m tests.supported_devices -m tests.check_profile -m tests.ansible_test -m tests.release -m tests.readme -m tests.versions -m tests.reliability.leaks -m tests.reliability.capture

pytest: $(VENV)/.checks $(VENV)/.browser $(VENV)/.community $(VENV)/.tools ## Run unit, integration, and reliability tests, and the tests of the report in a browser
	env -u PYTHONDONTWRITEBYTECODE $(RUN) pytest -q -n 4 --dist worksteal --preload tests/unit tests/integration tests/reliability tests/browser

odd-path: $(VENV)/.checks ## Run make test in a copy whose path has a space, an accent, and a percent sign
	$(RUN) tests.odd_path

guides: $(VENV)/.checks $(VENV)/.community $(VENV)/.tools ## Follow every guide, also those that make test skips because they take long
	$(RUN) pytest -q -n 2 --soak tests/integration/targets/documentation

soak: $(VENV)/.checks $(VENV)/.community ## Run the long form of the tests: properties, faults, fuzzing, secrets, a fleet with faults
	$(RUN) pytest -q -n 2 --soak -m "hypothesis or long" tests/unit
	$(RUN) pytest -q -n 2 --soak tests/reliability
	$(RUN) pytest -q -n 2 --soak -m long tests/integration

bench: $(VENV)/.checks ## Compare the collection with the overhead of Ansible and with a uri playbook (ARGS="--help" explains it)
	@$(RUN) tests.benchmark $(ARGS)

pictures: $(VENV)/.checks $(VENV)/.browser ## Take the pictures in docs/images from a run of the demo
	$(RUN) tests.browser.pictures

test-matrix: $(VENV)/.checks $(VENV)/.community $(VENV)/.tools ## Run the tests, and ansible-test sanity and units, on every supported ansible-core
	$(RUN) tests.matrix
	$(RUN) tests.ansible_test
	$(RUN) tests.ansible_test --units

test-libraries: $(VENV)/.checks ## Run the tests of the client with the oldest and newest, replaced, and patched libraries (ARGS="newest" for one row)
	$(RUN) tests.libraries $(ARGS)

sanity: $(VENV)/.checks ## Run ansible-test sanity (ARGS="--core 2.19" for one core)
	$(RUN) tests.ansible_test $(ARGS)

units: $(VENV)/.checks ## Run ansible-test units (ARGS="--core 2.19" for one core)
	$(RUN) tests.ansible_test --units $(ARGS)

nox: $(VENV)/.checks ## Run the community's checks, with galaxy-importer: the sessions of antsibull-nox.toml
	env -u ANSIBLE_COLLECTIONS_PATH -u TMPDIR $(RUN) nox --reuse-venv=yes

docsite: $(VENV)/.checks $(VENV)/.browser ## Build the site in .cache/docsite/build/html and check it (ARGS="--external" also checks links to other sites)
	$(RUN) tests.docsite $(ARGS)

reference: $(VENV)/.checks ## Write the generated parts of the reference pages
	@PYTHONPATH=$(VENV)/collections $(RUN) tests.reference

return-docs: $(VENV)/.run ## Write the return values that modules share, from tests/return_docs.yml
	@$(RUN) tests.return_docs

supported-devices: $(VENV)/.checks ## Write the tables of the README and of the page on supported devices, from the device profiles
	@PYTHONPATH=$(VENV)/collections $(RUN) tests.supported_devices
	@PYTHONPATH=$(VENV)/collections $(RUN) tests.readme

check-profile: $(VENV)/.checks ## Check a device profile before you submit it (ARGS="my-camera.json")
	@PYTHONPATH=$(VENV)/collections $(RUN) tests.check_profile $(ARGS)

build: $(VENV)/.run ## Build the artifact for Galaxy
	$(RUN) ansible galaxy collection build --force

release: $(VENV)/.checks ## Commit and tag a release, without uploading it: make release VERSION=0.2.0
	@$(RUN) tests.release $(ARGS) "$(VERSION)"

clean: ## Remove everything that make created
	rm -rf $(VENV) .cache .ansible
	mkdir -p .cache/tmp

$(VENV)/.run: tests/requirements-run.txt
	@mkdir -p .cache/tmp
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is required. Select one with: make PYTHON=...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(RUN) pip install --quiet --disable-pip-version-check -r tests/requirements-run.txt
	mkdir -p $(VENV)/collections/ansible_collections/camfleet
	ln -s ../../../.. $(VENV)/collections/ansible_collections/camfleet/axis
	touch $@

# The browser of the distribution. CHROMIUM selects another.
$(VENV)/.browser: $(VENV)/.run
	@test -n "$(CHROMIUM)" || command -v chromium chromium-browser google-chrome || tests/browser/install
	touch $@

$(VENV)/.checks: $(VENV)/.run tests/requirements-checks.txt tests/requirements-tests.txt
	$(RUN) pip install --quiet --disable-pip-version-check -r tests/requirements-checks.txt
	touch $@

# The programs in the guide for auditors, which the tests run.
$(VENV)/.tools: $(VENV)/.run
	@command -v ssh-keygen && command -v gpg && command -v jq || tests/integration/install
	touch $@

# Other collections, for the tests that use them. They come from the package ansible, which is not installed as a whole.
$(VENV)/.community: $(VENV)/.run tests/community.py tests/requirements-community.txt
	$(RUN) tests.community
	touch $@
