"""What people say aloud in the gatherings of the demonstration, and what the animation team writes for itself."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Line:
    """One savoir as it is said in a room, and the subject it is about."""

    kind: str
    words: str
    topic: str
    family: str


@dataclasses.dataclass(frozen=True)
class Both:
    """An offer and a request that answer each other in the same room."""

    offer: str
    request: str
    topic: str
    family: str

    def line(self, kind: str) -> Line:
        """Return one side of it."""
        return Line(kind, self.offer if kind == "offer" else self.request, self.topic, self.family)


TOGETHER = (
    (
        Both(
            "Je fais les plannings d’équipe avec un simple tableur",
            "Arrêter de refaire mon planning chaque vendredi soir",
            "Planning d’équipe",
            "Bureautique",
        ),
        Both(
            "Vingt ans de soudure, je montre les bases sans danger",
            "Souder proprement un chariot abîmé",
            "Soudure",
            "Atelier",
        ),
        Both(
            "La langue des signes, de quoi accueillir quelqu’un",
            "Dire bonjour et merci à notre collègue sourd",
            "Langue des signes",
            "Langues",
        ),
        Both(
            "Animer dix minutes d’échauffement avant la prise de poste",
            "Protéger le dos de mon équipe pendant la pointe",
            "Échauffement",
            "Santé au travail",
        ),
    ),
    (
        Both(
            "Relire une lettre difficile avant qu’elle parte",
            "Répondre à une réclamation sans m’énerver",
            "Réclamations",
            "Écrire",
        ),
        Both(
            "Les raccourcis de la messagerie, dix suffisent",
            "Vider ma boîte aux lettres une bonne fois",
            "Messagerie",
            "Bureautique",
        ),
        Both(
            "Lire un bulletin de paie ligne par ligne",
            "Comprendre enfin mon bulletin de paie",
            "Bulletin de paie",
            "Ressources humaines",
        ),
    ),
)

ALONE = (
    (
        Line("offer", "Entretenir un vélo à assistance, même sous la pluie", "Vélo de tournée", "Atelier"),
        Line("offer", "Trois mots d’espagnol pour la douane", "Espagnol", "Langues"),
        Line("request", "Prendre la parole sans lire mes notes", "Prise de parole", "Animer"),
        Line("request", "Tailler les haies du dépôt au bon moment", "Jardin", "Vie quotidienne"),
    ),
    (
        Line("offer", "Je range une armoire de pièces pour dix ans", "Rangement", "Atelier"),
        Line("request", "Faire une photo nette d’un colis abîmé", "Photographie", "Communication"),
        Line("request", "Préparer un oral de concours interne", "Concours interne", "Ressources humaines"),
    ),
)

# Drawn out in the group session: nobody thought of them as knowledge when they came in.
DRAWN_OUT = (
    Line("offer", "Calmer une file d’attente un jour de pensions", "Accueil difficile", "Accueil"),
    Line("offer", "Retenir le prénom de trente collègues en une semaine", "Mémoire des noms", "Animer"),
    Line("request", "Dire non à mon chef sans me fâcher", "Dire non", "Animer"),
    Line("offer", "Lire une carte routière quand le réseau tombe", "Lecture de carte", "Transport"),
)

# Said by people who have not confirmed it yet (Basile is one of them), and by a guest from outside.
UNCONFIRMED = (
    Line("offer", "Reconnaître une fausse pièce d’identité", "Pièces d’identité", "Accueil"),
    Line("request", "Me servir d’un tableau de bord sans m’y perdre", "Tableau de bord", "Bureautique"),
)
GUEST = (
    "Maïwenn Le Goff",
    Line("offer", "Réparer une reliure avec de la colle de pâte", "Reliure", "Atelier"),
)

# Against the charter: what is paid, what is done in somebody else’s place.
PAID = (
    "Je monte vos meubles le samedi, vingt euros de l’heure",
    "Déplacement compris dans un rayon de quinze kilomètres. Paiement en espèces.",
)
IN_THEIR_PLACE = (
    "Quelqu’un pour rédiger mon dossier de mobilité",
    "Je n’ai pas le temps : je donne les pièces, et je récupère le dossier terminé vendredi.",
)
REPORT_PAID = "C’est un service payant, pas un savoir partagé."
REPORT_PLACE = "Elle cherche quelqu’un qui le fasse à sa place, pas quelqu’un qui lui montre."
HIDDEN = (
    "La charte dit que rien ne se paie entre nous. Vous pouvez proposer de montrer comment monter un meuble,"
    " sans prix : nous la remettrons en ligne volontiers."
)
APPEAL = "J’ai seulement voulu couvrir mon essence. Je retire le prix et je montre à qui veut apprendre."


def all_said() -> set[str]:
    """Return every title that may be published by what is said in a room or against the charter."""
    lines = [line for room in (*ALONE, DRAWN_OUT, UNCONFIRMED) for line in room] + [GUEST[1]]
    both = [pair for room in TOGETHER for pair in room]
    found = {line.words for line in lines} | {pair.offer for pair in both} | {pair.request for pair in both}
    return found | {PAID[0], IN_THEIR_PLACE[0]}


AVAILABILITY = (
    "Le mardi et le jeudi matin",
    "Deux demi-journées par mois, hors période de pointe",
    "Par téléphone, en fin d’après-midi",
    "Une journée par trimestre",
    "Sur mon site, quand on me prévient une semaine avant",
    "Le vendredi",
    "De janvier à octobre",
    "Le soir, en visioconférence",
)
TRAININGS = (
    "Mener une première rencontre à trois",
    "Tenir une bourse aux savoirs",
    "Animer une séance de repérage",
    "Écouter, reformuler",
)
NOTES = (
    "Préfère le téléphone : lit peu ses messages pendant la pointe.",
    "N’ose pas encore proposer. On a trouvé deux idées ensemble, elle écrit la première cette semaine.",
    "De retour après une longue absence, ne pas presser.",
    "Accepte volontiers un second échange avant l’été, pas plus.",
    "Change de site en janvier ; revoir avec lui ce qu’il peut proposer là-bas.",
)
CALLS = (
    "Eu au téléphone : répond ce soir.",
    "Laissé un message sur le répondeur.",
    "Croisée à la cantine, elle s’en occupe demain.",
    "Absent cette semaine, son équipe lui transmet.",
    "Rappeler lundi, après la réunion de site.",
)
WORDS_OF_THE_TEAM = (
    "Personne pour l’instant ; j’en parle à la prochaine bourse.",
    "Vu ensemble : la demande tient toujours, rien ne presse.",
    "J’ai écrit à deux personnes qui savent, j’attends leur retour.",
    "Demande rare : notée pour la rencontre des animateurs.",
    "À relancer au printemps, après la réorganisation du site.",
    "Le correspondant du site cherche quelqu’un.",
)
WORDS_OF_ONE_SIDE = (
    "Préfère demander pour l’instant, on en reparle dans trois mois.",
    "Cherche ce qui pourrait s’offrir ; un atelier lui est proposé.",
    "N’a besoin de rien aujourd’hui, offre toujours volontiers.",
    "Vue au repérage, une idée à mûrir.",
    "Rappelée : écrira quand la pointe sera passée.",
)
MAIL_SUBJECT = "La bourse aux savoirs de la semaine prochaine : venez voir"
MAIL_TEXT = """Bonjour,

Vous avez rejoint le réseau il y a peu. Le plus simple pour commencer : venir une heure à la bourse aux savoirs.
On y dit ce que l’on sait, ce que l’on cherche, et l’on repart souvent avec un rendez-vous.

Rien à préparer. Dites seulement si vous venez, depuis la page de la bourse.

À bientôt,
Alice, pour l’équipe d’animation"""
