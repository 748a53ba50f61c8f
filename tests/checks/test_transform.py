"""What inlining did to the mail is found by compiling it without."""

from collections.abc import Callable

from newsletter.checks.base import Subject
from newsletter.checks.transform import inlining_of

Lines = Callable[..., list[str]]


def styles(css: str) -> dict[str, str]:
    return {"styles.mjml": f'<mj-style inline="inline">{css}</mj-style>'}


def test_what_inlining_did_is_said_exactly(subject_of: Callable[..., Subject]) -> None:
    nothing = inlining_of(subject_of(files=styles("")))
    assert (nothing.rules, nothing.attributes, nothing.share < 0.01) == (0, 0, True)
    one = inlining_of(subject_of(files=styles("h1 { margin: 0; }")))
    assert (one.rules, one.attributes) == (1, 1)
    assert one.bytes - nothing.bytes == len(' style="margin:0"')
    stock = inlining_of(subject_of())
    assert stock.rules == 18
    assert 0 < stock.share < 0.25


def test_the_mail_before_inlining_differs_only_in_its_styles(subject_of: Callable[..., Subject]) -> None:
    it = subject_of()
    assert it.uninlined.count("<a ") == it.compiled.html.count("<a ")
    assert "#newsletter-inlined-rules" in it.uninlined
    assert "#newsletter-inlined-rules" not in it.html


def test_a_lost_media_rule_is_named(lines_of: Lines) -> None:
    gone = ((".masthead h1 { font-size: 26px !important; }", ""),)
    (found,) = lines_of(html_edits=gone)
    assert found == (
        "N902 error templates/weekly/styles.mjml:2: 1 rule of the style sheets did not survive: "
        "@media only screen and (max-width: 479px) { .masthead h1 { font-size: 26px !impo"
    )


def test_rules_that_inlining_passes_over_are_found_where_they_stand(lines_of: Lines) -> None:
    css = "p { margin: 0; }\nul > li:not(.x) { margin: 0; }\na[href='https://a.example/'] { color: #9c2f2f; }"
    where, what = "N904 warning templates/weekly/styles.mjml", "is passed over when the CSS is inlined"
    assert [line for line in lines_of(files=styles(css)) if line.startswith("N9")] == [
        f"{where}:2: the rule 'ul > li:not(.x)' {what}",
        f"{where}:3: the rule 'a[href=\"https://a.example/\"]' {what}",
    ]


def test_a_template_without_inlined_rules_has_nothing_to_say(lines_of: Lines) -> None:
    assert [line for line in lines_of(files={"styles.mjml": ""}) if line.startswith("N9")] == []
