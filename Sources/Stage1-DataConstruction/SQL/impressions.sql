-- Promoted products that a visit could see: all conversions, and a seeded share of the rest.
-- Variable: impression_rate.

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

CREATE TABLE impressions AS
WITH kept AS (
    SELECT basket, item_id, display, mailer FROM visits JOIN promotions USING (place, week)
    WHERE chance(basket, item_id) < getvariable('impression_rate')
    UNION ALL
    SELECT basket, item_id, display, mailer FROM events JOIN promotions USING (place, week, item_id)
), pairs AS (
    SELECT basket, item_id, min(display) AS display, min(mailer) AS mailer FROM kept GROUP BY basket, item_id
), shelves AS (
    SELECT DISTINCT basket, l2 FROM events WHERE l2 <> ''
), bought AS (
    SELECT DISTINCT basket, item_id FROM events
)
SELECT "user", number AS item, time, basket, display, mailer, shelves.basket IS NOT NULL AS click,
       bought.basket IS NOT NULL AS conversion, period_of(time) AS period
FROM pairs JOIN visits USING (basket) JOIN numbered_items ON id = item_id
LEFT JOIN shelves USING (basket, l2)
LEFT JOIN bought USING (basket, item_id);
