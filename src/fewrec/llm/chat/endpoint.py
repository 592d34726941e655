"""An OpenAI-compatible endpoint, bounded in time and attempts. Needs the extra ``api``."""

from __future__ import annotations

import queue
import threading
from time import monotonic, sleep
from typing import Any

from fewrec.errors import MissingExtraError
from fewrec.llm.chat.config import ChatConfig
from fewrec.llm.chat.decoder import PhrasingError

_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


class _FailedError(Exception):
    """One attempt failed. ``again``: another may not; ``wait_s``: what the server asked for."""

    def __init__(self, why: str, *, again: bool = True, wait_s: float = 0.0) -> None:
        super().__init__(why)
        self.again = again
        self.wait_s = wait_s


class Endpoint:
    """Asks for one text at a time. Implements :class:`~fewrec.llm.chat.decoder.Phraser`."""

    def __init__(self, config: ChatConfig) -> None:
        try:
            import openai
        except ModuleNotFoundError as error:
            raise MissingExtraError("the decoder chat", "api") from error
        self.config = config
        self._openai = openai

    @property
    def name(self) -> str:
        """The model and where it is."""
        return f"{self.config.model} at {self.config.base_url}"

    def phrase(self, instruction: str, evidence: str) -> str:
        """The model's answer, stripped.

        Raises:
            PhrasingError: no attempt gave a text within the deadline, or the endpoint refuses to.
        """
        ends = monotonic() + self.config.deadline_s
        why = "the deadline had passed"
        for attempt in range(self.config.n_attempts):
            left = ends - monotonic()
            if left <= 0:
                break
            try:
                return self._bounded(instruction, evidence, min(self.config.timeout_s, left))
            except _FailedError as failure:
                why = str(failure)
                if not failure.again:
                    raise PhrasingError(f"{self.name} refused: {why}") from failure
                wait = max(failure.wait_s, self.config.backoff_s * 2**attempt)
                if attempt + 1 == self.config.n_attempts or wait >= ends - monotonic():
                    break
                sleep(wait)
        raise PhrasingError(f"{self.name} gave no text after {attempt + 1} attempts: {why}")

    def _bounded(self, instruction: str, evidence: str, limit_s: float) -> str:
        """One attempt that takes ``limit_s`` at most: the client's own timeouts begin anew with every byte of a dripping answer."""
        answers: queue.Queue[str | _FailedError] = queue.Queue()
        client = self._openai.OpenAI(base_url=self.config.base_url, api_key=self.config.api_key, timeout=limit_s, max_retries=0)

        def ask() -> None:
            try:
                answers.put(self._asked(client, instruction, evidence))
            except _FailedError as failure:
                answers.put(failure)

        threading.Thread(target=ask, daemon=True, name="fewrec-chat").start()
        try:
            answer = answers.get(timeout=limit_s)
        except queue.Empty:
            raise _FailedError(f"no answer within {limit_s:.3g} s") from None
        finally:
            client.close()
        if isinstance(answer, _FailedError):
            raise answer
        return answer

    def _asked(self, client: Any, instruction: str, evidence: str) -> str:
        messages = [{"role": "system", "content": instruction}, {"role": "user", "content": evidence}]
        try:
            answer = client.chat.completions.create(
                model=self.config.model, messages=messages, temperature=0, max_tokens=self.config.max_tokens
            )
            text = answer.choices[0].message.content
        except self._openai.APITimeoutError as error:
            raise _FailedError("it did not answer in time") from error
        except self._openai.APIStatusError as error:
            wait = error.response.headers.get("retry-after", "")
            raise _FailedError(
                f"HTTP {error.status_code} ({_line(error.message)})",
                again=error.status_code in _WORTH_ANOTHER_TRY,
                wait_s=float(wait) if wait.replace(".", "", 1).isdigit() else 0.0,
            ) from error
        except self._openai.APIConnectionError as error:
            raise _FailedError(f"it cannot be reached ({_line(str(error.__cause__ or error))})") from error
        except (self._openai.OpenAIError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
            # A body that is no JSON, or JSON of another shape: the client hands it on as it came.
            raise _FailedError(f"what it answered is no chat completion ({_line(str(error))})") from error
        except RuntimeError as error:  # the client was closed under this attempt, whose time was up
            raise _FailedError("it did not answer in time") from error
        if not isinstance(text, str) or not text.strip():
            raise _FailedError("it answered without a text")
        return text.strip()


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else line[:157] + "..."
