"""Whatever happens in whatever order, no code is given to two people, and none is given in vain."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from engine.kernel import tables
from schemas.campaigns import AddVouchers, DisableCampaign, EnableCampaign
from schemas.commands import CommandBody
from schemas.publications import PublicationRepeated, PublicationSucceeded
from schemas.vouchers import DeleteVoucher, DisableVoucher, EnableVoucher
from tests.unit.engine.campaign_world import campaign, publish
from tests.unit.engine.world import World, redeem

PEOPLE = ("ann", "bob", "eve")
KINDS = ("Static", "Updating")

#: What happens: a kind of step, a campaign, a customer, a number.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                *("publish",) * 4,
                *("publish_code", "redeem", "delete", "disable", "enable", "add"),
                *("close", "open"),
            )
        ),
        st.sampled_from(KINDS),
        st.sampled_from(PEOPLE),
        st.integers(0, 5),
        st.booleans(),
    ),
    max_size=40,
)


def body(world: World, kind: str, name: str, who: str, nth: int, once: bool) -> CommandBody:
    """The command of a step; `nth` picks one of the codes, or says how many."""
    codes = [each.code for each in world.view.scan(tables.VOUCHERS)]
    code = codes[nth % len(codes)] if codes else "NONE"
    match kind:
        case "publish":
            return publish(name, who, count=1 + nth % 3, join_once=once)
        case "publish_code":
            return publish(None, who, voucher=code, join_once=once)
        case "redeem":
            return redeem(code)
        case "delete":
            return DeleteVoucher(code, force=once)
        case "disable":
            return DisableVoucher(code)
        case "enable":
            return EnableVoucher(code)
        case "add":
            return AddVouchers(name)
        case "close":
            return DisableCampaign(name)
        case _:
            return EnableCampaign(name)


@given(STEPS)
def test_no_code_is_given_to_two_people(
    steps: list[tuple[str, str, str, int, bool]],
) -> None:
    world = World()
    campaign(world, 4, "Static")
    campaign(world, 1, "Updating", type="AUTO_UPDATE")
    holders: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        record = world.when(body(world, *step))
        for event in record.events:
            if isinstance(event, PublicationSucceeded | PublicationRepeated):
                for voucher in event.vouchers:
                    holders[voucher.id].add(event.publication.customer_id)
                    assert voucher.holder_id == event.publication.customer_id
            if isinstance(event, PublicationSucceeded):
                assert all(each.active for each in event.vouchers)
                assert len(set(event.publication.voucher_ids)) == len(event.vouchers)
    assert all(len(people) == 1 for people in holders.values())
    kept = {each.id: each for each in world.view.scan(tables.VOUCHERS)}
    for voucher_id, voucher in kept.items():
        assert holders.get(voucher_id, {None}) == {voucher.holder_id}
    for holding in (h for who in set().union(*holders.values()) for h in _held(world, who)):
        assert holding in kept


def _held(world: World, customer_id: str) -> list[str]:
    return [each.voucher_id for each in world.view.scan(tables.HOLDINGS, customer_id)]
