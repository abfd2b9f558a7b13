-- Impressions with their window and the number of their request; what the moment of an impression is known by follows.

CREATE VIEW numbered_impressions AS
SELECT "user", item, time, numbered_visits.number AS basket, click, conversion, value, period_of(time) AS period,
       labelled.* EXCLUDE ("user", item, time, click, conversion, value)
FROM labelled JOIN numbered_visits ON numbered_visits.name = CAST(labelled.request AS VARCHAR);

CREATE VIEW impressions AS SELECT * EXCLUDE (is_kept, is_auctioned) FROM numbered_impressions WHERE is_kept;
CREATE VIEW auctions AS SELECT * EXCLUDE (is_kept, is_auctioned) FROM numbered_impressions WHERE is_auctioned;
