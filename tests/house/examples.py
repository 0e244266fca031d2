"""How many examples: a moderate number every day, many under `make fuzz`."""

from hypothesis import HealthCheck, settings


def is_fuzzing() -> bool:
    """Whether `make fuzz` runs."""
    return settings.get_current_profile_name() == "fuzz"


def examples(usual: int, *, fuzzing: int, steps: int = 30, url: str = "") -> settings:
    """Settings with so many examples; a server of its own, `url`, costs ten times a file."""
    many = fuzzing // 10 if url.startswith("postgres") else fuzzing
    return settings(
        max_examples=many if is_fuzzing() else usual,
        stateful_step_count=steps,
        deadline=None,
        # A shop with a disk takes its time; and fixtures here are made once and kept on purpose.
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
