"""The components of MJML 5 with their attributes, types and parents, as its reference documents them.

Source: the component reference of MJML 5.4 (documentation.mjml.io, `allowedAttributes` and `dependencies` of npm's
`mjml`, MIT). What the engine of mjml-python 1.4.2 refuses or ignores in silence is left out, so that validation names
it: `LACKING` and `LACKING_ATTRIBUTES`. mj-include is left out: Jinja includes.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One MJML tag: where it may stand, whether its content is text or HTML, and each attribute's type."""

    parents: tuple[str, ...]
    ending: bool
    attributes: Mapping[str, str]


EVERYWHERE = ("css-class", "mj-class")
"""Attributes that every component of the body takes."""

LACKING: Mapping[str, str] = {
    "mj-include": 'Write {% include "file.mjml" %} instead.',
    "mj-html-attributes": "The engine refuses it. Write the attributes into HTML of your own, in mj-text or mj-raw.",
    "mj-selector": "The engine refuses it. Write the attributes into HTML of your own, in mj-text or mj-raw.",
    "mj-html-attribute": "The engine refuses it. Write the attributes into HTML of your own, in mj-text or mj-raw.",
}
"""Tags of MJML that cannot be used, and what to do instead."""

LACKING_ATTRIBUTES: Mapping[str, str] = {
    "gutter": "The engine ignores it. Give the columns a padding instead.",
    "gap": "The engine ignores it. Give the sections a padding instead.",
    "owa": "The engine ignores it, and Outlook on the web needs nothing of the kind any more.",
    "position": "The engine refuses mj-raw in front of the document. Put it into <mj-head>.",
    "id": 'The engine ignores it. Write <p id="…"> in mj-text.',
    "path": 'Write {% include "file.mjml" %} instead.',
}
"""Attributes of MJML that have no effect, and what to do instead."""


def _component(parents: str, *, ending: bool = False, **types: str) -> Component:
    attributes = {name: TYPES[key] for key, names in types.items() for name in names.split()}
    return Component(parents=tuple(parents.split()), ending=ending, attributes=attributes)


TYPES = {
    "pixels": "unit(px)",
    "color": "color",
    "text": "string",
    "length": "unit(px,%)",
    "lengths": "unit(px,%){1,4}",
    "vertical": "enum(top,bottom,middle)",
    "align": "enum(left,center,right)",
    "signed": "unitWithNegative(px,em)",
    "number_or_length": "unit(px,%,)",
    "direction": "enum(ltr,rtl)",
    "boolean": "boolean",
    "pixels_or_auto": "unit(px,auto)",
    "norepeat_repeat": "enum(repeat,no-repeat)",
    "false_fullwidth_or_none": "enum(full-width,false,)",
    "center_justify_left_right": "enum(left,right,center,justify)",
    "integer": "integer",
    "none_presentation": "enum(none,presentation)",
    "auto_fixed_inherit_initial": "enum(auto,fixed,initial,inherit)",
    "length_or_auto": "unit(px,%,auto)",
    "horizontal_vertical": "enum(horizontal,vertical)",
    "auto_fixed": "enum(auto,fixed)",
    "side": "enum(left,right)",
    "hidden_supported_visible": "enum(visible,hidden,supported)",
}

