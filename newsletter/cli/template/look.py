"""`newsletter template list|show`: look at templates."""

import os
from typing import Annotated, Any

import typer

from newsletter.cli.output import note, plural, say, say_json, say_table
from newsletter.errors import NewsletterError
from newsletter.models import Template

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the templates of the project; the one that a new issue gets is marked with a star.

    \b
    newsletter template list
    newsletter template list --json
    """
    from newsletter.project import Project
    from newsletter.project.templates import template_names

    project = Project.open(context.obj, os.environ)
    usual = project.settings.newsletter.template
    found: list[dict[str, Any]] = []
    for name in template_names(project.root):
        try:
            template = project.template(name)
        except NewsletterError as error:
            found.append({"name": name, "usual": name == usual, "error": str(error)})
        else:
            layouts, parameters = list(template.layouts), list(template.declared)
            words = {"description": template.description, "layouts": layouts, "parameters": parameters}
            found.append({"name": name, "usual": name == usual, **words})
    if as_json:
        say_json(found)
    elif not found:
        note("There is no template in the folder templates. `newsletter init` lays the stock ones down.")
    else:
        rows = [
            (f"{it['name']}{' *' if it['usual'] else ''}", ", ".join(it.get("layouts", ())), it.get("description", ""))
            for it in found
        ]
        say_table(("template", "layouts", "description"), rows)
    for broken in (it for it in found if "error" in it):
        note(f"error: {broken['error']}")
    if any("error" in it for it in found):
        raise typer.Exit(1)


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The template's folder in templates/.")],
    as_json: AsJson = False,
) -> None:
    """Show what a template offers: layouts, sections of a new issue, languages, and parameters with their values here.

    \b
    newsletter template show weekly
    newsletter template show weekly --json
    """
    from newsletter.project import Project

    project = Project.open(context.obj, os.environ)
    template = project.template(name)
    if as_json:
        say_json(_values(template))
        return
    say(f"{template.name}: {template.description}" if template.description else template.name)
    say(f"  layouts    {', '.join(template.layouts)}")
    say(f"  sections   {', '.join(f'{section.title} ({section.layout})' for section in template.sections)}")
    say(f"  languages  {', '.join(['en', *(it for it in _languages(template) if it != 'en')])}")
    say(f"  files      {plural(len(template.files), 'text')} below {template.root} and templates/_shared\n")
    rows = []
    for key, declared in template.declared.items():
        kind = f"{declared.type} ({', '.join(declared.choices)})" if declared.choices else declared.type.value
        value = template.parameters[key]
        rows.append((key, kind, _shown(value) + (" *" if value != declared.default else ""), declared.description))
    if rows:
        say_table(("parameter", "type", "value", "meaning"), rows)
    if any(template.parameters[key] != declared.default for key, declared in template.declared.items()):
        note(f"* from [templates.{template.name}] in newsletter.toml")


def _values(template: Template) -> dict[str, Any]:
    parameters = [
        {
            "name": name,
            "type": declared.type.value,
            "default": declared.default,
            "value": template.parameters[name],
            "choices": list(declared.choices),
            "description": declared.description,
        }
        for name, declared in template.declared.items()
    ]
    return {
        "name": template.name,
        "description": template.description,
        "layouts": list(template.layouts),
        "sections": [{"title": section.title, "layout": section.layout} for section in template.sections],
        "languages": _languages(template),
        "files": sorted(template.files),
        "parameters": parameters,
    }


def _languages(template: Template) -> list[str]:
    return sorted({file.rpartition("/")[2].removesuffix(".po") for file in template.files if file.endswith(".po")})


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(str(link["name"]) for link in value)
    return str(value)
