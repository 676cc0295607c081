"""What its rights mean, in docs/roles.md."""

MEANING = {
    "take_air": "Move the air to the other machine of the ward, or let one air alone",
}
