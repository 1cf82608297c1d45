"""The editor of a location: a circle or areas, on a map and by numbers."""

import json
from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, aside, button, div, fragment, label, ol, option, select, span
from htpy import input as input_
from starlette.responses import Response

from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_text,
    folded,
    form_page,
    group,
)
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Row
from services.dashboard.sections.locations.naming import (
    BACK,
    on_map,
)
from services.dashboard.sections.locations.typed import NAMES, read_shape, values_of_location
from services.dashboard.sections.saving import key_of, place_fault, read_typed
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import ApiFault, Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

#: What the API complains of → the field of the form.
_PATHS: Final[Mapping[str, str]] = {
    "center": "lat",
    "radius": "radius",
    "geojson": "geojson",
    "coordinates": "geojson",
    ".name": "name",
}
_OTHERS_MAX: Final = 50
_UNITS: Final = (
    ("km", "kilometres"),
    ("m", "metres"),
    ("mi", "miles"),
    ("yd", "yards"),
    ("ft", "feet"),
    ("nmi", "nautical miles"),
)


def location_form(
    values: Mapping[str, str],
    others: list[dict[str, Any]],
    *,
    row: Row | None = None,
    errors: Errors | None = None,
) -> Node:
    """The map, the numbers and the point to try; each follows the others."""
    path = f"/locations/{escape_segment(str(row['id']))}" if row else "/locations"
    return form_page(
        f"{path}/edit" if row else "/locations/new",
        group(
            "Location",
            field_text(
                "name", "Name", values.get("name"), errors=errors, autocomplete="off", required=True
            ),
        ),
        div(".geo-editor")[
            div(".stack")[
                div(
                    ".geo",
                    data_geo_map=True,
                    role="group",
                    data_others=json.dumps(others),
                    aria_label="Map of the location",
                ),
                _tools(),
            ],
            aside(".stack")[
                _kinds(values.get("kind") or "circle"),
                _circle(values, errors),
                _areas(values, errors),
                _trial(),
            ],
        ],
        errors=errors or None,
        save="Save" if row else "Create the location",
        cancel=path,
    )


def _kinds(kind: str) -> Node:
    return div(".segmented", role="radiogroup", aria_label="Shape")[
        (
            label[
                input_(
                    ".sr",
                    type="radio",
                    name="kind",
                    value=value,
                    checked=value == kind,
                    data_geo="kind",
                ),
                span[said],
            ]
            for value, said in (("circle", "Circle"), ("polygon", "Area"))
        )
    ]


def _tools() -> Node:
    areas = (
        ("draw", "Draw an area"),
        ("hole", "Draw a hole"),
        ("corner", "Add a corner by numbers"),
    )
    both = (("undo", "Take back"), ("clear", "Clear"), ("fit", "Show all"))
    return div(".row")[
        div(".row", data_geo_only="polygon")[(_tool(*each) for each in areas)],
        (_tool(*each) for each in both),
    ]


def _tool(verb: str, said: str) -> Node:
    return button(".btn.small", type="button", data_geo_do=verb)[said]


def _circle(values: Mapping[str, str], errors: Errors | None) -> Node:
    unit = values.get("unit") or "km"
    return div(".stack", data_geo_only="circle")[
        div(".fields")[
            _number("lat", "Latitude", values, errors),
            _number("lng", "Longitude", values, errors),
        ],
        div(".fields")[
            _number("radius", "Radius", values, errors),
            div(".field")[
                label(for_="unit")["Unit"],
                select("#unit.input", name="unit", data_geo="unit")[
                    (option(value=name, selected=name == unit)[said] for name, said in _UNITS)
                ],
            ],
        ],
    ]


def _number(name: str, said: str, values: Mapping[str, str], errors: Errors | None) -> Node:
    return field_text(
        name,
        said,
        values.get(name),
        errors=errors,
        kind="number",
        step="any",
        autocomplete="off",
        data_geo=name,
    )


