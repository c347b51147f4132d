"""Rules of wording: what a title is about, and the language of a text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reciproque.matching.engine.wording import core, language


@pytest.mark.parametrize(
    ("title", "about"),
    [
        # French openers
        ("Je propose de l'aide en anglais", "anglais"),
        ("Je propose d’apprendre à coudre", "coudre"),
        ("J'aimerais apprendre l'anglais", "anglais"),
        ("J’aimerais bien savoir comment fonctionne la fibre", "fonctionne la fibre"),
        (
            "J'aimerais apprendre à faire un tableau croisé dynamique",
            "faire un tableau croisé dynamique",
        ),
        ("Je cherche quelqu'un pour m'aider à préparer un entretien", "préparer un entretien"),
        ("JE CHERCHE QUELQU'UN QUI PEUT M'EXPLIQUER LE RGPD", "RGPD"),
        ("Qui peut m'expliquer le RGPD ?", "RGPD"),
        (
            "Je souhaiterais être accompagnée sur la prise de parole en public",
            "prise de parole en public",
        ),
        ("Besoin d'un coup de main pour PowerPoint svp", "PowerPoint"),
        ("Demande d'aide : gérer un conflit", "gérer un conflit"),
        ("Offre : Excel avancé", "Excel avancé"),
        ("[Offre] Python pour débutants", "Python pour débutants"),
        ("Offre : je peux montrer comment lire un bilan comptable", "lire un bilan comptable"),
        ("Débutant, j'aimerais utiliser Git", "utiliser Git"),
        ("Initiation à la photographie", "photographie"),
        ("Partage d'expérience : télétravail", "télétravail"),
        ("Comment animer une réunion à distance ?", "animer une réunion à distance"),
        ("Je vous aide à rédiger votre CV", "rédiger votre CV"),
        (
            "Bonjour à tous, je recherche de l'aide pour monter un dossier retraite, merci d'avance !",
            "monter un dossier retraite",
        ),
        # English openers
        ("I would like to learn how to bake bread", "bake bread"),
        ("I'd like help with sewing, please", "sewing"),
        ("Looking for someone to teach me SQL", "SQL"),
        ("I can show you how to use Power BI", "use Power BI"),
        ("I am happy to share my experience with remote teams", "remote teams"),
        ("Workshop: conflict management", "conflict management"),
        ("Can anyone teach me Spanish? Thanks in advance", "Spanish"),
        ("How to write unit tests", "write unit tests"),
        # What looks like an opener and is the subject
        ("Commentaires de code", "Commentaires de code"),
        ("Formation Excel", "Formation Excel"),
        ("Aide à domicile", "Aide à domicile"),
        ("Aider un collègue en difficulté", "Aider un collègue en difficulté"),
        ("Former un collègue au tri du courrier", "Former un collègue au tri du courrier"),
        ("Savoir dire non", "Savoir dire non"),
        ("recherche juridique", "recherche juridique"),
        ("Offre de service", "Offre de service"),
        ("L'anglais", "L'anglais"),
        ("C++", "C++"),
        ("C#", "C#"),
        (".NET", ".NET"),
        # Nothing would be left
        ("Merci", "Merci"),
        ("Je propose", "Je propose"),
        ("Bonjour", "Bonjour"),
        ("?!", "?!"),
        ("", ""),
    ],
)
def test_a_title_is_brought_to_its_core(title: str, about: str) -> None:
    assert core(title) == about


@pytest.mark.parametrize(
    "opener", ["Je propose de ", "J'aimerais apprendre à ", "I would like to learn how to "]
)
@pytest.mark.parametrize("subject", ["gérer les conflits", "piloter un drone", "write a business case"])
def test_openers_change_nothing_to_the_core(opener: str, subject: str) -> None:
    assert core(opener + subject) == core(subject) == subject
    assert core(opener.upper() + subject) == subject


@pytest.mark.needs_shared
def test_any_text_has_a_stable_core_that_is_never_blank(shared: Path) -> None:
    naughty = json.loads((shared / "data/robust/naughty_strings/blns.json").read_text(encoding="utf-8"))
    for text in naughty:
        about = core(text)
        assert core(about) == about
        assert (
            bool(about) == bool(" ".join(text.split()).strip("\x00\x01\x7f"))
            or not about.isprintable()
            or not about
        )
        assert language(text) in {"fr", "en", ""}


def test_a_very_long_title_is_cut_rather_than_studied() -> None:
    assert len(core("je cherche " + "a!" * 1_000_000)) <= 1_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Je voudrais apprendre à coudre", "fr"),
        ("animer une réunion à distance", "fr"),
        ("I would like to learn sewing", "en"),
        ("how to run a meeting", "en"),
        ("Excel", ""),
        ("", ""),
    ],
)
def test_the_language_is_read_from_small_words(text: str, expected: str) -> None:
    assert language(text) == expected
