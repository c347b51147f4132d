"""The effects that people feel, one item each: recognition, autonomy, solidarity, cooperation and so on."""

from reciproque.surveys.rules.supplied.shape import FELT, YES_NO, Supplied, question, section, two
from reciproque.surveys.rules.words import Kind

EFFECTS = Supplied(
    key="effects",
    title=two("Ce que vous ressentez au travail", "What you feel at work"),
    about=two(
        "Six effets, une question chacun. À envoyer à tout le personnel, pour comparer participants et non-participants.",
        "Six effects, one question each. For the whole workforce, to compare those who take part and those who do not.",
    ),
    definition={
        "intro": two(
            "Sept questions courtes, que vous preniez part au réseau ou non.",
            "Seven short questions, whether or not you take part in the network.",
        ),
        "thanks": two("Merci d’avoir pris ce temps.", "Thank you for taking the time."),
        "minutes": 2,
        "sections": [
            section(
                "felt",
                two("Depuis un an", "Over the past year"),
                question(
                    "took_part",
                    Kind.SINGLE,
                    two(
                        "Avez-vous eu au moins un échange de savoirs avec un ou une collègue dans ce réseau ?",
                        "Have you had at least one exchange of knowledge with a colleague in this network?",
                    ),
                    options=YES_NO,
                ),
                *[
                    question(key, Kind.SCALE, text, options=FELT)
                    for key, text in (
                        (
                            "recognition",
                            two(
                                "Ce que je sais faire est reconnu par les autres.",
                                "What I can do is recognised by others.",
                            ),
                        ),
                        (
                            "autonomy",
                            two(
                                "Je trouve par moi-même comment avancer quand je bute sur une difficulté.",
                                "I find my own way forward when I meet a difficulty.",
                            ),
                        ),
                        (
                            "solidarity",
                            two(
                                "Je peux compter sur d’autres que mes proches collègues.",
                                "I can count on others than my close colleagues.",
                            ),
                        ),
                        (
                            "cooperation",
                            two(
                                "Nous réussissons mieux ensemble que chacun de son côté.",
                                "We succeed better together than each on our own.",
                            ),
                        ),
                        (
                            "transversality",
                            two(
                                "Je travaille facilement avec d’autres métiers, d’autres entités.",
                                "I work easily with other trades and other units.",
                            ),
                        ),
                        ("wellbeing", two("Je me sens bien à mon travail.", "I feel well at work.")),
                    )
                ],
            ),
        ],
    },
)
