"""The pages and mails: Jinja templates of the project's `templates/public/`, and the stock ones where it has none."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape
from jinja2.sandbox import SandboxedEnvironment

from newsletter.errors import TemplateError as BrokenTemplateError
from newsletter.models import Newsletter, Place
from newsletter.project import stock_folder
from newsletter.public.languages import Languages, direction_of, name_of

FOLDER = Path("templates") / "public"
STYLE = "style.css"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as its template makes it."""

    subject: str
    text: str
    html: str


class Pages:
    """The templates of a project, in every language; `base` is the path of the address that the pages have."""

    def __init__(self, root: Path, newsletter: Newsletter, *, base: str) -> None:
        self._folders = (root / FOLDER, stock_folder() / FOLDER)
        self.languages = Languages([folder / "locale" for folder in self._folders])
        self._newsletter = newsletter
        self._base = base
        self._environment = lru_cache(maxsize=None)(self._make_environment)
        self.style = next(file for folder in self._folders if (file := folder / STYLE).is_file()).read_bytes()

    def page(self, template: str, language: str, /, **values: Any) -> str:
        """Return a page as HTML; raises TemplateError naming the template that is broken."""
        return self._render(f"{template}.html", language, values)[0]

    def mail(self, template: str, language: str, /, **values: Any) -> Mail:
        """Return a mail; its subject is the variable `subject` that the text template sets."""
        text, subject = self._render(f"mail/{template}.txt", language, values)
        return Mail(subject=subject, text=text, html=self._render(f"mail/{template}.html", language, values)[0])

    def say(self, text: str, language: str) -> str:
        """Return a sentence in a language."""
        return self.languages.catalogue(language).gettext(text)

    def _render(self, name: str, language: str, values: dict[str, Any]) -> tuple[str, str]:
        common = {
            "newsletter": self._newsletter,
            "base": self._base,
            "language": language,
            "direction": direction_of(language),
            "languages": {code: name_of(code) for code in self.languages.codes},
        }
        try:
            module = self._environment(language).get_template(name).make_module({**common, **values})
            return str(module), str(getattr(module, "subject", ""))
        except TemplateError as exc:
            line = getattr(exc, "lineno", None)
            raise BrokenTemplateError(
                f"this page cannot be made: {exc.message or exc}",
                place=Place(file=str(FOLDER / name), line=line),
                remedy="Mend the template, or delete it: then the stock one is used.",
            ) from exc

    def _make_environment(self, language: str) -> SandboxedEnvironment:
        environment = SandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in self._folders]),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        texts = self.languages.catalogue(language)
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            texts.gettext, texts.ngettext, newstyle=True
        )
        return environment
