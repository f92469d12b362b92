"""What pyproject.toml cannot say: the README as a package index shows it, where links into the repository lead nowhere.

Everything else is in pyproject.toml. The links lead to the tag of this version, in the repository that it names.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).resolve().parent
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


setup(long_description=description(), long_description_content_type="text/markdown")
