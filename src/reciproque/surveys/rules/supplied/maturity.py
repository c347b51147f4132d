"""How far an organisation learns, as its people see it: asked at the start, then once a year, to be compared."""

from reciproque.surveys.rules.supplied.shape import Supplied, options, question, section, two
from reciproque.surveys.rules.words import Kind

_STEPS = options(
    ("never", "Jamais", "Never"),
    ("rarely", "Rarement", "Rarely"),
    ("sometimes", "Parfois", "Sometimes"),
    ("often", "Souvent", "Often"),
    ("always", "Presque toujours", "Almost always"),
)

MATURITY = Supplied(
    key="maturity",
    title=two("Apprendre ici : où en sommes-nous ?", "Learning here: where do we stand?"),
    about=two(
        "Le point de départ, puis une fois par an : les mêmes questions, pour voir ce qui bouge.",
        "The starting point, then once a year: the same questions, to see what moves.",
    ),
    definition={
        "intro": two(
            "Huit questions sur la façon dont on apprend autour de vous. Il n’y a ni bonne ni mauvaise réponse.",
            "Eight questions about how people learn around you. There are no right or wrong answers.",
        ),
        "thanks": two(
            "Merci. Les mêmes questions seront posées dans un an, pour voir ce qui a changé.",
            "Thank you. The same questions will be asked in a year, to see what has changed.",
        ),
        "minutes": 3,
        "sections": [
            section(
                "everyday",
                two("Tous les jours", "Every day"),
                *[
                    question(key, Kind.SCALE, text, options=_STEPS)
                    for key, text in (
                        (
                            "ask",
                            two(
                                "On peut dire « je ne sais pas » et demander de l’aide.",
                                "One can say “I do not know” and ask for help.",
                            ),
                        ),
                        (
                            "mistakes",
                            two(
                                "Une erreur sert à apprendre plutôt qu’à chercher qui l’a faite.",
                                "A mistake is used to learn rather than to look for who made it.",
                            ),
                        ),
                        (
                            "time",
                            two(
                                "J’ai du temps pour apprendre et pour transmettre.",
                                "I have time to learn and to pass on.",
                            ),
                        ),
                        (
                            "find",
                            two(
                                "Je sais à qui m’adresser quand quelque chose me manque.",
                                "I know whom to turn to when I lack something.",
                            ),
                        ),
                    )
                ],
            ),
            section(
                "together",
                two("Ensemble", "Together"),
                *[
                    question(key, Kind.SCALE, text, options=_STEPS)
                    for key, text in (
                        (
                            "across",
                            two(
                                "On apprend d’autres métiers, d’autres sites, d’autres niveaux.",
                                "People learn from other trades, other sites, other levels.",
                            ),
                        ),
                        (
                            "kept",
                            two(
                                "Ce qui a été appris est gardé et retrouvé par d’autres.",
                                "What was learned is kept, and found again by others.",
                            ),
                        ),
                        (
                            "tried",
                            two(
                                "On essaie de nouvelles façons de faire, et on regarde ce que cela donne.",
                                "New ways of doing things are tried, and what comes of them is looked at.",
                            ),
                        ),
                        (
                            "support",
                            two(
                                "Ma hiérarchie encourage ces échanges.",
                                "My management encourages these exchanges.",
                            ),
                        ),
                    )
                ],
                question(
                    "lever",
                    Kind.TEXT,
                    two(
                        "Qu’est-ce qui aiderait le plus, d’ici un an ?",
                        "What would help most within a year?",
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
