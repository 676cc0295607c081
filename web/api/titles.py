"""What the API calls a refusal in English, for who writes a program; people read the sentence of its reason code.

A table and its use; a code that it does not have is called by its own words.
"""

__all__ = ["API_TITLES", "title_of"]

API_TITLES: dict[str, str] = {
    "token_missing": "A bearer token is required",
    "token_invalid": "The token is wrong, expired or revoked",
    "token_scope": "The token's scopes do not include this act",
    "token_too_often": "Too many requests of this token",
    "not_permitted": "The role of the token's owner does not allow this act",
    "zone_not_yours": "This zone is outside what the token or its owner may reach",
    "not_found": "There is no such thing",
    "request_invalid": "The request does not fit its schema",
    "request_malformed": "The request is not well formed",
    "json_invalid": "The body is not valid JSON",
    "json_type": "The body's media type is not accepted",
    "body_too_large": "The body is too large",
    "route_unknown": "There is no such address",
    "method_unknown": "The address does not take this method",
    "if_match_missing": "If-Match is required",
    "if_match_invalid": "If-Match is not an entity tag of this station",
    "edited_meanwhile": "It was changed by somebody else meanwhile",
    "key_invalid": "Idempotency-Key must be 8 to 100 visible ASCII characters",
    "key_reused": "Idempotency-Key was used for another request",
    "under_way": "The same act is under way",
    "wrong_state": "This act is not possible in the present state",
    "author_is_approver": "An author may not approve",
    "not_heard": "The sound has to be listened to first",
    "audio_changed": "The sound is no longer the one that was heard",
    "no_audio": "There is no sound yet",
    "unapproved": "It is not approved",
    "quiet_hours": "Quiet hours: nothing may sound",
    "clock_untrusted": "The station's clock is not trusted",
    "disk_full": "The disk is full; nothing was kept",
    "disk_readonly": "The data folder cannot be written",
    "disk_error": "The disk answers with an error; nothing was kept",
    "no_descriptors": "The machine can open no more files",
    "out_of_memory": "The machine has no memory left",
    "no_permission": "The station may not read or write a file that it needs",
    "streams_full": "All event streams are taken",
    "server_fault": "Unexpected fault of the station",
    "server_busy": "The station is busy",
    "code_needed": "A confirmation code is required",
    "code_wrong": "The confirmation code is wrong",
    "code_too_often": "Too many wrong confirmation codes",
}


def title_of(reason: str) -> str:
    """A reason code in English: its own title, else its words."""
    return API_TITLES.get(reason) or reason.replace("_", " ").capitalize()
