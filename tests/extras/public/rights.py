"""What its rights mean, in docs/roles.md."""

MEANING = {
    "answer_ticket": "Answer what people have reported of a loudspeaker",
    "publish": "Open and close the public page",
}
