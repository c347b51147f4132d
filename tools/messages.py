"""The words on screen, in both languages, without any gettext program.

    python tools/messages.py update            collect the texts of the code into the catalogues
    python tools/messages.py check             refuse a missing, empty, doubtful or obsolete translation
    python tools/messages.py compile           write the .mo files that the program reads
    python tools/messages.py missing [PATH]    print as JSON what has no English yet (in the files under PATH)
    python tools/messages.py fill FILE.json    write such a JSON back, its values translated

The texts in the code are French: the French catalogue repeats them, so that plurals follow French rules.
In the JSON a key is the French text, preceded by its context and "\\u0004" when it has one; a value is the
translation, or [one, many] for a text that counts.
"""

from __future__ import annotations

import argparse
import datetime
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import normalize, read_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src/reciproque"
SOURCE = "fr"
PLURALS = {"fr": "nplurals=2; plural=(n > 1);", "en": "nplurals=2; plural=(n != 1);"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# English sets nothing before these; French, a space that does not break.
SPACED = re.compile("[ \\u00a0\\u202f][:;?!](?!\\S)|«[ \\u00a0\\u202f]|[ \\u00a0\\u202f]»")
NAMED = re.compile(r"%\((\w+)\)|\{(\w*)[^{}]*\}")
POSITIONAL = re.compile(r"%[sd]")
# A date that never changes: the same sources give the same files.
NO_DATE = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)

Key = tuple[str | None, str]
Text = str | tuple[str, str]


class MessagesError(Exception):
    """Something in the sources or in a file prevents the work; the message says what and where."""


# -- reading the code -----------------------------------------------------------------------------------


def _sources() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*")):
        parts = path.relative_to(PACKAGE).parts
        python = path.suffix == ".py" and "migrations" not in parts
        template = path.suffix in (".html", ".txt") and "templates" in parts
        if python or template:
            yield path


