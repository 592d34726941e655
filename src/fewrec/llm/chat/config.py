"""Where the chat model is and how long it may take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from fewrec.errors import SettingError

PREFIX = "FEWREC_CHAT_"


@dataclass(frozen=True, kw_only=True)
class ChatConfig:
    """Settings of an OpenAI-compatible endpoint.

    From the environment: ``FEWREC_CHAT_`` and the name in capitals; ``OPENAI_BASE_URL`` and ``OPENAI_API_KEY`` stand in for the address
    and the key.
    """

    base_url: str
    """Address of the API, such as ``http://localhost:11434/v1``."""
    model: str
    """Name of the model there."""
    api_key: str = field(default="none", repr=False)
    """Sent as bearer token; servers of one's own mostly ignore it."""
    timeout_s: float = 20.0
    """Longest time of one attempt, > 0, from the request to the whole answer."""
    n_attempts: int = 3
    """Attempts at one text, >= 1."""
    backoff_s: float = 0.5
    """Wait before the second attempt, >= 0; it doubles from one to the next. A server's Retry-After counts where it asks for longer."""
    deadline_s: float = 60.0
    """Longest time for one text, > 0, waits and attempts together."""
    max_tokens: int = 160
    """Longest answer, in tokens, >= 8."""

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("http://", "https://")):
            raise SettingError(
                f"the chat endpoint's address is {self.base_url!r}",
                hint="it begins with http:// or https:// and mostly ends in /v1",
            )
        if not self.model.strip():
            raise SettingError("the chat endpoint needs a model", hint=f"set {PREFIX}MODEL")
        if min(self.timeout_s, self.deadline_s) <= 0 or self.n_attempts < 1 or self.backoff_s < 0 or self.max_tokens < 8:
            raise SettingError(
                "a chat endpoint needs timeout_s and deadline_s above 0, n_attempts of 1, backoff_s of 0 and max_tokens of 8 at least"
            )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> ChatConfig:
        """Read the settings.

        Raises:
            SettingError: address or model is not set, or a number is none.
        """
        environment = os.environ if environment is None else environment
        base_url = environment.get(f"{PREFIX}BASE_URL") or environment.get("OPENAI_BASE_URL") or ""
        model = environment.get(f"{PREFIX}MODEL") or ""
        absent = [name for name, value in ((f"{PREFIX}BASE_URL", base_url), (f"{PREFIX}MODEL", model)) if not value]
        if absent:
            raise SettingError(
                f"the decoder chat does not know its endpoint: {' and '.join(absent)} not set",
                hint=f"for example {PREFIX}BASE_URL=http://localhost:11434/v1 {PREFIX}MODEL=qwen2.5; "
                "or --decoder chat:FOLDER for a local language model",
            )
        numbers: dict[str, float] = {}
        for name in ("timeout_s", "backoff_s", "deadline_s", "n_attempts", "max_tokens"):
            text = environment.get(PREFIX + name.upper())
            if text:
                try:
                    numbers[name] = int(text) if name in ("n_attempts", "max_tokens") else float(text)
                except ValueError:
                    raise SettingError(f"found {PREFIX}{name.upper()}={text}, expected a number") from None
        key = environment.get(f"{PREFIX}API_KEY") or environment.get("OPENAI_API_KEY") or "none"
        return cls(base_url=base_url, model=model, api_key=key, **numbers)  # type: ignore[arg-type]
