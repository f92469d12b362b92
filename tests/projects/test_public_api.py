"""docs/api.md against the program: what it names is there as it says, and no document has one import anything else."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from django.template.loader import get_template
from django.urls import reverse
from tests.projects.club import EXAMPLE, ROOT, manage, run
from tests.projects.test_documents import blocks

from groupchat import models, urls

API = (ROOT / "docs" / "api.md").read_text()
EMBEDDING = (ROOT / "docs" / "embedding.md").read_text()
Stub = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.AnnAssign

# The source of all that people are told to write: documents whose Python is theirs to copy, and the example.
TOLD = {
    name: blocks((ROOT / name).read_text(), "python")
    for name in ("README.md", "docs/embedding.md", "docs/recipes.md", "examples/embedded/README.md")
} | {str(path.relative_to(ROOT)): [path.read_text()] for path in sorted(EXAMPLE.rglob("*.py"))}


def stubs() -> Iterator[tuple[str, Stub]]:
    """Each definition of the page, with the module whose name stands above it."""
    for block in blocks(API, "pyi"):
        first, _, code = block.partition("\n")
        module = first.removeprefix("# ")
        for statement in ast.parse(code).body:
            assert isinstance(statement, Stub), ast.unparse(statement)
            yield module, statement


def name_of(stub: Stub) -> str:
    if not isinstance(stub, ast.AnnAssign):
        return stub.name
    assert isinstance(stub.target, ast.Name)
    return stub.target.id


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the table behind a row of headings."""
    table = text.partition(f"\n| {heading} |")[2].partition("\n\n")[0]
    assert table, heading
    return [re.split(r"\s*\|\s*", line)[1:-1] for line in table.splitlines()[2:]]


def quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


STUBS = list(stubs())
MODELS = {quoted(name)[0]: quoted(members) for name, members in rows(API, "name in `groupchat.models` | and of it")}
# Those that are named in a sentence: apps, and what is there to be included.
APPS = {"groupchat", "groupchat.web", "groupchat.urls"}
PUBLIC = (
    APPS | {f"{module}.{name_of(stub)}" for module, stub in STUBS} | {f"groupchat.models.{name}" for name in MODELS}
)

each_stub = pytest.mark.parametrize(
    ("module", "stub"), STUBS, ids=[f"{module}.{name_of(stub)}" for module, stub in STUBS]
)


def signature(module: ModuleType, stub: ast.FunctionDef | ast.AsyncFunctionDef) -> inspect.Signature:
    """What Python makes of the page's line; its names mean what they mean in the module."""
    code = "from __future__ import annotations\n" + ast.unparse(stub)
    namespace = dict(vars(module))
    exec(code, namespace)
    return inspect.signature(namespace[stub.name])


@each_stub
def test_what_is_named_is_there_as_the_page_says(module: str, stub: Stub) -> None:
    found = import_module(module)
    real = getattr(found, name_of(stub))
    if isinstance(stub, ast.FunctionDef | ast.AsyncFunctionDef):
        assert str(inspect.signature(real)) == str(signature(found, stub))
        assert inspect.iscoroutinefunction(real) == isinstance(stub, ast.AsyncFunctionDef)
    elif isinstance(stub, ast.ClassDef):
        assert inspect.isclass(real)
        bases = {ast.unparse(base).partition("[")[0] for base in stub.bases}
        assert bases <= {base.__name__ for base in real.__mro__}
        for method in (line for line in stub.body if isinstance(line, ast.FunctionDef)):
            assert str(inspect.signature(getattr(real, method.name))) == str(signature(found, method))
        members = [line for line in stub.body if isinstance(line, ast.AnnAssign)]
        if stub.name == "ChatError":  # no dataclass; test_an_error_has_what_the_page_says
            return
        annotations = inspect.get_annotations(real)
        assert {name_of(line): ast.unparse(line.annotation) for line in members}.items() <= annotations.items()
        defaults = {name_of(line): ast.unparse(line.value) for line in members if line.value is not None}
        parameters = inspect.signature(real).parameters if defaults else {}
        assert {name: repr(parameters[name].default) for name in defaults} == defaults
    else:
        assert type(real).__name__ == ast.unparse(stub.annotation).partition("[")[0]


def test_an_error_has_what_the_page_says() -> None:
    from groupchat.errors import ERRORS, ChatError, Invalid

    (stub,) = (stub for _, stub in STUBS if name_of(stub) == "ChatError")
    assert isinstance(stub, ast.ClassDef)
    error = Invalid("no", field="body", retry_after=1.0, why="empty")
    told = [name_of(line) for line in stub.body if isinstance(line, ast.AnnAssign)]
    assert {name: getattr(error, name) for name in told} == {
        "code": "invalid",
        "status": 422,
        "message": "no",
        "field": "body",
        "retry_after": 1.0,
        "why": "empty",
    }
    assert all(issubclass(kind, ChatError) for kind in ERRORS)


def test_the_errors_of_actions_are_all_told() -> None:
    source = ROOT / "src" / "groupchat"
    files = [*(source / "actions").rglob("*.py"), *(source / "permissions").glob("*.py"), source / "text.py"]
    kinds = {name for name, kind in vars(import_module("groupchat.errors")).items() if inspect.isclass(kind)}
    made = {
        node.func.id
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds
    }
    assert len(made) > 3
    assert made <= {name_of(stub) for module, stub in STUBS if module == "groupchat.errors"}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_has_what_the_page_says(name: str) -> None:
    model = getattr(models, name)
    assert [member for member in MODELS[name] if not hasattr(model, member)] == []


