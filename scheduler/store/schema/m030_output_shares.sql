-- What each output sounded. `migrations.py` then lets a slot end as only recorded.

-- what each output sounded, as `core.air.output_share` writes it; hashed where it is not NULL, as zones_json is
ALTER TABLE journal ADD COLUMN shares_json TEXT;
-- the same of one attempt, as far as it has come
ALTER TABLE airing ADD COLUMN shares_json TEXT;
