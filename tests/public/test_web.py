"""An issue on the web: only what was sent, and nothing of any reader."""

import pytest

from newsletter.message.reader import anonymous_reader, web_url
from newsletter.models import CompiledIssue
from newsletter.public.web import merge_for_nobody
from newsletter.store.mailings import Mailings
from tests.public.conftest import World

HTML = (
    "<p>Hello [[ subscriber.first_name or 'there' ]] of [[ subscriber.attributes.city ]]!</p>"
    "<p>[[ subscriber.attributes.team | default('your team') ]]</p>"
    "[% if web_url %]<a href='[[ web_url ]]'>view</a>[% endif %]"
    "<p>[[ subscriber.email ]]</p><a href='[[ unsubscribe_url ]]'>x</a>"
)


def test_a_mailing_that_began_shows_the_mail_without_a_reader(world: World) -> None:
    world.join("ada")
    mailing = world.freeze(html=HTML)
    path = web_url(world.app.site.newsletter, "clouds").removeprefix("https://news.example.com")
    assert path == "/i/clouds"
    assert world.visitor.get(path).status_code == 404  # frozen, not sent
    Mailings(world.app.site.database).start(mailing.id, world.clock())
    answer = world.visitor.get(path)
    assert answer.text == (
        "<p>Hello there of !</p><p>your team</p><p>\u2026</p><a href='https://news.example.com/u'>x</a>"
    )
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; img-src https: data:;")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "public, max-age=300"
    again = world.visitor.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_rehearsal_into_the_outbox_is_not_published(world: World) -> None:
    world.join("ada")
    mailing = world.freeze(people=False)
    Mailings(world.app.site.database).start(mailing.id, world.clock())
    assert world.visitor.get("/i/clouds").status_code == 404


@pytest.mark.parametrize("name", ["nothing", "%2e%2e%2fnewsletter.toml", "clouds%00", "' OR 1=1 --"])
def test_what_was_never_sent_is_not_there(world: World, name: str) -> None:
    assert world.visitor.get(f"/i/{name}").status_code == 404


def test_nobody_in_particular_has_no_name_and_no_data(world: World) -> None:
    reader = anonymous_reader(world.app.site.newsletter, "clouds")
    assert (reader.subscriber.name, dict(reader.subscriber.attributes), reader.subscriber.lists) == ("", {}, ())
    assert (reader.web_url, reader.preferences_url) == ("", "https://news.example.com/p")


def test_a_literal_bracket_stays_what_it_is(world: World) -> None:
    compiled = CompiledIssue(slug="x", subject="", preheader="", html="<p>[\ufdd0[ 1 ]]</p>", text="", sha256="a")
    assert merge_for_nobody(compiled, world.app.site.newsletter) == "<p>[[ 1 ]]</p>"
