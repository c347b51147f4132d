"""The living gallery: every part in every state, with sample data only (whoever mounts it lets staff alone in)."""

import datetime as dt
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_PARIS = ZoneInfo("Europe/Paris")
_YEAR = 2026


def _at(month: int, day: int, hour: int = 14, minute: int = 0) -> dt.datetime:
    return dt.datetime(_YEAR, month, day, hour, minute, tzinfo=_PARIS)


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(
        label="Que savez-vous faire ?",
        max_length=120,
        help_text="En une phrase, comme vous le diriez à un collègue.",
    )
    purpose = forms.CharField(
        label="À quoi cela a-t-il servi ?", widget=forms.Textarea, max_length=600, required=False
    )
    mode = forms.MultipleChoiceField(
        label="Comment préférez-vous échanger ?",
        choices=[("face", "En face à face"), ("phone", "Par téléphone"), ("video", "En visio")],
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.ChoiceField(
        label="Où en êtes-vous ?",
        choices=[
            ("new", "Je débute"),
            ("some", "J’ai des bases"),
            ("able", "Je pratique"),
            ("fluent", "À l’aise"),
        ],
        widget=forms.RadioSelect,
    )
    useful = forms.ChoiceField(
        label="Cet échange vous a-t-il été utile ?",
        choices=[("no", "Pas du tout"), ("little", "Un peu"), ("yes", "Oui"), ("very", "Tout à fait")],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label="Langue de l’échange", choices=[("fr", "français"), ("en", "anglais")])
    until = forms.DateField(
        label="Jusqu’à quand ?", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    capacity = forms.IntegerField(
        label="Combien de personnes à la fois ?", min_value=1, max_value=8, initial=1
    )
    agree = forms.BooleanField(label="J’ai lu la charte et je m’y engage")

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Say on two fields why they are asked and who will see the answer."""
        super().__init__(*args, **kwargs)
        self.fields["title"].seen = "les membres de votre réseau"
        self.fields["purpose"].why = "pour vous proposer les bonnes personnes"
        self.fields["level"].seen = "vous et la personne rencontrée"


def _sample() -> dict[str, object]:
    return {
        "tones": ["offer", "request", "exchange", "warn", "danger", "good", "neutral"],
        "form": SampleForm(prefix="blank"),
        "wrong": SampleForm(
            {"wrong-title": "", "wrong-level": "some", "wrong-capacity": "12", "wrong-mode": ["phone"]},
            prefix="wrong",
        ),
        "due_at": _at(11, 26, 18),
        "moment": _at(11, 17),
        "topics": [{"label": "Management", "url": "#"}, {"label": "Entretien", "url": "#"}],
        "meta": ["en face à face ou par téléphone", "Rennes", "français", "une personne à la fois"],
        "reasons": [
            "le sujet est le même",
            "son service n’est pas le vôtre",
            "vous êtes libres tous deux le jeudi après-midi",
        ],
        "other_reasons": ["le sujet est voisin", "il n’a encore transmis aucun savoir et le souhaite"],
        "agenda": [
            {
                "at": _at(11, 26, 9),
                "title": "Groupe « Accueil des publics difficiles », séance 3",
                "url": "#",
                "place": "salle Ouessant",
            },
            {"at": dt.date(_YEAR, 12, 1), "title": "Bourse aux savoirs", "place": "Rennes", "tone": "offer"},
            {"at": _at(12, 3, 16, 30), "title": "Échange avec Samir Haddad", "place": "par téléphone"},
        ],
        "ring": ["Ana Moreau", "vous", "Claire Le Goff"],
        "ring_savoirs": ["ateliers en visio", "tableaux croisés", "entretien difficile"],
        "facets": [
            {
                "title": "Quoi",
                "items": [
                    {"label": "Offres", "count": 128, "url": "#", "selected": True},
                    {"label": "Demandes", "count": 96, "url": "#"},
                ],
            },
            {
                "title": "Comment",
                "items": [
                    {"label": "En face à face", "count": 61, "url": "#"},
                    {"label": "Par téléphone", "count": 102, "url": "#", "selected": True},
                    {"label": "En visio", "count": 77, "url": "#"},
                ],
            },
        ],
        "page": Paginator(range(200), 20).page(3),
        "tabs": [
            {"label": "En cours", "url": "#", "current": True, "count": 3},
            {"label": "Terminés", "url": "#", "count": 12},
            {"label": "Attestations", "url": "#"},
        ],
        "messages_sample": [
            {
                "author": "Claire Le Goff",
                "at": _at(11, 16, 9, 12),
                "text": "Bonjour, je mène mes premiers entretiens en janvier. Avez-vous une heure ?",
            },
            {
                "author": "Bob Riou",
                "at": _at(11, 16, 11, 40),
                "mine": True,
                "text": "Bien sûr. Que redoutez-vous le plus : l’annonce, ou la suite ?\n\nJeudi après-midi me va.",
            },
            {"at": _at(11, 16, 11, 41), "text": "Trois dates ont été proposées.", "system": True},
        ],
        "history": [
            {"at": _at(11, 17), "text": "L’échange a eu lieu", "tone": "good"},
            {
                "at": _at(11, 9),
                "text": "Samir a choisi une date",
                "tone": "exchange",
                "icon": "calendar-check",
            },
            {"at": _at(11, 4), "text": "Vous avez répondu oui", "detail": "Le lendemain de la demande."},
            {"at": _at(11, 3), "text": "Samir a demandé une mise en relation", "tone": "request"},
        ],
        "slots": [
            {
                "value": "1",
                "at": _at(11, 26, 14),
                "end": _at(11, 26, 15),
                "detail": "par téléphone",
                "checked": True,
            },
            {"value": "2", "at": _at(11, 27, 9, 30), "end": _at(11, 27, 10, 30), "detail": "à Rennes"},
            {
                "value": "3",
                "at": _at(11, 20, 9),
                "end": _at(11, 20, 10),
                "disabled": True,
                "reason": "ce moment est déjà passé",
            },
        ],
        "articles": [
            {
                "title": "Chacun donne, chacun reçoit.",
                "text": "Offrir un savoir invite à en demander un autre.",
            },
            {"title": "Tous les savoirs se valent.", "text": "Ni points, ni notes, ni classement."},
            {
                "title": "Ce qui se dit reste entre nous.",
                "text": "On ne répète pas ce qu’on apprend des personnes.",
            },
            {"title": "On apprend à faire.", "text": "On ne fait pas à la place de l’autre."},
        ],
        "columns": [
            "Service",
            {"label": "Offres", "kind": "number"},
            {"label": "Demandes", "kind": "number"},
        ],
        "rows": [
            [{"text": "Direction régionale Bretagne", "url": "#"}, 128, 96],
            ["Plateforme de Nantes", 42, 57],
            ["Siège", 17, 31],
        ],
        "facts": [
            ("Savoir", "Mener un entretien difficile"),
            ("But", "préparer les entretiens de janvier"),
            ("Rencontres", "deux fois une heure, en face à face"),
            ("Premier point", "jeudi 17 décembre"),
        ],
        "crumbs": [
            {"label": "Accueil", "url": "#"},
            {"label": "Savoirs", "url": "#"},
            {"label": "Tableaux croisés"},
        ],
        "assistant": ["Charte", "Vos savoirs", "Une offre", "Une demande", "Première suggestion"],
        "series": [4, 6, 5, 9, 12, 11, 16],
    }


def _shell(request: HttpRequest) -> dict[str, object]:
    """Fill the frame of the page as the site would, for somebody who exists only here."""
    return {
        "me": {"initials": "BR", "display_name": "Bob Riou"},
        "networks": [
            {"name": "Bretagne", "slug": "bretagne", "url": "#"},
            {"name": "Chefs d’équipe", "slug": "chefs", "url": "#"},
        ],
        "network": {"name": "Bretagne", "slug": "bretagne", "url": "#"},
        "nav": [
            {"label": label, "url": "#", "current": i == 0}
            for i, label in enumerate(["Accueil", "Savoirs", "Agenda", "Groupes", "Le réseau"])
        ],
        "steps_count": 2,
        "account_nav": [
            {"label": "Mon parcours", "url": "#", "icon": "book-open"},
            {"label": "Mes réglages", "url": "#", "icon": "settings"},
        ],
        "sign_out_url": "#",
        "footer_nav": [
            {"label": "Accessibilité", "url": "#"},
            {"label": "Vos données", "url": "#"},
            {"label": "Guide", "url": "#"},
        ],
        "languages": [
            {"code": "fr", "name": "Français", "current": True},
            {"code": "en", "name": "English", "current": False},
        ],
        "demo": {
            "clock": "mardi 17 novembre",
            "persona": "vous êtes Bob Riou",
            "day_url": "#",
            "week_url": "#",
            "mailbox_url": "#",
            "mailbox_count": 3,
            "door_url": "#",
        },
        "zone": "Europe/Paris",
    }


def gallery(request: HttpRequest) -> HttpResponse:
    """Show every part; `?page=home` shows them composed as a member's home page."""
    template = "gallery_home.html" if request.GET.get("page") == "home" else "gallery.html"
    return render(request, template, {**_shell(request), **_sample()})
