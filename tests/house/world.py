"""A small world in which every address of the site has something to show, with words that must not leak."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from typing import Any

from reciproque.agenda.actions import accept_slot, note_attempt, open_feed, open_step, propose_slots
from reciproque.agenda.queries import live_meeting
from reciproque.catalogue.actions import save_draft
from reciproque.circles import actions as circles
from reciproque.exchanges import actions as exchanges
from reciproque.exchanges.actions import set_apart, write_message
from reciproque.exchanges.models import Exchange
from reciproque.gatherings import actions as gatherings
from reciproque.kit import clock
from reciproque.kit.tokens import new_id
from reciproque.library import actions as library
from reciproque.library.models import Attachment
from reciproque.matching.actions import ask_plan, create_alert, make_plan
from reciproque.matching.models import Likeness, Loop, LoopLink, Nudge, PlannedPair, Suggestion
from reciproque.moderation.actions import appeal_decision, decide, make_report
from reciproque.networks.actions import add_to_pool, create_invitation, write_note
from reciproque.networks.models import RoleGrant

# Words that only Bob and Chloé (and what they are shown) may ever read.
SECRET = "confidence entre Bob et Chloé"
DRAFT = "brouillon que personne ne lit"


@dataclass
class World:
    """Everything an address may need, by the name of its parameter."""

    network: Any
    kwargs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def arguments(self, name: str, parameters: list[str]) -> dict[str, Any]:
        """Return the arguments of one address: those of its name, else those of the parameter everywhere."""
        special = self.kwargs.get(name, {})
        return {key: special.get(key, self.kwargs["*"].get(key)) for key in parameters}


def _fair(network: Any, alice: Any) -> Any:
    """Open a fair in which two savoirs of Bob and Chloé answer each other; return Bob's."""
    now = clock.now()
    fair = gatherings.plan_gathering(
        network,
        "fair",
        by=alice,
        title="La bourse de printemps",
        starts_at=now,
        ends_at=now + dt.timedelta(hours=2),
        place="Salle Jaurès",
    )
    gatherings.open_gathering(fair, by=alice)
    words = "Mener un entretien difficile"
    gatherings.type_entry(fair, by=alice, key=new_id(), kind="offer", words=words, who="Chloé Le Goff")
    return gatherings.type_entry(fair, by=alice, key=new_id(), kind="request", words=words, who="Bob Riou")


def _messages(network: Any, alice: Any, bob: Any, dora: Any) -> tuple[Any, Any, Any, Any]:
    """A device, a chat room, an address that fails, and a message of the team."""
    from reciproque.notices import actions
    from reciproque.notices.models import AddressTrouble, PushSubscription

    device = PushSubscription.objects.create(
        person=bob, endpoint=f"https://push.example.org/{bob.pk}", p256dh="x", auth="y", agent=DRAFT
    )
    hook = actions.add_hook(
        network, by=alice, kind="slack", url="https://chat.example.org/secret", topics=["posts"], name=SECRET
    )
    trouble = AddressTrouble.objects.create(person=dora, address=dora.email, words=SECRET)
    letter = {"subject": SECRET, "text": SECRET, "segment": {"who": "all"}}
    count = actions.preview_broadcast(network, by=alice, **letter).count
    return device, hook, trouble, actions.send_broadcast(network, by=alice, confirmed=count, **letter)


def build_library(network: Any, bob: Any, chloe: Any, dora: Any) -> dict[str, Any]:
    """Make one of everything of the library: a published sheet with a file and a talk, a draft, a question."""
    words = {"situation": "Au guichet.", "tried": "Écouter.", "given": "Le calme."}
    draft = library.save_draft(network, by=bob, title=DRAFT, **words)
    sheet = library.save_draft(
        network,
        by=bob,
        title="Accueillir un client mécontent",
        trade="Guichetier",
        topics=["Accueil"],
        **words,
    )
    library.attach_file(sheet, io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "note.pdf", by=bob)
    library.publish_sheet(sheet, by=bob)
    talk = library.write_to_author(sheet, SECRET, by=chloe)
    case = library.ask_case(network, by=dora, question="Comment faites-vous pour trier plus vite ?")
    library.route_case(case, [bob])
    return {
        "sheet_id": sheet.public_id,
        "draft_id": draft.public_id,
        "file_id": Attachment.objects.get(sheet=sheet).public_id,
        "talk_id": talk.public_id,
        "case_id": case.public_id,
        "trade_id": sheet.trade.public_id,
        "sheet_kind": "practice",
    }


