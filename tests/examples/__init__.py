"""The examples of what is stored (`schemas/examples`): how they are made, read and held to their word."""
