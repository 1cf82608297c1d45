"""Points that go from one member of a program to another.

They keep when they expire: of each card those that expire first go first. Both cards are settled
before. On the card that gets them they count as loaded, on the others as taken off.
"""

from types import MappingProxyType

from msgspec import structs

from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.programs import find_member
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.points.buckets import Booked, Received, receive_points, settle_points, spend_points
from engine.points.decide import points_expired_events
from schemas.base import AMOUNT_MAX, Millis
from schemas.commands import Command
from schemas.errors import Refusal, refuse
from schemas.points import (
    MOVES_MAX,
    PointsMove,
    PointsMoved,
    PointsTransferred,
    TransferPoints,
)
from schemas.vouchers import Voucher


def transfer_points(
    view: View, command: Command, body: TransferPoints, now: Millis
) -> Decision | Refusal:
    """Moves all of the points, or none."""
    member = find_member(view, body.member, body.campaign)
    if isinstance(member, Refusal):
        return member
    origins = _find_origins(view, body, member)
    if isinstance(origins, Refusal):
        return origins
    settled = settle_points(view, member, now).voucher
    spent = []
    for number, (move, origin) in enumerate(zip(body.moves, origins, strict=True)):
        gone = _take(view, origin, move, number, now)
        if isinstance(gone, Refusal):
            return gone
        spent.append(gone)
    received = _receive(view, command, settled, body.moves, spent, now)
    wrong = _too_many(received[-1].voucher)
    if wrong is not None:
        return wrong
    moves = tuple(
        PointsMoved(
            origin=gone.voucher,
            destination=got.voucher,
            points=move.points,
            out_id=new_id(command.seed, "vtx_", 2 * number),
            in_id=new_id(command.seed, "vtx_", 2 * number + 1),
            source_id=move.source_id,
            reason=move.reason,
        )
        for number, (move, gone, got) in enumerate(zip(body.moves, spent, received, strict=True))
    )
    transferred = PointsTransferred(
        voucher=received[-1].voucher,
        moves=moves,
        buckets=(*(each for gone in spent for each in gone.buckets), *received[-1].buckets),
        source=body.source,
    )
    expired = (
        each
        for number, card in enumerate((member, *origins))
        for each in points_expired_events(view, command, card, now, number)
    )
    return Decision((*expired, transferred))


def _find_origins(view: View, body: TransferPoints, member: Voucher) -> list[Voucher] | Refusal:
    if not 1 <= len(body.moves) <= MOVES_MAX:
        return refuse("invalid_payload", f"From 1 to {MOVES_MAX} cards are wanted")
    origins: list[Voucher] = []
    for number, move in enumerate(body.moves):
        origin = find_member(view, move.code, body.campaign)
        if isinstance(origin, Refusal):
            return origin
        if origin.id == member.id:
            reason = "names the card that the points go to"
        elif any(each.id == origin.id for each in origins):
            reason = "names a card twice"
        elif not 1 <= move.points <= AMOUNT_MAX:
            return refuse(
                "invalid_payload", f"Property `[{number}].points` should be from 1 to {AMOUNT_MAX}"
            )
        else:
            origins.append(origin)
            continue
        return refuse("invalid_payload", f"Property `[{number}].code` {reason}")
    return origins


def _take(
    view: View, origin: Voucher, move: PointsMove, number: int, now: Millis
) -> Booked | Refusal:
    settled = settle_points(view, origin, now).voucher
    card = settled.loyalty_card
    assert card is not None
    if card.balance < move.points:
        return refuse(
            "invalid_balance",
            f"Property `[{number}].points` is more than the {card.balance} of {origin.code}",
            resource_id=origin.id,
            resource_type="voucher",
            explanation={"rule": "balance", "balance": card.balance, "points": move.points},
        )
    booked = spend_points(view, settled, move.points, now)
    after = booked.voucher.loyalty_card
    assert after is not None
    after = structs.replace(after, subtracted_points=after.subtracted_points + move.points)
    return booked._replace(voucher=structs.replace(booked.voucher, loyalty_card=after))


def _receive(
    view: View,
    command: Command,
    settled: Voucher,
    moves: tuple[PointsMove, ...],
    spent: list[Booked],
    now: Millis,
) -> list[Booked]:
    """The card after each of the moves; each has the buckets of those before it, too."""
    parts: list[Received] = []
    number = 0
    for move, gone in zip(moves, spent, strict=True):
        taken = tuple(
            structs.replace(each, id=new_id(command.seed, "lopb_", n))
            for n, each in enumerate(gone.taken, number)
        )
        number += len(taken)
        parts.append(Received(move.points, taken))
    return receive_points(view, settled, parts, now)


def _too_many(voucher: Voucher) -> Refusal | None:
    card = voucher.loyalty_card
    assert card is not None
    if card.points <= AMOUNT_MAX:
        return None
    return refuse("invalid_balance", f"A card is given at most {AMOUNT_MAX} points")


DECISIONS: Decisions = MappingProxyType(
    {
        TransferPoints: transfer_points,
    }
)