COMPONENTS: Mapping[str, Component] = {
    "mjml": _component("", text="lang dir"),
    "mj-body": _component(
        "mjml",
        pixels="width",
        color="background-color",
    ),
    "mj-head": _component(
        "mjml",
    ),
    "mj-attributes": _component(
        "mj-head",
    ),
    "mj-breakpoint": _component(
        "mj-head",
        ending=True,
        pixels="width",
    ),
    "mj-font": _component(
        "mj-head",
        text="href name",
    ),
    "mj-preview": _component(
        "mj-head",
        ending=True,
    ),
    "mj-style": _component(
        "mj-head",
        ending=True,
        text="inline",
    ),
    "mj-title": _component(
        "mj-head",
        ending=True,
    ),
    "mj-hero": _component(
        "mj-body mj-wrapper",
        text="background-position background-url border-radius mode",
        length=(
            "background-height background-width height inner-padding-bottom inner-padding-left inner- "
            "padding-right inner-padding-top padding-bottom padding-left padding-right padding-top"
        ),
        color="background-color inner-background-color",
        lengths="inner-padding padding",
        vertical="vertical-align",
    ),
    "mj-button": _component(
        "mj-column mj-hero",
        ending=True,
        align="align text-align",
        color="background-color color container-background-color",
        text=(
            "border border-bottom border-left border-radius border-right border-top font-family font- "
            "style font-weight href name rel target text-decoration text-transform title"
        ),
        pixels="font-size",
        length="height padding-bottom padding-left padding-right padding-top width",
        lengths="inner-padding padding",
        signed="letter-spacing",
        number_or_length="line-height",
        vertical="vertical-align",
    ),
    "mj-column": _component(
        "mj-group mj-section",
        color="background-color inner-background-color",
        text=(
            "border border-bottom border-left border-radius border-right border-top inner-border inner- "
            "border-bottom inner-border-left inner-border-radius inner-border-right inner-border-top"
        ),
        direction="direction",
        length="padding-bottom padding-left padding-right padding-top width",
        lengths="padding",
        vertical="vertical-align",
    ),
    "mj-divider": _component(
        "mj-column mj-hero",
        color="border-color container-background-color",
        text="border-style",
        pixels="border-width",
        lengths="padding",
        length="padding-bottom padding-left padding-right padding-top width",
        align="align",
    ),
    "mj-group": _component(
        "mj-section",
        color="background-color",
        direction="direction",
        vertical="vertical-align",
        length="width",
    ),
    "mj-image": _component(
        "mj-column mj-hero",
        text=(
            "alt border border-bottom border-left border-radius border-right border-top href name rel "
            "sizes src srcset target title usemap"
        ),
        align="align",
        color="container-background-color",
        boolean="fluid-on-mobile",
        lengths="padding",
        length="max-height padding-bottom padding-left padding-right padding-top",
        pixels="font-size width",
        pixels_or_auto="height",
    ),
    "mj-raw": _component(
        "mj-body mj-column mj-group mj-head mj-hero mj-section mj-wrapper",
        ending=True,
    ),
    "mj-section": _component(
        "mj-body mj-wrapper",
        color="background-color",
        text=(
            "background-position background-position-x background-position-y background-size "
            "background-url border border-bottom border-left border-radius border-right border-top"
        ),
        norepeat_repeat="background-repeat",
        direction="direction",
        false_fullwidth_or_none="full-width",
        lengths="padding text-padding",
        length="padding-bottom padding-left padding-right padding-top",
        align="text-align",
    ),
    "mj-spacer": _component(
        "mj-column mj-hero",
        text="border border-bottom border-left border-right border-top",
        color="container-background-color",
        length="height padding-bottom padding-left padding-right padding-top",
        lengths="padding",
    ),
    "mj-text": _component(
        "mj-column mj-hero",
        ending=True,
        center_justify_left_right="align",
        color="background-color color container-background-color",
        text="font-family font-style font-weight text-decoration text-transform",
        pixels="font-size",
        length="height padding-bottom padding-left padding-right padding-top",
        signed="letter-spacing",
        number_or_length="line-height",
        lengths="padding",
        vertical="vertical-align",
    ),
    "mj-table": _component(
        "mj-column mj-hero",
        ending=True,
        align="align",
        text="border font-family font-weight",
        integer="cellpadding cellspacing",
        color="color container-background-color",
        pixels="font-size",
        number_or_length="line-height",
        length="padding-bottom padding-left padding-right padding-top",
        lengths="padding",
        none_presentation="role",
        auto_fixed_inherit_initial="table-layout",
        vertical="vertical-align",
        length_or_auto="width",
    ),
    "mj-wrapper": _component(
        "mj-body",
        color="background-color",
        text=(
            "background-position background-position-x background-position-y background-size "
            "background-url border border-bottom border-left border-radius border-right border-top"
        ),
        norepeat_repeat="background-repeat",
        direction="direction",
        false_fullwidth_or_none="full-width",
        lengths="padding text-padding",
        length="padding-bottom padding-left padding-right padding-top",
        align="text-align",
    ),
    "mj-social": _component(
        "mj-column mj-hero",
        align="align",
        text="border border-radius font-family font-style font-weight text-decoration",
        color="color container-background-color",
        pixels="font-size",
        length="icon-height icon-size padding-bottom padding-left padding-right padding-top",
        lengths="icon-padding inner-padding padding text-padding",
        number_or_length="line-height",
        horizontal_vertical="mode",
        auto_fixed="table-layout",
        vertical="vertical-align",
    ),
    "mj-social-element": _component(
        "mj-social",
        ending=True,
        align="align",
        side="icon-position",
        color="background-color color",
        text=(
            "alt border border-radius font-family font-style font-weight href name rel sizes src srcset "
            "target text-decoration title"
        ),
        pixels="font-size",
        length="icon-height icon-size padding-bottom padding-left padding-right padding-top",
        lengths="icon-padding padding text-padding",
        number_or_length="line-height",
        vertical="vertical-align",
    ),
    "mj-navbar": _component(
        "mj-column mj-hero",
        align="align ico-align",
        text=("base-url hamburger ico-close ico-font-family ico-open ico-text-decoration ico-text- transform"),
        color="ico-color",
        length=(
            "ico-font-size ico-padding-bottom ico-padding-left ico-padding-right ico-padding-top "
            "padding-bottom padding-left padding-right padding-top"
        ),
        lengths="ico-padding padding",
        number_or_length="ico-line-height",
    ),
    "mj-navbar-link": _component(
        "mj-navbar",
        ending=True,
        color="color",
        text="font-family font-style font-weight href name rel target text-decoration text-transform",
        pixels="font-size",
        signed="letter-spacing",
        number_or_length="line-height",
        length="padding-bottom padding-left padding-right padding-top",
        lengths="padding",
    ),
    "mj-accordion": _component(
        "mj-column mj-hero",
        color="container-background-color",
        text="border font-family icon-unwrapped-alt icon-unwrapped-url icon-wrapped-alt icon-wrapped-url",
        vertical="icon-align",
        length="icon-height icon-width padding-bottom padding-left padding-right padding-top",
        side="icon-position",
        lengths="padding",
    ),
    "mj-accordion-element": _component(
        "mj-accordion",
        color="background-color",
        text="border font-family icon-unwrapped-alt icon-unwrapped-url icon-wrapped-alt icon-wrapped-url",
        vertical="icon-align",
        length="icon-height icon-width",
        side="icon-position",
    ),
    "mj-accordion-text": _component(
        "mj-accordion-element",
        ending=True,
        color="background-color color",
        pixels="font-size",
        text="font-family font-weight",
        signed="letter-spacing",
        number_or_length="line-height",
        length="padding-bottom padding-left padding-right padding-top",
        lengths="padding",
    ),
    "mj-accordion-title": _component(
        "mj-accordion-element",
        ending=True,
        color="background-color color",
        pixels="font-size",
        text="font-family font-weight",
        length="padding-bottom padding-left padding-right padding-top",
        lengths="padding",
    ),
    "mj-carousel": _component(
        "mj-column mj-hero",
        align="align",
        text="border-radius left-icon right-icon tb-border tb-border-radius",
        color="container-background-color tb-hover-border-color tb-selected-border-color",
        length="icon-width padding-bottom padding-left padding-right padding-top tb-width",
        lengths="padding",
        hidden_supported_visible="thumbnails",
    ),
    "mj-carousel-image": _component(
        "mj-carousel",
        ending=True,
        text="alt border-radius href rel src target tb-border tb-border-radius thumbnails-src title",
    ),
}
