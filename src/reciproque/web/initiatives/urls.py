"""Addresses of the pages of learning networks."""

from django.urls import URLPattern, path

from reciproque.web.initiatives.views import (
    answers,
    authoring,
    bulletins,
    committee,
    days,
    desk,
    experiments,
    frame,
    groups,
    panel,
    problems,
    proposals,
    results,
    running,
    walls,
)

app_name = "initiatives"

# launch day and working groups
_LEARNING = "networks/<slug:slug>/learning/"
_DAY = "launch-days/<str:day_id>/"
_WALL = "wall-subjects/<str:wall_id>/"
_GROUP = "working-groups/<str:group_id>/"
_OF_THE_DAY = [
    path(_LEARNING + "days/", days.days, name="days"),
    path(_LEARNING + "days/new/", days.plan, name="plan_day"),
    path(_DAY, days.day, name="day"),
    path(_DAY + "edit/", days.edit, name="edit_day"),
    *(path(f"{_DAY}{verb}/", days.turn, {"verb": verb}, name=f"{verb}_day") for verb in ("open", "close")),
    path(_DAY + "cancel/", days.cancel, name="cancel_day"),
    path(_DAY + "grid/", days.grid_page, name="grid"),
    path(_DAY + "screen/", days.screen, name="projector"),
    path(_DAY + "screen/now/", days.screen_now, name="projector_now"),
    path(_DAY + "reports/", days.reports, name="day_reports"),
    path(_DAY + "add/", walls.add, name="add_subject"),
    path(_WALL, walls.subject, name="subject"),
    path(_WALL + "edit/", walls.edit, name="edit_subject"),
    path(_WALL + "sign-up/", walls.sign, name="sign_up"),
    path(_WALL + "leave/", walls.leave, name="leave_subject"),
    path(_WALL + "place/", walls.place, name="place_subject"),
    path(_WALL + "withdraw/", walls.withdraw, name="withdraw_subject"),
    path(_WALL + "hand/", walls.hand, name="hand_subject"),
    path(_WALL + "merge/", walls.ask, name="ask_merge"),
    path(_WALL + "report/", walls.report, name="report"),
    path("merges/<str:merge_id>/", walls.merge, name="merge"),
    path(_LEARNING + "groups/", groups.groups, name="groups"),
    path(_LEARNING + "groups/new/", groups.form, name="form_group"),
    path(_GROUP, groups.group, name="group"),
    path(_GROUP + "join/", groups.join, name="join_group"),
    path(_GROUP + "leave/", groups.leave, name="leave_group"),
    path(_GROUP + "turn/", groups.turn, name="turn_group"),
    path(_GROUP + "facilitator/", groups.facilitator, name="name_facilitator"),
    path(_GROUP + "check-in/", groups.session, name="check_in"),
]

