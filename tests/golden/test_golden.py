"""The sample issue's mail, whole: whatever changes in it is seen in a diff."""

import pytest

from tests.golden.refresh import HERE, golden, sample


@pytest.mark.parametrize("name", ["first-light.html", "first-light.txt", "first-light.headers.txt"])
def test_the_sample_mail_is_what_it_was(name: str) -> None:
    assert golden(sample())[name] == (HERE / name).read_text(encoding="utf-8")