def test_the_apps_are_there() -> None:
    assert all(f"`{name}`" in API for name in APPS)
    for name in APPS:
        import_module(name)


def imported(code: str) -> Iterator[str]:
    """Every name of the chat that a program takes in, by an import or as an app, an include or a handler's string."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "groupchat":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] == "groupchat")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"\Agroupchat(?:\.\w+)*\Z", node.value)


def modules_of(names: set[str]) -> set[str]:
    """`from groupchat.actions import rooms` takes in a module, for the sake of what it holds."""
    return {name.rpartition(".")[0] for name in names}


@pytest.mark.parametrize("name", TOLD)
def test_nobody_is_told_to_import_what_is_private(name: str) -> None:
    taken = {found for block in TOLD[name] for found in imported(block)}
    assert taken - PUBLIC - modules_of(PUBLIC) == set()


def used(code: str) -> Iterator[str]:
    """What is taken of modules: `rooms.enter`, after `from groupchat.actions import rooms`."""
    tree = ast.parse(code)
    public = modules_of(PUBLIC)
    modules = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if f"{node.module}.{alias.name}" in public - APPS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield f"{modules[node.value.id]}.{node.attr}"


@pytest.mark.parametrize("name", TOLD)
def test_nobody_is_told_to_use_what_is_private(name: str) -> None:
    taken = {found for block in TOLD[name] for found in used(block)}
    assert taken - PUBLIC == set()


def test_the_readers_see_what_is_imported() -> None:
    """Otherwise the two tests above could not fail."""
    code = "from groupchat.actions import rooms\nrooms.admit(1)\nx = ['groupchat.server']\nimport groupchat.hosts"
    assert set(imported(code)) == {"groupchat.actions.rooms", "groupchat.server", "groupchat.hosts"}
    assert set(used(code)) == {"groupchat.actions.rooms.admit"}
    assert {"groupchat.actions.rooms", "groupchat.errors.ChatError"} <= {
        found for block in TOLD["docs/embedding.md"] for found in imported(block)
    }
    assert "groupchat.actions.rooms.enter" in {found for block in TOLD["docs/embedding.md"] for found in used(block)}


def test_what_the_sentences_name_is_public() -> None:
    """Names in the text of docs/embedding.md that can be imported, beside those in its code."""
    named = set(re.findall(r"`(groupchat(?:\.\w+)+)`", EMBEDDING))
    named = {name for name in named if not re.search(r"\.[EIW]\d+$", name)}
    assert len(named) > 4
    assert named - PUBLIC - modules_of(PUBLIC) == {"groupchat.server"}  # of which it says that a site needs it not


def test_the_addresses_of_pages_are_there() -> None:
    told = {quoted(name)[0]: quoted(arguments) for name, arguments, _ in rows(API, "name | arguments | is")}
    named = {f"{urls.app_name}:{pattern.name}" for pattern in urls.urlpatterns if getattr(pattern, "name", None)}
    assert set(told) <= named
    values = {"slug": "general", "number": 1}
    for name, arguments in told.items():
        assert reverse(name, kwargs={argument: values[argument] for argument in arguments}).startswith("/")


def test_the_templates_and_blocks_are_there() -> None:
    told = rows(EMBEDDING, "template | is")
    for template in [name for cell, _ in told for name in quoted(cell)]:
        get_template(template)
    (frame,) = (text for cell, text in told if quoted(cell) == ["groupchat/base.html"])
    source = (ROOT / "src/groupchat/web/templates/groupchat/base.html").read_text()
    assert set(quoted(frame)) == set(re.findall(r"{% block (\w+) %}", source))


def test_it_can_be_removed_from_a_site(folder: Path) -> None:
    """As the page says: its tables go, and the site goes on without it, with all of its users."""
    assert "migrate groupchat zero\n" in API
    assert "remove_stale_contenttypes --include-stale-apps\n" in API
    count = "import django; django.setup()\nfrom bookclub.models import Reader\nprint(Reader.objects.count())"
    before = run(folder, count)
    manage(folder, "migrate", "--verbosity=0", "groupchat", "zero")
    without = (
        "import bookclub.settings as site\n"
        "site.INSTALLED_APPS = [app for app in site.INSTALLED_APPS if not app.startswith('groupchat')]\n"
        "site.ROOT_URLCONF = 'groupless'\n"
        "import types, django\n"
        "sys.modules['groupless'] = types.SimpleNamespace(urlpatterns=[])\n"
        "django.setup()\n"
        "from django.contrib.contenttypes.models import ContentType\n"
        "from django.core.management import call_command\n"
        "from django.db import connection\n"
        "call_command('remove_stale_contenttypes', include_stale_apps=True, interactive=False, verbosity=0)\n"
        "print([name for name in connection.introspection.table_names() if 'groupchat' in name])\n"
        "print(ContentType.objects.filter(app_label__startswith='groupchat').count())\n"
    )
    assert run(folder, without).split() == ["[]", "0"]
    assert run(folder, count) == before
    manage(folder, "migrate", "--verbosity=0")  # and back in
    assert "no issues" in manage(folder, "check", "--database=default")
