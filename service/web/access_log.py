"""The access log: who asked for which path, when, and how it ended; no query, no body, and no credential."""

from __future__ import annotations

import logging
import re
from typing import Any, Final

from service.domain.visible import shown

_CREDENTIAL_PATH: Final = re.compile("/+1/.*", re.DOTALL)
_LOGGED_CREDENTIAL: Final = "/1/-"


class Discreet(logging.Filter):
    """Take the query and the digits of a credential (``/1/…``) out of a line of uvicorn's access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record, and shorten its path."""
        match record.args:
            case (client, method, str(path), version, status):
                record.args = (client, method, discreet(path), version, status)
            case _:
                pass
        return True


class Visible(logging.Formatter):
    """Write a line on which no text moves the cursor or forges another line; tracebacks keep their lines."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line."""
        return shown(super().format(record), breaks=True)


def discreet(path: str) -> str:
    """Shorten a path with its query to what may be logged."""
    bare = path.partition("?")[0]
    return _LOGGED_CREDENTIAL if _CREDENTIAL_PATH.fullmatch(bare) else bare


LOG_CONFIG: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"discreet": {"()": f"{__name__}.{Discreet.__name__}"}},
    "formatters": {
        "line": {"()": f"{__name__}.{Visible.__name__}", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "access": {
            "()": "uvicorn.logging.AccessFormatter",
            "fmt": '%(asctime)s %(client_addr)s "%(request_line)s" %(status_code)s',
            "use_colors": False,
        },
    },
    "handlers": {
        "line": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"},
        "access": {
            "class": "logging.StreamHandler",
            "formatter": "access",
            "filters": ["discreet"],
            "stream": "ext://sys.stderr",
        },
    },
    "loggers": {
        "uvicorn": {"handlers": ["line"], "level": "INFO", "propagate": False},
        "uvicorn.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        "zhengka": {"handlers": ["line"], "level": "INFO", "propagate": False},
    },
}
"""What ``logging.config.dictConfig`` makes of the server's loggers; ``uvicorn.error`` belongs to ``uvicorn``."""
