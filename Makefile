# Every target is a small program in bin/, so that it runs with nothing but Python 3.11 and make.
PYTHON ?= python3
VENV := .venv/bin
export PORT RESET DB ONLY ARGS FORMS WAYS KEEP SCALE TIMES

.PHONY: help bench demo screenshots test test-all audit lint types format coverage setup setup-tests lock migrations
.DEFAULT_GOAL := help

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{ printf "make %-12s %s\n", $$1, $$2 }'

demo: ## Set up what is missing and serve on 127.0.0.1:8000 (PORT=8001, RESET=1 starts over)
	@$(PYTHON) -m bin.demo

test: ## Everything on throw-away PostgreSQL and Redis (DB=sqlite, ONLY=unit, security, browser or services; ARGS="-k words")
	@$(PYTHON) -m bin.run_tests

test-all: ## The same with the full cross of pages, languages, widths and roles, and once more on SQLite
	@ALL=1 $(PYTHON) -m bin.run_tests

screenshots: ## Every page as a picture in var/screenshots/ (ONLY=words, FORMS="nb nn", WAYS="screen print forced", KEEP=1)
	@$(PYTHON) -m bin.screenshots

audit: ## Known holes in what we stand on, where the advisory services answer, and what is supported no longer
	@$(PYTHON) -m bin.audit

bench: ## What pages, letters and a year cost (SCALE=0.05 for a quick look; ONLY=pages, letters, imports or burden)
	@$(PYTHON) -m bench

lint: setup-tests ## Style, templates, imports and types
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	git ls-files -z --cached --others --exclude-standard '*.html' | xargs -0 -r $(VENV)/djade --check --target-version 5.2
	$(VENV)/lint-imports
	$(VENV)/mypy

types: setup-tests ## Types only
	$(VENV)/mypy

format: setup-tests ## Put style right where a program can
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .
	git ls-files -z --cached --others --exclude-standard '*.html' | xargs -0 -r $(VENV)/djade --target-version 5.2 || true

coverage: ## Unit tests on SQLite with branch coverage
	@DB=sqlite ONLY=unit ARGS="--cov --cov-report=term-missing $(ARGS)" $(PYTHON) -m bin.run_tests

setup: ## Install everything the program needs, and stop there
	@$(PYTHON) -m bin.setup

setup-tests: ## Install everything the tests and checks need, and stop there
	@$(PYTHON) -m bin.setup tests

migrations: setup ## Write the migrations the models ask for
	$(VENV)/python manage.py makemigrations

lock: ## Write the lock files anew from requirements*.in and package.json
	@$(PYTHON) -m bin.lock
