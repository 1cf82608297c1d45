"""Where a person can go: the entries of the navigation and of the account's menu."""

from typing import Final

NEWS_PATH: Final = "/whats-new"
#: group → label, icon, address, privilege, addresses that belong to it.
NAV: Final = (
    (
        "",
        (
            ("Dashboard", "chart", "/", "analytics.read", ()),
            ("What is new", "sparkles", NEWS_PATH, "project.read", ()),
        ),
    ),
    (
        "Promotions",
        (
            (
                "Campaigns",
                "percent",
                "/campaigns",
                "campaigns.read",
                ("/vouchers", "/promotion-tiers", "/promotion-stacks", "/categories"),
            ),
            ("Validation rules", "shield", "/validation-rules", "rules.read", ()),
            (
                "Redemptions",
                "ticket",
                "/redemptions",
                "redemptions.read",
                ("/validations", "/sessions", "/stacking-rules"),
            ),
            ("Rewards", "gift", "/rewards", "rewards.read", ()),
        ),
    ),
    (
        "Commerce",
        (
            ("Orders", "cart", "/orders", "orders.read", ()),
            ("Products", "boxes", "/products", "products.read", ("/skus", "/collections")),
        ),
    ),
    (
        "Audience",
        (
            ("Customers", "users", "/customers", "customers.read", ("/segments",)),
            ("Locations", "pin", "/locations", "locations.read", ()),
        ),
    ),
    (
        "Operations",
        (
            (
                "Audit log",
                "history",
                "/audit-log",
                "audit.read",
                ("/api-calls", "/changes", "/tasks"),
            ),
            ("Exports", "download", "/exports", "exports.read", ()),
            ("Integrations", "plug", "/integrations", "project.read", ()),
            ("Bin", "trash", "/bin", "bin.read", ()),
            ("Project settings", "settings", "/settings", "project.read", ()),
        ),
    ),
)
#: The menu of the account.
ACCOUNT: Final = (
    ("Team settings", "users", "/team", "team.manage"),
    ("My profile", "user", "/profile", None),
    ("Support", "life", "/support", None),
)
