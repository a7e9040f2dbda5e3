"""The Content API: templates, WhatsApp's limits on them, approval, and what people see of them.

Twilio documents no code for each broken limit; all of them answer 400 with code 20001 here.
"""

import re
from datetime import datetime
from typing import Any

from tests.fakes.http_server import Json
from tests.fakes.twilio_state import Account, Choice, Content, Rendered, TwilioError

BODY_LIMIT = 1024
_TEXT_LIMIT = 1600
_TITLE_LIMIT = 20
_ITEM_LIMIT = 24
_DESCRIPTION_LIMIT = 72
_ID_LIMIT = 200
_SESSION_BUTTONS = 3
_TEMPLATE_BUTTONS = 10
_LIST_ITEMS = 10
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_OTHER_TYPES = {
    "twilio/media",
    "twilio/call-to-action",
    "twilio/card",
    "twilio/location",
    "whatsapp/card",
}


def _invalid(message: str) -> TwilioError:
    return TwilioError(400, 20001, message)


def _require(holds: object, message: str) -> None:
    if not holds:
        raise _invalid(message)


def create_content(account: Account, body: Any, now: datetime) -> Content:
    """Store a template.

    Raises:
        TwilioError: a required field is missing or a limit of WhatsApp is broken.
    """
    _require(isinstance(body, dict), "The Content API takes a JSON object.")
    _require(body.get("friendly_name"), "friendly_name is required.")
    _require(re.fullmatch(r"[a-z]{2}(_[A-Z]{2})?", body.get("language", "")), "Bad language.")
    types = body.get("types")
    _require(isinstance(types, dict) and types, "types must hold at least one content type.")
    for name, content in types.items():
        _check_type(name, content)
    variables = body.get("variables") or {}
    _require(
        all(isinstance(k, str) and isinstance(v, str) for k, v in variables.items()),
        "variables must map names to sample texts.",
    )
    sid = account.new_sid("HX")
    content = Content(sid, body["friendly_name"], body["language"], variables, types, now)
    account.contents[sid] = content
    return content


def _check_type(name: str, content: Json) -> None:
    body = str(content.get("body", ""))
    match name:
        case "twilio/text":
            _require(1 <= len(body) <= _TEXT_LIMIT, "twilio/text: body has 1 to 1600 characters.")
        case "twilio/quick-reply":
            _require(1 <= len(body) <= BODY_LIMIT, "quick-reply: body has 1 to 1024 characters.")
            actions = content.get("actions") or []
            _require(1 <= len(actions) <= _TEMPLATE_BUTTONS, "quick-reply: 1 to 10 actions.")
            _check_titles([action.get("title", "") for action in actions])
            for action in actions:
                _require(len(action.get("id", "")) <= _ID_LIMIT, "quick-reply: id too long.")
        case "twilio/list-picker":
            _require(1 <= len(body) <= BODY_LIMIT, "list-picker: body has 1 to 1024 characters.")
            _require(
                1 <= len(content.get("button", "")) <= _TITLE_LIMIT,
                "list-picker: button has 1 to 20 characters.",
            )
            _check_items(content.get("items") or [])
        case _:
            _require(name in _OTHER_TYPES, f"Unknown content type {name}.")


def _check_titles(titles: list[str]) -> None:
    _require(
        all(1 <= len(title) <= _TITLE_LIMIT for title in titles),
        "quick-reply: a title has 1 to 20 characters.",
    )
    _require(len(set(titles)) == len(titles), "quick-reply: titles must differ.")


def _check_items(items: list[Json]) -> None:
    _require(1 <= len(items) <= _LIST_ITEMS, "list-picker: 1 to 10 items.")
    ids = [item.get("id", "") for item in items]
    _require(
        all(1 <= len(i) <= _ID_LIMIT for i in ids), "list-picker: id has 1 to 200 characters."
    )
    _require(len(set(ids)) == len(ids), "list-picker: ids must differ.")
    for item in items:
        _require(1 <= len(item.get("item", "")) <= _ITEM_LIMIT, "list-picker: item is 1 to 24.")
        _require(
            1 <= len(item.get("description", "")) <= _DESCRIPTION_LIMIT,
            "list-picker: description has 1 to 72 characters.",
        )


