"""DNS, asked of a real name server: what receivers look up, well and ill."""

from collections.abc import Callable
from typing import Any

import pytest

from newsletter.doctor.base import Diagnosis, Verdict, failure, passed, skipped, unknown, warning
from newsletter.doctor.dmarc import aligned, find_dmarc
from newsletter.doctor.names import Names, organisation_of, parent_domains
from newsletter.doctor.patient import Patient
from newsletter.doctor.registry import ITEMS, examine
from newsletter.doctor.spf import read_spf
from newsletter.errors import ExaminationError

PatientOf = Callable[..., Patient]
Look = Callable[[Patient, str], Diagnosis]


@pytest.fixture
def of(aws: Any, ses: Any, patient_of: PatientOf) -> PatientOf:
    return lambda people=3, **more: patient_of(people, endpoint=ses.url, **more)


WELL = {
    "D601": "all 3 DKIM records of weekly.com are there",
    "D602": "bounce.weekly.com has the SPF record v=spf1 include:amazonses.com ~all",
    "D603": "the SPF record of bounce.weekly.com needs 1 of 10 look-ups",
    "D604": "bounces of bounce.weekly.com reach SES",
    "D605": "weekly.com has a DMARC record with the policy quarantine",
    "D606": "DKIM and SPF are aligned with weekly.com",
    "D607": "answers reach weekly.com",
    "D608": "weekly.com has one SPF record",
}


def test_a_domain_in_order_passes(of: PatientOf) -> None:
    items = [item for item in ITEMS if item.id in WELL]
    found = {report.item.id: report.diagnosis for report in examine(of(), items=items)}
    assert found == {number: passed(message) for number, message in WELL.items()}


def test_dkim_records_that_are_missing_or_lead_elsewhere_are_printed_as_they_must_be(
    of: PatientOf, look: Look, zone: Any
) -> None:
    del zone["bbb._domainkey.weekly.com", "CNAME"]
    zone["ccc._domainkey.weekly.com", "CNAME"] = ["ccc.elsewhere.com."]
    assert look(of(), "D601") == failure(
        "2 of 3 DKIM records are not as SES needs them",
        "Publish: bbb._domainkey.weekly.com CNAME bbb.dkim.amazonses.com; "
        "ccc._domainkey.weekly.com CNAME ccc.dkim.amazonses.com",
    )


def test_the_hosted_zone_of_the_region_is_where_dkim_records_lead(of: PatientOf, look: Look, ses: Any) -> None:
    ses.identities["weekly.com"]["DkimAttributes"]["SigningHostedZone"] = "abc.dkim.eu-west-1.amazonses.com"
    assert "aaa._domainkey.weekly.com CNAME aaa.abc.dkim.eu-west-1.amazonses.com" in look(of(), "D601").remedy


def test_a_key_of_ones_own_is_a_txt_record(of: PatientOf, look: Look, ses: Any, zone: Any) -> None:
    ses.identities["weekly.com"]["DkimAttributes"] |= {"SigningAttributesOrigin": "EXTERNAL", "Tokens": ["mine"]}
    assert look(of(), "D601").remedy == "Publish: mine._domainkey.weekly.com TXT (your public key)"
    zone["mine._domainkey.weekly.com", "TXT"] = ['"v=DKIM1; p=MIIB"']
    assert look(of(), "D601") == passed("all 1 DKIM records of weekly.com are there")


