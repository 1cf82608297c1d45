"""Webhooks: the table, the form, and what one of them got lately."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from htpy import (
    Node,
    a,
    button,
    code,
    details,
    div,
    fieldset,
    form,
    label,
    legend,
    p,
    span,
    summary,
)
from htpy import input as input_

from schemas.webhooks import EVENT_NAMES
from services.dashboard.parts.facts import badge, block, code_text, facts, link
from services.dashboard.parts.forms import Errors, field_text, form_page, idempotency
from services.dashboard.parts.grid import grid
from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import empty_state
from services.dashboard.parts.secrets import secret_line
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.audit.outcomes import Attempt, outcome_badge, outcome_notice
from services.dashboard.web.visit import escape_segment

Webhook = Mapping[str, Any]
PATH: Final = "/integrations/webhooks"
_CURL: Final = (
    'curl "$TESSERA/management/v1/projects/$PROJECT/webhooks" -H "X-Management-Id: $MANAGEMENT_ID"'
    ' -H "X-Management-Token: $MANAGEMENT_TOKEN" -H "Content-Type: application/json"'
    ' -d \'{"target_url": "https://shop.example/hook", "events": ["redemption.succeeded"]}\''
)
#: First words of an event's name that are one thing, and what it is called.
_GROUPS: Final = (
    ("voucher", "Vouchers"),
    ("redemption", "Redemptions"),
    ("campaign", "Campaigns"),
    ("customer", "Customers"),
    ("business_validation_rule", "Validation rules"),
    ("publication", "Publications"),
    ("alert", "Alerts"),
)


def event_groups() -> list[tuple[str, list[str]]]:
    """The names that can be subscribed to, by what they are about."""
    words = dict(_GROUPS)
    groups: dict[str, list[str]] = {word: [] for word in words.values()}
    for name in EVENT_NAMES:
        groups.setdefault(words.get(name.partition(".")[0], "Other"), []).append(name)
    return list(groups.items())


def href_of(webhook: Webhook) -> str:
    """The page of one."""
    return f"{PATH}/{escape_segment(str(webhook['id']))}"


def webhook_badge(webhook: Webhook) -> Node:
    """Whether it is told anything."""
    if webhook.get("active"):
        return badge("Active", "good")
    return (
        badge("Switched off", "bad") if webhook.get("disabled_reason") else badge("Paused", "warn")
    )


def say_events(events: Sequence[str]) -> str:
    """Which events, shortened."""
    if not events:
        return "None"
    return ", ".join(events[:2]) + (f" and {len(events) - 2} more" if len(events) > 2 else "")


def webhooks_grid(
    webhooks: Sequence[Webhook],
    last: Mapping[str, Attempt],
    failures: Mapping[str, int] | None,
    show: Show,
    *,
    may_write: bool,
) -> Node:
    """All of them, or what they are for; `failures` are those of 24 hours, None where nobody may know."""
    if not webhooks:
        return div(".card")[
            empty_state(
                "plug",
                "No webhook yet",
                "A webhook tells an address of yours what happens here, within a second or two.",
                action=("New webhook", f"{PATH}/new") if may_write else None,
                curl=_CURL,
            )
        ]
    return grid(
        "Webhooks",
        ("URL", "Events", "State", "Last status", "Failures in 24 h", "Made"),
        (
            (
                a(".open", href=href_of(each))[each["target_url"]],
                say_events(each.get("events") or ()),
                webhook_badge(each),
                outcome_badge(last.get(each["id"])),
                NOTHING if failures is None else show.number(failures.get(each["id"], 0)),
                show.day(each.get("created_at")),
            )
            for each in webhooks
        ),
    )


def webhook_form(
    action: str, url: str, events: Sequence[str], *, is_active: bool, errors: Errors | None = None
) -> Node:
    """An address, and the events that it gets."""
    chosen = frozenset(events)
    return form_page(
        action,
        field_text(
            "target_url",
            "URL",
            url,
            kind="url",
            hint="http or https, in a public network",
            autocomplete="off",
            errors=errors,
        ),
        input_(type="hidden", name="active", value="true" if is_active else "false"),
        fieldset(".field")[
            legend(".label")["Events"],
            (_group(title, names, chosen) for title, names in event_groups() if names),
        ],
        errors=errors,
        cancel="/integrations" if action.endswith("/new") else action.removesuffix("/edit"),
    )


def _group(title: str, names: Sequence[str], chosen: frozenset[str]) -> Node:
    taken = sum(name in chosen for name in names)
    return details(".folded", open=bool(taken) or not chosen)[
        summary[f"{title} ({taken} of {len(names)})"],
        div(".checks.columns")[
            (
                label(".check")[
                    input_(type="checkbox", name="events", value=name, checked=name in chosen),
                    span(".mono.small")[name],
                ]
                for name in names
            )
        ],
    ]


def webhook_body(
    webhook: Webhook, secret: str, attempts: Sequence[Attempt], show: Show, *, may_write: bool
) -> Node:
    """One of them: what it gets, with what it is signed, what became of it."""
    return div(".stack")[
        webhook.get("disabled_reason")
        and p(".notice.bad")[f"Switched off by the system: {webhook['disabled_reason']}"],
        div(".card.pad")[
            facts(
                ("URL", code_text(webhook["target_url"])),
                ("State", webhook_badge(webhook)),
                ("Events", span(".mono.small")[", ".join(webhook.get("events") or ())]),
                ("Made", show.when(webhook.get("created_at"))),
                ("Id", code_text(webhook["id"])),
            )
        ],
        div(".card.pad")[
            block(
                "Signature",
                p(".muted")["All webhooks of the project are signed with this secret."],
                details[summary["Show the secret"], secret_line("Secret", secret)]
                if secret and may_write
                else span(".muted")["Your role does not show it."],
            )
        ],
        grid(
            "Latest attempts",
            ("Event", "Result", "Attempt", "ms", "When"),
            (
                (
                    code[each.get("event") or NOTHING],
                    outcome_badge(each),
                    show.number(each.get("attempt")),
                    show.number(each.get("duration_ms")),
                    show.when(each.get("created_at")),
                )
                for each in attempts
            ),
            empty="Nothing was sent yet.",
            actions=link("All of them", f"/send-outs?f=webhook_id:is:{webhook['id']}"),
        ),
    ]


def post_button(action: str, text: str, sign: str) -> Node:
    """A button that does one thing and goes on to where the answer says."""
    return form(".plain", {"hx-post": action}, hx_swap="none")[
        idempotency(), button(".btn")[icon(sign, 14), text]
    ]


def test_outcome(webhook: Webhook, event_id: str, attempt: Attempt | None, show: Show) -> Node:
    """What became of a test; asked again until it is known."""
    return outcome_notice(
        attempt,
        f"{href_of(webhook)}/test/{escape_segment(event_id)}",
        show,
        waits="A test is on its way.",
        good="The test was taken",
        bad="The test was not taken",
    )
