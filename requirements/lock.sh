#!/bin/sh
# Writes the lock files anew. They name versions and hashes, never the place where a package came from.
set -eu
cd "$(dirname "$0")/.."
compile() {
    "${UV:-uv}" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-annotate --no-header "$@"
}
compile pyproject.toml --extra server --group build -o requirements/serve.txt
compile pyproject.toml --extra server --group build --group test --group lint -c requirements/serve.txt -o requirements/test.txt
compile --group pyproject.toml:docs -c requirements/test.txt -o requirements/docs.txt
