"""`newsletter` that dies without a word at one labelled step: `python doomed.py LABEL NUMBER ARGUMENT…`.

The labels: before-commit, after-commit (of the ledger), before-call, after-call (of the provider).
"""

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from newsletter.cli import main
from newsletter.store.ledger import Ledger
from newsletter.transports.ses import SesTransport


def doom(owner: type, method: str, before: str, after: str) -> None:
    """Wrap a method so that the process ends before or after its call of the given number."""
    label, number = sys.argv[1], int(sys.argv[2])
    original: Callable[..., Any] = getattr(owner, method)
    lock = threading.Lock()
    calls = [0, 0]

    def reached(index: int, name: str) -> None:
        with lock:
            calls[index] += 1
            if name == label and calls[index] == number:
                os._exit(9)

    def wrapped(*args: Any, **options: Any) -> Any:
        reached(0, before)
        result = original(*args, **options)
        reached(1, after)
        return result

    setattr(owner, method, wrapped)


doom(Ledger, "step", "before-commit", "after-commit")
doom(SesTransport, "send", "before-call", "after-call")
sys.argv[1:3] = []
main()