def _python_of(path: Path) -> str:
    """The Python of a file, or what stands for it in a template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    python = str(templatize(text, origin=str(path.relative_to(ROOT))))
    # Its indentation is the template's and means nothing, but Python's tokenizer would read blocks in it.
    return "\n".join(line.lstrip() for line in python.split("\n"))


def _identity(function: str | None, arguments: Any) -> tuple[Key, Text] | None:
    """What identifies a text, and the text itself, from the arguments of a call."""
    values = list(arguments) if isinstance(arguments, (tuple, list)) else [arguments]
    shape = KEYWORDS.get(function or "")
    context = None
    if shape and isinstance(shape[0], tuple):
        context = values.pop(0)
    if shape is None:
        values = values[:1]
    if not values or not values[0]:
        return None
    singular = values[0]
    plural = values[1] if len(values) > 1 else None
    return (context, singular), (singular, plural) if plural else singular


def collect() -> tuple[dict[Key, Text], dict[Key, set[str]]]:
    """Every text of the code, and the files in which each stands."""
    texts: dict[Key, Text] = {}
    places: dict[Key, set[str]] = {}
    problems = []
    for path in _sources():
        name = path.relative_to(ROOT).as_posix()
        try:
            code = _python_of(path)
            found = list(extract_python(io.BytesIO(code.encode()), KEYWORDS, [], {"encoding": "utf-8"}))
        except Exception as error:  # the extractors raise all sorts of errors on broken sources
            raise MessagesError(f"{name} cannot be read: {error}") from error
        for line, function, arguments, _ in found:
            identity = _identity(str(function), arguments)
            if identity is None:
                continue
            key, text = identity
            known = texts.get(key, text)
            if isinstance(known, tuple) and isinstance(text, tuple) and known != text:
                problems.append(f"{name}:{line}: {key[1]!r} has another plural elsewhere: {known[1]!r}")
            # A text used alone and with a plural is one entry, as in gettext itself.
            texts[key] = known if isinstance(known, tuple) else text
            places.setdefault(key, set()).add(name)
    if problems:
        raise MessagesError("\n".join(problems))
    return texts, places


# -- the catalogues -------------------------------------------------------------------------------------


def _po(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES/django.po"


def _read(language: str) -> Catalog:
    path = _po(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _entries(catalog: Catalog) -> dict[Key, Message]:
    return {_key(message): message for message in catalog if message.id}


def _key(message: Message) -> Key:
    return message.context, message.id[0] if isinstance(message.id, (tuple, list)) else message.id


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (message.string or "",)


def _lines(keyword: str, text: str) -> str:
    return f"{keyword} {normalize(text, width=100)}\n"


def _write(language: str, translations: dict[Key, tuple[Text, tuple[str, ...]]]) -> None:
    """Write a catalogue that holds texts only: no place, no date, one order."""
    header = (
        f"Language: {language}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
        f"Content-Transfer-Encoding: 8bit\nPlural-Forms: {PLURALS[language]}\n"
    )
    parts = [_lines("msgid", "") + _lines("msgstr", header)]
    for (context, _), (text, strings) in sorted(
        translations.items(), key=lambda item: (item[0][1], item[0][0] or "")
    ):
        entry = _lines("msgctxt", context) if context is not None else ""
        if isinstance(text, tuple):
            entry += _lines("msgid", text[0]) + _lines("msgid_plural", text[1])
            entry += "".join(_lines(f"msgstr[{n}]", string) for n, string in enumerate(strings))
        else:
            entry += _lines("msgid", text) + _lines("msgstr", strings[0])
        parts.append(entry)
    path = _po(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".po.new")
    fresh.write_text("\n".join(parts), encoding="utf-8", newline="\n")
    os.replace(fresh, path)


def _translations(language: str, texts: dict[Key, Text]) -> dict[Key, tuple[Text, tuple[str, ...]]]:
    """For each text of the code its known translation, the text itself in French, else nothing."""
    known = {
        key: _strings(message) for key, message in _entries(_read(language)).items() if not message.fuzzy
    }
    result = {}
    for key, text in texts.items():
        forms = text if isinstance(text, tuple) else (text,)
        strings = known.get(key, ())
        if language == SOURCE:
            strings = forms
        elif len(strings) < len(forms):  # it counts from now on: what was known is the singular
            strings = (*strings, *[""] * (len(forms) - len(strings)))
        result[key] = (text, tuple(strings[: len(forms)]))
    return result


def update() -> None:
    """Bring both catalogues to the texts of the code, keeping every translation that still serves."""
    texts, _ = collect()
    for language in PLURALS:
        translations = _translations(language, texts)
        gone = len(_entries(_read(language)).keys() - texts.keys())
        _write(language, translations)
        empty = sum(1 for _, strings in translations.values() if not all(strings))
        print(
            f"{language}: {len(texts)} texts, {empty} without a translation, {gone} no longer used and removed"
        )


# -- checking -------------------------------------------------------------------------------------------


def _names(text: str) -> set[str]:
    return {name or field for name, field in NAMED.findall(text)}


def _faults(text: Text, strings: tuple[str, ...]) -> Iterator[str]:
    """What would show or break if this translation were used."""
    forms = text if isinstance(text, tuple) else (text,)
    if len(strings) != len(forms):
        yield f"{len(strings)} forms instead of {len(forms)}"
        return
    if not all(strings):
        yield "not translated"
        return
    allowed = set().union(*map(_names, forms))
    # "One offer" may leave the number out where "%(count)s offers" gives it.
    needed = set.intersection(*map(_names, forms))
    for string in strings:
        for name in sorted(needed - _names(string)):
            yield f"lacks the placeholder {name}"
        for name in sorted(_names(string) - allowed):
            yield f"has a placeholder unknown to the code: {name}"
        if "%(" in forms[-1]:
            try:
                string % dict.fromkeys(allowed, 0)
            except (ValueError, TypeError, KeyError):
                yield "has a placeholder that cannot be filled (a lone % is written %%)"
        elif sorted(POSITIONAL.findall(string)) not in [sorted(POSITIONAL.findall(form)) for form in forms]:
            yield "differs in its %s or %d"
    if strings[0].startswith("\n") != forms[0].startswith("\n") or strings[0].endswith("\n") != forms[
        0
    ].endswith("\n"):
        yield "does not begin or end with a new line as the original does"


def _french_spacing(strings: tuple[str, ...]) -> Iterator[str]:
    """What of an English text is set as French is."""
    for string in strings:
        for found in SPACED.findall(string):
            yield f"is set as French is: {found!r}"


def check() -> list[str]:
    """All that is wrong with the catalogues, one line each."""
    texts, places = collect()
    problems = []
    for language in PLURALS:
        catalog = _read(language)
        entries = _entries(catalog)

        def report(key: Key, what: str, language: str = language) -> None:
            where = ", ".join(sorted(places.get(key, ()))[:2])
            problems.append(f"{language}: {key[1]!r}{f' ({where})' if where else ''}: {what}")

        for key, text in texts.items():
            message = entries.get(key)
            if message is None:
                report(key, "not in the catalogue; run `make messages`")
                continue
            if message.fuzzy:
                report(key, "marked as doubtful (fuzzy)")
            for fault in _faults(text, _strings(message)):
                report(key, fault)
            if language == "en":
                for fault in _french_spacing(_strings(message)):
                    report(key, fault)
        for key in entries.keys() - texts.keys():
            report(key, "no longer in the code; run `make messages`")
        if catalog.obsolete:
            problems.append(f"{language}: {len(catalog.obsolete)} obsolete entries; run `make messages`")
    return problems


# -- the other commands ---------------------------------------------------------------------------------


def compile_catalogues() -> None:
    """Write the .mo file beside each catalogue."""
    for language in PLURALS:
        path = _po(language)
        if not path.exists():
            continue
        catalog = _read(language)
        catalog.creation_date = catalog.revision_date = NO_DATE
        fresh = path.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        os.replace(fresh, path.with_suffix(".mo"))


def _json_key(key: Key) -> str:
    return key[1] if key[0] is None else f"{key[0]}\x04{key[1]}"


def missing(under: str = "") -> dict[str, str | list[str]]:
    """The French texts without an English one, each as its own value, ready to be replaced."""
    texts, places = collect()
    known = _translations("en", texts)
    prefix = under.removeprefix("./").removeprefix("src/reciproque/")
    return {
        _json_key(key): list(text) if isinstance(text, tuple) else text
        for key, text in sorted(texts.items(), key=lambda item: (min(places[item[0]]), item[0][1]))
        if not all(known[key][1])
        and any(place.removeprefix("src/reciproque/").startswith(prefix) for place in places[key])
    }


def fill(path: Path) -> None:
    """Write the translations of a JSON file into the English catalogue; nothing if one of them is wrong."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MessagesError(f"{path} cannot be read: {error}") from error
    texts, _ = collect()
    translations = _translations("en", texts)
    keys = {_json_key(key): key for key in texts}
    problems = []
    for name, value in given.items():
        if name not in keys:
            problems.append(f"{name!r}: not a text of the code")
            continue
        text = texts[keys[name]]
        strings = tuple(value) if isinstance(value, list) else (value,)
        problems.extend(f"{name!r}: {fault}" for fault in _faults(text, strings))
        translations[keys[name]] = (text, strings)
    if problems:
        raise MessagesError("\n".join(problems))
    _write("en", translations)
    empty = sum(1 for _, strings in translations.values() if not all(strings))
    print(f"{len(given)} translations written, {empty} still missing")


def main() -> int:
    """Do what the first word of the command asks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["update", "check", "compile", "missing", "fill"])
    parser.add_argument("path", nargs="?", default="")
    options = parser.parse_args()
    try:
        if options.command == "update":
            update()
            compile_catalogues()
        elif options.command == "check":
            problems = check()
            print("\n".join(problems) if problems else "The translations are complete.")
            return 1 if problems else 0
        elif options.command == "compile":
            compile_catalogues()
        elif options.command == "missing":
            print(json.dumps(missing(options.path), ensure_ascii=False, indent=1))
        else:
            fill(Path(options.path))
    except MessagesError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