@pytest.mark.parametrize(
    ("records", "verdict", "message"),
    [
        ([], Verdict.FAILURE, "bounce.weekly.com has no SPF record"),
        (
            ['"v=spf1 -all"', '"v=spf1 include:amazonses.com ~all"'],
            Verdict.FAILURE,
            "bounce.weekly.com has 2 SPF records, and only one may be there",
        ),
        (
            ['"v=spf1 ip4:192.0.2.1 -all"'],
            Verdict.FAILURE,
            "the SPF record of bounce.weekly.com does not include amazonses.com",
        ),
        (
            ['"v=spf1 include:amazonses.com all"'],
            Verdict.FAILURE,
            "the SPF record of bounce.weekly.com lets the whole world send (+all)",
        ),
        (
            ['"v=spf1 include:amazonses.com"'],
            Verdict.WARNING,
            "the SPF record of bounce.weekly.com does not say what of all others",
        ),
        (
            ['"v=spf1 includes:amazonses.com ~all"'],
            Verdict.FAILURE,
            "bounce.weekly.com: 'includes:amazonses.com' is no SPF mechanism",
        ),
        (['"v=spf1 ip4:1.2.3 -all"'], Verdict.FAILURE, "bounce.weekly.com: 'ip4:1.2.3' has no IP address"),
        (
            ['"v=spf1 ip4:2001:db8::/32 -all"'],
            Verdict.FAILURE,
            "bounce.weekly.com: 'ip4:2001:db8::/32' has an address of the other kind",
        ),
    ],
)
def test_spf_of_the_return_path_that_does_not_let_ses_send(
    of: PatientOf, look: Look, zone: Any, records: list[str], verdict: Verdict, message: str
) -> None:
    zone["bounce.weekly.com", "TXT"] = records or ['"nothing"']
    found = look(of(), "D602")
    assert (found.verdict, found.message) == (verdict, message)


def test_more_than_ten_look_ups_nested_ones_counted_are_a_failure(of: PatientOf, look: Look, zone: Any) -> None:
    includes = " ".join(f"include:s{n}.weekly.com" for n in range(5))
    zone["bounce.weekly.com", "TXT"] = [f'"v=spf1 include:amazonses.com {includes} ~all"']
    for n in range(5):
        zone[f"s{n}.weekly.com", "TXT"] = ['"v=spf1 a:h.weekly.com -all"']
    zone["h.weekly.com", "A"] = ["192.0.2.7"]
    assert look(of(), "D603").message == (
        "the SPF record of bounce.weekly.com needs more than 10 look-ups, and receivers then ignore it"
    )
    zone["s4.weekly.com", "TXT"] = ['"v=spf1 -all"']
    assert look(of(), "D603") == passed("the SPF record of bounce.weekly.com needs 10 of 10 look-ups")


def test_look_ups_without_an_answer_are_counted(of: PatientOf, look: Look, zone: Any) -> None:
    zone["bounce.weekly.com", "TXT"] = ['"v=spf1 include:amazonses.com a:x.com a:y.com mx:z.com ~all"']
    assert look(of(), "D603").message == (
        "3 look-ups of the SPF record of bounce.weekly.com have no answer, and 2 are allowed"
    )


def test_records_that_include_each_other_end(zone: Any, names: Names) -> None:
    zone["one.com", "TXT"] = ['"v=spf1 include:two.com -all"']
    zone["two.com", "TXT"] = ['"v=spf1 include:one.com -all"']
    assert read_spf("one.com", names).problems == ["one.com includes itself"]
    zone["one.com", "TXT"] = ['"v=spf1 redirect=two.com"']
    zone["two.com", "TXT"] = ['"v=spf1 redirect=one.com"']
    assert read_spf("one.com", names).lookups == 11


def test_a_redirect_says_what_of_all_others_unless_the_record_does(zone: Any, names: Names) -> None:
    zone["one.com", "TXT"] = ['"v=spf1 redirect=two.com"']
    zone["two.com", "TXT"] = ['"v=spf1 include:amazonses.com -all"']
    found = read_spf("one.com", names)
    assert (found.policy, found.lookups, found.names) == ("-", 2, ["two.com", "amazonses.com"])
    zone["one.com", "TXT"] = ['"v=spf1 ?all redirect=two.com"']
    found = read_spf("one.com", names)
    assert (found.policy, found.lookups, found.names) == ("?", 0, [])


