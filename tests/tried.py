"""How often a property is tried."""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("PUMPURS_FUZZ", "1"))


def tried(examples: int = 100) -> settings:
    """The same examples in each run of ``make test``; new ones and many more in ``make fuzz``.

    So a change alone turns a run red, and what chance finds is looked for where there is time.
    """
    return settings(
        max_examples=examples * TIMES,
        derandomize=TIMES == 1,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
