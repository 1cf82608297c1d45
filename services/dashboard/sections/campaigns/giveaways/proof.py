"""What a draw is held to before it, and how anybody checks it afterwards."""

from typing import Any, Final

from htpy import Node, button, code, details, div, fragment, li, ol, p, pre, section, span, summary

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import block, code_text, facts, link
from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import Show
from services.dashboard.sections.campaigns.naming import campaign_href

#: Repeats a draw of what is published alone; it needs Python and nothing else.
CHECK: Final = """import json, os, urllib.request
from hashlib import sha256

def ask(path):
    headers = {"X-App-Id": os.environ["APP_ID"], "X-App-Token": os.environ["APP_TOKEN"]}
    request = urllib.request.Request(os.environ["TESSERA"] + path, headers=headers)
    return json.load(urllib.request.urlopen(request))

giveaway = "/v1/giveaways/@ID@"
proof, ids, after = ask(giveaway + "/proof"), [], ""
while after is not None:
    page = ask(giveaway + "/entries?limit=1000" + after)
    ids += [each["id"] for each in page["data"] if not each["withdrawn_at"]]
    after = "&starting_after_id=" + page["more_starting_after"] if page["has_more"] else None

seed, left, counter, places = proof["seed"], sorted(ids), 0, []
digest = sha256("".join(each + "\\n" for each in left).encode()).hexdigest()
for _ in proof["places"]:
    while True:
        number = int(sha256(f"{seed}/{counter}".encode()).hexdigest()[:16], 16)
        counter += 1
        if number < 2**64 - 2**64 % len(left):
            break
    at = number % len(left)
    places.append(left[at])
    left[at] = left[0]
    left = left[1:]

print("The seed is the one that was committed to:", sha256(seed.encode()).hexdigest() == proof["commitment"])
print("The entries are those that were drawn among:", digest == proof["entries_digest"])
print("The places are those of the seed:", places == proof["places"])
"""
_STEPS: Final = (
    "The ids of the entries are sorted as texts.",
    "Random numbers are SHA-256 of the seed, a slash and 0, 1, 2 and so on: the first eight bytes of each.",
    "A number that would make one entry likelier than another is passed over.",
    "For each place, the remainder by how many are left names the entry; it changes places with the first of them.",
)


def commitment_part(row: Row, proof: Row | None) -> Node:
    """What was published before the draw, and what that means."""
    told = proof or {}
    commitment = told.get("commitment") or (row.get("giveaway") or {}).get("commitment") or ""
    return section(".card.pad.stack", aria_label="Commitment")[
        block(
            "What the draw is held to",
            p[
                "The seed of the draw was fixed when the giveaway was made, and is told to nobody before the draw. This is its fingerprint. "
                "Publish it now: after the draw anybody can see that the seed is the one that belongs to it."
            ],
            facts(
                ("Commitment, SHA-256 of the seed", code_text(commitment)),
                ("Algorithm", code(".mono")[told.get("algorithm") or ""]) if told else None,
            ),
        )
    ]


def proof_part(row: Row, proof: Row, show: Show) -> Node:
    """The seed, how winners follow from it, and a script that repeats the draw."""
    script = CHECK.replace("@ID@", str(row["id"]))
    return section(".card.pad.stack", aria_label="Proof")[
        block(
            "The proof",
            p[
                "With what stands here anybody can repeat the draw and has to find the same winners."
            ],
            facts(
                ("Seed", code_text(proof.get("seed") or "")),
                ("Commitment, published before", code_text(proof.get("commitment") or "")),
                ("Entries", link(show.number(proof.get("entries")), campaign_href(row, "entries"))),
                ("Digest of the entries", code_text(proof.get("entries_digest") or "")),
                ("Algorithm", code(".mono")[proof.get("algorithm") or ""]),
                ("Drawn", show.when(proof.get("date"))),
            ),
        ),
        block(
            "How winners follow from the seed",
            ol(".sentences")[(li[icon("right", 13), span[each]] for each in _STEPS)],
        ),
        details(".folded")[
            summary["Check it yourself"],
            div(".stack")[
                p[
                    "Save this as check.py, set TESSERA, APP_ID and APP_TOKEN, and run it with Python. It asks for the proof and the entries, draws again, and says whether all agrees."
                ],
                _copyable(script),
            ],
        ],
    ]


def _copyable(text: str) -> Node:
    attributes: dict[str, Any] = {"tabindex": "0", "aria_label": "The script"}
    return fragment[
        div(".copyable")[
            pre(".code", **attributes)[text],
            button(".btn.quiet.icon.small", type="button", data_copy=text, aria_label="Copy")[
                icon("copy", 14)
            ],
        ]
    ]
