"""What all addresses of one page have in common."""

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

# Parameters that say how a reader came, not what is shown: of analytics, advertisers, mailers and share buttons.
_TRACKING = re.compile(
    r"(?:utm|itm|pk|piwik|mtm|matomo|hsa|oly|vero|wt|at)_\w+|mc_[ce]id|_hs(?:enc|mi)|__hs\w+|hsctatracking|mkt_tok"
    r"|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|twclid|ttclid|yclid|li_fat_id|igshid?|epik|s_cid|srsltid"
    r"|cmpid|ns_(?:campaign|mchannel|source|linkname|fee)|ref_?src|ref_?url|smid|smtyp|xtor|wpisrc|spm|trk|_ga|_gl",
    re.IGNORECASE,
)
_AMP_FLAG = re.compile(r"amp|outputtype", re.IGNORECASE)
_AMP_CACHE = re.compile(r"^/[cvi](?:/s)?/(?P<page>[^/]+\.[^/]+(?:/.*)?)$")
_FRONT_HOST = re.compile(r"^(?:(?:www\d?|m|mobile|amp|touch)\.(?=[^.]+\.))+")


def is_tracking(parameter: str) -> bool:
    """Say whether a parameter of an address tells how a reader came, not what is shown, like `utm_source`."""
    return bool(_TRACKING.fullmatch(parameter))


def canonical_url(url: str) -> str:
    """Return what the spellings of one page's address have in common; empty for an empty or broken one.

    Left out: scheme, fragment, a trailing slash, `index.html`, tracking parameters, the order of the others, AMP
    (hosts, paths, parameters, Google's cache and viewer) and the hosts that serve a site to telephones. For comparing
    only: nothing promises that the result can be opened.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if not host:
        return ""
    inner = _behind_amp(host, parts.path)
    if inner:
        return canonical_url(f"https://{inner}?{parts.query}")
    host = _FRONT_HOST.sub("", host)
    kept = sorted(
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.fullmatch(key) and not (_AMP_FLAG.fullmatch(key) and value.lower() in {"", "1", "true", "amp"})
    )
    query = f"?{urlencode(kept)}" if kept else ""
    return f"https://{host}{f':{port}' if port not in (None, 80, 443) else ''}{_path(parts.path)}{query}"


def _behind_amp(host: str, path: str) -> str:
    """Return the page behind Google's AMP viewer (`/amp/s/`) or cache (`/c/s/` on ampproject.org), without scheme."""
    if re.fullmatch(r"(?:www\.)?google\.[a-z.]+", host):
        found = re.match(r"^/amp(?:/s)?/([^/]+\..+)$", path)
        return found[1] if found else ""
    if host.endswith(".ampproject.org"):
        cached = _AMP_CACHE.match(path)
        return cached["page"] if cached else ""
    return ""


def _path(path: str) -> str:
    # %7E and ~ are one character (RFC 3986 §6.2.2.2), but an encoded slash, question mark or hash is none
    path = re.sub(r"%(?!2f|3f|23|25)[0-9a-f]{2}(?:%(?!2f|3f|23|25)[0-9a-f]{2})*", _decoded, path, flags=re.IGNORECASE)
    path = re.sub(r"/+index\.(?:html?|php)$", "", path.rstrip("/")).rstrip("/")
    path = re.sub(r"\.amp(\.html)?$", r"\1", path)
    path = re.sub(r"^/amp(?=/)|/amp(?:\.html)?$", "", path)
    return path.rstrip("/")


def _decoded(found: re.Match[str]) -> str:
    return unquote(found[0], errors="strict") if _is_utf8(found[0]) else found[0].upper()


def _is_utf8(escaped: str) -> bool:
    try:
        unquote(escaped, errors="strict")
    except UnicodeDecodeError:
        return False
    return True
