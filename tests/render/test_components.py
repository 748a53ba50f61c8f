"""The component table says what the engine really reads."""

import pytest
from mjml import mjml2html

from newsletter.render.mjml_components import COMPONENTS, LACKING

SAMPLES = {"color": "#336699", "boolean": "true", "integer": "2", "string": "x"}
TEXTS = {"href": "https://example.com/", "src": "https://example.com/x.png", "border": "1px solid red", "lang": "en"}


def value_of(name: str, kind: str) -> str:
    if name in TEXTS:
        return TEXTS[name]
    if kind.startswith("enum("):
        return next(word for word in kind[5:-1].split(",") if word and word != "fluid-height")
    return "10px" if kind.startswith("unit") else SAMPLES[kind]


def tag(name: str, inner: str = "") -> str:
    attributes = "".join(f' {key}="{value_of(key, kind)}"' for key, kind in COMPONENTS[name].attributes.items())
    return f"<{name}{attributes}>{inner}</{name}>"


def document(name: str, parent: str) -> str:
    """Put a tag into a parent, that into its first parent, and so on up to the root."""
    inner = tag(name, "x" if COMPONENTS[name].ending and name != "mj-carousel-image" else "")
    while parent:
        inner = tag(parent, inner)
        parent = next(iter(COMPONENTS[parent].parents), "")
    return inner


PAIRS = [
    (name, parent)
    for name, component in COMPONENTS.items()
    for parent in component.parents
    if name not in {"mj-breakpoint", "mj-style"}
]


@pytest.mark.parametrize(("name", "parent"), PAIRS)
def test_the_engine_reads_every_component_in_every_parent_with_every_attribute(name: str, parent: str) -> None:
    html = mjml2html(document(name, parent))
    assert f"<{name}" not in html


def test_the_engine_reads_the_two_that_need_values_of_their_own() -> None:
    html = mjml2html(
        '<mjml><mj-head><mj-breakpoint width="400px" /><mj-style inline="inline">p { color: red }</mj-style></mj-head>'
        "<mj-body></mj-body></mjml>"
    )
    assert "p { color: red }" in html


@pytest.mark.parametrize("name", sorted(set(LACKING) - {"mj-include", "mj-selector", "mj-html-attribute"}))
def test_the_engine_does_refuse_what_the_table_lacks(name: str) -> None:
    with pytest.raises(ValueError, match="unexpected element"):
        mjml2html(f"<mjml><mj-head><{name}></{name}></mj-head><mj-body></mj-body></mjml>")


@pytest.mark.parametrize(
    ("with_attribute", "without"),
    [
        ('<mj-section gutter="9px"><mj-column /></mj-section>', "<mj-section><mj-column /></mj-section>"),
        ('<mj-wrapper gap="9px"><mj-section /></mj-wrapper>', "<mj-wrapper><mj-section /></mj-wrapper>"),
    ],
)
def test_the_engine_does_ignore_the_attributes_that_the_table_lacks(with_attribute: str, without: str) -> None:
    one, two = (mjml2html(f"<mjml><mj-body>{body}</mj-body></mjml>") for body in (with_attribute, without))
    assert one == two
