"""Headers, the app's page, what the service worker keeps, and pages for what went wrong."""

from __future__ import annotations

import gettext
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, RequestFactory

from groupchat.web import errors

pytestmark = pytest.mark.django_db

TEMPLATES = Path(errors.__file__).parent / "templates"
TRANSLATED = re.compile(r"{% translate ['\"](.*?)['\"] %}")
GETTEXT = re.compile(r'\b_\("([^"\\]+)"\)')
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
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/"))


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


def test_every_text_of_the_pages_is_translated() -> None:
    with (TEMPLATES.parent.parent / "locale/de/LC_MESSAGES/django.mo").open("rb") as compiled:
        known = gettext.GNUTranslations(compiled)
    texts = [text for template in TEMPLATES.rglob("*.html") for text in TRANSLATED.findall(template.read_text())]
    texts += [text for module in TEMPLATES.parent.glob("*.py") for text in GETTEXT.findall(module.read_text())]
    assert len(texts) > 30
    for text in texts:
        assert known.gettext(text) != text or text in ("Group Chat", "Ada"), text


def test_both_catalogues_of_the_client_have_the_same_keys() -> None:
    folder = TEMPLATES.parent / "static/groupchat/i18n"

    def keys(language: str) -> list[str]:
        return re.findall(r'^  "?([\w.-]+)"?: ', (folder / f"{language}.js").read_text(), re.MULTILINE)

    assert keys("en") == keys("de")
    assert len(keys("en")) == len(set(keys("en")))


def test_every_key_that_the_client_uses_is_in_the_catalogue() -> None:
    folder = TEMPLATES.parent / "static/groupchat"
    known = set(re.findall(r'^  "?([\w.-]+)"?: ', (folder / "i18n/en.js").read_text(), re.MULTILINE))
    for module in (folder / "components").glob("*.js"):
        for key in re.findall(r'\bt\("([^"]+)"', module.read_text()):
            assert key in known, f"{module.name}: {key}"
