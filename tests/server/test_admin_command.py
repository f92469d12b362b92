"""`groupchat admin` and `groupchat why`: on a server's data, without the server."""

from __future__ import annotations

from pathlib import Path

from tests.server.served import run


def test_somebody_administers_the_site(tmp_path: Path) -> None:
    data = {"GROUPCHAT_DATA": str(tmp_path / "data")}
    assert run("migrate", **data).returncode == 0
    made = run(
        *("manage", "createsuperuser", "--noinput", "--username=robin", "--email="),
        DJANGO_SUPERUSER_PASSWORD="not a secret here",
        **data,
    )
    assert made.returncode == 0, made.stderr
    assert run("admin", "add", "robin", **data).stdout == "robin (@robin) administers the site.\n"
    assert run("admin", "list", **data).stdout == "robin (@robin): administrator\n"
    assert run("bot", "Deploy", **data).returncode == 0
    ended = run("admin", "add", "@deploy", **data)
    assert ended.returncode == 2
    assert "has no account" in ended.stderr
    for arguments, words in (
        (("why", "robin", "fly", "Lobby"), "VERB is one of read"),
        (("why", "robin", "read", "Lobby"), "There is no room Lobby."),
        (("why", "nobody", "read", "Lobby"), "Nobody here has the handle @nobody"),
        (("admin", "add", "nobody"), "Nobody here has the handle @nobody"),
    ):
        ended = run(*arguments, **data)
        assert (ended.returncode, words in ended.stderr) == (2, True), ended
    assert run("admin", "remove", "robin", **data).returncode == 0
    assert run("admin", "list", **data).stdout == ""
