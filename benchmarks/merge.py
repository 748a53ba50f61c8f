"""Merge and build one message: our fast path against Python's own e-mail package, per reader.

Run with `python benchmarks/merge.py`. Prints the CPU time of this process per message, the best of three rounds, for a
synthetic issue of about 84 KB of HTML with seven slots. Budget (DESIGN §11): 60 µs and a hundredfold.
"""

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Sequence

from newsletter.message.build import MessageTemplate, message_sizes
from newsletter.message.reader import make_reader
from newsletter.message.reference import reference_message
from newsletter.message.tokens import TokenKeys
from newsletter.message.verify import MessageContent
from newsletter.models import CompiledIssue, Mailbox, MailingContext, Newsletter, Reader, Subscriber
from newsletter.render.slots import parse_slots, reader_context

NEWSLETTER = Newsletter(
    name="Cloud Weekly",
    sender=Mailbox(email="news@example.com", name="Cloud Weekly"),
    site_url="https://weekly.example.com",
    public_url="https://lists.example.com",
    list_id="weekly.example.com",
)
STORY = (
    '<tr><td style="padding:10px 25px;font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;'
    'color:#222222"><a href="https://example.com/stories/{0}" style="color:#0a5cad">Story {0}: clouds, again</a><br>'
    "A summary of one or two sentences that an editor may overwrite, long enough to be worth reading.</td></tr>\n"
)


def synthetic_issue() -> CompiledIssue:
    """Return an issue as large as a long real one: three slots in the HTML, three in the text, one in the subject."""
    stories = "".join(STORY.format(number) for number in range(1, 262))
    html = (
        "<!DOCTYPE html><html lang=en><body><p>Hello [[ subscriber.first_name ]]!</p><table>\n"
        f'{stories}</table><p><a href="[[ unsubscribe_url ]]">Unsubscribe</a> '
        '<a href="[[ preferences_url ]]">Preferences</a></p></body></html>\n'
    )
    text = (
        "Hello [[ subscriber.first_name ]]!\n" + "A story.\n" * 900 + "[[ unsubscribe_url ]]\n[[ preferences_url ]]\n"
    )
    subject = "[[ subscriber.first_name ]], the clouds of this week"
    digest = hashlib.sha256((subject + html + text).encode()).hexdigest()
    return CompiledIssue(slug="clouds", subject=subject, preheader="", html=html, text=text, sha256=digest)


def readers(count: int) -> list[Reader]:
    """Return invented readers, each with links of their own."""
    keys = TokenKeys(current="k1", keys={"k1": secrets.token_bytes(32)})
    mailing = MailingContext(id="1", issue="clouds")
    return [
        make_reader(
            Subscriber(email=f"reader{number}@example.com", name=f"Zoë Reader {number}"),
            subscription=secrets.token_bytes(16),
            newsletter=NEWSLETTER,
            keys=keys,
            mailing=mailing,
        )
        for number in range(count)
    ]


def microseconds(build: Callable[[Reader], bytes], audience: Sequence[Reader], rounds: int = 3) -> float:
    """Return the CPU time of one call, the best of some rounds over the audience."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for reader in audience:
            build(reader)
        best = min(best, (time.process_time() - start) / len(audience))
    return best * 1e6


def main() -> None:
    """Measure both ways and print them."""
    compiled = synthetic_issue()
    template = MessageTemplate(compiled, NEWSLETTER)
    subject = parse_slots(compiled.subject, html=False, part="subject")
    html = parse_slots(compiled.html, html=True, part="html")
    text = parse_slots(compiled.text, html=False, part="text")

    def slow(reader: Reader) -> bytes:
        context = reader_context(reader)
        content = MessageContent(subject=subject.render(context), text=text.render(context), html=html.render(context))
        return reference_message(NEWSLETTER, reader, content)

    audience = readers(2_000)
    sizes = message_sizes(template.content(audience[0]), template.build(audience[0]))
    slots = sum(len(each.slots) for each in (subject, html, text))
    fast_time = microseconds(template.build, audience)
    encoded_time = microseconds(template.build_base64, audience)
    after_time = microseconds(lambda reader: base64.b64encode(template.build(reader)), audience)
    slow_time = microseconds(slow, audience[:40])
    start = time.process_time()
    readers(2_000)
    reader_time = (time.process_time() - start) / 2_000 * 1e6
    print(f"message: {sizes.message:,} bytes, html {sizes.html:,}, text {sizes.text:,}; {slots} slots")
    print(f"body:    {template.pieces} pieces")
    print(f"reader:  {reader_time:10.1f} µs CPU (two signed links, made once per reader)")
    print(f"fast:    {fast_time:10.1f} µs CPU a message (merge and build)")
    print(f"base64:  {encoded_time:10.1f} µs CPU a message (the same, in base64 as SES takes it)")
    print(f"after:   {after_time:10.1f} µs CPU a message (built, then encoded by the standard library)")
    print(f"stdlib:  {slow_time:10.1f} µs CPU a message (EmailMessage, the same slots)")
    print(f"ratio:   {slow_time / fast_time:10.1f}")


if __name__ == "__main__":
    main()
