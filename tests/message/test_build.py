"""The fast path says what the slow path says, and nothing else gets into a message."""

import base64
import dataclasses
import email
import hashlib
import re
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from newsletter.errors import MessageError, RenderGuardError, SlotError
from newsletter.message.build import MessageSizes, MessageTemplate, message_sizes
from newsletter.message.headers import plain_name
from newsletter.message.reader import sample_reader
from newsletter.message.reference import reference_message
from newsletter.message.verify import read_mailbox
from newsletter.models import CompiledIssue, Mailbox, MailingContext, Newsletter, Reader, Subscriber
from newsletter.render.slots import mask

WEEKLY = Newsletter(
    name="Cloud Weekly",
    sender=Mailbox(email="news@example.com", name="Cloud Weekly"),
    reply_to=Mailbox(email="editor@example.com", name="Zoë, the editor"),
    site_url="https://weekly.example.com",
    public_url="https://lists.example.com",
    list_id="weekly.example.com",
)
NAMES = [
    "From", "To", "Reply-To", "Subject", "List-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Archive",
    "MIME-Version", "Content-Type",
]  # fmt: skip


def issue(*, subject: str = "Clouds", html: str = "<p>Hello</p>\n", text: str = "Hello\n") -> CompiledIssue:
    whole = hashlib.sha256(f"{subject}\0{html}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
    return CompiledIssue(slug="clouds", subject=subject, preheader="", html=html, text=text, sha256=whole)


def reader(name: str = "Ada Lovelace", **attributes: object) -> Reader:
    sample = sample_reader(WEEKLY, "clouds")
    return dataclasses.replace(
        sample,
        subscriber=Subscriber(email="ada.lovelace@example.com", name=name, attributes=attributes),
        mailing=MailingContext(id="7", issue="clouds"),
    )


def test_the_base64_of_a_message_is_that_of_the_same_octets() -> None:
    long = "A paragraph of some length that is the same for everybody.\n" * 40
    slots = "[[ subscriber.name ]]\n" + long + "[[ subscriber.first_name ]]" + long + "[[ mailing.id ]]"
    template = MessageTemplate(issue(subject="For [[ subscriber.name ]]", html=slots, text=slots), WEEKLY)
    for name in ("", "A", "Al", "Ada", "Zoë Ångström", "Ada Lovelace" * 20):
        assert base64.b64decode(template.build_base64(reader(name)), validate=True) == template.build(reader(name))


def test_the_first_message_is_read_back_in_base64_too(monkeypatch: pytest.MonkeyPatch) -> None:
    template = MessageTemplate(issue(), WEEKLY)
    monkeypatch.setattr("newsletter.message.build.join_base64", lambda _: base64.b64encode(b"Subject: x\r\n\r\n"))
    with pytest.raises(RenderGuardError, match=r"^the message does not read back as it was written"):
        template.build_base64(reader())


def parse(message: bytes) -> EmailMessage:
    return email.message_from_bytes(message, policy=policy.default)


def unfolded(parsed: EmailMessage, field: str) -> str:
    return next(re.sub(r"\r\n(?=[ \t])", "", str(value)) for name, value in parsed.raw_items() if name == field)


def squeezed(parsed: EmailMessage, field: str) -> str:
    """A field decoded, without its spaces: in a long name Python 3.11 loses one in front of a colon."""
    return str(make_header(decode_header(unfolded(parsed, field)))).replace(" ", "").replace("\\", "").replace('"', "")


def texts(parsed: EmailMessage) -> list[str]:
    found = []
    for part in parsed.iter_parts():
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        found.append(payload.decode("utf-8"))
    return found


GOLDEN = """\
From: Cloud Weekly <news@example.com>
To: =?utf-8?b?Wm/DqyDigJxTdGFy4oCd?= <ada.lovelace@example.com>
Reply-To: =?utf-8?q?Zo=C3=AB=2C_the_editor?= <editor@example.com>
Subject: =?utf-8?q?Zo=C3=AB=2C_the_clouds?=
List-ID: Cloud Weekly <weekly.example.com>
List-Unsubscribe: <https://lists.example.com/u/this-is-a-preview-and-this-link-does-nothing>, <mailto:editor@example.com?subject=unsubscribe%20this-is-a-preview-and-this-link-does-nothing>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
List-Archive: <https://weekly.example.com/clouds/>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_456b8f801a4f370436ed1eefb11340d7"

--=_456b8f801a4f370436ed1eefb11340d7
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Hello =
Zo=C3=AB=
!
https://lists.example.com/u/this-is-a-preview-and-this-link-does-nothing=


--=_456b8f801a4f370436ed1eefb11340d7
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<p>Hello =
Zo=C3=AB=
!</p>

--=_456b8f801a4f370436ed1eefb11340d7--
"""  # noqa: E501 - lists are never folded


def test_a_message_looks_like_this_byte_for_byte() -> None:
    compiled = issue(
        subject="[[ subscriber.first_name ]], the clouds",
        text="Hello [[ subscriber.first_name ]]!\n[[ unsubscribe_url ]]",
        html="<p>Hello [[ subscriber.first_name ]]!</p>",
    )
    message = MessageTemplate(compiled, WEEKLY).build(reader("Zoë “Star”"))
    assert message.decode("ascii").replace("\r\n", "\n") == GOLDEN
    assert message.count(b"\n") == message.count(b"\r\n") == message.count(b"\r")


def test_two_templates_of_one_issue_build_the_same_bytes() -> None:
    compiled = issue(html="<p>[[ subscriber.name ]] &amp; é</p>")
    assert MessageTemplate(compiled, WEEKLY).build(reader()) == MessageTemplate(compiled, WEEKLY).build(reader())


def test_without_a_site_and_a_reply_address_those_fields_are_left_out() -> None:
    bare = dataclasses.replace(WEEKLY, site_url="", public_url="", reply_to=None)
    message = MessageTemplate(issue(), bare).build(sample_reader(bare, "clouds"))
    assert parse(message).keys() == [name for name in NAMES if name not in {"Reply-To", "List-Archive"}]
    assert b"<mailto:news@example.com?subject=unsubscribe%20" in message


def test_values_of_a_reader_are_escaped_in_html_and_in_html_alone() -> None:
    slot = "[[ subscriber.name ]]"
    message = MessageTemplate(issue(subject=slot, html=f"<p>{slot}</p>", text=slot), WEEKLY).build(reader("<b>A&B</b>"))
    assert parse(message)["Subject"] == "<b>A&B</b>"
    assert texts(parse(message)) == ["<b>A&B</b>\r\n", "<p>&lt;b&gt;A&amp;B&lt;/b&gt;</p>\r\n"]


def test_line_breaks_of_a_value_become_canonical_ones() -> None:
    template = MessageTemplate(issue(text="a [[ subscriber.attributes.a ]] b\n"), WEEKLY)
    assert texts(parse(template.build(reader(a="one\rtwo\nthree\r\nfour \r\n"))))[0] == (
        "a one\r\ntwo\r\nthree\r\nfour \r\n b\r\n"
    )


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("Ada\r\nBcc: eve@example.com", "the name of ada.lovelace@example.com contains the control character U+000D"),
        ("Ada\nBcc: eve@example.com", "the name of ada.lovelace@example.com contains the control character U+000A"),
        ("Ada\x00", "the name of ada.lovelace@example.com contains the control character U+0000"),
        ("Ada\u2028Bcc:", "the name of ada.lovelace@example.com contains the control character U+2028"),
        ("=?utf-8?q?x=0D=0ABcc=3A_e=40x=2Ey?=", "the name of ada.lovelace@example.com contains an encoded word"),
        ("=?utf-8?q?x=0D=0A Bcc?=", "the name of ada.lovelace@example.com contains an encoded word"),
    ],
)
def test_a_name_that_would_break_out_of_its_header_is_refused(name: str, complaint: str) -> None:
    with pytest.raises(MessageError) as error:
        MessageTemplate(issue(), WEEKLY).build(reader(name))
    assert error.value.what == f"{complaint}: {name!r}"


