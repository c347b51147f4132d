"""What exchanges changed, asked once after the third one in which somebody learned."""

from reciproque.surveys.rules.supplied.shape import FELT, YES_NO, Supplied, options, question, section, two
from reciproque.surveys.rules.words import Kind, Trigger

IMPACT = Supplied(
    key="impact",
    title=two("Ce que les échanges ont changé pour vous", "What exchanges have changed for you"),
    about=two(
        "Après le troisième échange comme demandeur ou demandeuse : objectifs, management, relations, soi-même.",
        "After the third exchange as a learner: objectives, management, relations, oneself.",
    ),
    trigger=Trigger.THIRD_EXCHANGE,
    definition={
        "intro": two(
            "Vous avez vécu au moins trois échanges où vous avez appris quelque chose. Dites-nous ce que cela a changé, "
            "ou n’a pas changé : les deux nous aident.",
            "You have had at least three exchanges in which you learned something. Tell us what it changed, or did not "
            "change: both help us.",
        ),
        "thanks": two(
            "Merci. Votre réponse est comptée avec celles des autres.",
            "Thank you. Your answer is counted with those of the others.",
        ),
        "minutes": 4,
        "sections": [
            section(
                "work",
                two("Votre travail", "Your work"),
                question(
                    "objectives",
                    Kind.SCALE,
                    two(
                        "Ce que vous avez appris vous aide-t-il à atteindre vos objectifs ?",
                        "Does what you learned help you reach your objectives?",
                    ),
                    options=FELT,
                ),
                question(
                    "used",
                    Kind.SINGLE,
                    two(
                        "L’avez-vous déjà utilisé dans votre travail ?",
                        "Have you already used it in your work?",
                    ),
                    options=options(
                        ("yes", "Oui", "Yes"),
                        ("planned", "Pas encore, mais c’est prévu", "Not yet, but it is planned"),
                        ("no", "Non", "No"),
                    ),
                ),
                question(
                    "hindered",
                    Kind.MULTIPLE,
                    two("Qu’est-ce qui vous en a empêché ?", "What kept you from it?"),
                    options=options(
                        ("time", "Le manque de temps", "Lack of time"),
                        ("occasion", "L’occasion ne s’est pas présentée", "No occasion arose"),
                        ("level", "Je n’en sais pas encore assez", "I do not know enough of it yet"),
                        ("tools", "Les moyens ou les outils manquent", "Means or tools are missing"),
                        (
                            "agreed",
                            "Mon entourage de travail n’y est pas favorable",
                            "People around me at work are not in favour",
                        ),
                    ),
                    only_if={"question": "used", "among": ["no", "planned"]},
                ),
                question(
                    "mastery",
                    Kind.SCALE,
                    two("Maîtrisez-vous mieux votre métier ?", "Do you master your job better?"),
                    options=FELT,
                ),
            ),
            section(
                "others",
                two("Les autres", "Other people"),
                question(
                    "management",
                    Kind.SCALE,
                    two(
                        "Cela a-t-il changé en bien votre façon d’encadrer, ou d’être encadré ou encadrée ?",
                        "Has it changed for the better the way you manage, or are managed?",
                    ),
                    options=FELT,
                ),
                question(
                    "relations",
                    Kind.SCALE,
                    two(
                        "Vos relations avec vos collègues y ont-elles gagné ?",
                        "Have your relations with colleagues gained from it?",
                    ),
                    options=FELT,
                ),
                question(
                    "known",
                    Kind.NUMBER,
                    two(
                        "Combien de personnes connaissez-vous aujourd’hui grâce à ces échanges ?",
                        "How many people do you know today thanks to these exchanges?",
                    ),
                    most=200,
                    unit=two("personnes", "people"),
                    required=False,
                ),
            ),
            section(
                "self",
                two("Vous", "You"),
                question(
                    "oneself",
                    Kind.SCALE,
                    two(
                        "Avez-vous davantage confiance dans ce que vous savez faire ?",
                        "Are you more confident in what you can do?",
                    ),
                    options=FELT,
                ),
                question(
                    "passed_on",
                    Kind.SINGLE,
                    two(
                        "Avez-vous transmis à quelqu’un ce que vous avez appris ?",
                        "Have you passed on to somebody what you learned?",
                    ),
                    options=YES_NO,
                ),
                question(
                    "can_now",
                    Kind.TEXT,
                    two(
                        "Que savez-vous faire aujourd’hui que vous ne saviez pas faire ?",
                        "What can you do today that you could not?",
                    ),
                    help=two(
                        "Ne nommez personne : vos mots seront lus tels quels, sans vos autres réponses.",
                        "Name nobody: your words will be read as they are, without your other answers.",
                    ),
                ),
            ),
        ],
    },
)
