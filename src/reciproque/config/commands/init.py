"""`reciproque init`: the database, then the first administrator."""

from __future__ import annotations

import argparse
import getpass
import sys

EPILOG = "Without options it asks. For scripts: --email, --first-name, --last-name and the password on standard input."


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.epilog = EPILOG
    parser.add_argument("--email", help="the administrator's e-mail address")
    parser.add_argument("--first-name")
    parser.add_argument("--last-name")
    parser.add_argument("--language", choices=["fr", "en"], default="fr")


def run(options: argparse.Namespace) -> int:
    """Make the tables, then the administrator; 1 when what was given is refused."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.management import call_command
    from django.core.validators import validate_email
    from django.utils import translation

    from reciproque.people.actions import create_administrator
    from reciproque.people.queries import person_by_email

    call_command("migrate", verbosity=0)
    with translation.override(options.language):
        try:
            email = options.email or input("E-mail: ").strip()
            validate_email(email)
            if person_by_email(email):
                print(f"{email} already has an account.", file=sys.stderr)
                return 1
            first = options.first_name or input("First name: ").strip()
            last = options.last_name or input("Last name: ").strip()
            secret = (
                getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
            )
            validate_password(secret)
        except (ValidationError, EOFError) as error:
            sentences = error.messages if isinstance(error, ValidationError) else ["Nothing was typed."]
            print("\n".join(sentences), file=sys.stderr)
            return 1
        person = create_administrator(
            email, first_name=first, last_name=last, password=secret, language=options.language
        )
    print(
        f"{person.display_name} can sign in with {person.email}. Next: reciproque run, then create a network."
    )
    return 0
