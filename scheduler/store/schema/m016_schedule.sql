-- What people have done to the schedule: airings given a time, left out, undone.

CREATE TABLE moved (
        day TEXT NOT NULL, campaign_id INTEGER NOT NULL REFERENCES campaign(id),
        ordinal INTEGER NOT NULL, -- which airing of the campaign's day, as in the name of its slot
        start TEXT, -- NULL = left out
        was TEXT NOT NULL, -- where the planner had put it
        why TEXT NOT NULL DEFAULT '', -- of leaving it out
        person_id INTEGER NOT NULL REFERENCES person(id),
        at TEXT NOT NULL,
        unkept TEXT NOT NULL DEFAULT '', -- why the planner cannot keep it now; '' = it stands so
        unkept_json TEXT NOT NULL DEFAULT '{}',
        PRIMARY KEY (day, campaign_id, ordinal)
    );
CREATE INDEX moved_unkept ON moved(day) WHERE unkept <> '';
CREATE TABLE schedule_change (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        person_id INTEGER NOT NULL REFERENCES person(id),
        kind TEXT NOT NULL CHECK (kind IN ('move', 'leave_out', 'add', 'copy', 'release', 'undo')),
        day TEXT NOT NULL,
        places_json TEXT NOT NULL, -- of each airing that was touched: before and after
        undone_by INTEGER REFERENCES schedule_change(id) -- the change that took it back
    );
CREATE INDEX schedule_change_day ON schedule_change(day);
-- where the planner had put it, before a person gave it its time
ALTER TABLE slot ADD COLUMN moved_from TEXT;
