"""What is shown once: tokens, links and codes, each with a way to copy it."""

from collections.abc import Sequence

from htpy import Node, a, button, code, div, h2, li, p, section, span, ul

from services.dashboard.parts.icons import icon
from services.dashboard.parts.notices import notice


def secret_line(name: str, text: str) -> Node:
    """A secret with its name, to be copied."""
    return div(".field")[
        span(".label")[name],
        div(".secret")[
            code[text],
            button(".btn.small", type="button", data_copy=text, aria_label=f"Copy: {name}")[
                icon("copy", 14), "Copy"
            ],
        ],
    ]


def shown_once(
    title: str, secrets: Sequence[tuple[str, str]], *, back: tuple[str, str], more: Node = None
) -> Node:
    """Secrets that no page shows again, and the way on."""
    return section(".card.pad.stack", aria_label=title, role="status")[
        h2[title],
        notice("warn", "This is shown once. Copy it now; nobody can look it up later."),
        (secret_line(name, text) for name, text in secrets),
        more,
        div[a(".btn.primary", href=back[1])[back[0]]],
    ]


def codes_shown_once(
    title: str, codes: Sequence[str], *, what_for: str, back: tuple[str, str]
) -> Node:
    """Codes that no page shows again."""
    return section(".card.pad.stack", aria_label=title, role="status")[
        h2[title],
        p[what_for],
        notice("warn", "They are shown once. Copy them now and keep them apart from the device."),
        ul("#codes.codes")[(li[each] for each in codes)],
        div(".acts")[
            button(".btn", type="button", data_copy="\n".join(codes))[icon("copy", 14), "Copy all"],
            button(
                ".btn", type="button", data_save="\n".join(codes), data_file="recovery-codes.txt"
            )[icon("download", 14), "Save as a file"],
            a(".btn.primary", href=back[1])[back[0]],
        ],
    ]
