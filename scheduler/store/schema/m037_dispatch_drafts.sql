-- Which draft was made of which thing that a dispatch asks for.

CREATE TABLE dispatch_draft (
        dispatch_id INTEGER NOT NULL REFERENCES dispatch(id),
        item TEXT NOT NULL, -- its place in the text, or 'own': the dispatch as a whole
        announcement_id INTEGER NOT NULL REFERENCES announcement(id),
        campaign_id INTEGER REFERENCES campaign(id), -- NULL = when it airs is said while it is composed
        PRIMARY KEY (dispatch_id, item)
    ) WITHOUT ROWID;

CREATE INDEX dispatch_draft_announcement ON dispatch_draft(announcement_id);
