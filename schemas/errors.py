"""The one catalogue of errors: key → HTTP status and message. Source: the API contract, section 4."""

from typing import Any, NamedTuple

from schemas.base import Shape


class Refusal(Shape, frozen=True):
    """Why something was not done, with the values that were compared.

    It is stored in records as it is, so that an old answer renders the same after an upgrade.
    """

    status: int
    key: str
    message: str
    details: str | None = None
    resource_id: str | None = None
    resource_type: str | None = None
    #: The rule that failed and what it compared; never shown to client-side keys.
    explanation: dict[str, Any] | None = None
    #: What the project's rules say to whoever is refused.
    custom_message: str | None = None


class Kind(NamedTuple):
    """An entry of the catalogue."""

    status: int
    message: str


CATALOGUE: dict[str, Kind] = {
    # a redeemable's own refusals, in order of precedence (engine/evaluation/eligibility.py)
    "not_found": Kind(404, "Resource not found"),
    "voucher_disabled": Kind(400, "voucher is disabled"),
    "voucher_not_active": Kind(400, "voucher is not active yet"),
    "voucher_expired": Kind(400, "voucher expired"),
    "voucher_not_active_now": Kind(400, "voucher not active now"),
    "quantity_exceeded": Kind(400, "quantity exceeded"),
    "promotion_inactive": Kind(400, "Inactive Promotion"),
    "promotion_not_active_now": Kind(400, "promotion not active now"),
    "gift_amount_exceeded": Kind(400, "gift amount exceeded"),
    "loyalty_card_points_exceeded": Kind(400, "loyalty card points exceeded"),
    "referrer_not_permitted_to_redeem": Kind(400, "voucher cannot be redeemed by referrer"),
    "missing_order": Kind(400, "Missing order"),
    "missing_amount": Kind(400, "Missing amount"),
    "missing_order_items": Kind(400, "Missing applicable order items"),
    "missing_order_items_amount": Kind(400, "Missing applicable order items"),
    "missing_reward": Kind(400, "Missing reward"),
    "reward_out_of_stock": Kind(400, "Reward is out of stock"),
    "order_rules_violated": Kind(400, "order does not match validation rules"),
    "customer_rules_violated": Kind(400, "customer does not match segment rules"),
    "redemption_rules_violated": Kind(400, "redemption does not match validation rules"),
    "no_effect": Kind(400, "Redeemable cannot be applied due to no effect"),
    # a request that cannot be carried out as it is
    "invalid_payload": Kind(400, "Invalid payload"),
    "metadata_validation_failed": Kind(400, "Metadata validation failed"),
    "invalid_amount": Kind(400, "Invalid Amount"),
    "invalid_balance": Kind(400, "Invalid balance"),
    "invalid_pending_points_state": Kind(400, "Invalid pending points state"),
    "missing_param": Kind(400, "Missing required parameter"),
    "missing_vouchers": Kind(400, "Either Campaign or Voucher is required"),
    "too_many_vouchers_requested": Kind(400, "Too many vouchers requested"),
    "voucher_already_published": Kind(400, "Voucher has already been published"),
    "voucher_cannot_be_published": Kind(400, "Voucher cannot be published"),
    "no_voucher_suitable_for_publication": Kind(400, "No voucher suitable for publication"),
    "campaign_not_active": Kind(400, "Campaign is not active"),
    "invalid_order": Kind(400, "Invalid order"),
    "missing_customer": Kind(400, "Missing customer"),
    "invalid_customer": Kind(400, "Invalid customer"),
    "invalid_export_fields": Kind(400, "Invalid Export"),
    "invalid_query_params": Kind(400, "Invalid query params"),
    "page_over_limit": Kind(400, "Listing resource above 1000 page is not supported"),
    "duplicated_redeemables": Kind(400, "Duplicated redeemables detected"),
    "invalid_redeemables": Kind(400, "Invalid redeemables"),
    "invalid_voucher": Kind(400, "Invalid voucher"),
    "invalid_campaign": Kind(400, "Invalid campaign"),
    "invalid_code_config": Kind(400, "Invalid code config"),
    "invalid_expiration_date": Kind(400, "Expiration date cannot be set in the past"),
    "invalid_validation_rules": Kind(400, "Invalid validation rules"),
    "stacking_rules_exist": Kind(409, "Stacking rules exist"),
    "invalid_redemption": Kind(400, "Invalid redemption"),
    "invalid_redemption_parent": Kind(400, "Invalid redemption parent"),
    "already_rolled_back": Kind(400, "Already rolled back"),
    "duplicate_found": Kind(409, "Duplicated resource found"),
    "duplicate_source_id": Kind(400, "Duplicate source id"),
    "holder_assignement_duplication": Kind(409, "Holder is assigned already"),
    "giveaway_closed": Kind(400, "Giveaway takes no more entries"),
    "giveaway_not_closed": Kind(400, "Giveaway takes entries still"),
    "giveaway_drawn": Kind(409, "Giveaway was drawn already"),
    "giveaway_not_drawn": Kind(400, "Giveaway was not drawn yet"),
    "idempotency_key_reused": Kind(409, "Idempotency key reused with other content"),
    "resource_in_use": Kind(400, "Resource in use"),
    "too_large": Kind(413, "The outcome of this request is too large to be recorded"),
    # who asks
    "unauthorized": Kind(401, "Unauthorized"),
    "forbidden": Kind(403, "Forbidden"),
    "missing_required_permission": Kind(403, "Missing required permission"),
    "invalid_credentials": Kind(401, "E-mail address or password is wrong"),
    "second_factor_required": Kind(401, "A code of the second factor is required"),
    "invalid_code": Kind(401, "The code is wrong, or was used"),
    "password_change_required": Kind(403, "The password has to be changed first"),
    "second_factor_setup_required": Kind(403, "A second factor has to be set up first"),
    "wrong_password": Kind(400, "The current password is wrong"),
    "link_not_valid": Kind(404, "The link is not valid any more"),
    "last_administrator": Kind(400, "A project needs an administrator"),
    # how an access token is asked for
    "missing_parameters": Kind(400, "Missing parameters"),
    "invalid_grant_type": Kind(400, "Invalid grant type"),
    "invalid_scope": Kind(400, "Invalid scope"),
    # how the request came
    "method_not_allowed": Kind(405, "HTTP Method Not Allowed"),
    "payload_too_large": Kind(413, "Payload too large"),
    "query_too_large": Kind(413, "Query too large"),
    "uri_too_long": Kind(414, "URI too long"),
    "unsupported_media_type": Kind(415, "Unsupported Media Type"),
    "too_many_requests": Kind(429, "Too many requests hit the API too quickly."),
    "headers_too_large": Kind(431, "Request header fields too large"),
    # the service itself
    "internal_error": Kind(500, "Internal server error"),
    "unavailable": Kind(503, "Service unavailable"),
    "outcome_unknown": Kind(504, "The outcome of this request is not known yet"),
    "command_expired": Kind(503, "The request was not carried out in time"),
}


