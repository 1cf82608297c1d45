"""How often a set of validation rules refused, over a real engine."""

from pathlib import Path

from tests.integration.insight_host import is_, running
from tests.unit.services.audit.examples import decided, failed, refused_by


async def test_redemptions_are_found_by_the_sets_that_refused_them(tmp_path: Path) -> None:
    async with running(tmp_path) as insight:
        insight.world.append(
            decided(refused_by("val_1", "val_2", ids="1")),
            decided(refused_by("val_1", ids="2")),
            decided(failed(ids="3")),
        )
        for rule_id, ids in (("val_1", ["rf_2", "rf_1"]), ("val_2", ["rf_1"]), ("val_3", [])):
            query = is_("validation_rule_id", "$is", rule_id)
            answer = await insight.get(f"/v1/redemptions?{query}&created_at[after]=2020-01-01")
            assert [each["id"] for each in answer["redemptions"]] == ids
            assert answer["total"] == len(ids)
