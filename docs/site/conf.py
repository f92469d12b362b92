"""The documents as a site (`make docs`). A warning is an error: a dead link, a quoted name that is gone."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

project = "Group Chat"
author = "the authors of Group Chat"
release = re.findall(r'__version__ = "(.+)"', (ROOT / "src/groupchat/__init__.py").read_text())[0]

extensions = ["myst_parser"]
root_doc = "docs/index"
# The documents stay where people look for them in a checkout; the site takes them from there.
include_patterns = [
    "*.md",
    "docs/*.md",
    "examples/embedded/README.md",
    "src/groupchat/web/static/groupchat/store/README.md",
]
exclude_patterns = [".*", "build", "node_modules", "tests", "benchmarks", "data", "screenshots"]
suppress_warnings = ["misc.highlighting_failure"]  # an example of the protocol may stop in the middle

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
nitpicky = True

html_theme = "furo"
html_title = f"Group Chat {release}"
html_copy_source = False
html_show_sphinx = False
