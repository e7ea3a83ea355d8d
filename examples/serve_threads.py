"""Answer HTTP requests with what is in a picture: one Detector, used by a thread for each request.

    python examples/serve_threads.py --port 8000
    curl --data-binary @examples/scene_1.jpg http://127.0.0.1:8000

Without --model it serves the model that comes with darkcsp.
"""

from __future__ import annotations

import argparse
import contextlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import darkcsp
from darkcsp.media.picture_files import decode_picture

MOST_BYTES, MOST_PIXELS = 16_000_000, 50_000_000
"""Of one picture: strangers send them, and a small file can hold a huge picture."""


class Server(ThreadingHTTPServer):
    """Starts a thread for each request; all of them use the same detector."""

    def __init__(self, address: tuple[str, int], detector: darkcsp.Detector) -> None:
        super().__init__(address, Handler)
        self.detector = detector


class Handler(BaseHTTPRequestHandler):
    """Takes a picture file as the body of a POST request and answers with JSON."""

    server: Server

    def do_POST(self) -> None:
        """Find things in the picture."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
            self.answer(413, {"error": f"send a picture of at most {MOST_BYTES} bytes, with Content-Length"})
            return
        try:
            picture = decode_picture(self.rfile.read(int(length)), "the picture", MOST_PIXELS)
            self.answer(200, self.server.detector(picture).to_dict())
        except darkcsp.DarkcspError as error:
            self.answer(400, {"error": str(error)})

    def answer(self, status: int, content: object) -> None:
        """Send a status and JSON."""
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Find things in pictures, over HTTP.")
    parser.add_argument("--model", help="an ONNX file that darkcsp wrote")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free one")
    parser.add_argument("--workers", type=int, default=2, help="pictures that run through the network at once")
    options = parser.parse_args()
    detector = darkcsp.Detector(options.model, backend="onnxruntime", workers=options.workers)
    with Server(("127.0.0.1", options.port), detector) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


if __name__ == "__main__":
    main()
