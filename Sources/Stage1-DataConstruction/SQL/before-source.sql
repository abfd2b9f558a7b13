-- What a script may insert into: rows that it leaves out, by reason.
CREATE TABLE IF NOT EXISTS source_skipped (reason VARCHAR, rows BIGINT);