def _areas(values: Mapping[str, str], errors: Errors | None) -> Node:
    return div(".stack", data_geo_only="polygon")[
        folded("Corners by numbers", ol(".vertices", data_geo="vertices"), is_open=False),
        field_area(
            "geojson",
            "GeoJSON",
            values.get("geojson"),
            errors=errors,
            rows=5,
            hint="A Polygon or a MultiPolygon, of longitude and latitude; paste one or copy it from here",
            data_geo="geojson",
            spellcheck="false",
        ),
        span(".error", data_geo="problem", role="status"),
    ]


def _trial() -> Node:
    ask = {
        "hx-post": "/locations/try",
        "hx-include": "#form",
        "hx-target": "#tried",
        "hx-swap": "innerHTML",
    }
    return folded(
        "Try a point",
        div(".fields")[
            field_text("try_lat", "Latitude", kind="number", step="any", autocomplete="off"),
            field_text("try_lng", "Longitude", kind="number", step="any", autocomplete="off"),
        ],
        button(".btn.small", ask, type="button", data_part=True)["Is it inside?"],
        div("#tried", role="status"),
        is_open=True,
    )


async def _others(visit: Visit, but: str = "") -> list[dict[str, Any]]:
    """The other locations, shown faintly."""
    try:
        body = await visit.api.get("/v1/locations", {"limit": str(_OTHERS_MAX)})
    except ApiFault:
        # they only help to see where one is
        return []
    shown = (on_map(each) for each in body.get("data") or [] if each["id"] != but)
    return [each for each in shown if each is not None]


async def show_new(visit: Visit) -> Response:
    """The editor of a new one."""
    title = "Create a location"
    form = location_form({"kind": "circle", "unit": "km"}, await _others(visit))
    return answer_page(visit, title, fragment[head(title), form])


async def show_edit(visit: Visit) -> Response:
    """The editor of one that there is. Raises ApiFault."""
    row = await visit.api.get(f"/v1/locations/{escape_segment(visit.path('id'))}")
    title = f"Edit {row.get('name')}"
    form = location_form(values_of_location(row), await _others(visit, str(row["id"])), row=row)
    return answer_page(visit, title, fragment[head(title), form])


async def save(visit: Visit) -> Response:
    """Creates or changes it. Raises ApiFault."""
    form = await visit.form()
    values, errors = read_typed(form, NAMES), dict[str, str]()
    name = visit.request.path_params.get("id")
    path = f"/v1/locations/{escape_segment(str(name))}"
    row = await visit.api.get(path) if name else None
    body = {"name": values["name"], "shape": read_shape(values, errors)}
    if not values["name"]:
        errors["name"] = "A name is needed."
    saved = None
    if not errors:
        try:
            if row is None:
                saved = await visit.api.post("/v1/locations", body, key=key_of(form))
            else:
                saved = await visit.api.put(path, body, key=key_of(form))
        except Refused as fault:
            errors = _placed(fault, values["kind"])
    if saved is None:
        others = await _others(visit, str(row["id"]) if row else "")
        return answer_node(location_form(values, others, row=row, errors=errors))
    address = f"{BACK[1]}/{escape_segment(str(saved['id']))}"
    return go_to(visit.request, address, "Saved" if row else "Location created")


def _placed(fault: ApiFault, kind: str) -> dict[str, str]:
    """The refusal at the field that it names; of a shape at the one that says it."""
    placed = place_fault(fault, _PATHS)
    ((path, sentence),) = placed.items()
    if path in _PATHS:
        return {_PATHS[path]: sentence}
    return {"geojson" if kind == "polygon" else "lat": sentence} if "shape" in sentence else placed


PAGES: Final[tuple[Page, ...]] = (
    Page("/locations/new", show_new, "locations.write"),
    Page("/locations/new", save, "locations.write", "POST"),
    Page("/locations/{id}/edit", show_edit, "locations.write"),
    Page("/locations/{id}/edit", save, "locations.write", "POST"),
)
