"""The console entry point, which Ctrl-C ends quietly, even while the modules of raspir are being imported.

A module of its own, as an entry point within raspir would import the package first.
"""

import os


def main():
    """Run the command line."""
    try:
        import signal

        handles = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # and is not to ignore it
        if handles:
            signal.signal(signal.SIGINT, _leave)
        from raspir.cli import main as run

        if handles:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            run()
        finally:
            if handles:
                signal.signal(signal.SIGINT, _leave)
    except KeyboardInterrupt:
        _leave()


def _leave(*_):
    os._exit(130)