def test_bounces_that_do_not_reach_ses_are_a_failure_with_the_record(of: PatientOf, look: Look, zone: Any) -> None:
    zone["bounce.weekly.com", "MX"] = ["10 mx.weekly.com."]
    assert look(of(), "D604") == failure(
        "the MX record of bounce.weekly.com leads to mx.weekly.com, and SES needs "
        "feedback-smtp.eu-west-1.amazonses.com alone",
        "Publish: bounce.weekly.com MX 10 feedback-smtp.eu-west-1.amazonses.com",
    )


def test_without_a_return_path_of_ones_own_the_records_are_amazons(of: PatientOf, look: Look, ses: Any) -> None:
    ses.identities["weekly.com"]["MailFromAttributes"] = {}
    for number in ("D602", "D603", "D604"):
        assert look(of(), number) == passed(
            "bounces go to amazonses.com, whose records Amazon keeps in order: see D404"
        )
    assert look(of(), "D606") == passed("DKIM is aligned with weekly.com")


def test_a_missing_dmarc_record_weighs_as_much_as_the_list(of: PatientOf, look: Look, zone: Any) -> None:
    del zone["_dmarc.weekly.com", "TXT"]
    assert look(of(), "D605") == warning(
        "weekly.com has no DMARC record",
        'Publish: _dmarc.weekly.com TXT "v=DMARC1; p=none; rua=mailto:dmarc@weekly.com"',
    )
    found = look(of(people=5_000), "D605")
    assert (found.verdict, found.message) == (
        Verdict.FAILURE,
        "weekly.com has no DMARC record, and Gmail and Microsoft refuse mail to 5,000 people without",
    )


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ("v=DMARC1; rua=mailto:d@weekly.com", "it has no policy; write p=none at least"),
        ("v=DMARC1; p=strict", "p=strict is none of none, quarantine and reject"),
        ("v=DMARC1; p=none; adkim=x", "adkim=x is neither r nor s"),
        ("v=DMARC1; p=none; pct=200", "pct=200 is no percentage"),
        ("v=DMARC1; p=none; rua=d@weekly.com", "rua=d@weekly.com is no mailto: address"),
        ("v=DMARC1; p=none; rubbish", "'rubbish' is no tag with a value"),
    ],
)
def test_a_dmarc_record_with_a_mistake_is_a_failure(
    of: PatientOf, look: Look, zone: Any, record: str, problem: str
) -> None:
    zone["_dmarc.weekly.com", "TXT"] = [f'"{record}"']
    assert look(of(), "D605") == failure(f"the DMARC record of weekly.com is not valid: {problem}", "Mend the record.")


def test_a_subdomain_goes_by_the_record_of_its_organisation(zone: Any, names: Names) -> None:
    zone["_dmarc.weekly.com", "TXT"] = ['"v=DMARC1; p=reject; sp=none"']
    found = find_dmarc("mail.weekly.com", names)
    assert found is not None
    assert (found.domain, found.policy) == ("weekly.com", "none")
    zone["_dmarc.weekly.com", "TXT"].append('"v=DMARC1; p=none"')
    found = find_dmarc("weekly.com", names)
    assert found is not None
    assert found.problems == ("_dmarc.weekly.com has 2 records, and receivers then use none",)


def test_mail_of_somebody_elses_domain_is_not_aligned(of: PatientOf, look: Look, ses: Any, zone: Any) -> None:
    ses.identities = {"news@weekly.com": {"VerifiedForSendingStatus": True}}
    found = look(of(), "D606")
    assert (found.verdict, found.message) == (
        Verdict.FAILURE,
        "neither the signature (none) nor the return path (amazonses.com) is of weekly.com, so that DMARC fails",
    )


def test_strict_alignment_asks_for_the_very_same_name(of: PatientOf, look: Look, zone: Any) -> None:
    zone["_dmarc.weekly.com", "TXT"] = ['"v=DMARC1; p=none; aspf=s"']
    assert look(of(), "D606") == passed("DKIM is aligned with weekly.com")


