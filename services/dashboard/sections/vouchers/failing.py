"""Why would it fail now: a voucher tried on an amount and a customer, nothing recorded but the validation."""

from htpy import p
from starlette.responses import Response

from services.dashboard.sections.rules.cart import read_cart
from services.dashboard.sections.trying import answer_validation
from services.dashboard.web.answers import answer_node
from services.dashboard.web.visit import Visit, escape_segment


async def try_voucher(visit: Visit) -> Response:
    """Validates it and tells the reason, the rule, and what was expected and found."""
    form_ = await visit.form()
    row = await visit.api.get(f"/v1/vouchers/{escape_segment(visit.path('id'))}")
    try:
        body = {"redeemables": [{"object": "voucher", "id": row["code"]}], **read_cart(form_)}
    except ValueError as fault:
        return answer_node(p(".bad-text")[f"{fault}."])
    return await answer_validation(visit, body)
