-- Bù lượt nhường chỗ: an airing that is left out for a wish is made up on another day, as was decided with the wish.

ALTER TABLE moved ADD COLUMN made_up TEXT; -- of one left out: when it is made up; NULL = not at all
ALTER TABLE moved ADD COLUMN made_up_day TEXT; -- the station's day of that
ALTER TABLE moved ADD COLUMN announcement_id INTEGER REFERENCES announcement(id); -- what it says then
CREATE INDEX moved_made_up ON moved(made_up_day) WHERE made_up_day IS NOT NULL;
ALTER TABLE submission ADD COLUMN lost_slot TEXT NOT NULL DEFAULT ''; -- which airing may give way to it, '' = none
ALTER TABLE submission ADD COLUMN made_up TEXT; -- and when it is made up
CREATE INDEX slot_makes_good ON slot(makes_good) WHERE makes_good <> ''; -- its name begins with the day that is owed
