"""Typed reading of the environment, so that a wrong setting is one clear sentence at start."""

import os
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any


class WrongSetting(Exception):
    """A setting of the environment cannot be used; the message says which and how to mend it."""


def text(name: str, default: str = "") -> str:
    """Return a setting as text."""
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    """Return a yes/no setting."""
    value = text(name).lower()
    if value in ("", "1", "0", "yes", "no", "true", "false", "on", "off", "oui", "non"):
        return default if not value else value in ("1", "yes", "true", "on", "oui")
    raise WrongSetting(f"{name}={value!r}: write 1 or 0.")


def number(name: str, default: int, *, least: int | None = None) -> int:
    """Return a whole number, not below the least one."""
    value = text(name)
    try:
        found = int(value) if value else default
    except ValueError:
        raise WrongSetting(f"{name}={value!r}: write a whole number.") from None
    if least is not None and found < least:
        raise WrongSetting(f"{name}={value!r}: write {least} or more.")
    return found


def mailbox(name: str) -> str:
    """Return the address of a mailbox, imaps://name:password@host/folder, or nothing."""
    value = text(name)
    parts = urllib.parse.urlsplit(value)
    if value and (parts.scheme not in ("imaps", "imap") or not parts.hostname or not parts.username):
        # Not repeated in the message: it holds a password.
        raise WrongSetting(f"{name}: write imaps://name:password@host/INBOX.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def database(url: str, default_file: Path) -> dict[str, Any]:
    """Turn DATABASE_URL (sqlite:///file, sqlite:////absolute/file or postgresql://…) into Django's settings."""
    if not url or url.startswith("sqlite:"):
        name = urllib.parse.unquote(urllib.parse.urlsplit(url).path).removeprefix("/")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name or str(default_file),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;"
                " PRAGMA mmap_size=268435456;",
            },
        }
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise WrongSetting(
            f"DATABASE_URL={url!r}: use sqlite:///file or postgresql://user:password@host/name."
        )
    query = dict(urllib.parse.parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": urllib.parse.unquote(parts.path.lstrip("/")) or "reciproque",
        "USER": urllib.parse.unquote(parts.username or ""),
        "PASSWORD": urllib.parse.unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}, **query},
    }


def _kept_secret(folder: Path, name: str, make: Callable[[], str]) -> str:
    """Return the text of a secret file of the data folder, made at the first start."""
    file = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            # Written apart, then put in its place in one step: the site and the worker may start together.
            fresh = folder / f"{name}.{os.getpid()}"
            fresh.touch(mode=0o600)
            fresh.write_text(make())
            try:
                os.link(fresh, file)
            except FileExistsError:
                pass  # the other one was first
            except OSError:
                fresh.replace(file)  # a disk without links
            fresh.unlink(missing_ok=True)
        return file.read_text().strip()
    except OSError as error:
        raise WrongSetting(
            f"The data folder {folder} cannot be written ({error.strerror}). Set RECIPROQUE_DATA to a folder of yours."
        ) from None


def secret_key(folder: Path) -> str:
    """Return SECRET_KEY, or one made at the first start and kept in the data folder."""
    import secrets

    return text("SECRET_KEY") or _kept_secret(folder, "secret-key", lambda: secrets.token_urlsafe(50))


def notes_keys(folder: Path) -> list[str]:
    """Return the keys that seal private notes: those given, else one made at the first start, beside the secret key.

    The first seals, all of them open. They are never in the database, nor in what is saved of it.
    """
    from reciproque.kit.seal import WrongKey, new_key, read_key

    keys = words("RECIPROQUE_NOTES_KEY") or _kept_secret(folder, "notes-key", new_key).split()
    for number, key in enumerate(keys, 1):
        try:
            read_key(key)
        except WrongKey:
            # Not repeated in the message: it may be a key with one letter missing.
            raise WrongSetting(
                f"RECIPROQUE_NOTES_KEY (or the file notes-key): key {number} is not one. Write 32 bytes in base64: "
                'python -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
            ) from None
    if not keys:
        raise WrongSetting(f"The file {folder / 'notes-key'} is empty: put back the key that was in it.")
    return keys
