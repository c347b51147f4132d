"""Take posts in and out, find counterparts, remember answers; plan, close loops, nudge, and bring alike posts together."""

from reciproque.matching.actions.answers import (
    create_alert,
    decline_next,
    dismiss_suggestion,
    lapse_proposals,
    note_asked,
    part_people,
    propose_next,
    put_off_suggestion,
    withdraw_alert,
)
from reciproque.matching.actions.erasing import forget_post
from reciproque.matching.actions.finding import (
    Computed,
    compute_suggestions,
    refresh_stale,
    save_again,
    save_index,
    take_in,
    take_out,
)
from reciproque.matching.actions.frameworks import take_in_framework, take_in_merged
from reciproque.matching.actions.library import carry_case, take_in_sheet
from reciproque.matching.actions.likeness import (
    dismiss_likeness,
    find_alike,
    find_all_alike,
    meet_together,
    merge_posts,
)
from reciproque.matching.actions.loops import refresh_all_loops, refresh_loops
from reciproque.matching.actions.mapping import draw_map, tend_map
from reciproque.matching.actions.nudging import dismiss_nudge, note_offered, nudge_all, nudge_network
from reciproque.matching.actions.planning import ask_plan, do_asked, make_plan, plan_nightly
from reciproque.matching.actions.publishing import (
    change_pair,
    propose_by_hand,
    publish_pairs,
    publish_suggestion,
    rule,
    set_pair_aside,
    take_back,
    withdraw_ruling,
)
from reciproque.matching.actions.tuning import checked_weights, tune, untune

__all__ = [
    "Computed",
    "ask_plan",
    "carry_case",
    "change_pair",
    "checked_weights",
    "compute_suggestions",
    "create_alert",
    "decline_next",
    "dismiss_likeness",
    "dismiss_nudge",
    "dismiss_suggestion",
    "do_asked",
    "draw_map",
    "find_alike",
    "find_all_alike",
    "forget_post",
    "lapse_proposals",
    "make_plan",
    "meet_together",
    "merge_posts",
    "note_asked",
    "note_offered",
    "nudge_all",
    "nudge_network",
    "part_people",
    "plan_nightly",
    "propose_by_hand",
    "propose_next",
    "publish_pairs",
    "publish_suggestion",
    "put_off_suggestion",
    "refresh_all_loops",
    "refresh_loops",
    "refresh_stale",
    "rule",
    "save_again",
    "save_index",
    "set_pair_aside",
    "take_back",
    "take_in",
    "take_in_framework",
    "take_in_merged",
    "take_in_sheet",
    "take_out",
    "tend_map",
    "tune",
    "untune",
    "withdraw_alert",
    "withdraw_ruling",
]
