"""The chat inside a site, on every Python and Django that it supports. `nox --list` names them; one of them:

    nox --session "embedding(python3.12-django5.2)" -- tests/domain

An interpreter that this machine does not have is skipped, and told.
"""

from __future__ import annotations

import nox

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "venv"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False

PYTHONS = nox.project.python_versions(nox.project.load_toml("pyproject.toml"))
DJANGOS = {"5.2": "Django>=5.2,<5.3", "6": "Django>=6,<7"}  # of 6 the newest that the Python takes
WITHOUT_DJANGO_6 = ("3.11",)
# What concerns an embedding site. The last one runs the first two once more, inside the site of examples/.
SUITES = ("tests/domain", "tests/realtime", "tests/api", "tests/projects")

MATRIX = [
    nox.param(python, django, id=f"python{python}-django{django}")
    for python in PYTHONS
    for django in DJANGOS
    if django != "6" or python not in WITHOUT_DJANGO_6
]


@nox.session
@nox.parametrize("python,django", MATRIX)
def embedding(session: nox.Session, django: str) -> None:
    """The suites that concern an embedding site; what stands behind `--` is run in their place."""
    session.install("--require-hashes", "-r", "requirements/test.txt")
    session.install("--no-deps", "--no-build-isolation", "-e", ".")
    session.install("--upgrade", DJANGOS[django])  # over the one that requirements/ pins
    session.run("python", "-m", "django", "--version")
    session.run("python", "-m", "pytest", *(session.posargs or SUITES))
