"""What a title is about, once the polite words around it are taken away.

Two people who write "Je propose d'apprendre à coudre" and "I'd like some help with sewing, please" share the one idea
that matters and nothing else; the words around it are so frequent that they would otherwise decide who looks alike.

An opener reads, in this order: an opening, perhaps somebody sought, perhaps what is done together, then little words:

    Je cherche | quelqu'un pour | m'aider | à      préparer un entretien
    I'd like   |                | to learn | about  the  SQL

The tables are regular expressions written without accents or capitals and with straight apostrophes: titles are
brought there letter for letter, so that a match tells how much of the original to leave out.
"""

import re
import unicodedata
from typing import Literal

from reciproque.kit.text import clean, fold

_WORD_ENDS = r"(?:(?<!\w)|(?!\w))"


def _any_of(table: str) -> str:
    """One alternation of the lines of a table, none of which may stop in the middle of a word."""
    return "(?:" + "|".join(f"(?:{line.strip()}){_WORD_ENDS}" for line in table.strip().splitlines()) + ")"


_LABEL = _any_of(
    r"""
    (?:bonjour|bonsoir|salut|coucou|hello|hi|hey|dear|chers?|cheres?)(?: [\w' ]{1,40}?)?\s*[,.!:]
    [\[(](?:offres?|demandes?|recherche|besoin|atelier|offer(?:ed|ing)?|request(?:ed)?|wanted|seeking)[\])]
    (?:offres?|demandes?|recherche|besoin|propose|proposition|je propose|je cherche)(?: d[e'] ?[\w']+)?\s*(?::|-(?=\s))
    (?:sujet|objet|theme|titre|savoir|atelier|partage d'experiences?|retour d'experiences?)\s*(?::|-(?=\s))
    (?:initiation|introduction|formation|cours|decouverte|tutoriel|conseils?|astuces|aide|coup de main)\s*(?::|-(?=\s))
    (?:offer|offering|request|wanted|needed|seeking|looking for|topic|subject|title|workshop)\s*(?::|-(?=\s))
    (?:introduction|intro|training|course|lessons?|tips|help|advice)\s*(?::|-(?=\s))
    (?:debutante?|novice|beginner)(?: complete?| total| motivee?)?\s*[,:]
    """
)

_OPENING = _any_of(
    r"""
    (?:j'|je |nous |on )(?:aimerais|aimerions|aimerait|adorerais)(?: bien| beaucoup| vraiment)?(?: pouvoir)?
    (?:je |nous |on )(?:souhait(?:e|ons|erais|erions|erait)|desir(?:e|ons|erais))(?: pouvoir)?
    (?:je |nous |on )(?:voudr(?:ais|ions|ait)|veux)(?: bien| beaucoup| vraiment)?(?: pouvoir)?
    (?:j'ai|j'aurais|nous avons) (?:tres |vraiment )?(?:envie|besoin)
    (?:petit |grand )?(?:besoin|envie)(?= d[e'u]| pour)
    (?:je |nous |on )(?:re)?cherch(?:e|ons)
    (?:re)?cherche(?= quelqu'un| une? | de l'| a | des )
    (?:je suis |nous sommes )?(?:a|en) (?:la )?recherche(?= d[e'u])
    (?:je suis |nous sommes )?interesse(?:e|s|es)?(?= par| pour)
    (?:je |nous )(?:vous )?(?:propos(?:e|ons)|offr(?:e|ons))
    propose(?= d[e']| une? | a )
    (?:je |nous )(?:vous )?(?:peux|pouvons|pourrais|sais|saurais|savons|partage|transmets)
    (?:je |nous )(?:serais|serions|suis|sommes) (?:ravie?s?|prete?s?|disposee?s?)(?= d[e']| a| pour)
    (?:je |nous )(?:serais|serions|suis|sommes) (?:disponibles?|dispo|curieu(?:x|ses?))(?= d[e']| a| pour)
    qui (?:peut|pourrait|saurait|veut)|quelqu'un (?:peut|pourrait|saurait)(?:-il)?
    (?:je |nous )(?:vous )?(?:forme|initie|accompagne|aide|apprends|enseigne|explique|montre)(?= |$)
    j'(?:enseigne|explique|initie|accompagne|aide|apprends|anime)
    (?:i|we)(?: would|'d) (?:really )?(?:like|love|appreciate)
    (?:i|we) (?:really )?(?:want|wish|hope|need|offer|propose|teach|share)
    (?:i|we) (?:can|could|will|know)
    (?:(?:i|we)(?: am|'m| are|'re) )?(?:keen|eager|happy|glad|willing|ready|able|hoping|trying)(?= to)
    (?:(?:i|we)(?: am|'m| are|'re) )?(?:looking|searching|in search)(?= for| to| of)
    (?:(?:i|we)(?: am|'m| are|'re) )?(?:seeking|interested(?= in))
    (?:can|could|would) (?:some(?:one|body)|any(?:one|body)|you)
    need(?:ing)?(?= (?:help|advice|support|some))
    """
)

