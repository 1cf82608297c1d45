"""Collections of products and SKUs."""
