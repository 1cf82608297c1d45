"""Holders of referral codes, added and removed by hand, and found in order."""

from typing import Any

import msgspec

from engine.kernel import tables
from engine.kernel.ids import holding_id
from engine.referrals.find import holders_count, holders_of
from engine.referrals.tree import Tree
from schemas.api import CustomerInput
from schemas.campaigns import AddVouchers
from schemas.records import Decided
from schemas.referrals import AddHolders, HolderRemoved, HoldersAdded, NamedHolder, RemoveHolder
from schemas.vouchers import UpdateVoucher
from tests.unit.engine.campaign_world import campaign, id_of, publish
from tests.unit.engine.program_world import (
    customer_id,
    refer,
    referral,
    referral_program,
    referrer_code,
)
from tests.unit.engine.world import World, customer, found, only, redeem, refused


def add(world: World, code: str, *who: str | CustomerInput, **fields: Any) -> Decided:
    """These customers are added as holders."""
    named = (customer(each) if isinstance(each, str) else each for each in who)
    return world.when(AddHolders(code, tuple(map(NamedHolder, named)), **fields))


def shown_holders(world: World, code: str, **more: Any) -> list[str]:
    """The ids of the customers who hold the code, in the order of the list."""
    voucher = found(
        world.view.get(tables.VOUCHERS, found(world.view.get(tables.VOUCHER_CODES, code)))
    )
    return [each for _, each in holders_of(world.view, voucher, **more)]


def test_holders_are_added_all_or_none() -> None:
    world = World()
    referral_program(world)
    code = referrer_code(world).code
    record = add(world, code, "bob", "cid", metadata={"by": "hand"})
    added = only(record, HoldersAdded).referrals
    assert [each.customer_id for each in added] == [
        customer_id(world, who) for who in ("bob", "cid")
    ]
    assert {each.metadata["by"] for each in added} == {"hand"}
    assert refused(add(world, code, "dan", "bob")) == "holder_assignement_duplication"
    assert world.view.get(tables.CUSTOMER_SOURCES, tables.source_key("dan")) is None


def test_the_same_customer_twice_is_refused() -> None:
    world = World()
    referral_program(world)
    code = referrer_code(world).code
    assert refused(add(world, code, "bob", "bob")) == "holder_assignement_duplication"


def test_a_guest_is_known_by_the_key_of_its_address() -> None:
    world = World()
    referral_program(world)
    code = referrer_code(world).code
    guest = NamedHolder(CustomerInput(email="guest@shop.test"), "hash of guest")
    assert world.when(AddHolders(code, (guest,))).refusal is None
    again = world.when(AddHolders(code, (guest,)))
    assert refused(again) == "holder_assignement_duplication"


def test_who_cannot_be_a_holder() -> None:
    world = World()
    referral_program(world)
    campaign(world)
    code = referrer_code(world).code
    cases = {
        "referrer_not_permitted_to_redeem": add(world, code, "ann"),
        "missing_customer": add(world, code, CustomerInput()),
        "invalid_payload": add(world, code),
        "not_found": add(world, "none", "bob"),
    }
    assert {key: refused(record) for key, record in cases.items()} == dict(
        zip(cases, cases, strict=True)
    )
    plain = world.when(publish("Spring", "ann"))
    assert plain.refusal is None
    other = add(world, code, "bob", campaign="Spring")
    assert refused(other) == "not_found"
    assert add(world, code, "bob", campaign="Friends").refusal is None


def test_nobody_refers_by_a_code_that_is_not_published() -> None:
    world = World()
    made = referral_program(world)
    world.when(AddVouchers(made.id, code="FREE"))
    assert refused(add(world, "FREE", "bob")) == "invalid_voucher"


def test_a_referee_is_removed_unless_it_counts() -> None:
    world = World()
    referral_program(world)
    voucher = referrer_code(world)
    add(world, voucher.code, "bob")
    refer(world, voucher.code, "cid")
    ann, bob, cid = (
        holding_id(customer_id(world, who), voucher.id) for who in ("ann", "bob", "cid")
    )
    assert refused(world.when(RemoveHolder(voucher.code, ann))) == "forbidden"
    assert refused(world.when(RemoveHolder(voucher.code, cid))) == "forbidden"
    assert refused(world.when(RemoveHolder(voucher.code, "rh_none"))) == "not_found"
    assert (
        only(world.when(RemoveHolder(voucher.code, bob)), HolderRemoved).referral.status
        == "REVOKED"
    )
    assert refused(world.when(RemoveHolder(voucher.code, bob))) == "not_found"
    assert shown_holders(world, voucher.code).count(customer_id(world, "bob")) == 0


def test_a_referee_by_hand_is_referred_with_the_redemption_of_the_code() -> None:
    world = World()
    referral_program(world)
    voucher = referrer_code(world)
    add(world, voucher.code, "bob")
    refer(world, voucher.code, "bob")
    assert referral(world).status == "CONVERTED"


def test_holders_are_found_by_their_ids_in_both_directions_and_from_any_on() -> None:
    world = World()
    referral_program(world)
    voucher = referrer_code(world)
    who = ["bob", "cid", "dan", "eve"]
    add(world, voucher.code, *who)
    ids = sorted(holding_id(customer_id(world, each), voucher.id) for each in ["ann", *who])
    held = found(world.view.get(tables.VOUCHERS, voucher.id))
    assert holders_count(world.view, held) == 5
    assert [each for each, _ in holders_of(world.view, held)] == ids
    backwards = [each for each, _ in holders_of(world.view, held, backwards=True)]
    assert backwards == ids[::-1]
    for place, each in enumerate(ids):
        after = [found_id for found_id, _ in holders_of(world.view, held, after=each)]
        assert after == ids[place + 1 :]
        before = holders_of(world.view, held, after=each, backwards=True)
        assert [found_id for found_id, _ in before] == ids[:place][::-1]


def test_a_tree_shows_whom_the_referred_referred() -> None:
    world = World()
    made = referral_program(world)
    refer(world, referrer_code(world, "ann").code, "bob")
    refer(world, referrer_code(world, "bob").code, "cid")
    refer(world, referrer_code(world, "cid").code, "dan")
    ann, bob, cid = (customer_id(world, who) for who in ("ann", "bob", "cid"))
    shown = Tree(world.view, made.id, 2).body(ann)
    [first] = shown["referees"]
    [second] = first["referees"]
    assert (first["customer_id"], second["customer_id"]) == (bob, cid)
    assert (second["referees"], second["has_more"], shown["referrer_id"]) == ([], True, None)
    assert Tree(world.view, made.id, 5).body(bob)["referrer_id"] == ann


def test_a_tree_ends_where_two_referred_one_another() -> None:
    world = World()
    made = referral_program(world)
    refer(world, referrer_code(world, "ann").code, "bob")
    refer(world, referrer_code(world, "bob").code, "ann")
    shown = Tree(world.view, made.id, 5).body(customer_id(world, "ann"))
    [bob] = shown["referees"]
    assert bob["referees"] == [] and not bob["has_more"]


def test_a_referrer_is_refused_before_the_quantity_of_the_code() -> None:
    world = World()
    referral_program(world)
    code = referrer_code(world).code
    world.when(UpdateVoucher(code, msgspec.Raw(b'{"quantity":0}')))
    assert refused(world.when(redeem(code, customer=customer("ann")))) == (
        "referrer_not_permitted_to_redeem"
    )
    assert refused(world.when(redeem(code, customer=customer("bob")))) == "quantity_exceeded"
    assert id_of(world, "Friends")
