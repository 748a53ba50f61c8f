"""The sample issues' mails, whole: whatever changes in them is seen in a diff."""

import pytest

from tests.golden.refresh import HERE, SAMPLES, golden, sample


@pytest.mark.parametrize("slug", SAMPLES)
def test_the_sample_mail_is_what_it_was(slug: str) -> None:
    files = golden(sample(slug))
    assert files == {name: (HERE / name).read_text(encoding="utf-8") for name in files}
