-- A quick look at the airings of a dispatch.

CREATE INDEX journal_dispatch ON journal(dispatch_number, planned_start) WHERE kind = 'airing';
