"""`python -m partyroom`."""

from __future__ import annotations

from partyroom.app import run

if __name__ == "__main__":
    run()
