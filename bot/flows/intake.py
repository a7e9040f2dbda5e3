"""Intake: a worker tells the union what happened. Read it from top to bottom."""

from bot.commands import Promise
from bot.flows import alarm, consent, rights, rules
from bot.flows.alarm import is_danger, open_urgent_case, watch_for_danger
from bot.flows.reporting import summary
from bot.flows.script import BACK, Ask, Choose, Do, End, Flow, Say

A_DAY_LESS_AN_HOUR = 23 * 60 * 60.0
"""WhatsApp carries free words for 24 hours after her last message: remind her within them."""

TWO_DAYS = 48 * 60 * 60.0

INTAKE = Flow(
    name="intake",
    version=1,
    watch=watch_for_danger,
    informs=rules.keep_informed,
    cancel="sure",
    patience=(A_DAY_LESS_AN_HOUR, TWO_DAYS),
    abandon=rules.save_left_lying,
    is_over=rights.has_its_answer,
    script=(
        # May we listen?
        Choose(
            "consent",
            ("agree", "decline"),
            jump={"decline": "declined"},
            patient=True,
            whole=True,
            when=consent.may_not_listen_yet,
        ),
        Do(consent.record_consent, when=consent.agreed_just_now),
        Do(open_urgent_case, when=consent.is_new_danger),
        Do(alarm.call_officer, when=alarm.wants_officer),
        Say("called", when=alarm.wants_officer),
        # What happened?
        Do(rules.take_first_words, when=rules.story_is_told),
        Ask("story", gathers="parts", offers=""),
        Ask("more", gathers="parts", offers="enough", when=rules.story_is_thin),
        Do(rights.read_further_words, when=rights.wrote_on),
        Do(rules.read_story),
        # In danger only two questions matter; the rest can wait.
        Say("comfort", when=alarm.needs_comfort),
        Ask("where", when=alarm.is_danger_somewhere),
        Do(alarm.read_place, when=is_danger),
        Ask("call", saves="safe_hours", when=is_danger),
        Choose(
            "urgent",
            ("send", "more"),
            jump={"send": "receipt_urgent"},
            patient=True,
            thanks="common.forwarded",
            whole=True,
            when=is_danger,
        ),
        # Does she only want to know? What she writes on is the next question.
        Do(rights.read_question, when=rights.is_question),
        Choose(
            "rights",
            rights.after_an_answer,
            jump={"clear": "answered", "also": "rights"},
            rereads="read_further_words",
            whole=True,
            fill=rights.answer,
            when=rights.is_answered,
        ),
        Choose(
            "unanswered",
            ("pass_on", "no"),
            jump={"no": "let_go"},
            rereads="read_further_words",
            whole=True,
            when=rights.is_unanswered,
        ),
        Say("thanks", when=rules.is_calm_complaint),
        # What is it about?
        Choose(
            "category",
            rules.likely_categories,
            jump={"other": "full_list"},
            hears=rules.all_categories,
            skips=True,
        ),
        Choose(
            "full_list",
            rules.first_categories,
            jump={"next_page": "further_list"},
            hears=rules.all_categories,
            skips=True,
            saves="category",
        ),
        Choose(
            "further_list",
            rules.further_categories,
            jump={"first_page": "full_list"},
            hears=rules.all_categories,
            skips=True,
            saves="category",
        ),
        Say("support", fill=rules.support_lines, when=rules.needs_support),
        # What is still missing?
        Ask("workplace", find=rules.company, when=rules.is_complaint),
        Ask("region", find=rules.region, when=rules.is_complaint),
        Ask("happened", when=rules.is_complaint),
        Ask("affected", when=rules.is_complaint),
        Ask(
            "evidence",
            gathers="evidence",
            silence="asks",
            fill=rules.proofs,
            when=rules.is_complaint,
        ),
        # Who is telling?
        Choose("identity", ("named", "secret"), private=True, when=rules.is_complaint),
        Ask("name", private=True, hides="identity", when=rules.gives_name),
        Choose(
            "member",
            ("member", "not_member", "skip"),
            private=True,
            when=rules.is_complaint,
        ),
        Ask("safe_hours", when=rules.is_complaint),
        # Is it right so?
        Choose(
            "review",
            ("send", "change", "cancel"),
            jump={"change": "change", "cancel": "sure"},
            fill=summary,
        ),
        End(
            "receipt_urgent",
            rules.send_report,
            when=is_danger,
            fill=rules.promise,
            promise=Promise.RECEIPT,
        ),
        End(
            "receipt_wish",
            rules.send_report,
            when=rules.is_wish,
            fill=rules.promise,
            promise=Promise.RECEIPT,
        ),
        End(
            "receipt_question",
            rules.send_report,
            when=rights.is_question,
            fill=rules.promise,
            promise=Promise.RECEIPT,
        ),
        End("receipt", rules.send_report, fill=rules.meanwhile, promise=Promise.RECEIPT),
        # Reached by a jump only.
        Choose("change", rules.changeable, leads=True),
        Choose(
            "sure",
            rules.ways_out,
            jump={"delete": "cancelled_urgent", "save": "saved", "go_on": BACK},
        ),
        End("cancelled_urgent", rules.forget_draft, when=rules.is_open),
        End("cancelled", rules.forget_draft),
        End("saved", open_urgent_case, promise=Promise.RECEIPT, doors=("resume",), keeps=True),
        End("declined", consent.record_refusal, fill=consent.helplines),
        End("answered", rules.forget_draft),
        End("let_go", rules.forget_draft),
    ),
)
