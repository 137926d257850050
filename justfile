# SPDX-FileCopyrightText: 2026 The millelieux-graph authors
# SPDX-License-Identifier: Apache-2.0
#
# Daily work; `just` alone lists the recipes.

bin := ".venv-test/bin"

# List the recipes
default:
    @just --list

# Make the environment that the other recipes use
setup:
    python3 -m venv .venv-test
    {{ bin }}/pip install -q -r constraints/test.txt
    {{ bin }}/pip install -q --no-deps --no-build-isolation -e .

# Run the tests: `just test -k evidence`
test *args:
    {{ bin }}/python -m pytest {{ args }}

# Judge code without running it
lint:
    {{ bin }}/ruff check
    {{ bin }}/ruff format --check
    {{ bin }}/mypy
    {{ bin }}/lint-imports
    {{ bin }}/reuse lint --lines

# Repair what tools can repair
fix:
    {{ bin }}/ruff check --fix
    {{ bin }}/ruff format

# Check the shipped graph, or your own Turtle: `just check my-place.ttl`
check *paths:
    {{ bin }}/millelieux check {{ paths }}

# Write a release to site/
publish:
    {{ bin }}/millelieux publish --out site

# Build the parts that releases take from npm (needs Node.js)
assets:
    {{ bin }}/python hatch_build.py

# Write the hashes of all cited passages again: `just passages report.txt`
passages report:
    {{ bin }}/millelieux evidence --write --report {{ report }}

# Write the reference pages again
docs:
    {{ bin }}/python docs/generate.py

# Measure against the promised numbers
bench *args:
    python3 benchmarks/compare.py {{ args }}

# Pin dependencies again, with hashes (needs uv); `just lock --upgrade` moves them
lock *args:
    uv pip compile pyproject.toml --group build {{ args }} -o constraints/run.txt {{ lock_options }}
    uv pip compile pyproject.toml --group test -c constraints/run.txt {{ args }} -o constraints/test.txt {{ lock_options }}

lock_options := "--quiet --universal --generate-hashes --no-header --python-version 3.11"

# Everything that a change must pass
ci:
    .ci/run
