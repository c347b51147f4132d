"""What people would need of a network, asked before one starts: nine questions."""

from reciproque.surveys.rules.supplied.shape import FELT, Supplied, options, question, section, two
from reciproque.surveys.rules.words import Kind

_FREE = two(
    "Ne nommez personne : vos mots seront lus tels quels, sans vos autres réponses.",
    "Name nobody: your words will be read as they are, without your other answers.",
)

NEEDS = Supplied(
    key="needs",
    title=two("Avant d’ouvrir un réseau : vos besoins", "Before a network opens: your needs"),
    about=two(
        "Neuf questions à poser avant de démarrer : difficultés, aides possibles, thèmes, moments et lieux.",
        "Nine questions to ask before starting: difficulties, possible help, themes, times and places.",
    ),
    definition={
        "intro": two(
            "Nous pensons ouvrir un réseau où chacun apprend des autres et transmet à d’autres. Il n’existe pas encore : "
            "vos réponses aideront à décider comment commencer.",
            "We are thinking of opening a network where everyone learns from others and passes on to others. It does not "
            "exist yet: your answers will help decide how to begin.",
        ),
        "thanks": two(
            "Merci. Ce qui ressort de toutes les réponses sera présenté avant l’ouverture.",
            "Thank you. What comes out of all the answers will be presented before the opening.",
        ),
        "minutes": 6,
        "sections": [
            section(
                "today",
                two("Aujourd’hui", "Today"),
                question(
                    "difficulty",
                    Kind.TEXT,
                    two(
                        "Sur quoi butez-vous le plus souvent dans votre travail ?",
                        "What do you most often stumble on in your work?",
                    ),
                    help=_FREE,
                ),
                question(
                    "could_be_helped",
                    Kind.SINGLE,
                    two(
                        "Quelqu’un, ici, pourrait-il vous y aider ?",
                        "Could somebody here help you with it?",
                    ),
                    options=options(
                        ("known", "Oui, et je sais qui", "Yes, and I know who"),
                        ("unknown", "Sans doute, mais je ne sais pas qui", "Probably, but I do not know who"),
                        ("nobody", "Je ne crois pas", "I do not think so"),
                    ),
                ),
                question(
                    "could_help",
                    Kind.SINGLE,
                    two(
                        "Et vous, sur quoi que ce soit, pourriez-vous aider quelqu’un d’autre ?",
                        "And could you help somebody else, with anything at all?",
                    ),
                    options=options(
                        ("yes", "Oui", "Yes"),
                        (
                            "perhaps",
                            "Peut-être, je n’y ai jamais réfléchi",
                            "Perhaps, I never thought about it",
                        ),
                        ("no", "Je ne vois pas en quoi", "I do not see with what"),
                    ),
                ),
                question(
                    "belongs",
                    Kind.SCALE,
                    two(
                        "Avez-vous le sentiment de faire partie d’un réseau de collègues sur qui compter ?",
                        "Do you feel part of a network of colleagues to count on?",
                    ),
                    options=FELT,
                ),
            ),
            section(
                "tomorrow",
                two("Demain", "Tomorrow"),
                question(
                    "brings",
                    Kind.MULTIPLE,
                    two("Que vous apporterait un tel réseau ?", "What would such a network bring you?"),
                    options=options(
                        ("learn", "Apprendre ce qui me manque", "Learning what I lack"),
                        ("pass_on", "Transmettre ce que je sais", "Passing on what I know"),
                        ("meet", "Rencontrer d’autres métiers", "Meeting other trades"),
                        ("solve", "Résoudre plus vite une difficulté", "Solving a difficulty faster"),
                        (
                            "settle",
                            "Trouver ma place dans un nouveau poste",
                            "Finding my place in a new position",
                        ),
                        ("nothing", "Rien que je voie", "Nothing that I can see"),
                    ),
                    required=True,
                ),
                question(
                    "theme",
                    Kind.TEXT,
                    two("Par quel sujet commenceriez-vous ?", "Which subject would you begin with?"),
                    help=_FREE,
                ),
                question(
                    "times",
                    Kind.MULTIPLE,
                    two("Quand pourriez-vous y prendre part ?", "When could you take part?"),
                    options=options(
                        ("morning", "Le matin", "In the morning"),
                        ("noon", "Autour du déjeuner", "Around lunch"),
                        ("afternoon", "L’après-midi", "In the afternoon"),
                        ("end", "En fin de journée", "At the end of the day"),
                        ("varies", "Mes horaires changent", "My hours vary"),
                    ),
                ),
                question(
                    "how",
                    Kind.MULTIPLE,
                    two("Et comment, de préférence ?", "And how, preferably?"),
                    options=options(
                        (
                            "face",
                            "En face à face, sur mon lieu de travail",
                            "Face to face, at my place of work",
                        ),
                        ("elsewhere", "En face à face, ailleurs", "Face to face, elsewhere"),
                        ("phone", "Par téléphone", "By telephone"),
                        ("video", "En visioconférence", "By video call"),
                        ("group", "À plusieurs", "As a small group"),
                    ),
                ),
                question(
                    "hold_back",
                    Kind.TEXT,
                    two("Qu’est-ce qui pourrait vous retenir ?", "What might hold you back?"),
                    help=_FREE,
                ),
            ),
        ],
    },
)
