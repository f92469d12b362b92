"""Fetch the third-party modules of the web client into `vendor/`, or check those that lie there.

    python tools/vendor.py          fetch the pinned versions with npm, check them, write the modules
    python tools/vendor.py --check  compare the modules with VERSIONS.json; needs neither npm nor a network

npm is needed to fetch, never to run the server. To take another version: change it in PACKAGES, put the `integrity`
that `npm view <package>@<version> dist.integrity` prints beside it, run this, run the tests.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "src/groupchat/web/static/groupchat/vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """One package: `modules` maps a file of it to our file, `integrity` is the SHA-512 of the whole archive."""

    name: str
    version: str
    integrity: str
    licence: str
    modules: dict[str, str]


PACKAGES = (
    Package(
        name="preact",
        version="10.29.8",
        integrity="sha512-ej2aVZ+vZ8WO7tvlQWRM9N63A0KzF9q4mWJfDUHgYaIofWY9hu74QdnQrjoPMmZi2/nZ5gN0bJCQF49xQqx09Q==",
        licence="MIT",
        modules={"dist/preact.module.js": "preact.js", "hooks/dist/hooks.module.js": "preact-hooks.js"},
    ),
    Package(
        name="@preact/signals-core",
        version="1.14.5",
        integrity="sha512-vcRv7Ityz5JVmeiVqIluLFzT/PDS/AlhHUpw3/aUWqcVUs6bDGIPXE/6RSC4evBNWYvnniozg5Syfj33al3gkg==",
        licence="MIT",
        modules={"dist/signals-core.module.js": "signals-core.js"},
    ),
    Package(
        name="@preact/signals",
        version="2.11.4",
        integrity="sha512-Rb+5RPo9gWSaHtzJeauhHxiC8KP/IF2DEPkHPEOGOnuy2wnJzRqyeLRankUCYd6ADqtxS6GnWGv6Ie343d8aYw==",
        licence="MIT",
        modules={"dist/signals.module.js": "signals.js"},
    ),
    Package(
        name="htm",
        version="3.1.1",
        integrity="sha512-983Vyg8NwUE7JkZ6NmOqpCZ+sh1bKv2iYTlUkzlWmA5JD2acKoxd4KVxbMmxX/85mtfdnDmTFoNKcg5DGAvxNQ==",
        licence="Apache-2.0",
        modules={"dist/htm.module.js": "htm.js"},
    ),
    Package(
        name="idb",
        version="8.0.4",
        integrity="sha512-jd0ITCrN+Zah4J7R/Z2jnR3W7A4BXDAjmo62MwWuSjxCiueUAf7X5rbodEdidWzeknwXHmLpdZkoiiCppNi30Q==",
        licence="ISC",
        modules={"build/index.js": "idb.js"},
    ),
)

# A browser without an import map can't resolve bare names; ours is without, for the strict content security policy.
RELATIVE = {
    "preact": "./preact.js",
    "preact/hooks": "./preact-hooks.js",
    "@preact/signals-core": "./signals-core.js",
}
_SPECIFIER = re.compile(r"""\b((?:import|export)\b[^;"']*?)\s*from\s*(["'])([^"']+)\2;?""")
_SOURCE_MAP = re.compile(r"\s*//# sourceMappingURL=\S+\s*\Z")


def relative(source: str) -> str:
    """The module with relative imports, one per line as the hashing of static files reads them, without its map."""

    def rewrite(match: re.Match[str]) -> str:
        clause, _, name = match.groups()
        if name not in RELATIVE:
            raise SystemExit(f"a module imports {name!r}, which RELATIVE does not know")
        return f'{clause.strip()} from "{RELATIVE[name]}";\n'

    return _SOURCE_MAP.sub("", _SPECIFIER.sub(rewrite, source)).rstrip() + "\n"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def licence_file(package: Package) -> str:
    return f"LICENSE.{package.name.lstrip('@').replace('/', '-')}.txt"


def fetch(package: Package, into: Path) -> dict[str, bytes]:
    """Our files of one package, by name; raises SystemExit where the archive is not the pinned one."""
    done = subprocess.run(
        ["npm", "pack", "--silent", f"{package.name}@{package.version}"], cwd=into, check=True, stdout=subprocess.PIPE
    )
    archive = into / done.stdout.decode().split()[-1]
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package.integrity:
        raise SystemExit(f"{package.name}@{package.version}: expected {package.integrity}, got {digest}")
    files = {}
    with tarfile.open(archive) as tar:
        for theirs, ours in package.modules.items():
            member = tar.extractfile(f"package/{theirs}")
            assert member is not None
            files[ours] = relative(member.read().decode()).encode()
        licence = tar.extractfile("package/LICENSE")
        assert licence is not None
        files[licence_file(package)] = licence.read()
    return files


def update() -> None:
    """Fetch everything, then write; a failure half-way leaves the folder as it was."""
    listed, files = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            theirs = fetch(package, Path(folder))
            files.update(theirs)
            listed.append(
                {
                    "name": package.name,
                    "version": package.version,
                    "licence": package.licence,
                    "integrity": package.integrity,
                    "files": {name: sha256(data) for name, data in sorted(theirs.items())},
                }
            )
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (VENDOR / name).write_bytes(data)
    (VENDOR / "VERSIONS.json").write_text(json.dumps({"packages": listed}, indent=2) + "\n")


def check() -> list[str]:
    """What is wrong with the folder: changed, missing or unlisted files, versions other than the pinned."""
    wrong = []
    listed = json.loads((VENDOR / "VERSIONS.json").read_text())["packages"]
    pinned = {package.name: (package.version, package.integrity) for package in PACKAGES}
    if {entry["name"]: (entry["version"], entry["integrity"]) for entry in listed} != pinned:
        wrong.append("VERSIONS.json does not hold the pinned versions")
    expected = {name: digest for entry in listed for name, digest in entry["files"].items()}
    for name, digest in expected.items():
        path = VENDOR / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif sha256(path.read_bytes()) != digest:
            wrong.append(f"{name} was changed")
    for path in VENDOR.iterdir():
        if path.name not in expected and path.name != "VERSIONS.json":
            wrong.append(f"{path.name} is not listed")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetch or check the third-party modules of the web client.")
    parser.add_argument("--check", action="store_true", help="compare with VERSIONS.json and fetch nothing")
    if not parser.parse_args().check:
        update()
    wrong = check()
    for line in wrong:
        print(line, file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
