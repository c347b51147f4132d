"""Who may see a skill, and do what with it: the person first, never a manager of theirs.

What someone may confirm is read from what really happened: a closed exchange in which they learned, a sheet they used.
"""

from reciproque.recognition.access.calls import get_call
from reciproque.recognition.access.certifying import (
    can_contest,
    can_set_rule,
    can_settle_contest,
    get_certification,
    get_contest,
    may_settle,
)
from reciproque.recognition.access.learned import (
    EXCHANGE,
    SHEET,
    Lesson,
    final_keys,
    lessons,
    sees_skills,
    topics_of_exchanges,
)
from reciproque.recognition.access.skills import (
    LOADED,
    can_confirm,
    get_confirmable,
    get_confirmation,
    get_signer,
    get_skill,
    keeps_skills,
)
from reciproque.recognition.access.training import (
    Source,
    can_take_training,
    counts_training,
    departments_of,
    get_attestation,
    get_own_training,
    get_source,
    get_training,
    may_ask_training,
    require_training_department,
    still_countable,
)

__all__ = [
    "EXCHANGE",
    "LOADED",
    "SHEET",
    "Lesson",
    "Source",
    "can_confirm",
    "can_contest",
    "can_set_rule",
    "can_settle_contest",
    "can_take_training",
    "counts_training",
    "departments_of",
    "final_keys",
    "get_attestation",
    "get_call",
    "get_certification",
    "get_confirmable",
    "get_confirmation",
    "get_contest",
    "get_own_training",
    "get_signer",
    "get_skill",
    "get_source",
    "get_training",
    "keeps_skills",
    "lessons",
    "may_ask_training",
    "may_settle",
    "require_training_department",
    "sees_skills",
    "still_countable",
    "topics_of_exchanges",
]
