"""Messages whose words WhatsApp approved beforehand: the only ones that may open a conversation.

Their words stand in ``templates`` of ``bot/texts/id.toml``. What was approved cannot be edited:
new words need a new version, under a new name, and until that is approved the last approved
version goes on being used. https://www.twilio.com/docs/content
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.channels import Template, Text
from bot.commands import Choice
from bot.flows.speaking import DOOR
from bot.texts import Texts
from storage.tables import MessageTemplate

APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Form:
    """One template.

    Attributes:
        key: its words are ``templates.KEY.body`` and ``templates.KEY.NAME`` for each button.
        version: rises with every change of its words.
        samples: each variable of the body by name, in their order, with an example as WhatsApp
            wants it.
        buttons: name and payload of each quick reply.
    """

    key: str
    version: int
    samples: tuple[tuple[str, str], ...]
    buttons: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """Its name at the provider: small letters, digits, underscores."""
        return self._name(self.version)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all its versions, the newest first."""
        return tuple(self._name(version) for version in range(self.version, 0, -1))

    def _name(self, version: int) -> str:
        return f"kawan_{self.key}_v{version}"


UPDATE = Form("update", 1, (("number", "KB-7F3K-92QM"),), (("look", f"{DOOR}look"),))
"""There is news; the words themselves follow when she answers."""

SURVEY = Form(
    "survey",
    1,
    (("number", "KB-7F3K-92QM"),),
    tuple((f"score_{score}", f"survey.score.{score}") for score in range(1, 6)),
)
"""How content she is with a closed case, from 1 to 5."""

REMINDER = Form("reminder", 1, (), (("resume", f"{DOOR}resume"),))
"""A report was left lying."""

CHECK_IN = Form(
    "check_in",
    1,
    (),
    (("safe", "check_in.safe"), ("unsafe", "check_in.unsafe")),
)
"""Is she safe at work, some time after a case was closed? It says nothing of any case."""

FORMS = (UPDATE, SURVEY, REMINDER, CHECK_IN)


def body(texts: Texts, form: Form) -> str:
    """Its words with ``{{1}}``, ``{{2}}`` … where its variables stand."""
    places = {name: f"{{{{{n}}}}}" for n, (name, _) in enumerate(form.samples, start=1)}
    return texts(f"templates.{form.key}.body", **places)


def buttons(texts: Texts, form: Form) -> tuple[Choice, ...]:
    """Its quick replies."""
    return tuple(
        Choice(payload, texts.label(f"templates.{form.key}.{name}"))
        for name, payload in form.buttons
    )


def as_text(texts: Texts, template: Template) -> Text:
    """What a person sees of it."""
    form = next(form for form in FORMS if template.name in form.names)
    words = zip((name for name, _ in form.samples), template.variables, strict=True)
    return Text(texts(f"templates.{form.key}.body", **dict(words)), buttons(texts, form))


def approved(session: Session, organisation_id: int, form: Form) -> MessageTemplate | None:
    """The newest version that WhatsApp lets us send now."""
    rows = session.exec(
        select(MessageTemplate).where(
            MessageTemplate.organisation_id == organisation_id,
            col(MessageTemplate.name).in_(form.names),
            MessageTemplate.status == APPROVED,
            MessageTemplate.content_sid != "",
        )
    ).all()
    return min(rows, key=lambda row: form.names.index(row.name), default=None)


def latest(session: Session, organisation_id: int, form: Form) -> MessageTemplate | None:
    """The newest version that was handed in, whatever became of it."""
    rows = session.exec(
        select(MessageTemplate).where(
            MessageTemplate.organisation_id == organisation_id,
            col(MessageTemplate.name).in_(form.names),
        )
    ).all()
    return min(rows, key=lambda row: form.names.index(row.name), default=None)