def build_circles(network: Any, alice: Any, bob: Any, chloe: Any) -> dict[str, Any]:
    """Make a group of Bob's that Chloé facilitates, with a session, a poll and a sheet; another one that calls."""
    add_to_pool(network, chloe, by=alice, abilities=["facilitate"])
    made, calling = (_called(network, alice, title) for title in ("Guichet", "Tri"))
    circles.name_facilitator(made, by=alice, person=chloe)
    circles.apply(made, by=bob, goal=SECRET, helping=SECRET)
    circles.waive(made, by=alice, kind="few", reason="Petit site")
    circles.waive(made, by=alice, kind="function", reason="Tous métiers")
    circles.constitute(made, by=alice)
    circles.write_charter(made, by=chloe, text=SECRET, leaving=SECRET)
    circles.sign_group_charter(made, by=chloe, version=1)
    circles.begin_sessions(made, by=chloe)
    starts = [clock.now() + dt.timedelta(days=n, hours=1) for n in (7, 14, 21)]
    session = circles.fix_sessions(made, by=chloe, starts=starts[:1])[0]
    closes = clock.now() + dt.timedelta(days=3)
    poll = circles.open_session_poll(made, by=chloe, starts=starts[1:], closes_at=closes)
    outing = circles.propose_line(made, by=bob, words=SECRET)
    circles.write_group_sheet(made, by=bob, title=SECRET)
    return {
        "circle_id": made.public_id,
        "calling_id": calling.public_id,
        "session_id": session.public_id,
        "poll_id": poll.public_id,
        "outing_id": outing.public_id,
    }


def _called(network: Any, alice: Any, title: str) -> Any:
    circle = circles.open_circle(network, by=alice, title=title, trade="Guichetier", aims="S’entraider.")
    circles.specify_need(
        circle,
        by=alice,
        specified_with="La direction",
        allowance="Une demi-journée",
        told="Les fiches",
        untold="Le reste",
        functions="Guichetier",
    )
    return circles.call_volunteers(circle, by=alice, until=clock.now().date() + dt.timedelta(days=20))


def build_launch(network: Any, alice: Any, bob: Any, chloe: Any) -> dict[str, Any]:
    """Make a learning network at its launch day: two subjects that look alike, and a working group."""
    from reciproque.initiatives.actions.groups import check_in, form_group
    from reciproque.initiatives.actions.merging import ask_merge
    from reciproque.initiatives.actions.seats import sign_up
    from reciproque.initiatives.actions.subjects import add_subject
    from tests.initiatives.launch import day_of, frame_at_launch

    frame = frame_at_launch(network, alice)
    day = day_of(frame, alice, opened=True)
    subject = add_subject(day, by=bob, title=SECRET, words=SECRET)
    other = add_subject(day, by=chloe, title="Répondre le même jour")
    sign_up(subject, by=chloe)
    merge = ask_merge(subject, other, by=bob)
    group = form_group(frame, by=bob, subject=subject)
    check_in(group, by=bob, listened=3, all_spoke=3, individual=DRAFT, collective=SECRET)
    return {
        "day_id": day.public_id,
        "wall_id": subject.public_id,
        "merge_id": merge.public_id,
        "group_id": group.public_id,
    }


