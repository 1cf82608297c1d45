"""What is said in place of what was asked for."""

from htpy import Node, a, button, code, details, div, h1, h2, p, pre, summary

from services.dashboard.parts.icons import icon

#: Elements that stay while what is in them comes and goes.
FILLED = frozenset({"drawer"})
_TITLES = {
    403: "Your role does not allow this",
    404: "There is nothing here",
    429: "Too much at once",
    503: "Catching up",
    504: "It is not known whether that was done",
}


def fault_notice(
    status: int,
    sentence: str,
    key: str,
    retry_seconds: int | None,
    address: str,
    part: str | None = None,
) -> Node:
    """A fault of the API, with a way on. What is not ready yet is asked again by itself.

    `part`: the id of the element that it is in place of, or within, and that is asked for again;
    None: it is a whole page, which the browser loads again.
    """
    again = {}
    is_within = part in FILLED
    if retry_seconds is not None and address and part is not None:
        again = {
            "hx-get": address,
            "hx-trigger": f"load delay:{retry_seconds}s",
            "hx-target": f"#{part}" if is_within else "this",
            "hx-swap": "innerHTML" if is_within else "outerHTML",
            "hx-push-url": "false",
        }
    if part and not is_within:
        again["id"] = part
    return div(".empty", again, role="status" if retry_seconds is not None else "alert")[
        icon("clock" if retry_seconds is not None else "warn", 28),
        h1[_TITLES.get(status, "That was not possible")],
        p[sentence],
        key and p(".muted")[code[key]],
        address and a(".btn", href=address)["Try again"],
    ]


def notice(kind: str, *said: Node) -> Node:
    """A sentence in a box: `warn`, `good`, `bad` or `info`."""
    return div(f".notice.{kind}")[icon("info" if kind in ("info", "good") else "warn"), div[said]]


def empty_state(
    sign: str, title: str, text: Node, *, action: tuple[str, str] | None = None, curl: str = ""
) -> Node:
    """What a list is for, one way to begin, and the call that makes the first one."""
    return div(".empty")[
        icon(sign, 28),
        h2[title],
        p[text],
        action and a(".btn.primary", href=action[1])[icon("plus", 14), action[0]],
        curl
        and details[
            summary["Or as a call of the API"],
            div(".copyable")[
                pre(".code.wrap", tabindex="0", aria_label="As a call of the API")[curl],
                button(".btn.quiet.icon.small", type="button", data_copy=curl, aria_label="Copy")[
                    icon("copy", 14)
                ],
            ],
        ],
    ]
