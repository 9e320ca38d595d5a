"""For whoever runs the service: does it live, and can it do its work."""

from __future__ import annotations

from http import HTTPStatus

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from service.api.problems import documented
from service.api.schemas import HealthBody, ReadinessBody
from service.flows.errors import KeyAway
from service.flows.register import Register
from service.flows.running.clock import clock_state
from service.flows.running.ready import check_ready
from service.web.refusals import NotReady


class HealthController(Controller):
    """Probes."""

    tags = ("health",)

    @get(
        "/healthz",
        operation_id="getHealth",
        summary="The process answers",
        responses=documented(),
        sync_to_thread=False,
    )
    def health(self) -> HealthBody:
        """Answer; nothing else is looked at."""
        return HealthBody("ok")

    @get(
        "/readyz",
        operation_id="getReadiness",
        summary="The register and the keys are at hand",
        responses=documented(HTTPStatus.SERVICE_UNAVAILABLE),
        sync_to_thread=True,
    )
    def readiness(self, register: NamedDependency[SkipValidation[Register]]) -> ReadinessBody:
        """Read from the register, and take a key from the vault or look for it on the token.

        ``clock`` is there, and says ``ahead``, while nothing is signed until somebody has confirmed the clock: checks
        and what is published already go on.
        """
        try:
            check_ready(register)
            is_ahead = clock_state(register).is_alarm
        except KeyAway:
            raise
        except Exception as error:
            raise NotReady from error
        return ReadinessBody("ready", "ahead") if is_ahead else ReadinessBody("ready")
