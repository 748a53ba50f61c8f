"""What inlining did to the mail is found by compiling it without."""

from collections.abc import Callable

from newsletter.checks.base import Subject
from newsletter.checks.transform.inlining import inlining_of, much_inlined

Lines = Callable[..., list[str]]


def styles(css: str) -> dict[str, str]:
    return {"styles.mjml": f'<mj-style inline="inline">{css}</mj-style>'}


MACROS = "{% macro base() %}{% endmacro %}{% macro adaptive(text={}, fills={}, lines={}) %}{% endmacro %}"
ONLY = {"_shared/styles.mjml": MACROS}


def test_what_inlining_did_is_said_exactly(subject_of: Callable[..., Subject]) -> None:
    nothing = inlining_of(subject_of(files=styles("") | ONLY))
    assert (nothing.rules, nothing.attributes, nothing.share < 0.01) == (0, 0, True)
    one = inlining_of(subject_of(files=styles("h1 { color: #23291f; }") | ONLY))
    assert (one.rules, one.attributes) == (1, 1)
    stock = inlining_of(subject_of())
    assert stock.rules > 20
    assert 0 < stock.share < 0.25


def test_the_mail_before_inlining_differs_only_in_its_styles(subject_of: Callable[..., Subject]) -> None:
    it = subject_of()
    assert it.uninlined.count("<a ") == it.compiled.html.count("<a ")
    assert "#newsletter-inlined-rules" in it.uninlined
    assert "#newsletter-inlined-rules" not in it.html


def test_a_template_without_inlined_rules_has_nothing_to_say(lines_of: Lines) -> None:
    assert [line for line in lines_of(files=styles("") | ONLY) if line.startswith("N9")] == []


def test_a_mail_in_which_inlining_cannot_have_written_much_is_not_compiled_again(
    subject_of: Callable[..., Subject],
) -> None:
    it = subject_of()
    assert list(much_inlined.run(it)) == []
    assert "uninlined" not in vars(it)
