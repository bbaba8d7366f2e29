"""One act, one transaction, its audit entries last: services that call services do not wait for each other.

The chain of the log has one lock for everybody. An act that took it and then went on to lock a case could
wait for an act that holds the case and waits for the chain. So verbs that may be called inside other verbs
carry :func:`one_act` and note what happened with :func:`note`; the outermost one writes the entries as its
last step.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from django.db import transaction

from babashi.audit.services import SYSTEM, record

if TYPE_CHECKING:
    from babashi.accounts.models import User

P = ParamSpec("P")
R = TypeVar("R")

_pending: ContextVar[list[Callable[[], None]] | None] = ContextVar("pending_audit", default=None)


def one_act(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function in one transaction; an inner act that fails takes its notes with it."""

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        pending = _pending.get()
        if pending is not None:
            noted = len(pending)
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except BaseException:
                del pending[noted:]
                raise
        fresh: list[Callable[[], None]] = []
        token = _pending.set(fresh)
        try:
            with transaction.atomic():
                answer = function(*args, **kwargs)
                for write in fresh:
                    write()
                return answer
        finally:
            _pending.reset(token)

    return wrapper


def note(
    *,
    actor: "User | None",
    action: str,
    subject: tuple[str, str],
    uscc: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Note an entry for the end of the act (or write it now, outside of one)."""

    def write() -> None:
        label = "" if actor else SYSTEM
        record(
            actor=actor, action=action, subject=subject, uscc=uscc, details=details or {}, actor_label=label
        )

    pending = _pending.get()
    if pending is None:
        write()
    else:
        pending.append(write)
