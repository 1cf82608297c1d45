"""Work in the background, files, tokens, and the end of things."""

from typing import Final

from tests.openapi.steps import Step

_DONE = {"status": "DONE"}
IMPORTS: Final = (
    Step("POST", "/v1/vouchers/import", [{"code": "OLD-1", "discount": {"type": "AMOUNT", "amount_off": 100}}], keep={"action": "async_action_id"}),
    Step("GET", "/v1/async-actions/{action}", until=_DONE, shown=False),
    Step("POST", "/v1/vouchers/importCSV", file="Code,Voucher Type,Value,Discount Type\nOLD-2,DISCOUNT_VOUCHER,100,AMOUNT\n", keep={"action": "async_action_id"}),
    Step("GET", "/v1/async-actions/{action}", until=_DONE, shown=False),
    Step("POST", "/v1/vouchers/bulk/async", [{"code": "OLD-1", "metadata": {"old": True}}], keep={"action": "async_action_id"}),
    Step("POST", "/v1/vouchers/metadata/async", {"codes": ["OLD-1"], "metadata": {"old": "yes"}}, keep={"action": "async_action_id"}),
    Step("POST", "/v1/vouchers/bulk/filter/async", {"action": "metadata", "filters": {"code": {"conditions": {"$starts_with": ["OLD-"]}}}, "metadata": {"old": "for sure"}}, keep={"action": "async_action_id"}),
    Step("POST", "/v1/customers/importCSV", file="Name,Email,Source_id\nBea,bea@shop.example,bea\n", keep={"action": "async_action_id"}),
    Step("POST", "/v1/customers/bulk/async", [{"source_id": "bea", "metadata": {"tier": "silver"}}], keep={"action": "async_action_id"}),
    Step("POST", "/v1/customers/metadata/async", {"source_ids": ["bea"], "metadata": {"tier": "gold"}}, keep={"action": "async_action_id"}),
    Step("POST", "/v1/products/importCSV", file="Name,Source_id,Price\nGyokuro,gyokuro,2400\n", keep={"action": "async_action_id"}),
    Step("POST", "/v1/products/bulk/async", [{"source_id": "gyokuro", "price": 2500}], keep={"action": "async_action_id"}),
    Step("POST", "/v1/products/metadata/async", {"source_ids": ["gyokuro"], "metadata": {"origin": "Uji"}}, keep={"action": "async_action_id"}),
    Step("POST", "/v1/skus/importCSV", file="Product_id,Sku,Source_id,Price\n{product},Sencha 50 g,sencha-50,700\n", keep={"action": "async_action_id"}),
    Step("POST", "/v1/orders/import", [{"source_id": "order-0", "amount": 900, "status": "PAID"}], keep={"action": "async_action_id"}),
    Step("GET", "/v1/async-actions/{action}", until=_DONE, shown=False),
    Step("GET", "/v1/async-actions", query={"limit": "10"}),
)  # fmt: skip
EXPORTS: Final = (
    Step("POST", "/v1/exports", {"exported_object": "voucher", "parameters": {"fields": ["code", "voucher_type"], "order": "code"}}, keep={"export": "id"}),
    Step("GET", "/v1/exports/{export}", until=_DONE),
    Step("GET", "/v1/exports"),
    Step("POST", "/v1/orders/export", {"parameters": {"fields": ["id", "amount"]}}),
    Step("POST", "/v1/vouchers/CARD-1/transactions/export", {"parameters": {"fields": ["id", "type"]}}),
    Step("POST", "/v1/campaigns/{campaign}/transactions/export", {"parameters": {"fields": ["id", "type"]}}),
    Step("DELETE", "/v1/exports/{export}"),
    Step("GET", "/v1/notifications", keep={"notification": "notifications.0.id"}, until={"notifications.3.id": ...}),
    Step("POST", "/v1/notifications/read", {"ids": ["{notification}"]}),
    Step("GET", "/v1/webhook-deliveries", keep={"sent": "data.0.event_id"}, until={"data.0.event_id": ...}),
)  # fmt: skip
TOKENS: Final = (
    Step("POST", "/v1/oauth/token", form={"grant_type": "client_credentials", "scope": "api"}, keep={"token": "access_token"}),
    Step("POST", "/v1/oauth/introspect", form={"access_token": "{token}"}),
    Step("POST", "/v1/oauth/token/revoke", form={"access_token": "{token}"}),
    Step("GET", "/v1/releases"),
    Step("GET", "/v1/diagnostics"),
    Step("GET", "/health", by=""),
    Step("GET", "/health/live", by=""),
)  # fmt: skip
ENDS: Final = (
    Step("DELETE", "/v1/validation-rules/{rule}/assignments/{assignment}"),
    Step("DELETE", "/v1/validation-rules/{rule}"),
    Step("DELETE", "/v1/promotions/{promotion}/stacks/{stack}"),
    Step("DELETE", "/v1/promotions/tiers/{other_tier}"),
    Step("DELETE", "/v1/vouchers/OLD-1"),
    Step("GET", "/v1/trash-bin", keep={"entry": "data.0.id"}, until={"data.0.id": ...}),
    Step("DELETE", "/v1/trash-bin/{entry}"),
    Step("POST", "/v1/trash-bin/bulk/async", {"filters": {"resource_type": {"conditions": {"$is": ["voucher"]}}}}),
    Step("DELETE", "/v1/product-collections/{collection}"),
    Step("DELETE", "/v1/products/{product}/skus/{sku}"),
    Step("DELETE", "/v1/products/{product}"),
    Step("DELETE", "/v1/segments/{segment}"),
    Step("DELETE", "/v1/categories/{category}"),
    Step("POST", "/v1/customers/bea/permanent-deletion"),
    Step("DELETE", "/v1/customers/{customer}"),
    Step("DELETE", "/v1/campaigns/{promotion}"),
    Step("DELETE", "/management/v1/projects/{project}/metadata-schemas/{schema}", by="management"),
    Step("POST", "/management/v1/projects/{project}/webhooks/{webhook}/redeliveries", {"event_id": "{sent}"}, by="management"),
    Step("POST", "/management/v1/projects/{project}/webhooks/{webhook}/test", by="management"),
    Step("DELETE", "/management/v1/projects/{project}/webhooks/{webhook}", by="management"),
    Step("DELETE", "/management/v1/projects/{project}/custom-event-schemas/{event_schema}", by="management"),
    Step("DELETE", "/management/v1/projects/{project}", by="management"),
)  # fmt: skip
