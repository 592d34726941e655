"""Settings of the service, resolved once: explicit argument, then environment, then file, then default.

Every setting is a field of :class:`ServeSettings`; ``docs/guide/operations.md`` has a row for each, and a test holds the two together.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from fewrec.errors import SettingError

PREFIX = "FEWREC_SERVE_"
CONFIG_VARIABLE = "FEWREC_SERVE_CONFIG"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _list_of_text(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_list_of_text)]
"""A list; in the environment its parts are separated by commas."""


class ServeSettings(BaseSettings):
    """Everything that can be set about ``fewrec serve``.

    In the environment ``FEWREC_SERVE_`` and the name in capitals; in a TOML file the name as it is. Constructing it reads neither:
    :func:`resolve` does.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", env_prefix=PREFIX)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed in, so that tests and worker processes get exactly what they were given."""
        return (init_settings,)

    host: str = Field(
        default="127.0.0.1", description="Address to listen on. Other than loopback needs an API key in the store."
    )
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(default=1, ge=1, le=64, description="Processes that answer. Each holds the fitted model in memory.")
    encoder: str | None = Field(default=None, description="Encoder of fits; that of the current fit unless set.")
    model: str | None = Field(default=None, description="Model of fits; that of the current fit unless set.")
    refit_changes: int = Field(
        default=1000,
        ge=0,
        description="Changes of items, events and statements since the fit that start the next one; 0 never does.",
    )
    refit_interval_s: float = Field(
        default=60.0, ge=1, description="Shortest time from one automatic fit to the next, in seconds."
    )
    require_keys: Literal["auto", "always"] = Field(
        default="auto", description="`auto` asks for an API key as soon as the store has one; `always` even before."
    )
    rate_limit: float | None = Field(
        default=None,
        ge=0,
        description="Requests per second and client, per process; 0 is none. Unset: none on loopback, 50 elsewhere.",
    )
    rate_burst: int = Field(default=200, ge=1, description="Requests that a client may send at once before the rate counts.")
    max_body_bytes: int = Field(default=8 * 2**20, ge=1024, description="Largest request body, in bytes.")
    max_batch: int = Field(
        default=10_000, ge=1, le=100_000, description="Most entries in a batch of items, events or statements."
    )
    body_timeout_s: float = Field(default=30.0, gt=0, description="Time a client has to send a request's body, in seconds.")
    max_requests: int = Field(
        default=1000, ge=1, description="Requests under way per process; further ones are told to come back."
    )
    keep_alive_s: int = Field(default=15, ge=1, description="Time an idle connection is kept, in seconds.")
    shutdown_s: int = Field(default=20, ge=1, description="Time that requests under way have to end at shutdown, in seconds.")
    compute_threads: int = Field(default=2, ge=1, le=64, description="Lists computed at once per process; further ones wait.")
    cache_mb: int = Field(default=64, ge=0, description="Size of the response cache, per process, in MiB; 0 turns it off.")
    cors_origins: Names = Field(default=(), description="Origins whose pages may call the API from a browser. None unless set.")
    allowed_hosts: Names = Field(
        default=(), description="Names in the Host header that are answered. Unset: loopback names on loopback, all elsewhere."
    )
    trusted_proxies: Names = Field(default=(), description="Addresses of proxies whose X-Forwarded-For is believed.")
    mask: bool = Field(
        default=False, description="Mask personal details in texts of events and statements before they are stored."
    )
    record_shown: bool = Field(
        default=True, description="Remember what known users were shown, to measure the lists by what they do next."
    )
    shown_days: int = Field(default=30, ge=1, description="Days for which that is kept.")
    idempotency_hours: float = Field(default=24.0, gt=0, description="Hours for which Idempotency-Keys are remembered.")
    store_timeout_s: float = Field(
        default=10.0, gt=0, description="Time a write waits for another process that writes, in seconds."
    )
    log_requests: bool = Field(
        default=True, description="One JSON line on stderr per request. Ids, texts and keys are never in it."
    )
    report: str | None = Field(
        default=None, description="HTML report of `fewrec evaluate` to show operators; STORE/evaluation.html unless set."
    )

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        return self.host in LOOPBACK

    @property
    def requests_per_s(self) -> float:
        """The rate limit in force; 0 is none."""
        if self.rate_limit is not None:
            return self.rate_limit
        return 0.0 if self.on_loopback else 50.0


@dataclass(frozen=True)
class Resolved:
    """Settings, and where each value came from: ``argument``, ``environment NAME``, ``file PATH`` or ``default``."""

    settings: ServeSettings
    origin: Mapping[str, str]


def resolve(
    arguments: Mapping[str, Any] | None = None,
    *,
    config: str | Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Resolved:
    """Put the sources together. Arguments that are None were not given.

    Raises:
        SettingError: an unknown name, an unreadable file, or a value outside what is allowed, with the source it came from.
    """
    environment = os.environ if environment is None else environment
    origin = dict.fromkeys(ServeSettings.model_fields, "default")
    path = config or environment.get(CONFIG_VARIABLE)
    values = _of_file(Path(path)) if path else {}
    origin |= dict.fromkeys(values, f"file {path}")
    set_here = {name: value for name, value in environment.items() if name.startswith(PREFIX) and name != CONFIG_VARIABLE}
    unknown = {name[len(PREFIX) :].lower(): value for name, value in set_here.items()}
    found = {**unknown, **_Environment(set_here)()}
    for name in [name for name, value in unknown.items() if value == "" and name in ServeSettings.model_fields]:
        found[name] = ServeSettings.model_fields[name].default  # an empty variable unsets what the file says
    values |= found
    origin |= {name: f"environment {PREFIX}{name.upper()}" for name in found}
    given = {name: value for name, value in (arguments or {}).items() if value is not None}
    values |= given
    origin |= dict.fromkeys(given, "argument")
    for name in values:
        if name not in ServeSettings.model_fields:
            near = difflib.get_close_matches(name, ServeSettings.model_fields, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the settings are {', '.join(ServeSettings.model_fields)}"
            raise SettingError(f"there is no setting {name!r} ({origin[name]})", hint=hint)
    try:
        return Resolved(ServeSettings(**values), origin)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        raise SettingError(
            f"the setting {name} is {first['input']!r} ({origin[name]}): {first['msg']}",
            hint=ServeSettings.model_fields[name].description,
        ) from error


class _Environment(EnvSettingsSource):
    """The environment that was passed in, in place of the process's own."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = {name.lower(): value for name, value in variables.items() if value}
        super().__init__(ServeSettings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._variables


def _of_file(path: Path) -> dict[str, Any]:
    try:
        path.open("rb").close()  # pydantic-settings takes an absent file for an empty one
        return TomlConfigSettingsSource(ServeSettings, path)()
    except OSError as error:
        raise SettingError(f"the settings file {path} cannot be read: {error.strerror}", hint="check the path") from error
    except ValueError as error:  # TOMLDecodeError
        raise SettingError(
            f"the settings file {path} is not TOML: {error}", hint='write name = value, such as host = "0.0.0.0"'
        ) from error
