"""A mail server that takes everything and keeps nothing: ``python -m benchmarks.mail_sink <port>``."""

import sys
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink


def main(port: str) -> int:
    Controller(Sink(), hostname="127.0.0.1", port=int(port)).start()
    threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
