"""What-if: what a promotion would have done with what really was asked."""
