-- Promoted products that a visit could see: all conversions, and a seeded share of the rest.
-- Variables: impression_rate, auction_visits.

CREATE MACRO period_of(hour) AS
    CASE WHEN hour < getvariable('language_start') THEN 'rewardTraining'
         WHEN hour < getvariable('ranker_start') THEN 'languageModel'
         WHEN hour < getvariable('test_start') THEN 'rankerTraining' ELSE 'test' END;

CREATE TABLE visits AS
SELECT "user", basket, min(time) AS time, any_value(place) AS place, any_value(week) AS week
FROM events GROUP BY "user", basket;

-- A draw for every (visit, item), uniform in [0, 1). A hash of the two hashes, because DuckDB's hash of several
-- values only combines theirs: visits would fall into classes that keep the same items.
CREATE MACRO chance(basket, item_id) AS
    hash(xor(hash(getvariable('seed'), basket), hash(item_id))) / 18446744073709551616.0;

-- Visits of the test window whose whole choice of promoted products is kept, for the A/B simulation.
CREATE TABLE auction_visits AS
SELECT basket FROM visits WHERE time >= getvariable('test_start')
ORDER BY hash(xor(hash(getvariable('seed'), 'auction'), hash(basket))), basket LIMIT getvariable('auction_visits');

CREATE TABLE labelled AS
WITH offers AS (
    SELECT basket, item_id, display, mailer, true AS is_kept, false AS is_auctioned
    FROM visits JOIN promotions USING (place, week)
    WHERE chance(basket, item_id) < getvariable('impression_rate')
    UNION ALL
    SELECT basket, item_id, display, mailer, true, false FROM events JOIN promotions USING (place, week, item_id)
    UNION ALL
    SELECT basket, item_id, display, mailer, false, true
    FROM auction_visits JOIN visits USING (basket) JOIN promotions USING (place, week)
), pairs AS (
    SELECT basket, item_id, min(display) AS display, min(mailer) AS mailer, bool_or(is_kept) AS is_kept,
           bool_or(is_auctioned) AS is_auctioned
    FROM offers GROUP BY basket, item_id
), shelves AS (
    SELECT DISTINCT basket, l2 FROM events WHERE l2 <> ''
), bought AS (
    SELECT DISTINCT basket, item_id FROM events
)
SELECT "user", number AS item, time, basket, display, mailer, shelves.basket IS NOT NULL AS click,
       bought.basket IS NOT NULL AS conversion, period_of(time) AS period, is_kept, is_auctioned
FROM pairs JOIN visits USING (basket) JOIN numbered_items ON id = item_id
LEFT JOIN shelves USING (basket, l2)
LEFT JOIN bought USING (basket, item_id);

CREATE VIEW impressions AS SELECT * EXCLUDE (is_kept, is_auctioned) FROM labelled WHERE is_kept;
CREATE VIEW auctions AS SELECT * EXCLUDE (is_kept, is_auctioned) FROM labelled WHERE is_auctioned;
