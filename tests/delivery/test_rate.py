from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.rate import RECOVERY_SECONDS, STRETCH, SlidingWindow


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@given(
    st.floats(0.2, 50),
    st.lists(st.tuples(st.integers(1, 20), st.floats(0, 0.6)), max_size=60),
)
def test_no_second_ever_holds_more_than_the_rate(rate: float, steps: list[tuple[int, float]]) -> None:
    clock = Clock()
    window = SlidingWindow(rate, clock=clock)
    left: list[float] = []
    for wanted, pause in steps:
        for _ in range(window.reserve(wanted)):
            window.use()
            left.append(clock.now)
        clock.now += pause
    for start in left:
        assert sum(start <= stamp < start + 1 for stamp in left) <= max(1, int(rate))


def test_the_rate_is_used_to_98_per_cent_while_there_is_work() -> None:
    clock = Clock()
    window = SlidingWindow(14, clock=clock)
    sent = 0
    while clock.now < 200:
        for _ in range(window.reserve(4)):
            window.use()
            sent += 1
        clock.now += max(window.delay(), 0.001)
    assert 100 * 14 / STRETCH - 14 <= sent <= 100 * 14


def test_a_reservation_counts_until_it_is_released() -> None:
    clock = Clock()
    window = SlidingWindow(2, clock=clock)
    assert [window.reserve(5), window.reserve(1)] == [2, 0]
    window.release()
    assert window.reserve(5) == 1


def test_no_rate_is_no_limit() -> None:
    window = SlidingWindow(None, clock=Clock())
    assert (window.reserve(10_000), window.delay()) == (10_000, 0.0)


def test_the_delay_is_when_the_oldest_leaves_the_window() -> None:
    clock = Clock()
    window = SlidingWindow(1, clock=clock)
    window.reserve(1)
    window.use()
    clock.now += 0.5
    assert round(window.delay(), 6) == round(STRETCH - 0.5, 6)


def test_a_slowed_rate_recovers_step_by_step_up_to_its_limit() -> None:
    clock = Clock()
    window = SlidingWindow(10, clock=clock)
    assert window.slow_down() == 5
    clock.now += RECOVERY_SECONDS - 0.1
    window.reserve(0)
    assert window.rate == 5
    clock.now += 0.2
    window.reserve(0)
    assert window.rate == 5.5
    for _ in range(20):
        clock.now += RECOVERY_SECONDS
        window.reserve(0)
    assert window.rate == 10


def test_without_a_rate_what_left_in_the_last_second_is_halved() -> None:
    clock = Clock()
    window = SlidingWindow(None, clock=clock)
    for _ in range(window.reserve(40)):
        window.use()
    assert window.slow_down() == 20
