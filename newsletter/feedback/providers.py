"""Names a person knows: the mailbox provider behind a domain, the sentence behind a code."""

PROVIDERS = {
    "Gmail": ("gmail.com", "googlemail.com"),
    "Microsoft": ("outlook.com", "hotmail.com", "live.com", "msn.com", "hotmail.co.uk", "hotmail.de", "hotmail.fr",
                  "live.co.uk", "live.de", "live.fr", "outlook.de", "outlook.fr"),
    "Yahoo": ("yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "rocketmail.com", "aol.com"),
    "Apple": ("icloud.com", "me.com", "mac.com"),
    "GMX and web.de": ("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de"),
    "T-Online": ("t-online.de", "magenta.de"),
    "Proton": ("proton.me", "protonmail.com", "pm.me"),
}  # fmt: skip
_BY_DOMAIN = {domain: name for name, domains in PROVIDERS.items() for domain in domains}

_CODES = {
    "1.1": "the mailbox does not exist",
    "1.2": "the domain does not exist",
    "1.10": "the domain takes no mail",
    "2.0": "something is wrong with the mailbox",
    "2.1": "the mailbox is switched off",
    "2.2": "the mailbox is full",
    "2.3": "the message is larger than the mailbox allows",
    "3.4": "the message is too large",
    "4.1": "the server did not answer",
    "4.4": "the mail could not be routed",
    "4.7": "delivery was tried for too long",
    "7.1": "refused by policy or a block list",
    "7.13": "the mailbox is disabled",
    "7.26": "not authenticated: SPF and DKIM failed",
    "7.509": "refused by our DMARC policy",
    "7.515": "the domain does not meet Microsoft's level of authentication",
}
_SUBTYPES = {
    "General": "no reason given",
    "NoEmail": "the address could not be read from the bounce",
    "Suppressed": "on Amazon's own suppression list",
    "OnAccountSuppressionList": "on the account's suppression list",
    "UnsubscribedRecipient": "unsubscribed on Amazon's contact list",
    "MailboxFull": "the mailbox is full",
    "MessageTooLarge": "the message is too large",
    "ContentRejected": "the content was refused",
    "AttachmentRejected": "an attachment was refused",
    "CustomTimeoutExceeded": "not delivered within the configured time",
    "Undetermined": "no reason could be found",
}


def provider_of(domain: str) -> str:
    """Return the provider of a well-known domain, else the domain itself; "(forgotten)" for none."""
    return _BY_DOMAIN.get(domain, domain) or "(forgotten)"


def words_of(code: str) -> str:
    """Return the sentence for an enhanced status code (RFC 3463) or a subtype of SES; the code itself when unknown."""
    detail = code.partition(".")[2]
    if detail.startswith("7.") and detail not in _CODES:
        return "refused by policy"
    return _CODES.get(detail) or _SUBTYPES.get(code) or code or "no reason given"
