"""The index of qualifications, kept while events are folded: offers by the sets that bind them.

A candidate lies under each of its own sets, or under none, whatever binds its campaign. A set that
binds candidates is posted under its keys with the newest of them, kind by kind; so a reader finds
the newest offers of many sets without opening each. That time is never earlier than the newest
really is; it may be later when that one was removed.

`Indexed` sees what the folds write, so that none of them has to tell. What is written encoded, as
the vouchers that a campaign generates, goes past it.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

from msgspec import structs

from engine.kernel import tables
from engine.kernel.overlay import ProjectState
from engine.kernel.state import State, Table
from engine.qualification.keys import keys_by_space
from engine.qualification.places import UNBOUND, Candidate, is_candidate, place_of, posting_key
from schemas.base import Millis
from schemas.campaigns import Campaign
from schemas.promotions import PromotionStack, PromotionTier
from schemas.qualifications import CandidateKind, RuleKey, RulePosting, Space
from schemas.rules import ValidationRule
from schemas.vouchers import Voucher

T = TypeVar("T")

#: The tables of what can be a candidate, and of what binds it.
_WATCHED: Final = frozenset(
    table.name
    for table in (tables.VOUCHERS, tables.CAMPAIGNS, tables.TIERS, tables.STACKS, tables.RULES)
)
_KINDS: Final[Mapping[type, CandidateKind]] = MappingProxyType(
    {
        Voucher: "voucher",
        Campaign: "campaign",
        PromotionTier: "promotion_tier",
        PromotionStack: "promotion_stack",
    }
)


class Indexed(ProjectState):
    """The same state; what is written to it is indexed, too."""

    __slots__ = ()

    def __init__(self, state: ProjectState) -> None:
        super().__init__(state._overlay, state.project)  # noqa: SLF001  its own kind

    def put(self, table: Table[T], entity: T, *parts: str) -> None:
        if table.name in _WATCHED:
            _watch(self, table, entity, *parts)
        self._overlay.set(table, table.key_to_write(self.project, *parts), entity)

    def delete(self, table: Table[Any], *parts: str) -> None:
        if table.name in _WATCHED:
            _watch(self, table, None, *parts)
        self._overlay.set(table, table.key_to_write(self.project, *parts), None)


def _watch(state: State, table: Table[Any], entity: Any, *parts: str) -> None:
    # a campaign's voucher, which is written most often, costs no more than this
    if isinstance(entity, Voucher) and entity.campaign_id is not None:
        return
    if table is tables.RULES:
        repost_rule(state, parts[0], entity)
    else:
        move_candidate(state, state.get(table, *parts), entity)


class _Address(NamedTuple):
    kind: CandidateKind
    rule_id: str
    place: str


def move_candidate(state: State, before: Candidate | None, after: Candidate | None) -> None:
    """Keeps the places of what was `before` and is `after` the event; None: it is not there."""
    if before is not None and after is not None and _lies_as(before, after):
        return
    old, new = _addresses(before), _addresses(after)
    if old == new:
        return
    for left in old:
        if left not in new:
            state.delete(tables.CANDIDATES, *left)
            if left.rule_id != UNBOUND:
                _forget_if_last(state, left)
    for found in new:
        if found not in old:
            assert after is not None
            state.put(tables.CANDIDATES, found.place, *found)
            if found.rule_id != UNBOUND:
                _post(state, found.rule_id, found.kind, after.created_at)


def _lies_as(before: Candidate, after: Candidate) -> bool:
    """Whether both have the same places, as after nearly every redemption; it asks no more."""
    if isinstance(before, PromotionStack) or isinstance(after, PromotionStack):
        return False
    return (
        before.id == after.id
        and before.rule_ids == after.rule_ids
        and before.created_at == after.created_at
        and is_candidate(before) == is_candidate(after)
    )


def repost_rule(state: State, rule_id: str, rule: ValidationRule | None) -> None:
    """Keeps the keys of a set that was changed, or, None, is gone: then it binds nothing."""
    posting = state.get(tables.RULE_POSTINGS, rule_id)
    if posting is None:
        return
    keys = keys_by_space(rule)
    if keys != posting.keys:
        _unpost(state, rule_id, posting)
        _put_posting(state, rule_id, RulePosting(keys, posting.newest))


def _addresses(bound: Candidate | None) -> tuple[_Address, ...]:
    if bound is None or not is_candidate(bound):
        return ()
    rule_ids = () if isinstance(bound, PromotionStack) else bound.rule_ids
    kind, place = _KINDS[type(bound)], place_of(bound.created_at, bound.id)
    return tuple(_Address(kind, rule_id, place) for rule_id in rule_ids or (UNBOUND,))


def _post(state: State, rule_id: str, kind: CandidateKind, at: Millis) -> None:
    """The set binds something of that time."""
    posting = state.get(tables.RULE_POSTINGS, rule_id)
    if posting is None:
        posting = RulePosting(keys_by_space(state.get(tables.RULES, rule_id)), {})
    before = posting.newest.get(kind)
    if before is not None and before >= at:
        return
    if before is not None:
        _unpost(state, rule_id, posting, kind)
    _put_posting(
        state, rule_id, structs.replace(posting, newest={**posting.newest, kind: at}), kind
    )


def _forget_if_last(state: State, left: _Address) -> None:
    """The set is posted for that kind no more if it binds nothing of it."""
    if next(state.scan(tables.CANDIDATES, left.kind, left.rule_id), None) is not None:
        return
    posting = state.get(tables.RULE_POSTINGS, left.rule_id)
    if posting is None or left.kind not in posting.newest:
        return
    _unpost(state, left.rule_id, posting, left.kind)
    newest = {kind: at for kind, at in posting.newest.items() if kind != left.kind}
    if newest:
        state.put(tables.RULE_POSTINGS, structs.replace(posting, newest=newest), left.rule_id)
    else:
        state.delete(tables.RULE_POSTINGS, left.rule_id)


def _put_posting(
    state: State, rule_id: str, posting: RulePosting, only: CandidateKind | None = None
) -> None:
    state.put(tables.RULE_POSTINGS, posting, rule_id)
    for space, kind, key, place in _posts(rule_id, posting, only):
        state.put(tables.POSTED_RULES, place, *posting_key(space, kind, key), place)
        state.put(tables.RULE_SUBJECTS, key.subject, space, kind, key.kind, key.subject)


def _unpost(
    state: State, rule_id: str, posting: RulePosting, only: CandidateKind | None = None
) -> None:
    for space, kind, key, place in _posts(rule_id, posting, only):
        state.delete(tables.POSTED_RULES, *posting_key(space, kind, key), place)
        subject = (space, kind, key.kind, key.subject)
        if next(state.scan(tables.POSTED_RULES, *subject), None) is None:
            state.delete(tables.RULE_SUBJECTS, *subject)


def _posts(
    rule_id: str, posting: RulePosting, only: CandidateKind | None
) -> Iterator[tuple[Space, CandidateKind, RuleKey, str]]:
    """Where the set is posted: under each key, for each kind, or only for one."""
    for space, keys in posting.keys.items():
        for kind, at in posting.newest.items():
            if only in (None, kind):
                for key in keys:
                    yield space, kind, key, place_of(at, rule_id)