def build_learning(network: Any, alice: Any, bob: Any, chloe: Any) -> dict[str, Any]:
    """Make one of everything that the learning network of the launch searches, tries, proposes and is told."""
    from PIL import Image

    from reciproque.initiatives import actions
    from reciproque.initiatives.models import ExpectedResult, Frame

    frame = Frame.objects.get(network=network)
    day = clock.now().date()
    result = ExpectedResult.objects.filter(frame=frame).first()
    assert result is not None
    actions.remark(result, by=chloe, words=SECRET)
    for person in (chloe, alice):
        actions.join_committee(frame, by=alice, person=person)
    problem = actions.ask_problem(frame, by=bob, kind="problem", title="On attend trop", words=SECRET)
    fields = dict.fromkeys(
        ("hypothesis", "where", "with_whom", "consent", "measure", "start_value", "criteria"), SECRET
    )
    fields["starts_on"], fields["ends_on"] = day, day + dt.timedelta(days=30)
    trial = actions.draft_experiment(
        frame, by=bob, title="Accueil debout", problem=problem, tied_to="customer", **fields
    )
    actions.ask_support(trial, by=bob)
    actions.answer_support(trial, by=chloe, supported=True, words=SECRET)
    actions.start_experiment(trial, by=bob)
    actions.change_criteria(trial, by=bob, criteria="Moins de 9 minutes", reason=SECRET)
    point = actions.add_checkpoint(trial, by=bob, due_on=day + dt.timedelta(days=9))
    drawn = io.BytesIO()
    Image.new("RGB", (4, 4)).save(drawn, "PNG")
    drawn.seek(0)
    entry = actions.write_log(trial, by=bob, words=SECRET, picture=drawn, picture_words=SECRET)
    obstacle = actions.raise_obstacle(frame, by=bob, words=SECRET, experiment=trial)
    texts = dict.fromkeys(("problem", "words", "gains", "cost"), SECRET)
    proposal = actions.draft_proposal(
        frame, by=bob, title="L’attente affichée", tied_to="customer", experiments=[trial], **texts
    )
    actions.submit_proposal(proposal, by=bob)
    amendment = actions.amend(proposal, by=chloe, words=SECRET)
    actions.draft_proposal(frame, by=bob, title=DRAFT, **texts)
    template = actions.save_template(frame, by=chloe, name="Merci", words=SECRET)
    note = actions.write_note(frame, by=alice, person=bob, what=SECRET, due_on=day)
    actions.send_note(note, by=alice)
    return {
        "result_id": result.public_id,
        "committee_id": chloe.public_id,
        "note_up_id": note.public_id,
        "problem_id": problem.public_id,
        "experiment_id": trial.public_id,
        "checkpoint_id": point.public_id,
        "log_id": entry.public_id,
        "obstacle_id": obstacle.public_id,
        "proposal_id": proposal.public_id,
        "amendment_id": amendment.public_id,
        "milestone_id": "x",
        "template_id": template.public_id,
    }


def build_bulletin(network: Any, alice: Any) -> dict[str, Any]:
    """Prepare a bulletin of the learning network: until it leaves, it is for those who animate only."""
    from reciproque.initiatives.actions.bulletins import edit_bulletin, prepare_bulletin
    from reciproque.initiatives.models import Frame

    bulletin = prepare_bulletin(Frame.objects.select_related("network").get(network=network), by=alice)
    edit_bulletin(bulletin, by=alice, title=bulletin.title, text=SECRET)
    return {"bulletin_id": bulletin.public_id}


def build_framework() -> dict[str, Any]:
    """Bring in a small framework of skills."""
    from reciproque.catalogue.actions import import_framework, read_framework
    from reciproque.catalogue.models import Entry

    table = b"code;label;parent\nA;Bureautique;\nA1;Utiliser un tableur;A\n"
    reading = read_framework("csv", {"table.csv": table}, title="Maison")
    import_framework("maison", reading, by=None)
    return {"framework_slug": "maison", "framework_entry_id": Entry.objects.get(code="A").public_id}


def build_badges(network: Any, holder: Any, witnesses: list[Any]) -> dict[str, Any]:
    """Certify a savoir, and give its badge; the words of one who does not sign must not leave."""
    from reciproque.recognition.actions import issue_badge
    from reciproque.recognition.models import Contest
    from tests.recognition.badges_made import certify

    certification = certify(
        network, holder, witnesses, signs=tuple(witnesses[1:]), savoir="Lire un bilan", kept=SECRET
    )
    badge = issue_badge(certification, by=holder)
    contest = Contest.objects.create(certification=certification, by=witnesses[0], words=SECRET)
    return {
        "contest_id": contest.public_id,
        "skill_id": certification.skill.public_id,
        "certification_id": certification.public_id,
        "confirmation_id": certification.skill.confirmations.get(by=witnesses[0]).public_id,
        "badge_id": badge.public_id,
        "network_id": network.public_id,
        "kid": badge.key.kid,
        "list_number": 0,
        "endorser_did": {"confirmation_id": badge.endorsements[0]["confirmation"]},
    }


