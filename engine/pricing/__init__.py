"""What an order comes to: its lines, and what a discount takes of them."""
