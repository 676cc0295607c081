-- zones an issue is for beside `zone`
ALTER TABLE town_inbox ADD COLUMN zones_json TEXT NOT NULL DEFAULT '[]';