# frame, panel, committee, problems, experiments, proposals
_RESULT = "expected-results/<str:result_id>/"
_PROBLEM = "problems/<str:problem_id>/"
_TRIAL = "experiments/<str:experiment_id>/"
_PROPOSAL = "proposals/<str:proposal_id>/"
_OF_THE_FRAME = [
    path(_LEARNING, frame.learning, name="learning"),
    path(_LEARNING + "open/", frame.open_learning, name="open_learning"),
    path(_LEARNING + "frame/", frame.frame, name="frame"),
    path(_LEARNING + "frame/edit/", frame.edit, name="edit_frame"),
    path(_LEARNING + "frame/start/", frame.turn, {"verb": "start"}, name="start_work"),
    path(_LEARNING + "frame/end/", frame.turn, {"verb": "end"}, name="end_frame"),
    path(_LEARNING + "results/", results.results, name="results"),
    path(_LEARNING + "results/new/", results.propose, name="propose_result"),
    path(_LEARNING + "themes/", results.themes, name="themes"),
    path(_LEARNING + "shown/", frame.shown, name="shown"),
    path(_RESULT, results.result, name="result"),
    path(_RESULT + "edit/", results.edit_result, name="edit_result"),
    path(_RESULT + "withdraw/", results.withdraw_result, name="withdraw_result"),
    path(_RESULT + "value/", results.note_value, name="note_value"),
    path(_LEARNING + "panel/", panel.panel, name="panel"),
    path(_LEARNING + "panel/invite/", panel.invite, name="invite_panel"),
    path(_LEARNING + "panel/remove/", panel.remove, name="remove_panelist"),
    path(_LEARNING + "panel/open/", panel.open_vote, name="open_vote"),
    path(_LEARNING + "panel/extend/", panel.extend, name="extend_vote"),
    path(_LEARNING + "panel/close/", panel.close, name="close_vote"),
    path(_LEARNING + "vote/", panel.vote, name="vote"),
    path(_LEARNING + "vote/outcome/", panel.outcome, name="outcome"),
]
_OF_THE_COMMITTEE = [
    path(_LEARNING + "committee/", committee.committee, name="committee"),
    path(_LEARNING + "committee/join/", committee.join, name="join_committee"),
    path(_LEARNING + "committee/posture/", committee.posture, name="posture"),
    path(_LEARNING + "committee/<str:committee_id>/chair/", committee.chair, name="chair_committee"),
    path(_LEARNING + "committee/<str:committee_id>/leave/", committee.leave, name="leave_committee"),
    path(_LEARNING + "notes/", committee.notes, name="notes_up"),
    path(_LEARNING + "notes/new/", committee.write_note, name="write_note_up"),
    path("notes-up/<str:note_up_id>/", committee.note, name="note_up"),
    path(_LEARNING + "obstacles/", committee.obstacles, name="obstacles"),
    path(_LEARNING + "obstacles/new/", committee.raise_one, name="raise_obstacle"),
    path("obstacles/<str:obstacle_id>/", committee.obstacle, name="obstacle"),
    path(_LEARNING + "desk/", desk.desk, name="desk"),
    path(_LEARNING + "desk/answers/", desk.answer_many, name="answer_many"),
    path(_LEARNING + "desk/templates/", desk.templates, name="answer_templates"),
    path(_LEARNING + "overdue/", desk.late, name="overdue"),
]
_OF_THE_SEARCH = [
    path(_LEARNING + "problems/", problems.problems, name="problems"),
    path(_LEARNING + "problems/new/", problems.ask, name="ask_problem"),
    path(_LEARNING + "problems/alike/", problems.alike, name="problems_alike"),
    path(_PROBLEM, problems.problem, name="problem"),
    path(_PROBLEM + "take/", problems.take, name="take_problem"),
    path(_PROBLEM + "answer/", problems.answer, name="answer_problem"),
    path(_PROBLEM + "aside/", problems.aside, name="aside_problem"),
    path(_PROBLEM + "merge/", problems.merge, name="merge_problem"),
    path(_LEARNING + "experiments/", experiments.experiments, name="experiments"),
    path(_LEARNING + "experiments/new/", experiments.new, name="new_experiment"),
    path(_LEARNING + "lessons/", experiments.lessons, name="lessons"),
    path(_TRIAL, experiments.experiment, name="experiment"),
    path(_TRIAL + "edit/<int:page>/", experiments.edit, name="edit_experiment"),
    path(_TRIAL + "follow/", experiments.follow, name="follow_experiment"),
    path(_TRIAL + "ask/", running.turn, {"verb": "ask"}, name="ask_support"),
    path(_TRIAL + "start/", running.turn, {"verb": "start"}, name="start_experiment"),
    path(_TRIAL + "drop/", running.turn, {"verb": "drop"}, name="drop_experiment"),
    path(_TRIAL + "support/", running.support, name="answer_support"),
    path(_TRIAL + "criteria/", running.criteria, name="change_criteria"),
    path(_TRIAL + "prolong/", running.prolong, name="prolong_experiment"),
    path(_TRIAL + "checkpoints/new/", running.add_checkpoint, name="add_checkpoint"),
    path(_TRIAL + "checkpoints/<str:checkpoint_id>/", running.do_checkpoint, name="do_checkpoint"),
    path(_TRIAL + "log/", running.write_log, name="write_log"),
    path(_TRIAL + "pictures/<str:log_id>/", running.picture, name="experiment_picture"),
    path(_TRIAL + "measure/", running.measure, name="measure_experiment"),
    path(_TRIAL + "decide/", running.decide, name="decide_experiment"),
    path(_TRIAL + "hand/", running.hand, name="hand_experiment"),
    path(_LEARNING + "proposals/", proposals.proposals, name="proposals"),
    path(_LEARNING + "proposals/new/", proposals.new, name="new_proposal"),
    path(_PROPOSAL, proposals.proposal, name="proposal"),
    path(_PROPOSAL + "edit/", proposals.edit, name="edit_proposal"),
    path(_PROPOSAL + "versions/", authoring.versions, name="proposal_versions"),
    path(_PROPOSAL + "authors/", authoring.authors, name="proposal_authors"),
    path(_PROPOSAL + "act/", authoring.act, name="proposal_act"),
    path(_PROPOSAL + "submit/", authoring.turn, {"verb": "submit"}, name="submit_proposal"),
    path(_PROPOSAL + "withdraw/", authoring.turn, {"verb": "withdraw"}, name="withdraw_proposal"),
    path(_PROPOSAL + "amend/", authoring.amend, name="amend"),
    path(_PROPOSAL + "amendments/<str:amendment_id>/", authoring.amendment, name="amendment"),
    path(_PROPOSAL + "answer/", answers.answer, name="answer_proposal"),
    path(_PROPOSAL + "score/", answers.score, name="score_proposal"),
    path(_PROPOSAL + "carry/", answers.carry, name="carry_proposal"),
    path(_PROPOSAL + "milestones/new/", answers.add_milestone, name="add_milestone"),
    path(_PROPOSAL + "milestones/<str:milestone_id>/", answers.do_milestone, name="do_milestone"),
    path(_PROPOSAL + "progress/", answers.progress, name="report_progress"),
    path(_PROPOSAL + "finish/", answers.finish, name="finish_proposal"),
]

# bulletins, communication kit, what is shown to the organisation
_BULLETIN = "bulletins/<str:bulletin_id>/"
_OF_THE_BULLETIN = [
    path(_LEARNING + "bulletins/", bulletins.bulletins, name="bulletins"),
    path(_LEARNING + "bulletins/new/", bulletins.prepare, name="prepare_bulletin"),
    path(_BULLETIN, bulletins.bulletin, name="bulletin"),
    path(_BULLETIN + "edit/", bulletins.edit, name="edit_bulletin"),
    path(_BULLETIN + "send/", bulletins.send, name="send_bulletin"),
    path(_BULLETIN + "drop/", bulletins.drop, name="drop_bulletin"),
    path(_LEARNING + "kit/", bulletins.kit, name="kit"),
    path(_LEARNING + "showcase/", bulletins.showcase, name="showcase"),
]
urlpatterns: list[URLPattern] = [
    *_OF_THE_BULLETIN,
    *_OF_THE_DAY,
    *_OF_THE_FRAME,
    *_OF_THE_COMMITTEE,
    *_OF_THE_SEARCH,
]