def refuse(
    key: str,
    details: str | None = None,
    *,
    message: str | None = None,
    resource_id: str | None = None,
    resource_type: str | None = None,
    explanation: dict[str, Any] | None = None,
) -> Refusal:
    """A refusal of the catalogue's `key`; `message` only where the contract words it for the case."""
    kind = CATALOGUE[key]
    return Refusal(
        status=kind.status,
        key=key,
        message=message or kind.message,
        details=details,
        resource_id=resource_id,
        resource_type=resource_type,
        explanation=explanation,
    )


def not_found(resource_type: str, resource_id: str) -> Refusal:
    """The uniform 404, for example of `voucher` with id `X`."""
    return refuse(
        "not_found",
        f"Cannot find {resource_type} with id {resource_id}",
        resource_id=resource_id,
        resource_type=resource_type,
    )


def error_body(refusal: Refusal, *, management: bool = False) -> dict[str, Any]:
    """The API's one error shape, without the request id, which only the edge knows.

    A 405 has no key, and neither has a 404 of the management API (the contract, section 4).
    """
    body: dict[str, Any] = {"code": refusal.status}
    if refusal.key != "method_not_allowed" and not (management and refusal.status == 404):
        body["key"] = refusal.key
    body["message"] = refusal.message
    for name in ("details", "resource_id", "resource_type"):
        value = getattr(refusal, name)
        if value is not None:
            body[name] = value
    if refusal.custom_message is not None:
        body["error"] = {"message": refusal.custom_message}
    return body
