"""A person's own page: what it shows, what its buttons do, and how being forgotten ends it."""

from pathlib import Path

import pytest

from newsletter.message.tokens import Purpose
from tests.public.conftest import World


@pytest.fixture
def page(world: World) -> str:
    """The path of Ada's page; she is on an open list and on one that is not."""
    world.people.ensure_list("patrons", world.clock())
    world.people.ensure_list("secret", world.clock())
    world.join("ada")
    world.join("ada", to="patrons")
    world.join("eve")
    return world.link("ada", Purpose.PREFERENCES)


def test_it_shows_the_lists_that_are_open_and_those_one_is_on(world: World, page: str) -> None:
    text = world.visitor.get(page).text
    assert "This page is about ada@example.org." in text
    boxes = [(name, f'value="{name}" checked' in text) for name in ("patrons", "weekly", "press", "secret")]
    assert boxes == [("patrons", True), ("weekly", True), ("press", False), ("secret", False)]
    assert 'value="secret"' not in text
    assert "eve@" not in text


def test_a_forged_link_and_one_of_another_purpose_show_nothing(world: World, page: str) -> None:
    for path in (page[:-1] + "!", "/p/x", world.link("ada").replace("/u/", "/p/")):
        for answer in (world.visitor.get(path), world.visitor.post(path, data={"action": "forget", "sure": "yes"})):
            assert answer.status_code == 404
            assert "example.org" not in answer.text
    assert world.lists_of("ada") == ("patrons", "weekly")


def test_lists_name_and_language_are_saved(world: World, page: str) -> None:
    data = {"action": "save", "list": ["press", "patrons", "secret"], "name": "  Ada \n Byron ", "language": "de"}
    answer = world.visitor.post(page, data=data)
    assert (answer.status_code, "Saved." in answer.text) == (200, True)
    record = world.people.find("ada@example.org")
    assert (record.subscriber.name, record.subscriber.attributes) == ("Ada Byron", {"language": "de"})
    assert record.subscriber.lists == ("patrons", "press")


@pytest.mark.parametrize("language", ["xx", "de\nx", "../../etc/passwd", "{{ 7*7 }}"])
def test_a_language_that_is_none_is_not_kept(world: World, page: str, language: str) -> None:
    world.visitor.post(page, data={"action": "save", "list": "weekly", "name": "Ada", "language": language})
    assert world.people.find("ada@example.org").subscriber.attributes == {}


def test_a_name_is_text_and_never_a_template_or_markup(world: World, page: str) -> None:
    name = "{{ 7*7 }} [[ 7*7 ]] <script>alert(1)</script> \"'"
    text = world.visitor.post(page, data={"action": "save", "list": "weekly", "name": name}).text
    assert "{{ 7*7 }} [[ 7*7 ]] &lt;script&gt;alert(1)&lt;/script&gt; &#34;&#39;" in text
    assert "<script>" not in text


def test_a_new_address_counts_after_its_own_click(world: World, page: str) -> None:
    answer = world.visitor.post(page, data={"action": "address", "email": "Countess@example.com"})
    assert "We have written to the new address." in answer.text
    [mail] = world.mails()
    assert (mail["To"], mail["Subject"]) == (
        "Countess@example.com",
        "Please confirm your new address: The Weekly",
    )
    assert world.lists_of("ada") == ("patrons", "weekly")
    assert "From now on we write to your new address." in world.visitor.post(world.mailed_link()).text
    assert "This page is about Countess@example.com." in world.visitor.get(page).text


@pytest.mark.parametrize(("email", "status"), [("nobody", 422), ("ADA@example.org", 200), ("eve@example.org", 200)])
def test_no_answer_tells_whether_an_address_is_known(world: World, page: str, email: str, status: int) -> None:
    answer = world.visitor.post(page, data={"action": "address", "email": email})
    assert answer.status_code == status
    assert ("We have written to the new address." in answer.text) == (status == 200)
    assert [mail["To"] for mail in world.mails()] == (["eve@example.org"] if "eve" in email else [])


def test_everything_that_is_held_can_be_taken_away(world: World, page: str) -> None:
    answer = world.visitor.post(page, data={"action": "export"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    held = answer.json()
    assert (held["email"], [each["list"] for each in held["lists"]]) == ("ada@example.org", ["patrons", "weekly"])
    assert "eve@" not in answer.text


def test_forgetting_asks_once_and_then_leaves_nothing(world: World, page: str, tmp_path: Path) -> None:
    asked = world.visitor.post(page, data={"action": "forget"})
    assert "Forget everything about you?" in asked.text
    assert world.lists_of("ada") == ("patrons", "weekly")
    done = world.visitor.post(page, data={"action": "forget", "sure": "yes"})
    assert "You are forgotten" in done.text
    assert world.visitor.get(page).status_code == 404
    assert [person.email for person, _ in world.people.stream()] == ["eve@example.org"]
    world.app.site.database.fold_log()
    data = b"".join(file.read_bytes() for file in (tmp_path / ".newsletter").glob("newsletter.db*"))
    assert b"ada@example.org" not in data
    world.join("ada", "mia")
    assert [person.email for person, _ in world.people.stream()] == ["eve@example.org", "mia@example.org"]


def test_a_button_that_does_not_exist_changes_nothing(world: World, page: str) -> None:
    assert world.visitor.post(page, data={"action": "explode"}).status_code == 200
    assert world.visitor.post(page, content=b"\x00" * 100).status_code == 200
    assert world.lists_of("ada") == ("patrons", "weekly")