# These announce the subject by themselves, but only with the little word that follows them: "formation Excel" stays whole.
_ALONE = _any_of(
    r"""
    (?:apprendre|m'initier|me former|me perfectionner|progresser|debuter) (?:a|au|aux|en|sur|comment)
    (?:aide|coup de main|coup de pouce|conseils?|astuces) (?:pour|sur)
    (?:initiation|introduction|formation|tutoriel) (?:a|au|aux|sur)
    (?:decouverte|prise en main|cours|atelier) (?:de|du|des|sur|d')
    atelier(?= \w+(?:er|ir|re)(?: |$))
    (?:partage|retour)s? d'experiences? (?:de|du|des|en|sur|d')
    comment(?: faire pour| fait-on pour| bien)?(?= )
    learn(?:ing)? (?:how to|to|about|more about)
    how (?:to|do i|do you|can i)
    (?:help|advice|tips|support|guidance) (?:with|on|about|for|in|to)
    (?:an? )?(?:introduction|intro|workshop|training|crash course|course|coaching) (?:to|on|in|about)
    """
)

_SOMEBODY = _any_of(
    r"""
    (?:de |d'|a (?:rencontrer|trouver) )?(?:quelqu'un|une? (?:personne|collegue|volontaire|experte?|specialiste))
    (?:for |of |to (?:find|meet) )?(?:(?:some|any)(?:one|body)|an? (?:colleague|volunteer|expert|mentor|coach))
    """
)
_WHO = _any_of(
    r"""
    (?:pour|qui)(?: sait| saurait| pourrait| puisse| peut| veut)?
    to|who (?:can|could|would)
    """
)

_TOGETHER = _any_of(
    r"""
    (?:a |d'|de |pour )?(?:apprendre|savoir|decouvrir|maitriser|pratiquer|progresser|debuter)
    (?:a |d'|de |pour )?(?:mieux )?(?:comprendre|connaitre)
    (?:a |d'|de |pour )?(?:m'(?:initier|ameliorer)|me (?:former|perfectionner|lancer)|monter en competences?)
    (?:a |d')?(?:etre |me faire )(?:aidee?|formee?|accompagnee?|initiee?|guidee?|conseillee?)
    (?:a |pour )?(?:m'|me |nous )(?:aider|apprendre|expliquer|montrer|initier|former|accompagner|conseiller|guider)
    (?:a |d'|de )?(?:vous |te |t')?(?:aider|apprendre|expliquer|montrer|initier|former|accompagner|conseiller)
    (?:a |d'|de )?(?:enseigner|faire decouvrir|transmettre|partager|presenter)
    (?:partager |transmettre )?(?:mon experience|mes connaissances|mes competences)
    (?:de l'|d')?(?:mon )?aide|(?:d')?un coup de (?:main|pouce)|(?:des |de )?conseils
    (?:d')?une? (?:accompagnement|initiation|formation|atelier|echange|cours|tutorat|introduction)|des cours
    (?:to |in )?(?:learn(?:ing)?|know(?:ing)?|understand(?:ing)?|discover(?:ing)?)(?: more)?
    (?:to |in )?(?:improv(?:e|ing)|practi[cs](?:e|ing))
    (?:to )?(?:get|be) (?:some )?(?:help|started|better|advice|trained|coached|shown|taught|helped|introduced)
    (?:to |for )?(?:teach|show|coach|train|mentor|help|guide) (?:me|us|you|people|others|colleagues)
    (?:to |for )?(?:teach|show|explain|present|introduce|coach|train|mentor|help|guide|share(?: my experience)?)
    (?:for )?(?:some )?(?:help|advice|tips|support|coaching|guidance)
    """
)

_LINK = _any_of(
    r"""
    a|au|aux|de|du|des|d'|en|sur|pour|par|avec|dans|comment|que|bien|:
    about|how|to|with|in|on|at|of|for|into
    """
)
_ARTICLE = r"(?:l'|(?:le|la|les|une?|the|an?) +(?=\S))"
_SIGNS = r"[\s:;,!?*•·–—-]+(?=[\s\w])"

