"""Logging of a host: structlog over the standard library, one line per event on standard error.

Everything, the libraries' own records included, takes one form: JSON lines with `timestamp` (UTC),
`level`, `host`, `logger`, `event` and the event's own fields, or a coloured line for a terminal.
The standard library's handler does the writing, since it outlives a closed pipe.
"""

import logging
import sys
from typing import TextIO

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from runtime.base.settings import LogFormat

#: Libraries that are chatty at INFO without telling an operator anything.
QUIET_LOGGERS = (
    "aiokafka", "asyncio", "clickhouse_connect", "faust", "httpcore", "httpx", "mode", "uvicorn",
)  # fmt: skip

#: The fields that a JSON line begins with.
LEADING_FIELDS = ("timestamp", "level", "host", "event")


def configure_logging(log_format: LogFormat, host: str, stream: TextIO | None = None) -> None:
    """Send all log records of this process, marked with `host`, to `stream` (standard error)."""
    out = stream or sys.stderr
    on_terminal = log_format == "console" or (log_format == "auto" and out.isatty())
    shared = _shared_processors(host)
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(console_renderers(colors=out.isatty()) if on_terminal else _json_renderers()),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def console_renderers(*, colors: bool) -> list[Processor]:
    """The last steps of a line for people."""
    return [
        structlog.dev.ConsoleRenderer(
            colors=colors, pad_event_to=40, exception_formatter=structlog.dev.plain_traceback
        )
    ]


def _json_renderers() -> list[Processor]:
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(serializer=_to_json),
    ]


def _to_json(event: EventDict, **_unused: object) -> str:
    leading = {key: event[key] for key in LEADING_FIELDS if key in event}
    return msgspec.json.encode({**leading, **event}, enc_hook=repr).decode()


def _shared_processors(host: str) -> list[Processor]:
    def add_host(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["host"] = host
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_host,
    ]
