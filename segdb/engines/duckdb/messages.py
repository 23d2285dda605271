"""Messages: what the driver says, for a message of one paragraph."""

from __future__ import annotations

import re


def first_line(error: BaseException) -> str:
    """Return what an error says first, without the statement that it is about."""
    text = str(error).split("\nLINE ")[0]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    words = " ".join(lines[:2]) if lines else type(error).__name__
    return re.sub(r"^\w+(?: \w+)? Error: ", "", words).rstrip(".")
