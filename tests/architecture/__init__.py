"""What the style and the design demand of the code as a whole."""
