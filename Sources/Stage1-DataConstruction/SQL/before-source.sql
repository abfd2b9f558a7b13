-- What a script may insert into: rows that it leaves out, by reason.
CREATE TABLE source_skipped (reason VARCHAR, rows BIGINT);

-- What is wrong with the rows of a mapped source.
CREATE TABLE faults (
    code VARCHAR, relation VARCHAR, field VARCHAR, file VARCHAR, kept BIGINT, line BIGINT, value VARCHAR,
    rows BIGINT, total BIGINT, note VARCHAR);