_OPENER = re.compile(
    rf"(?:{_LABEL}|{_ALONE}|{_OPENING} *(?:{_SOMEBODY} *(?:{_WHO} *)?)?(?:{_TOGETHER} *)?)"
    rf" *(?:{_LINK} *)*(?:{_SIGNS})?{_ARTICLE}?|{_SIGNS}"
)
_CLOSING = re.compile(
    r"[\s,.;:!?…()–—-]*"
    + _any_of(
        r"""
        \b(?:un grand |mille )?merci(?: d'avance| par avance| beaucoup| infiniment| a tou(?:te)?s)*
        \b(?:merci de |n'hesitez pas a )?(?:me|nous) (?:contacter|ecrire|joindre|solliciter|faire signe)[^,;.!?]*
        \b(?:contactez|ecrivez|faites)[- ](?:moi|nous)[^,;.!?]*|\bavis aux (?:amateurs|interesse(?:e|s|es)?)
        \b(?:please )?(?:feel free to |do not hesitate to )?(?:contact|message|write to|reach out to) me[^,;.!?]*
        \b(?:s'il (?:vous|te) plait|svp|stp|cordialement|bien a vous|bonne (?:journee|semaine)|a bientot)
        \b(?:please|thx|cheers|(?:kind|best) regards|thank(?:s| you)(?: in advance| a lot| so much| very much)*)
        """
    )
    + r"[\s,.;:!?…()-]*$|[\s,;:!?….–—-]+$"
)

_FRENCH = frozenset(
    "a ai ainsi au aux avec bien bonjour ce cela ces cette chez comment dans de des donc du elle en entre est et etre faire "
    "il ils j je la le les leur lors ma mais mes mieux mon ne nos notre nous ou par pas plus pour quand que quel quelle qui "
    "quoi sa sans savoir ses son sont sous sur ta tes toi ton tout tous un une vers vos votre vous y".split()
)
_ENGLISH = frozenset(
    "about an and any are as at be been but by can could do does for from get has have he her his how i if in into is it "
    "its like me more my need not of or our out she should so some than that the their them then there these they this to "
    "us using want was we what when where which who why will with would you your".split()
)
_LONGEST = 1_000
# A full stop only: "Stop aux réunions ! Animer autrement" says its subject last.
_SENTENCE = re.compile(r"(?<=[\w#+)»]{2})[  ]?\. +(?=[A-ZÀ-ÖØ-Ý])")
_ABBREVIATED = re.compile(
    r"(?:^|\W)(?:art|ch|chap|cf|dr|env|etc|ex|max|min|mme|mlle|mr|mrs|ms|p|pr|st|ste|vol|vs)$"
)
_WORD = re.compile(r"[^\W\d_]+")
_ACCENTED = re.compile("[éèêëàâùûçîïôœ]")


def core(title: str) -> str:
    """The title without its openers ("je propose de", "I would like to learn how to") nor its closing politeness."""
    text = " ".join(clean(title)[:_LONGEST].split())
    while (shorter := _shorten(text)) != text:
        text = shorter
    return text


def parts(title: str) -> tuple[str, str]:
    """The core of what a title says first, and what it goes on to say: a second sentence seldom holds the subject."""
    text = core(title)
    for stop in _SENTENCE.finditer(text):
        first = text[: stop.start()]
        if not _ABBREVIATED.search(first.lower()):
            return core(first), text[stop.end() :]
    return text, ""


def language(text: str) -> Literal["fr", "en", ""]:
    """The language a text is written in, as far as its small words tell; empty when they do not."""
    words = _WORD.findall(fold(text))
    french = sum(word in _FRENCH for word in words) + bool(_ACCENTED.search(text.lower()))
    english = sum(word in _ENGLISH for word in words)
    if french == english:
        return ""
    return "fr" if french > english else "en"


def _shorten(text: str) -> str:
    """One opener or one closing less; the text itself when nothing can go without leaving no word."""
    plain = "".join(map(_plain, text))
    for match in (_CLOSING.search(plain), _OPENER.match(plain)):
        if match:
            shorter = text[: match.start()] + text[match.end() :]
            if any(letter.isalnum() for letter in shorter):
                return shorter
    return text


def _plain(letter: str) -> str:
    """A letter without accent or case: always one letter, so that positions stay those of the original."""
    if letter in "’‘ʼ´`":
        return "'"
    if letter.isspace():
        return " "
    return unicodedata.normalize("NFD", letter)[0].lower()[0]
