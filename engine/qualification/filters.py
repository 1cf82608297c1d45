"""Filters of qualifications: conditions on what a candidate is, joined by a junction.

`{"junction": "and", "campaign_id": {"conditions": {"$in": ["camp_1"]}}}`. A field with several
values, as the categories that an offer is in, meets a condition when one of them does, and a
negative one when none does. Source of fields and operators: the API contract, section 9.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.kernel import tables
from engine.kernel.lookup import find_voucher, spell_code, tells_case
from engine.kernel.state import View
from engine.qualification.candidates import HELD_MAX, Candidate, Found, found_of_voucher
from engine.qualification.places import is_candidate, place_of
from schemas.qualifications import CandidateKind

#: How many values a condition has at most.
VALUES_MAX: Final = 100
#: Up to how many tiers those of campaigns that a filter names are looked up by the campaigns.
TIERS_NAMED_MAX: Final = 1000

#: The fields whose values may be codes.
_NAMING_CODES: Final = frozenset({"code", "resource_id"})

Values = frozenset[str]


class FilterError(ValueError):
    """A filter that cannot be read: where (`.campaign_id.conditions`), and why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path} {reason}")
        self.path = path
        self.reason = reason


class _Condition(NamedTuple):
    field: str
    operator: str
    values: Values


class Filters(NamedTuple):
    """What a candidate has to meet: all conditions, or, with `is_any`, one."""

    conditions: tuple[_Condition, ...] = ()
    is_any: bool = False

    def meets(self, candidate: Candidate) -> bool:
        """Whether the candidate meets them."""
        if not self.conditions:
            return True
        join = any if self.is_any else all
        return join(
            _OPERATORS[each.operator](_FIELDS[each.field](candidate), each.values)
            for each in self.conditions
        )

    def spell_codes(self, view: View) -> "Filters":
        """The same, each code as its voucher has it, where codes do not tell case."""
        if tells_case(view):
            return self
        return self._replace(
            conditions=tuple(
                each._replace(values=frozenset(spell_code(view, name) for name in each.values))
                if each.field in _NAMING_CODES
                else each
                for each in self.conditions
            )
        )

    def kinds(self, kinds: Iterable[CandidateKind]) -> list[CandidateKind]:
        """Those of the kinds that can meet them."""
        wanted = self._values_named("resource_type")
        return [each for each in kinds if wanted is None or each in wanted]

    def find_named(self, view: View, customer_id: str | None) -> list[Found] | None:
        """What they name one by one, of what anybody or the customer can have; None: they do not."""
        ids, codes = self._values_named("resource_id"), self._values_named("code")
        if ids is not None or codes is not None:
            return [
                each
                for name in sorted((ids or frozenset()) | (codes or frozenset()))
                for each in _by_name(view, name, customer_id)
            ]
        campaign_ids = self._values_named("campaign_id")
        return None if campaign_ids is None else _of_campaigns(view, campaign_ids, customer_id)

    def _values_named(self, field: str) -> Values | None:
        """The values one of which a candidate has to have; None: they do not say."""
        if self.is_any:
            return None
        found = [
            each.values
            for each in self.conditions
            if each.field == field and each.operator in ("$is", "$in")
        ]
        return frozenset.intersection(*found) if found else None


def parse_filters(given: Mapping[str, Any] | None) -> Filters:
    """The filters as the API has them. Raises FilterError."""
    if not given:
        return Filters()
    junction = given.get("junction") or "and"
    if not isinstance(junction, str) or junction.lower() not in ("and", "or"):
        raise FilterError(".junction", "must be `and` or `or`")
    conditions = tuple(
        condition
        for field, said in given.items()
        if field != "junction" and said is not None
        for condition in _conditions(field, said)
    )
    return Filters(conditions, junction.lower() == "or")


def _conditions(field: str, said: Any) -> Iterator[_Condition]:
    if field not in _FIELDS:
        raise FilterError(f".{field}", f"is no filter; there are {', '.join(sorted(_FIELDS))}")
    path = f".{field}.conditions"
    conditions = said.get("conditions") if isinstance(said, Mapping) else None
    if not isinstance(conditions, Mapping) or not conditions:
        raise FilterError(path, "should be an object with an operator")
    for operator, value in conditions.items():
        if value is None:
            continue  # as official clients say what is not said
        if operator not in _OPERATORS:
            known = ", ".join(_OPERATORS)
            raise FilterError(f"{path}.{operator}", f"is no operator; there are {known}")
        if operator in ("$has_value", "$is_unknown"):
            yield _Condition(field, operator, frozenset())
            continue
        values = value if isinstance(value, list) else [value]
        if not values or len(values) > VALUES_MAX or not all(isinstance(v, str) for v in values):
            raise FilterError(f"{path}.{operator}", f"should be 1 to {VALUES_MAX} strings")
        yield _Condition(field, operator, frozenset(values))


