-- Who changed the words last: whoever did does not approve them.

-- NULL = nobody but the author
ALTER TABLE announcement ADD COLUMN writer_id INTEGER REFERENCES person(id);
ALTER TABLE sms ADD COLUMN writer_id INTEGER REFERENCES person(id);
