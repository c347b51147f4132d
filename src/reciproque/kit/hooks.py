"""What the street may set off without knowing who does it: the start of the program says who."""

from collections.abc import Callable

_registered: dict[str, list[Callable[[], object]]] = {}


def register(name: str, function: Callable[[], object]) -> None:
    """Have `function` called when `name` happens; registering it twice calls it once."""
    functions = _registered.setdefault(name, [])
    if function not in functions:
        functions.append(function)


def run(name: str) -> list[object]:
    """Call what is registered under this name, in order, and return what each returned."""
    return [function() for function in _registered.get(name, [])]
