"""Headers, the app's page, what the service worker keeps, and pages for what went wrong."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory

from groupchat.web import errors

pytestmark = pytest.mark.django_db

PAGES = ["/", "/app-shell/", "/robots.txt", "/accounts/login/", "/accounts/signup/", "/nothing/"]


@pytest.fixture(autouse=True)
def _guests(settings: pytest.FixtureRequest) -> None:
    settings.GROUPCHAT = {"GUESTS": True}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_strict_policy(client: Client, path: str) -> None:
    response = client.get(path)
    policy = dict(rule.split(" ", 1) for rule in response["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert policy["connect-src"] == "'self' ws://testserver wss://testserver"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy["script-src"])
    assert nonce is not None
    for script in re.findall(rb"<script[^>]*>", response.content):
        assert f'nonce="{nonce[1]}"'.encode() in script
        assert b"src=" in script
    assert b" style=" not in response.content
    assert not re.search(rb"\son\w+=", response.content)


def test_only_the_page_that_shows_what_people_write_is_under_trusted_types(client: Client) -> None:
    """Django's admin, say, makes HTML of strings."""
    assert (
        "require-trusted-types-for 'script'; trusted-types groupchat"
        in client.get("/app-shell/")["Content-Security-Policy"]
    )
    assert "trusted-types" not in client.get("/")["Content-Security-Policy"]


def test_the_nonce_is_new_each_time(client: Client) -> None:
    assert client.get("/")["Content-Security-Policy"] != client.get("/")["Content-Security-Policy"]


def test_the_page_of_the_app_holds_nothing_personal(client: Client) -> None:
    def page() -> str:
        return re.sub(r'nonce="[^"]*"', "", client.get("/app-shell/").content.decode())

    stranger = page()
    client.post("/", {"room": "general", "name": "Ada Lovelace"})
    assert page() == stranger
    assert "csrf" not in stranger


def test_the_list_of_the_service_worker(client: Client) -> None:
    told = json.loads(client.get("/app-shell.json").content)
    assert client.get(told["page"]).status_code == 200
    assert told["pages"] == ["/rooms/"]
    for url in told["urls"]:
        assert finders.find(url.removeprefix("/static/")), url
    page = client.get(told["page"]).content.decode()
    for url in re.findall(r'(?:src|href)="(/static/[^"]+)"', page):
        assert url in told["urls"], url


def test_the_service_worker_rules_the_whole_site(client: Client) -> None:
    response = client.get("/sw.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert "no-cache" in response["Cache-Control"]


def test_the_manifest_names_icons_that_are_there(client: Client) -> None:
    manifest = json.loads(client.get("/manifest.webmanifest").content)
    assert manifest["start_url"] == "/rooms/"
    assert manifest["name"] == manifest["short_name"] == "Group Chat"
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))


@pytest.mark.parametrize("path", ["/", "/rooms/tea/", "/app-shell/", "/accounts/login/", "/nothing/"])
def test_every_page_bears_the_name_of_the_site(client: Client, path: str, settings: Any) -> None:
    settings.GROUPCHAT = {"GUESTS": True, "SITE_NAME": 'Tea & "House"'}
    page = client.get(path).content.decode()
    (title,) = re.findall(r"<title>(.*?)</title>", page, re.DOTALL)
    written = "Tea &amp; &quot;House&quot;"
    assert title.endswith(written)
    if path == "/app-shell/":
        assert f'data-site="{written}"' in page
    else:
        assert f"<bdi>{written}</bdi></" in page
    assert "Group Chat" not in page


def test_the_app_bears_the_name_of_the_site(client: Client, settings: Any) -> None:
    settings.GROUPCHAT = {"GUESTS": True, "SITE_NAME": "Tea House"}
    manifest = json.loads(client.get("/manifest.webmanifest").content)
    assert manifest["name"] == manifest["short_name"] == "Tea House"


def test_nothing_is_for_search_engines(client: Client) -> None:
    assert b"Disallow: /" in client.get("/robots.txt").content


@pytest.mark.parametrize("view", [errors.bad_request, errors.permission_denied, errors.page_not_found])
def test_errors_in_plain_words(rf: RequestFactory, view: object) -> None:
    response = view(rf.get("/"), Exception("a secret of the inside"))  # type: ignore[operator]
    body = response.content.decode()
    assert response.status_code >= 400
    assert "secret" not in body
    assert "To the rooms" in body


def test_a_fault_of_the_server_needs_no_request(rf: RequestFactory) -> None:
    response = errors.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "We made a mistake" in response.content.decode()


def test_german_where_the_reader_wants_it(client: Client) -> None:
    body = client.get("/", headers={"accept-language": "de-DE,de;q=0.9"}).content.decode()
    assert '<html lang="de" dir="ltr">' in body
    assert "Redet miteinander" in body


def test_the_page_loads_the_texts_of_its_language_and_no_others(client: Client) -> None:
    """The catalogue is on its way before the modules ask for it; English is in the code and needs none."""
    catalogue = "/static/groupchat/i18n/de.json"
    for language in ("de", "de-AT"):
        page = client.get("/app-shell/", headers={"accept-language": language}).content.decode()
        assert f'<link rel="preload" href="{catalogue}" as="fetch" type="application/json" crossorigin>' in page
        assert f'data-texts="{catalogue}" data-lazy-texts="/static/groupchat/i18n/lazy/de.json"' in page
    for language in ("en", "fr"):
        page = client.get("/app-shell/", headers={"accept-language": language}).content.decode()
        assert 'data-texts=""' in page
        assert "i18n/" not in page


def test_the_worker_keeps_the_page_with_the_texts_of_its_language(client: Client) -> None:
    english, german = (
        json.loads(client.get("/app-shell.json", headers={"accept-language": language}).content)
        for language in ("en", "de")
    )
    texts = {f"/static/groupchat/i18n/{name}" for name in ("de.json", "lazy/de.json")}
    assert set(german["urls"]) - set(english["urls"]) == texts
    assert finders.find("groupchat/i18n/de.json")
    assert english["version"] != german["version"], "another language is another page to keep"
