"""newsletter.toml and the environment -> Settings: read once, unknown keys refused with the nearest known one.

Every key can be overridden by a variable: `NEWSLETTER_` and the path in capitals, two underscores between the parts
(`NEWSLETTER_DELIVERY__TRANSPORT=ses`). Secrets have no key here: AWS credentials come from boto3's default chain, the
SMTP password from `NEWSLETTER_SMTP_PASSWORD`.
"""

from newsletter.config.loading import ENV_PREFIX, FILE_NAME, line_of_key, load_settings, parse_settings
from newsletter.config.settings import (
    DeliverySettings,
    FeedbackSettings,
    FeedSettings,
    PublicSettings,
    SesSettings,
    Settings,
    SmtpSettings,
)

__all__ = [
    "ENV_PREFIX",
    "FILE_NAME",
    "DeliverySettings",
    "FeedSettings",
    "FeedbackSettings",
    "PublicSettings",
    "SesSettings",
    "Settings",
    "SmtpSettings",
    "line_of_key",
    "load_settings",
    "parse_settings",
]
