"""What pyproject.toml cannot say: the README as a package index shows it, and the client's bundle in the wheel.

Everything else is in pyproject.toml. Links into the repository would lead nowhere on an index: they lead to the tag of
this version, in the repository that it names. The bundle is made into the wheel, never into a checkout.
"""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "src"))

from groupchat.web import bundling  # noqa: E402  # needs nothing but Python

REPOSITORY = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]
(VERSION,) = re.findall(r'^__version__ = "(.+)"', (ROOT / "src/groupchat/__init__.py").read_text(), re.MULTILINE)

# In Markdown ](target) and, of pictures, src="target" and srcset="target"; an address or an anchor is left as it is.
LINK = re.compile(r'(\]\(|(?:href|srcset|src)=")(?![a-z]+:|#|//)([^)\s"]+)')
PICTURES = (".gif", ".jpg", ".png", ".svg", ".webp")


def absolute(found: re.Match[str]) -> str:
    """A link into the repository, as an address: a page for people to read, or a picture's own bytes."""
    before, target = found.groups()
    kind = "raw" if target.endswith(PICTURES) else "blob"
    return f"{before}{REPOSITORY}/{kind}/v{VERSION}/{target}"


def description() -> str:
    """README.md with addresses in place of paths. What stands in a block of code is left alone."""
    parts = re.split(r"(^```.*?^```$)", (ROOT / "README.md").read_text(), flags=re.MULTILINE | re.DOTALL)
    parts[::2] = [LINK.sub(absolute, part) for part in parts[::2]]
    return "".join(parts)


class BuildPy(build_py):
    """The package, and in it the bundle of its client; without one, pages name the modules."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        client = Path(self.build_lib) / "groupchat/web/static/groupchat"
        shutil.rmtree(client / bundling.FOLDER, ignore_errors=True)  # an earlier build's is of another client
        try:
            bundling.bundle(client, client / bundling.FOLDER)
        except bundling.CannotBundle as error:
            self.warn(f"the wheel has no bundle of the client: {error}")


setup(cmdclass={"build_py": BuildPy}, long_description=description(), long_description_content_type="text/markdown")