def build_training(network: Any, learner: Any, trainer: Any) -> dict[str, Any]:
    """Count something as training between two people, agreed, handed over and attested."""
    from reciproque.people.models import Person
    from reciproque.recognition.actions import issue_attestation, set_training
    from tests.recognition.trainings_made import CONDITIONS, handed

    admin = Person.objects.get(is_superuser=True)
    set_training(network, by=admin, on=True, kinds=["exchange"], afest=True)
    words = CONDITIONS | {"analysis": f"{SECRET} {CONDITIONS['analysis']}"}
    day = clock.now().date()
    row = handed(
        network, learner, trainer, afest=True, mode="work", reflected_on=day, aims=SECRET, conditions=words
    )
    attestation = issue_attestation(row, by=learner, shown=["dates"])
    return {
        "record_id": row.public_id,
        "source_id": row.source_id,
        "code": attestation.code,
        "language": "fr",
        "new": {"kind": "exchange", "source_id": row.source_id},
    }


def build_reports(network: Any, alice: Any) -> dict[str, Any]:
    """Tell a year and a quarter, whose pictures and reports have addresses."""
    from reciproque.insights.actions import write_report
    from reciproque.insights.rules import Span
    from tests.insights.pictures_made import told, told_year

    year = clock.now().year - 1
    told_year(network, year)
    start = dt.date(year, 10, 1)
    told(network, Span.QUARTER, start, {"exchanges.held": 12})
    write_report(network, "committee", start, by=alice, words="Un trimestre calme.", planned="")
    report = {"kind": "committee", "start": start.isoformat()}
    return {
        "insights:picture": {"kind": "flows"},
        "insights:picture_file": {"kind": "flows", "ending": "svg"},
        **{f"insights:{name}": report for name in ("report", "report_write", "report_send")},
        "insights:report_file": {**report, "ending": "csv"},
    }


def build_steering(network: Any, alice: Any) -> dict[str, Any]:
    """Follow a risk of the scheme, and ask for a study."""
    from reciproque.insights.actions import ask_study, follow_hazard
    from reciproque.insights.rules.studies import USUAL_GRAINS

    until = clock.now().date() + dt.timedelta(days=60)
    care = follow_hazard(network, "fear", by=alice, owner=alice, review_on=until)
    study = ask_study(
        network,
        by=alice,
        title="Une étude",
        researcher="C. Cheur",
        institution="Université",
        purpose="Comprendre.",
        basis="public",
        tables=["members"],
        grains=USUAL_GRAINS,
        linked=False,
        until=until,
    )
    names = (
        "study",
        "study_answer",
        "study_withdraw",
        "study_coarsen",
        "study_make",
        "study_take",
        "study_end",
    )
    return {
        **{f"insights:{name}": {"hazard": "fear"} for name in ("hazard", "hazard_follow")},
        "insights:followed": {"care_id": care.public_id},
        **{f"insights:{name}": {"study_id": study.public_id} for name in names},
    }


def build_community(network: Any, alice: Any, bob: Any, dora: Any, topic: Any) -> dict[str, Any]:
    """Call upon Bob, whom nobody chose, and invite Dora to help."""
    from reciproque.insights.actions import invite_helper
    from reciproque.recognition.actions import call_someone
    from reciproque.recognition.models import Call

    call = call_someone(network, topic, kind="sheet", person=bob, by=alice, words=SECRET)
    Call.objects.filter(pk=call.pk).update(asked_by=None)
    invitation = invite_helper(network, dora, by=alice)
    return {"call_id": call.public_id, "helping": {"invitation_id": invitation.public_id}}


def build_surveys(network: Any, alice: Any, bob: Any) -> dict[str, dict[str, str]]:
    """Send one questionnaire that waits for answers, and close another; ids by address."""
    from reciproque.surveys import actions as surveys
    from reciproque.surveys.models import Seat

    def sent(mode: str) -> Any:
        row = surveys.copy_supplied(network, "effects", by=alice)
        surveys.publish_version(row, by=alice)
        today = clock.now().date()
        campaign = surveys.plan_campaign(
            row,
            by=alice,
            network=network,
            trigger="date",
            mode=mode,
            opens_on=today,
            closes_on=today + dt.timedelta(days=20),
            shared=True,
        )
        return surveys.open_campaign(campaign, by=alice)

    live, over = sent("anonymous"), sent("confidential")
    surveys.close_campaign(over, by=alice)
    assert Seat.objects.filter(campaign=live, person=bob).exists()
    written = {"questionnaire_id": live.questionnaire.public_id}
    answered = {"campaign_id": live.public_id}
    closed = {"campaign_id": over.public_id}
    return {
        **{f"surveys:{name}": written for name in ("plan", "write", "frame", "preview")},
        "surveys:section": {**written, "key": live.first_version.definition["sections"][0]["key"]},
        "surveys:question": {
            **written,
            "key": live.first_version.definition["sections"][0]["questions"][0]["key"],
        },
        "surveys:copy": {"key": "effects"},
        **{f"surveys:{name}": answered for name in ("answer", "decline", "erase", "campaign", "codes")},
        "surveys:on_behalf": {**closed, "person_id": bob.public_id},
        **{f"surveys:{name}": closed for name in ("results", "results_csv")},
    }