def test_a_slot_cannot_break_out_of_the_subject() -> None:
    template = MessageTemplate(issue(subject="Hello [[ subscriber.attributes.a ]]!"), WEEKLY)
    with pytest.raises(MessageError, match=r"^the subject contains the control character U\+000D"):
        template.build(reader(a="x\r\nBcc: eve@example.com"))
    with pytest.raises(MessageError, match=r"^the subject contains an encoded word"):
        template.build(reader(a="=?utf-8?q?x=0D=0ABcc=3A_e=40x=2Ey?="))


def test_an_empty_subject_is_refused() -> None:
    with pytest.raises(MessageError, match=r"^the subject is empty\n"):
        MessageTemplate(issue(subject=" "), WEEKLY)
    template = MessageTemplate(issue(subject="[[ subscriber.attributes.a ]]"), WEEKLY)
    with pytest.raises(MessageError, match=r"^the subject is empty\n"):
        template.build(reader(a=" "))


def test_half_a_character_is_refused_with_the_slot_that_holds_it() -> None:
    template = MessageTemplate(issue(text="[[ subscriber.attributes.a ]]"), WEEKLY)
    with pytest.raises(MessageError) as error:
        template.build(reader(a="x\ud800"))
    assert str(error.value) == (
        "[[ subscriber.attributes.a ]] contains half a character, U+D800, which no mail can carry\n"
        "Write the character again."
    )


