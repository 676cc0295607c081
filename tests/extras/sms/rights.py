"""What its rights mean, in docs/roles.md."""

MEANING = {
    "send_sms": "Hand an approved SMS to the telecoms or send it to a list; say who wants none",
}
