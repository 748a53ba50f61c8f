import pytest

from newsletter.errors import UsageError
from newsletter.rehearsal.faults import ACCEPTS, AMBIGUOUS, MIXTURE, Fault, FaultDice, parse_faults


def throws(text: str, count: int, seed: int = 1) -> list[Fault | None]:
    dice = FaultDice(parse_faults(text), seed=seed)
    return [dice.throw() for _ in range(count)]


def test_a_fault_comes_at_its_call_and_nowhere_else() -> None:
    assert throws("reset-after@2, quota@4-5", 6) == [
        *(None, Fault.RESET_AFTER, None, Fault.QUOTA, Fault.QUOTA, None),
    ]


def test_a_share_is_kept_and_the_same_seed_says_the_same() -> None:
    found = throws("throttle=10%,no-id=5%", 4_000)
    assert found == throws("throttle=10%,no-id=5%", 4_000)
    assert found != throws("throttle=10%,no-id=5%", 4_000, seed=2)
    assert 330 < found.count(Fault.THROTTLE) < 470
    assert 150 < found.count(Fault.NO_ID) < 250
    assert set(found) == {None, Fault.THROTTLE, Fault.NO_ID}


def test_a_bare_percentage_is_the_whole_mixture() -> None:
    dice = FaultDice(parse_faults("100%"), seed=1)
    assert {dice.throw() for _ in range(500)} == set(MIXTURE)
    assert sum(dice.injected.values()) == 500


def test_a_fault_at_a_call_does_not_change_what_chance_says_of_the_others() -> None:
    by_chance = throws("error=20%", 50)
    assert throws("error=20%,quota@3", 50) == [*by_chance[:2], Fault.QUOTA, *by_chance[3:]]


def test_what_is_accepted_and_answered_late_is_no_doubt() -> None:
    assert {Fault.SLOW} == ACCEPTS - AMBIGUOUS


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("throtle=1%", "there is no fault 'throtle'"),
        ("1", "'1' names no fault"),
        ("throttle=60%,error=50%", "the faults come to more than 100 %"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, what: str) -> None:
    with pytest.raises(UsageError) as error:
        parse_faults(text)
    assert error.value.what == what
