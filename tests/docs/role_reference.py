"""Writes docs/roles.md from the table of rights: `python tests/docs/role_reference.py > docs/roles.md`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from scheduler.core.announcement.approval import ACTS, may
from scheduler.core.model import Role
from scheduler.core.words.wording import ROLES
from tests.of_extras import rows_of_extras

HEAD = """# Roles and rights

This page is written by `python tests/docs/role_reference.py > docs/roles.md` from `scheduler/core/announcement/approval.py`; a test
compares the two. The desk asks for the right before every act, whether it comes from the page, the command line or the
API. How people get in and prove who they are is told in [accounts.md](accounts.md).
"""
MEANING = {
    "see": "Look at every page",
    "import_dispatch": "Read, keep and correct a dispatch",
    "write": "Write and edit an announcement, make drafts of a dispatch",
    "make_speech": "Make the speech of a text",
    "edit_lexicon": "Change the word list: add, change and switch off forms, take lists in",
    "record": "Put a recording into the library, use it as an announcement's sound",
    "retire": "Put a recording away, or back on the shelf",
    "submit": "Hand an announcement to the leader",
    "approve": "Approve a submitted announcement's sound, a better reading of it, the sources of a relay, or the words of an SMS",
    "return": "Return a submitted announcement with a reason",
    "withdraw": "Take an announcement off the air for good",
    "plan": "Save, start and stop a campaign or a relay",
    "play_now": "Air an approved announcement now",
    "stop": "Stop what sounds",
    "go_live": "Speak live into a microphone",
    "drill": "Rehearse an emergency, with the drill's words around it",
    "break_in": "Order an emergency, from a template or in words of the moment, and its correction",
    "test_output": "Play a test tone on an output",
    "configure": "Change what the page may change of the station's settings",
    "backup": "Make a backup now",
    "confirm_clock": "Say that the machine's hour is right after its clock had run ahead",
    "read_audit": "Read who did what, before and after, and have that log's chain checked",
    "manage_people": "Add and change people, give temporary passwords, switch accounts off",
    "own_key": "Make, see and revoke keys of programs in one's own name",
    "manage_tokens": "Make and revoke keys of programs in anybody's name",
    "change_key": "Let a new key sign the journal's checkpoints",
    **rows_of_extras("rights", "MEANING"),
}
TAIL = """
Beyond the table:

- A contributor (cộng tác viên) acts only in zones of their own. What names a zone – a campaign, a relay, an airing now, a
  live talk, a stop – must lie wholly in them; the whole ward is nobody's zone. They write, record and submit their own
  announcements, change nobody else's, and do not change their own once it is in a campaign of another zone. Text
  messages, dispatches and what a dispatch is owed are the whole ward's and not theirs.
- A guest (khách) sees every page and changes nothing but their own password and name.
- A technician (kỹ thuật) may stop the air, as everybody at the station may, and approves and writes nothing.
- An author may take back (withdraw) an announcement of their own that nobody has approved yet, as long as their role
  may still submit one.
- Nobody approves what they wrote themselves, unless `station.one_officer` in [config.md](config.md) says that the
  station has a single officer; the journal page then says so.
- Who orders an emergency in words of the moment is its author and its approver: the journal names them as both. Only the
  right to order makes an emergency one to the gate, and playout asks for that right again before it sounds.
- A relay is approved as a list: its sources and fallback clips, in order. Changing any of them voids the approval.
- A live talk is approved by being given by a person with the right to it; quiet hours and caps hold for it all the same.
- Who may stop the air may end anybody's live talk.
- Submitting and approving need the sound to have been heard to its end. Editing the text or making the sound anew voids
  an approval.
- A word that no rule reads must have been heard and confirmed by somebody who may write before it is submitted; what
  is open after that, the leader confirms in approving. See [scripts.md](scripts.md).
- The first person, made with the one-time set-up link, is an administrator. There is no default password.
- Who can run `loa` on the machine itself acts as its own person (`may-tram`, an administrator that cannot sign in on
  the page), or as another with `loa --as`. Guard the machine's account accordingly.
"""


def page() -> str:
    heads = " | ".join(f"{role.value} ({ROLES[role]})" for role in Role)
    lines = [HEAD, f"| Act | What it is | {heads} |", "|---|---|" + "---|" * len(Role)]
    lines += [
        f"| `{act}` | {MEANING[act]} | " + " | ".join("yes" if may(role, act) else "no" for role in Role) + " |"
        for act in sorted(ACTS, key=list(MEANING).index)
    ]
    return "\n".join(lines) + "\n" + TAIL


if __name__ == "__main__":
    sys.stdout.write(page())
