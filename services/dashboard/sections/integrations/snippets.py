"""How a program calls the API: the same call in three languages, with the project's ids and no token."""

from typing import Final

from htpy import Node, a, button, details, div, p, pre, summary

from services.dashboard.parts.facts import block
from services.dashboard.parts.icons import icon

#: What stands in a snippet where the key's id is not known.
KEY_ID: Final = "YOUR-KEY-ID"

_CURL: Final = """curl "$TESSERA/v1/validations" \\
  -H "X-App-Id: {key}" \\
  -H "X-App-Token: $APP_TOKEN" \\
  -H "Content-Type: application/json" \\
  -d '{{"redeemables": [{{"object": "voucher", "id": "WELCOME10"}}], "order": {{"amount": 10000}}}}'"""
_PYTHON: Final = """import os, httpx

tessera = httpx.Client(
    base_url=os.environ["TESSERA"],
    headers={{"X-App-Id": "{key}", "X-App-Token": os.environ["APP_TOKEN"]}},
)
answer = tessera.post("/v1/validations", json={{
    "redeemables": [{{"object": "voucher", "id": "WELCOME10"}}],
    "order": {{"amount": 10000}},
}})
print(answer.json()["valid"])"""
_JAVASCRIPT: Final = """const answer = await fetch(`${{process.env.TESSERA}}/v1/validations`, {{
  method: "POST",
  headers: {{
    "X-App-Id": "{key}",
    "X-App-Token": process.env.APP_TOKEN,
    "Content-Type": "application/json",
  }},
  body: JSON.stringify({{
    redeemables: [{{ object: "voucher", id: "WELCOME10" }}],
    order: {{ amount: 10000 }},
  }}),
}});
console.log((await answer.json()).valid);"""
LANGUAGES: Final = (("curl", _CURL), ("Python", _PYTHON), ("JavaScript", _JAVASCRIPT))


def write_snippets(key_id: str) -> list[tuple[str, str]]:
    """Language and text; a key's id is no secret, its token is read from the environment."""
    return [(name, text.format(key=key_id)) for name, text in LANGUAGES]


def snippets(key_id: str, project_id: str, *, may_keys: bool) -> Node:
    """A call in three languages."""
    return div(".card.pad.stack")[
        block(
            "Calling the API",
            p(".muted")[
                f"Project {project_id}. Set TESSERA to the address of the API and APP_TOKEN to the token of a server key. ",
                may_keys and a(".link", href="/settings/keys")["API keys"],
            ],
            (
                details(open=at == 0)[
                    summary[name],
                    div(".copyable")[
                        pre(".code", id=f"snippet-{name.lower()}", tabindex="0", aria_label=name)[
                            text
                        ],
                        button(
                            ".btn.quiet.icon.small",
                            type="button",
                            data_copy=f"#snippet-{name.lower()}",
                            aria_label=f"Copy: {name}",
                        )[icon("copy", 14)],
                    ],
                ]
                for at, (name, text) in enumerate(write_snippets(key_id))
            ),
        )
    ]