@pytest.mark.parametrize(
    ("one", "other", "relaxed", "strict"),
    [
        ("weekly.com", "bounce.weekly.com", True, False),
        ("a.co.uk", "b.co.uk", False, False),
        ("news.a.co.uk", "a.co.uk", True, False),
        ("one.github.io", "two.github.io", False, False),
        ("weekly.com", "weekly.com", True, True),
    ],
)
def test_organisations_are_told_apart_by_the_public_suffix_list(
    one: str,
    other: str,
    relaxed: bool,  # noqa: FBT001 - a parameter of the test
    strict: bool,  # noqa: FBT001 - likewise
) -> None:
    assert (aligned(one, other, strict=False), aligned(one, other, strict=True)) == (relaxed, strict)


def test_the_parents_of_a_domain_end_at_the_organisation() -> None:
    assert parent_domains("a.news.example.co.uk") == ("a.news.example.co.uk", "news.example.co.uk", "example.co.uk")
    assert parent_domains("localhost") == ("localhost",)
    assert organisation_of("co.uk") == "co.uk"


@pytest.mark.parametrize(
    ("records", "verdict", "message"),
    [
        ({("weekly.com", "MX"): ["0 ."]}, Verdict.FAILURE, "weekly.com declares that it takes no mail"),
        ({}, Verdict.FAILURE, "weekly.com has no mail server, so that answers and abuse reports are lost"),
        (
            {("weekly.com", "A"): ["192.0.2.1"]},
            Verdict.WARNING,
            "weekly.com has no MX record; answers go to its web address",
        ),
    ],
)
def test_answers_that_get_lost(
    of: PatientOf, look: Look, zone: Any, records: dict[Any, Any], verdict: Verdict, message: str
) -> None:
    del zone["weekly.com", "MX"]
    zone |= records
    found = look(of(), "D607")
    assert (found.verdict, found.message) == (verdict, message)


def test_two_spf_records_of_the_sender_s_domain_are_an_error_for_everybody(
    of: PatientOf, look: Look, zone: Any
) -> None:
    zone["weekly.com", "TXT"] = ['"v=spf1 -all"', '"v=spf1 ~all"']
    assert look(of(), "D608").message == ("weekly.com has 2 SPF records, which is an error for every receiver")


def test_a_name_server_that_is_silent_is_asked_once_and_no_record_called_missing(of: PatientOf, zone: Any) -> None:
    zone.silent = True
    found = {report.item.id: report.diagnosis for report in examine(of()) if report.item.id.startswith("D6")}
    assert found["D601"] == unknown(
        "no name server answers: CNAME of aaa._domainkey.weekly.com was asked for 0.6 s",
        "Check the network and /etc/resolv.conf.",
    )
    assert {found[number] for number in ("D602", "D603", "D604", "D605", "D607", "D608")} == {skipped("see D601")}


def test_a_name_server_that_knows_no_internet_is_not_believed(of: PatientOf, look: Look, zone: Any) -> None:
    zone.clear()
    assert look(of(), "D605") == unknown(
        "this machine's name server does not know the internet: it says that com. has no name servers",
        "Ask from a network whose name server does, or leave the network out with --offline.",
    )


def test_a_name_server_that_fails_for_every_name_is_told_once(of: PatientOf, zone: Any) -> None:
    zone.broken = frozenset({"com", "weekly.com", "_dmarc.weekly.com", "aaa._domainkey.weekly.com"})
    items = [each for each in ITEMS if each.id in {"D601", "D605", "D607"}]
    found = [report.diagnosis for report in examine(of(), items=items)]
    assert found == [
        unknown("this machine cannot look up any name: SERVFAIL", "Check the network and /etc/resolv.conf."),
        skipped("see D601"),
        skipped("see D601"),
    ]


def test_a_domain_whose_name_servers_fail_is_unknown(zone: Any, names: Names) -> None:
    zone.broken = frozenset({"weekly.com"})
    with pytest.raises(ExaminationError, match=r"MX of weekly\.com cannot be looked up: SERVFAIL"):
        names.mx("weekly.com")
