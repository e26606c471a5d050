"""HTTP to the registries, and the only place that names httpx: polite, bounded, patient.

`Transport.ask` gives a whole answer or raises one of `problems`; what it means is the registries' affair.
"""

from monitor.transport.answer import Answer, shortened
from monitor.transport.client import Transport, Wait, honest_user_agent
from monitor.transport.limiter import Limiter
from monitor.transport.problems import (
    Misdirected,
    NoAnswer,
    Stopped,
    TooLarge,
    TransportError,
    Unreadable,
)
from monitor.transport.wire import TLS

__all__ = [
    "TLS",
    "Answer",
    "Limiter",
    "Misdirected",
    "NoAnswer",
    "Stopped",
    "TooLarge",
    "Transport",
    "TransportError",
    "Unreadable",
    "Wait",
    "honest_user_agent",
    "shortened",
]
