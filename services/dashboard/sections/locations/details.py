"""One location: its shape on a map and by numbers, and what asks for it."""

import json
from typing import Final

from htpy import Node, a, div, fragment, p, textarea
from htpy import input as input_

from services.dashboard.parts.facts import block, code_text, facts, link, raw_block
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.locations.naming import (
    circle_of,
    geojson_of,
    is_circle,
    say_kind,
    say_size,
)
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

_USES_MAX: Final = 50
#: What may ask for a location → its word, and where it is shown.
_USERS: Final = {
    "validation_rules": ("Validation rule", "/validation-rules"),
    "segment": ("Segment", "/segments"),
    "products_collection": ("Collection", "/collections"),
}


async def tell_location(visit: Visit, key: str) -> Details:
    """One of them, with what asks for it. Raises ApiFault."""
    path = f"/v1/locations/{escape_segment(key)}"
    row = await visit.api.get(path)
    # it is told without its uses where they cannot be asked for
    uses = await ask_quietly(visit.api.get(f"{path}/uses", {"limit": str(_USES_MAX)}))
    return location_details(visit, row, uses)


def location_details(visit: Visit, row: Row, uses: Row | None) -> Details:
    """The same of what was answered."""
    show, may_change = visit.show, visit.may("locations.write")
    name = str(row.get("name") or row["id"])
    path = f"/locations/{escape_segment(str(row['id']))}"
    body = fragment[
        map_of(row),
        facts(
            ("Id", code_text(row["id"])),
            ("Shape", say_kind(row)),
            ("Size", say_size(row, show)),
            ("Centre", ", ".join(circle_of(row["shape"])[:2])) if is_circle(row) else None,
            ("Created", show.when(row.get("created_at"))),
            ("Changed", show.when(row["updated_at"])) if row.get("updated_at") else None,
        ),
        uses is not None and block("What asks for it", uses_lines(uses, show)),
        raw_block(row, f"/v1/locations/{row['id']}", "The location"),
    ]
    return Details(
        title=name,
        name=f"Location {name}",
        href=path,
        body=body,
        actions=may_change
        and fragment[
            a(".btn", href=f"{path}/edit")[icon("edit", 14), "Edit"],
            dialog_button("Delete", "delete-location", ".danger", "trash"),
        ],
        dialogs=may_change
        and confirm_dialog(
            "delete-location",
            title=f"Delete {name}?",
            what_happens=fragment[
                "Rules, segments and collections that ask for it find nobody inside it any more.",
                uses is not None and uses_lines(uses, show),
            ],
            action=f"{path}/delete",
            do="Delete",
        ),
    )


def map_of(row: Row) -> Node:
    """The shape on a map, to look at."""
    shape = row.get("shape") or {}
    geojson = geojson_of(shape)
    lat, lng, radius, unit = circle_of(shape)
    circle = is_circle(row)
    hidden: dict[str, str | bool] = {"type": "hidden", "disabled": True}
    return div(".geo-editor.alone")[
        div(
            ".geo.small",
            data_geo_map=True,
            role="group",
            data_readonly=True,
            aria_label=f"{row.get('name')} on a map",
        ),
        input_(hidden, data_geo="kind", value="circle" if circle else "polygon"),
        circle
        and fragment[
            input_(hidden, data_geo="lat", value=lat),
            input_(hidden, data_geo="lng", value=lng),
            input_(hidden, data_geo="radius", value=radius),
            input_(hidden, data_geo="unit", value=unit),
        ],
        geojson
        and textarea(data_geo="geojson", hidden=True, disabled=True, aria_label="GeoJSON")[
            json.dumps(geojson)
        ],
    ]


def uses_lines(uses: Row, show: Show) -> Node:
    """What asks for it, each leading there."""
    rows = uses.get("data") or []
    if not rows:
        return p(".muted")["Nothing asks for it."]
    total = uses.get("total")
    return fragment[
        (_use(each) for each in rows),
        isinstance(total, int)
        and total > len(rows)
        and p(".muted")[f"The first {len(rows)} of {show.number(total)}."],
    ]


def _use(row: Row) -> Node:
    said, path = _USERS.get(str(row.get("object")), (str(row.get("object")), ""))
    name = str(row.get("name") or row["id"])
    return p[f"{said}: ", link(name, f"{path}/{escape_segment(str(row['id']))}") if path else name]