def test_a_slot_that_fails_names_the_reader() -> None:
    with pytest.raises(SlotError, match=r"fails for ada\.lovelace@example\.com"):
        MessageTemplate(issue(text="[[ subscriber.attributes.city ]]"), WEEKLY).build(reader())


def test_an_address_with_a_line_break_is_refused() -> None:
    eve = dataclasses.replace(reader(), subscriber=Subscriber(email="a@example.com>\r\nBcc: <eve@example.com"))
    with pytest.raises(MessageError, match="cannot stand in a header: it is no canonical address"):
        MessageTemplate(issue(), WEEKLY).build(eve)


def test_the_first_message_is_parsed_as_a_whole_and_refused_when_it_reads_differently() -> None:
    broken = dataclasses.replace(issue(), sha256='"; x="' + "0" * 58)
    with pytest.raises(RenderGuardError) as error:
        MessageTemplate(broken, WEEKLY).build(reader())
    assert str(error.value) == (
        "the message does not read back as it was written: the list of parts is [] instead of "
        "['text/plain', 'text/html']\nNothing was sent; please report it with the issue that shows it."
    )


def test_sizes_are_those_of_the_decoded_parts_and_of_the_wire() -> None:
    template = MessageTemplate(issue(html="<p>é</p>\n<p>\n", text="é [[ subscriber.name ]]"), WEEKLY)
    message = template.build(reader())
    sizes = message_sizes(template.content(reader()), message)
    text, html = (part.encode("utf-8") for part in texts(parse(message)))
    assert sizes == MessageSizes(html=len(html), text=len(text), message=len(message))
    assert sizes.html == len("<p>é</p>\r\n<p>\r\n".encode())


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufdd0"), max_size=90) | st.sampled_from(
    [
        "=",
        ".",
        "\r",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\n.\n",
        "From me",
        " \n",
        "é" * 40,
        "x" * 200,
        "👩‍👩‍👧‍👦🇩🇪",
        "שלום",
        "--=_",
    ]
)
LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufdd0"), max_size=120)
NAME = LINE | st.sampled_from(
    [
        "Zoë",
        'Ada "Star" Lovelace',
        "O'Neil, Sam",
        "Jörg (Büro), Müller",
        "a  b",
        "x" * 90,
        "é" * 90,
        "😀" * 40,
        "\\",
        '"',
    ]
)
PIECES = st.lists(st.tuples(st.booleans(), WORDS), max_size=8)


def _source(pieces: list[tuple[bool, str]], prefix: str, values: dict[str, object]) -> str:
    source = ""
    for index, (slot, text) in enumerate(pieces):
        if slot:
            values[f"{prefix}{index}"] = text
            source += f"[[ subscriber.attributes.{prefix}{index} ]]"
        else:
            source += mask(text)
    return source


def _allowed(line: str) -> bool:
    return not re.search(r"=\?[^?]*\?[bBqQ]\?", line)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(subject=LINE.filter(_allowed), slot=LINE.filter(_allowed), name=NAME.filter(_allowed), text=PIECES, html=PIECES)
@example(subject="a", slot="", name="0 0000ࠀࠀࠀࠀࠀࠀࠀࠀࠀࠀࠀࠀࠀ :", text=[], html=[])
@example(subject="a", slot="", name="", text=[], html=[])
def test_fast_and_slow_path_parse_to_the_same_headers_and_parts(
    subject: str, slot: str, name: str, text: list[tuple[bool, str]], html: list[tuple[bool, str]]
) -> None:
    values: dict[str, object] = {"s": slot}
    compiled = issue(
        subject=f"S{mask(subject)} [[ subscriber.attributes.s ]]!",
        text=_source(text, "t", values),
        html=_source(html, "h", values),
    )
    template = MessageTemplate(compiled, WEEKLY)
    someone = reader(name, **values)
    content = template.content(someone)
    if not _allowed(content.subject):
        return
    fast = template.build(someone)
    slow = reference_message(WEEKLY, someone, content)
    ours, theirs = parse(fast), parse(slow)

    assert ours.keys() == theirs.keys() == NAMES
    assert ours["Subject"] == content.subject
    assert read_mailbox(unfolded(ours, "To")) == Mailbox(email=someone.subscriber.email, name=plain_name(name))
    for field in ("From", "To", "Reply-To", "Subject"):
        assert squeezed(ours, field) == squeezed(theirs, field)
    for field in set(NAMES) - {"From", "To", "Reply-To", "Subject", "Content-Type"}:
        assert unfolded(ours, field) == unfolded(theirs, field)
    assert texts(ours) == texts(theirs)

    body = fast.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not re.search(rb"[ \t]\r\n", body)
    assert fast.isascii()
    assert fast.count(b"\n") == fast.count(b"\r\n") == fast.count(b"\r")
    for line in fast.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        assert len(line) <= 78 or line.startswith((b"List-", b"Content-Type"))
