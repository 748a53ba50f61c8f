"""The same message the slow way, by Python's own e-mail package: what the fast path is tested and measured against."""

from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

from newsletter.errors import MessageError
from newsletter.message.headers import MAX_LIST_FIELD, archive_field, list_id_field, plain_name, unsubscribe_field
from newsletter.message.verify import MessageContent
from newsletter.models import Mailbox, Newsletter, Reader

_LIST_FIELDS = frozenset({"list-id", "list-unsubscribe", "list-unsubscribe-post", "list-archive"})


class MailPolicy(policy.EmailPolicy):
    """The standard policy, but list fields are neither folded nor encoded; Python's own does both to a long one."""

    def fold(self, name: str, value: str) -> str:
        """Write a field; raises MessageError for a list field that cannot stand in one ASCII line."""
        if name.lower() in _LIST_FIELDS:
            line = f"{name}: {value}"
            if not line.isascii() or len(line) > MAX_LIST_FIELD:
                raise MessageError(f"{name} is no ASCII line of at most {MAX_LIST_FIELD} characters")
            return line + self.linesep
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """Write a field as bytes."""
        return self.fold(name, value).encode("ascii")


def reference_message(newsletter: Newsletter, reader: Reader, content: MessageContent) -> bytes:
    """Return the message that `MessageTemplate.build` must agree with, header by header and part by part."""
    message = EmailMessage(policy=MailPolicy(linesep="\r\n", cte_type="7bit"))
    message["From"] = _address(newsletter.sender)
    message["To"] = _address(Mailbox(email=reader.subscriber.email, name=reader.subscriber.name))
    if newsletter.reply_to:
        message["Reply-To"] = _address(newsletter.reply_to)
    message["Subject"] = content.subject
    for field in (
        list_id_field(newsletter.list_id, newsletter.name),
        unsubscribe_field(reader.unsubscribe_url, newsletter.reply_to or newsletter.sender),
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
        archive_field(reader.web_url),
    ):
        if field:
            name, _, value = field.decode("ascii").rstrip("\r\n").partition(": ")
            message[name] = value
    message.set_content(content.text, cte="quoted-printable")
    message.add_alternative(content.html, subtype="html", cte="quoted-printable")
    return message.as_bytes()


def _address(mailbox: Mailbox) -> Address:
    return Address(display_name=plain_name(mailbox.name), addr_spec=mailbox.email)
