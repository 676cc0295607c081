-- Trừ ra: what the order of a campaign leaves out of its dates and windows.

ALTER TABLE campaign ADD COLUMN except_days_json TEXT NOT NULL DEFAULT '[]'; -- days without it
ALTER TABLE campaign ADD COLUMN except_windows_json TEXT NOT NULL DEFAULT '[]'; -- ["11:30-13:30", …], of every day
ALTER TABLE campaign ADD COLUMN dates_json TEXT NOT NULL DEFAULT '[]'; -- only on these days, [] = on all
ALTER TABLE campaign ADD COLUMN max_minutes INTEGER; -- that no airing may be longer than, NULL = as long as its sound
