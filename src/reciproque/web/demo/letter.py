"""A mail's plain text, read back as paragraphs, links and signature: what a mail program would let one press."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass
class Letter:
    """The parts of a mail in which someone reads or presses something."""

    paragraphs: list[str] = dataclasses.field(default_factory=list)
    quote: str = ""
    links: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    signature: str = ""


def read_letter(text: str) -> Letter:
    """Read a mail written by `notices`: a label above an address is a link, what follows "-- " the signature."""
    body, _dashes, signature = text.partition("\n-- \n")
    letter = Letter(signature=signature.strip())
    for block in body.strip().split("\n\n"):
        label, _line, address = block.partition("\n")
        if address.startswith(("http://", "https://")) and " " not in address and "\n" not in address:
            letter.links.append((label, address))
        elif block.startswith("> "):
            letter.quote = "\n".join(line.removeprefix("> ") for line in block.splitlines())
        else:
            letter.paragraphs.append(block)
    return letter