def build_review(network: Any, bob: Any, chloe: Any, make_post: Any) -> dict[str, dict[str, str]]:
    """Let Bob and Chloé meet a first time: Bob has written his review, hers is awaited; ids by address."""
    offer = make_post(bob, "offer", "Lire un compte de résultat")
    asked = exchanges.ask_introduction(
        network, requester=chloe, offerer=bob, by=chloe, offer=offer, message=SECRET
    )
    exchanges.accept_introduction(asked, by=bob)
    exchange = Exchange.objects.get(people__introduction=asked)
    meeting = live_meeting(exchange)
    assert meeting is not None
    exchanges.say_held(meeting, by=bob, held=True, starts_at=clock.now() - dt.timedelta(hours=2))
    exchange.refresh_from_db()
    review = exchanges.submit_review(exchange, by=bob, satisfaction="4", comment=SECRET)
    mine = {"review_id": review.public_id}
    sheets = {"exchange_id": exchange.public_id}
    return {
        "exchanges:review_correct": mine,
        "exchanges:review_withdraw": mine,
        "animation:review_sheets": sheets,
    }


def build(
    network: Any, alice: Any, bob: Any, chloe: Any, dora: Any, make_post: Any, run_reactions: Any
) -> World:
    """Make one of everything, through the real actions."""
    offer = make_post(chloe, "offer", "Mener un entretien difficile", topics=["Entretien"])
    request = make_post(bob, "request", "Préparer un entretien délicat", topics=["Entretien"])
    other = make_post(dora, "offer", "Conduire un entretien difficile", topics=["Entretien"])
    draft = save_draft(network, bob, "offer", by=bob, title=DRAFT)
    live = exchanges.ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, request=request, offer=offer, message=SECRET
    )
    second = make_post(chloe, "offer", "Tableaux croisés dynamiques")
    asked = exchanges.ask_introduction(
        network, requester=bob, offerer=chloe, by=bob, offer=second, message=SECRET
    )
    exchanges.accept_introduction(asked, by=chloe)
    exchange = Exchange.objects.get(people__introduction=asked)
    meeting = live_meeting(exchange)
    assert meeting is not None
    slots = propose_slots(meeting, [clock.now() + dt.timedelta(days=2)], by=bob, place=SECRET)
    accept_slot(slots[0], by=chloe)
    exchanges.write_terms(exchange, by=bob, content=SECRET)
    alert = create_alert(network, bob, "publipostage", by=bob)
    entry = _fair(network, alice)
    gatherings.save_answer(network, bob, "work", words=SECRET, lines=DRAFT)
    invitation = create_invitation(network, by=alice)
    feed = open_feed(bob, by=bob)
    run_reactions()
    suggestion, _created = Suggestion.objects.get_or_create(
        network=network, request=request, offer=other, defaults={"score": 9000, "terms": {"closeness": 9000}}
    )
    plan = make_plan(ask_plan(network, by=alice))
    pair, _created = PlannedPair.objects.get_or_create(
        plan=plan, request=request, offer=other, defaults={"score": 9000, "terms": {"closeness": 9000}}
    )
    loop = Loop.objects.create(network=network, mark="x", size=2, score=9000)
    LoopLink.objects.create(loop=loop, place=0, suggestion=suggestion)
    nudge = Nudge.objects.create(network=network, person=bob, request=request, because=SECRET)
    likeness = Likeness.objects.create(network=network, kind="merge", person=bob, mark="x")
    likeness.posts.set([request, make_post(bob, "request", "Préparer un entretien difficile")])
    reported = write_message(exchange, SECRET, by=chloe)
    report = make_report(network, by=bob, about=reported, reason="hurtful", words=SECRET)
    decision = decide(report, by=alice, kind="hide", words=SECRET)
    appeal = appeal_decision(decision, by=chloe, words=SECRET)
    open_report = make_report(network, by=bob, about=chloe, reason="hurtful", words=SECRET)
    apart = set_apart(bob, dora, by=bob)
    device, hook, trouble, letter = _messages(network, alice, bob, dora)
    shelf = build_library(network, bob, chloe, dora)
    groups = build_circles(network, alice, bob, chloe)
    calling = {"circle_id": groups.pop("calling_id")}
    launch = build_launch(network, alice, bob, chloe)
    learning = build_learning(network, alice, bob, chloe)
    learning |= build_bulletin(network, alice)
    badges = build_badges(network, chloe, [bob, dora])
    badges_read = {"recognition:endorser_did": badges.pop("endorser_did")}
    community = build_community(network, alice, bob, dora, offer.topics.get())
    community_read = {"community:helping": community.pop("helping")}
    training = build_training(network, bob, chloe)
    training_read = {"recognition:training_new": training.pop("new")}
    reports_read = build_reports(network, alice)
    steered = build_steering(network, alice)
    surveys_read = build_surveys(network, alice, bob)
    from reciproque.notices.models import Outgoing

    mail = Outgoing.objects.filter(person=bob).first() or Outgoing.objects.first()
    membership = bob.memberships.get(network=network)
    pooled = add_to_pool(network, bob, by=alice, abilities=["mediate"])
    note = write_note(membership, by=alice, words="Préfère le matin.")
    attempt = note_attempt(membership, network, "noted", by=alice, words="Rappeler lundi.")
    role = RoleGrant.objects.filter(network=network).first()
    due = clock.now() + dt.timedelta(days=3)
    waiting = open_step("assign", live, network=network, owner=None, due_at=due, words=live.title)
    everywhere = {
        "slug": network.slug,
        "post_id": request.public_id,
        "kind": "offer",
        "person_id": bob.public_id,
        "membership_id": bob.memberships.get(network=network).public_id,
        "reason": "late",
        "introduction_id": live.public_id,
        "exchange_id": exchange.public_id,
        "meeting_id": meeting.public_id,
        "subject_id": exchange.public_id,
        "device_id": device.public_id,
        "hook_id": hook.public_id,
        "trouble_id": trouble.public_id,
        "broadcast_id": letter.public_id,
        "topic_id": offer.topics.get().public_id,
        "suggestion_id": suggestion.public_id,
        "alert_id": alert.public_id,
        "pair_id": pair.public_id,
        "loop_id": loop.public_id,
        "gathering_id": entry.gathering.public_id,
        "gathering_kind": "fair",
        "entry_id": entry.public_id,
        "participant_id": entry.participant.public_id,
        "paper": "wall",
        "nudge_id": nudge.public_id,
        "likeness_id": likeness.public_id,
        "report_id": open_report.public_id,
        "decision_id": decision.public_id,
        "appeal_id": appeal.public_id,
        "apart_id": apart.public_id,
        "reported_id": offer.public_id,
        "removed_id": request.public_id,
        **shelf,
        **groups,
        **launch,
        **learning,
        **badges,
        **community,
        **training,
        **build_framework(),
        "step_id": "x",
        "pool_id": pooled.public_id,
        "note_id": note.public_id,
        "attempt_id": attempt.public_id,
        "act": "call",
        "role_id": role.public_id if role else "x",
        "invitation_id": invitation.public_id,
        "secret": invitation.secret,
        "token": "x",
        "public_id": mail.public_id if mail else "x",
        "page": 1,
        "indicator": "members.engagement",
        "name": "identity",
        "role": "member",
        "uid": "x",
        "key": "y",
        "days": 1,
    }
    return World(
        network,
        {
            "*": everywhere,
            "posts:edit": {"post_id": draft.public_id},
            "matching:why_not": {"post_id": other.public_id},
            "api:feed": {"secret": feed.secret},
            "moderation:report": {"kind": "post"},
            "moderation:stop": {"kind": "exchange"},
            "moderation:remove": {"kind": "post"},
            "agenda:held_about": {"kind": "exchange"},
            "animation:on_behalf": {"kind": "exchange"},
            "animation:case": {"key": f"step-{waiting.public_id}"},
            "animation:act": {"key": f"step-{waiting.public_id}"},
            "library:edit": {"sheet_id": shelf["draft_id"]},
            **{f"circles:{name}": calling for name in ("apply", "need", "need_draft", "making")},
            **badges_read,
            **community_read,
            **training_read,
            **reports_read,
            **steered,
            **surveys_read,
            **build_review(network, bob, chloe, make_post),
            "demo:enter": {"public_id": bob.public_id},
        },
    )
