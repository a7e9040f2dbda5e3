"""Officers know better: kind, category, urgency and tags of a case, each change written down.

What was and what is now goes into the trail and into ``corrections``, for retraining.
"""

from sqlmodel import col, select

from bot.cases.act import Act, chosen, must_act, offer, offered, said
from bot.cases.confidential import keep_confidential, lift_confidence
from bot.cases.promises import open_promise, refresh
from bot.cases.stages import NotPossible
from bot.cases.taps import buttons
from bot.cases.updates import tell_of_later_answer
from storage.cases import add_event, row_id
from storage.tables import Case, Correction, Prediction

MOST_TAGS = 8
"""So many fit on a card and into one row of the trail."""

_SET = "✓ "


def offer_kinds(act: Act) -> str:
    """Which kind is right?"""
    must_act(act)
    label = act.work.texts.label
    kinds = {kind.slug: label(f"cases.kind.{kind.slug}") for kind in act.work.taxonomy.kinds}
    return offer(act, "kind", "to_kind", kinds)


def to_kind(act: Act) -> str:
    """The kind is this one."""
    must_act(act)
    kind = chosen(act)
    _correct(act, "kind", act.case.kind, kind)
    act.case.kind = kind
    act.work.session.add(act.case)
    return said(act, _done(act, "kind", act.work.texts(f"cases.kind.{kind}")))


def offer_categories(act: Act) -> str:
    """Which category is right?"""
    must_act(act)
    categories = {category.slug: category.label for category in act.work.taxonomy.categories}
    return offer(act, "category", "to_category", categories)


def to_category(act: Act) -> str:
    """The category is this one; with it the case may become confidential, or cease to be."""
    must_act(act)
    work, case, category = act.work, act.case, chosen(act)
    _correct(act, "category", case.category, category)
    case.category = category
    work.session.add(case)
    if work.is_sensitive(category):
        keep_confidential(work, case)
    elif case.sensitive and act.officer.is_coordinator:
        lift_confidence(work, case, act.officer)
    work.write.set_topic(case)
    return said(act, _done(act, "category", work.category_label(category)))


def offer_urgencies(act: Act) -> str:
    """How urgent is it?"""
    must_act(act)
    return offer(act, "urgency", "to_urgency", _urgencies(act))


def to_urgency(act: Act) -> str:
    """It is this urgent."""
    must_act(act)
    urgency = chosen(act)
    _correct(act, "urgency", act.case.urgency, urgency)
    act.case.urgency = urgency
    act.work.session.add(act.case)
    promised = open_promise(act.work, act.case)
    before = promised.due_at if promised is not None else None
    refresh(act.work, act.case)
    if before is not None:
        tell_of_later_answer(act.work, act.case, before)
    act.work.write.set_topic(act.case)
    return said(act, _done(act, "urgency", _urgencies(act)[urgency]))


def _urgencies(act: Act) -> dict[str, str]:
    return {urgency.slug: urgency.label for urgency in act.work.taxonomy.urgencies}


def offer_tags(act: Act) -> str:
    """Which tags belong to it? The likeliest; each tap sets or unsets one."""
    _must_see_tags(act)
    _show_tags(act, _likely_tags(act))
    return ""


def offer_all_tags(act: Act) -> str:
    """The same with every tag there is."""
    _must_see_tags(act)
    rest = sorted(act.work.taxonomy.tags, key=lambda tag: act.work.taxonomy.tags[tag].casefold())
    _show_tags(act, [*dict.fromkeys((*_tags(act.case), *rest))])
    return ""


def set_tag(act: Act) -> str:
    """This tag belongs to it."""
    _must_see_tags(act)
    tag, tags = chosen(act), _tags(act.case)
    if tag not in tags and len(tags) >= MOST_TAGS:
        raise NotPossible("cases.refused.tags", most=MOST_TAGS)
    return _retag(act, (*tags, tag) if tag not in tags else tags)


def unset_tag(act: Act) -> str:
    """This tag does not belong to it."""
    _must_see_tags(act)
    tag = chosen(act)
    return _retag(act, tuple(known for known in _tags(act.case) if known != tag))


def end_tags(act: Act) -> str:
    """That was all: the question gives way to what was chosen."""
    _must_see_tags(act)
    work = act.work
    labels = ", ".join(work.taxonomy.tags.get(tag, tag) for tag in _tags(act.case))
    done = work.texts("officers.done.tags", tags=labels or "-")
    work.write.post(act.case, done, edits=act.topic_post)
    return done


def _must_see_tags(act: Act) -> None:
    """Tags tell the story: those of a confidential case never stand in the group."""
    must_act(act)
    if act.work.hides(act.case):
        raise NotPossible("cases.refused.secret_tags")


def _tags(case: Case) -> tuple[str, ...]:
    return tuple(tag for tag in case.tags.split(",") if tag)


def _likely_tags(act: Act) -> list[str]:
    """Those it has, those the classifier saw, then those of its category; the rest on a tap."""
    guesses = select(Prediction.tags).where(Prediction.case_id == act.case.id)
    newest = act.work.session.exec(guesses.order_by(col(Prediction.id).desc())).first() or ""
    category = act.work.taxonomy.category(act.case.category)
    own = [proof.tag or "" for proof in category.evidence]
    own += [step.tag or "" for step in category.next_steps]
    likely = dict.fromkeys((*_tags(act.case), *newest.split(","), *own))
    return [tag for tag in likely if tag in act.work.taxonomy.tags]


def _show_tags(act: Act, tags: list[str]) -> None:
    """The question with a mark before each tag that is set; edited where it stands already."""
    work, case = act.work, act.case
    has = _tags(case)

    def toggle(tag: str) -> tuple[str, str, str]:
        label, action = work.taxonomy.tags.get(tag, tag), "set_tag"
        if tag in has:
            label, action = _SET + label, "unset_tag"
        return label, action, offered(case, action, tag)

    ends = ["tags_done"] if len(tags) == len(work.taxonomy.tags) else ["all_tags", "tags_done"]
    further = ((work.texts.label(f"officers.button.{end}"), end, "") for end in ends)
    choices = buttons(work, case, (*map(toggle, tags), *further))
    edits = act.topic_post if act.tap.action != "tags" else act.spent
    work.write.post(case, work.texts("officers.ask.tags"), choices=choices, edits=edits)


def _retag(act: Act, tags: tuple[str, ...]) -> str:
    work, case = act.work, act.case
    after = ",".join(tags)
    _correct(act, "tags", case.tags, after)
    case.tags = after
    work.session.add(case)
    if work.is_sensitive("", tags):
        keep_confidential(work, case)
    if not work.hides(case):
        _show_tags(act, _likely_tags(act))
    return work.texts("officers.done.tag")


def _done(act: Act, field: str, label: str) -> str:
    """What it is now; of a confidential case nothing that tells the story."""
    if act.work.hides(act.case):
        return act.work.texts("officers.done.corrected")
    return act.work.texts(f"officers.done.{field}", value=label)


def _correct(act: Act, field: str, before: str, after: str) -> None:
    """Write down that an officer knew better, for the trail and for retraining."""
    if before == after:
        return
    work, case = act.work, act.case
    work.session.add(
        Correction(
            organisation_id=work.organisation.id or 0,
            case_id=row_id(case),
            actor="officer",
            officer_id=act.officer.id,
            field=field,
            before=before,
            after=after,
            at=work.now,
        )
    )
    add_event(work.session, work.vault, case, field, work.now, actor="officer",
              officer_id=act.officer.id, before=before, after=after)  # fmt: skip
    work.write.show_card(case)