def _by_name(view: View, name: str, customer_id: str | None) -> Iterator[Found]:
    tier = view.get(tables.TIERS, name)
    if tier is not None and is_candidate(tier):
        yield Found(place_of(tier.created_at, tier.id), "promotion_tier")
    campaign = view.get(tables.CAMPAIGNS, name)
    if campaign is not None and is_candidate(campaign):
        yield Found(place_of(campaign.created_at, campaign.id), "campaign")
    voucher = find_voucher(view, name)
    if voucher is not None and (
        is_candidate(voucher) or (customer_id is not None and voucher.holder_id == customer_id)
    ):
        yield found_of_voucher(voucher)


def _of_campaigns(view: View, ids: Values, customer_id: str | None) -> list[Found] | None:
    """The campaigns, their tiers, and of their vouchers those that the customer holds.

    None where they have more tiers than are looked up so.
    """
    campaigns = [
        each for each in (view.get(tables.CAMPAIGNS, id) for id in ids) if each is not None
    ]
    if sum(each.tiers_count for each in campaigns) > TIERS_NAMED_MAX:
        return None
    found: list[Found] = []
    for campaign in campaigns:
        if is_candidate(campaign):
            found.append(Found(place_of(campaign.created_at, campaign.id), "campaign"))
        for tier_id in view.scan(tables.CAMPAIGN_TIERS, campaign.id):
            found += _by_name(view, tier_id, None)
        if customer_id is not None:
            held = view.scan(tables.HOLDINGS, customer_id, campaign.id)
            for holding in islice(held, HELD_MAX):
                found += _by_name(view, holding.voucher_id, customer_id)
    return found


# --- what a candidate is


def _category_ids(candidate: Candidate) -> Values:
    stack = candidate.stack
    if stack is not None:
        return frozenset() if stack.category_id is None else frozenset({stack.category_id})
    return frozenset().union(*(each.category_ids for each in candidate.offers))


def _campaign_id(candidate: Candidate) -> Values:
    if candidate.stack is not None:
        return frozenset({candidate.stack.campaign_id})
    return frozenset(each.campaign.id for each in candidate.offers if each.campaign is not None)


def _campaign_type(candidate: Candidate) -> Values:
    found = (each.campaign for each in candidate.offers)
    return frozenset(each.campaign_type for each in found if each is not None)


def _resource_id(candidate: Candidate) -> Values:
    return frozenset({candidate.found.id}) | _code(candidate)


def _resource_type(candidate: Candidate) -> Values:
    return frozenset({candidate.found.kind})


def _voucher_type(candidate: Candidate) -> Values:
    found = (each.voucher for each in candidate.offers)
    return frozenset(each.type for each in found if each is not None)


def _code(candidate: Candidate) -> Values:
    if candidate.found.kind != "voucher":
        return frozenset()
    return frozenset(each.voucher.code for each in candidate.offers if each.voucher is not None)


def _holder_role(candidate: Candidate) -> Values:
    if candidate.found.kind != "voucher":
        return frozenset()
    held = any(each.voucher is not None and each.voucher.holder_id for each in candidate.offers)
    return frozenset({"OWNER"}) if held else frozenset()


_FIELDS: Final[Mapping[str, Callable[[Candidate], Values]]] = MappingProxyType(
    {
        "category_id": _category_ids,
        "campaign_id": _campaign_id,
        "campaign_type": _campaign_type,
        "resource_id": _resource_id,
        "resource_type": _resource_type,
        "voucher_type": _voucher_type,
        "code": _code,
        "holder_role": _holder_role,
    }
)
_OPERATORS: Final[Mapping[str, Callable[[Values, Values], bool]]] = MappingProxyType(
    {
        "$is": lambda own, asked: not own.isdisjoint(asked),
        "$in": lambda own, asked: not own.isdisjoint(asked),
        "$is_not": lambda own, asked: own.isdisjoint(asked),
        "$not_in": lambda own, asked: own.isdisjoint(asked),
        "$has_value": lambda own, _: bool(own),
        "$is_unknown": lambda own, _: not own,
    }
)
