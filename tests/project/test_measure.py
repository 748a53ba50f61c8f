"""How much of the mail each article is."""

from collections.abc import Callable

from newsletter.models import Article, AssembledIssue, Newsletter, Template
from newsletter.project.measure import measure_issue


def test_each_article_is_what_the_mail_lacks_without_it(
    make_issue: Callable[..., AssembledIssue],
    make_article: Callable[..., Article],
    weekly: Template,
    newsletter: Newsletter,
) -> None:
    articles = [make_article("alpha", body="word " * 500), make_article("beta"), make_article("gamma")]
    total, parts = measure_issue(make_issue(articles), weekly, newsletter)
    assert [part.slug for part in parts] == ["alpha", "beta", "gamma"]
    assert 6000 < parts[0].bytes < 9000
    assert 500 < parts[0].words < 540
    assert parts[0].seconds == round(parts[0].words * 60 / 230)
    assert sum(part.bytes for part in parts) < total
    assert parts[0].bytes < parts[0].end < parts[1].end < parts[2].end < total
    longer = [make_article("alpha", body="word " * 700), *articles[1:]]
    after = measure_issue(make_issue(longer), weekly, newsletter)
    assert after[0] - total == after[1][0].bytes - parts[0].bytes == 1000
    assert [part.bytes for part in after[1][1:]] == [part.bytes for part in parts[1:]]
