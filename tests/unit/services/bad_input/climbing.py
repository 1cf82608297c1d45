"""What is bad about tiers of loyalty programs."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Before, Rows, delete, get, post, put

CARD: Final = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}
PROGRAM: Final = {"campaign_type": "LOYALTY_PROGRAM", "voucher": CARD}
SILVER: Final = {"name": "S", "points": {"from": 100, "to": 499}}


def _mapped(**mapping: Any) -> list[dict[str, Any]]:
    return [SILVER | {"rewards": {"rewa_1": mapping}}]


def _ends(qualification: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    expiration = {name: more.pop(name) for name in ("extend", "rounding") if name in more}
    tiers = {
        "qualification_type": qualification, "start_date": {"type": start},
        "expiration_date": {"type": end} | expiration,
    }  # fmt: skip
    return {"name": "N"} | PROGRAM | {"loyalty_tiers_expiration": tiers | more}


CLIMBING: Final[Rows] = {
    "a body that is no array; a tier without a name or points; a member of the wrong type; points that overlap, end before they begin or are below 0; more than 50 tiers": post(
        "loyalties/Ladder/tiers", SILVER, [{"points": {}}], [{"name": "S"}],
        [SILVER | {"name": 5}], [SILVER | {"points": []}, 5], [SILVER | {"points": {"from": "1"}}],
        [SILVER, {"name": "T", "points": {"from": 499}}],
        [{"name": "S", "points": {"from": 5, "to": 4}}], [{"name": "S", "points": {"to": -1}}],
        [{"name": str(n), "points": {"from": n, "to": n}} for n in range(51)],
    ),
    "standings without ids, or of more than 100": get(
        "loyalties/Ladder/standings", "loyalties/Ladder/standings?ids=a,,b",
        f"loyalties/Ladder/standings?ids={','.join(f'v_{n}' for n in range(101))}",
    ),
    "a mapping that multiplies by nothing, by less than 0 or gives no points; more than 100 of them; one of a rule or a reward that the program has not": post(
        "loyalties/Ladder/tiers", _mapped(type="MULTIPLY"), _mapped(multiplier=-1),
        _mapped(type="CUSTOM"), _mapped(type="CUSTOM", multiplier=1), _mapped(type="odd"),
        [SILVER | {"earning_rules": {f"ern_{n}": {"points": 1} for n in range(101)}}],
        _mapped(points=1), [SILVER | {"earning_rules": {"none": {"points": 1}}}],
    ),
    "tiers of a campaign that is no loyalty program; an unknown tier; the tiers of who is no member": (
        *post("loyalties/Spring/tiers", [SILVER], []), *get("loyalties/none/tiers", "loyalties/none/standings?ids=v_1"),
        *get("loyalties/Ladder/tiers/none", "loyalties/members/A/tiers"),
        *put("loyalties/Ladder/tiers/none", {"name": "S"}),
        *delete("loyalties/Ladder/tiers/none"),
    ),
    "loyalty_tiers_expiration of members that do not go together: a start, an end or a period of another qualification, an extend that is missing, of hours or of more than 36 months, a rounding of another end": post(
        "campaigns", _ends("BALANCE", "NEXT_PERIOD", "BALANCE_DROP"),
        _ends("BALANCE", "IMMEDIATE", "END_OF_PERIOD"),
        _ends("BALANCE", "IMMEDIATE", "BALANCE_DROP", qualification_period="MONTH"),
        _ends("BALANCE", "IMMEDIATE", "BALANCE_DROP", extend="P1M"),
        _ends("BALANCE", "IMMEDIATE", "CUSTOM"), _ends("BALANCE", "IMMEDIATE", "CUSTOM", extend="P"),
        _ends("BALANCE", "IMMEDIATE", "CUSTOM", extend="PT5H"),
        _ends("BALANCE", "IMMEDIATE", "CUSTOM", extend="P37M"),
        _ends("BALANCE", "IMMEDIATE", "CUSTOM", extend="P1M", rounding={"type": "CUSTOM"}),
        _ends("BALANCE", "IMMEDIATE", "CUSTOM", extend="P1M", rounding={"type": "YEAR", "value": 2}),
        _ends("BALANCE", "IMMEDIATE", "CUSTOM", extend="P1M", rounding={"type": "CUSTOM", "value": 12}),
        _ends("POINTS_IN_PERIOD", "IMMEDIATE", "END_OF_PERIOD"),
        _ends("POINTS_IN_PERIOD", "IMMEDIATE", "BALANCE_DROP", qualification_period="MONTH"),
        _ends("POINTS_IN_PERIOD", "IMMEDIATE", "END_OF_PERIOD", qualification_period="MONTH",
              rounding={"type": "YEAR", "strategy": "END"}),
    ),
}  # fmt: skip
BEFORE_CLIMBING: Final[Before] = (("ladder", post("campaigns", {"name": "Ladder"} | PROGRAM)[0]),)