def request_approval(content: Content, body: Any) -> Json:
    """Hand a template to WhatsApp; the tests decide the outcome later.

    What WhatsApp always refuses is refused at once, with a reason.

    Raises:
        TwilioError: the name or category is malformed, or the type can never be approved.
    """
    _require(isinstance(body, dict), "The Content API takes a JSON object.")
    _require(re.fullmatch(r"[a-z0-9_]{1,512}", body.get("name", "")), "Bad template name.")
    _require(
        body.get("category") in {"UTILITY", "MARKETING", "AUTHENTICATION"},
        "category must be UTILITY, MARKETING or AUTHENTICATION.",
    )
    _require(
        not {"twilio/list-picker", "twilio/location"} & set(content.types),
        "This content type cannot be submitted for approval.",
    )
    reason = _refusal(content)
    content.approval = {
        "name": body["name"],
        "category": body["category"],
        "content_type": next(iter(content.types)),
        "status": "rejected" if reason else "received",
        "rejection_reason": reason,
        "allow_category_change": True,
    }
    return content.approval


def _refusal(content: Content) -> str:
    text = str(next(iter(content.types.values())).get("body", "")).strip()
    if re.match(r"\{\{\w+\}\}", text) or re.search(r"\{\{\w+\}\}$", text):
        return "The body may not begin or end with a variable."
    if re.search(r"\}\}\s*\{\{", text):
        return "Two variables may not stand next to each other."
    if set(_VARIABLE.findall(text)) - set(content.variables):
        return "Every variable needs a sample."
    return ""


def content_wire(content: Content, account_sid: str, base_url: str) -> Json:
    """Return the Content resource."""
    url = f"{base_url}/v1/Content/{content.sid}"
    moment = content.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "sid": content.sid,
        "account_sid": account_sid,
        "friendly_name": content.friendly_name,
        "language": content.language,
        "variables": content.variables,
        "types": content.types,
        "date_created": moment,
        "date_updated": moment,
        "url": url,
        "links": {
            "approval_create": f"{url}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{url}/ApprovalRequests",
        },
    }


def render(content: Content, variables: dict[str, str]) -> Rendered:
    """Return what a person sees of the richest type in a template."""
    values = content.variables | variables

    def fill(text: str) -> str:
        return _VARIABLE.sub(lambda match: values.get(match.group(1), ""), text)

    kinds = ("twilio/quick-reply", "twilio/list-picker", *content.types)
    kind = next(kind for kind in kinds if kind in content.types)
    source = content.types[kind]
    return Rendered(
        kind,
        fill(str(source.get("body", ""))),
        [Choice(fill(a.get("title", "")), a.get("id", "")) for a in source.get("actions") or []],
        [
            Choice(fill(i["item"]), fill(i["id"]), fill(i["description"]))
            for i in source.get("items") or []
        ],
        fill(str(source.get("button", ""))),
    )


def delivery_error(content: Content, variables: dict[str, str], rendered: Rendered) -> int | None:
    """Return the code with which WhatsApp refuses a template message inside the window."""
    if any(not value.strip() or re.search(r" {5,}|[\n\t]", value) for value in variables.values()):
        return 63013
    too_long = len(rendered.body) > (_TEXT_LIMIT if rendered.kind == "twilio/text" else BODY_LIMIT)
    titles = [button.title for button in rendered.buttons]
    too_wide = any(not 1 <= len(title) <= _TITLE_LIMIT for title in titles)
    too_many = len(titles) > _SESSION_BUTTONS and not content.approved
    if too_long or too_wide or too_many or len(set(titles)) < len(titles):
        return 63021
    return None
