"""A real HTTP server that speaks the chat-completions protocol, well or badly, on a free port."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = str | dict[str, Any]
"""A text to answer well with, or ``status``, ``body``, ``headers``, ``wait_s`` (before answering), ``drip_s`` (between bytes)."""


class ChatServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, answers: list[Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers  # the last one is given for ever
        self.requests: list[dict[str, Any]] = []
        self.times: list[float] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.server.requests.append({**json.loads(self.rfile.read(size)), "authorization": self.headers["Authorization"]})
        self.server.times.append(time.monotonic())
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        if isinstance(answer, str):
            answer = {"body": completion(answer)}
        time.sleep(answer.get("wait_s", 0))
        body = answer.get("body", "").encode()
        try:
            self.send_response(answer.get("status", 200))
            for name, value in {"Content-Type": "application/json", **answer.get("headers", {})}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if "drip_s" in answer:
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(answer["drip_s"])
            else:
                self.wfile.write(body)
        except OSError:  # the client has gone
            pass

    def log_message(self, *_: object) -> None:
        pass


def completion(text: str) -> str:
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return json.dumps({"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]})


@contextmanager
def serving(*answers: Answer) -> Iterator[ChatServer]:
    server = ChatServer(list(answers))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
