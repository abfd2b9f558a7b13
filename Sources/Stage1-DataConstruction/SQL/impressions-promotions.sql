-- Promoted products that a visit could see, in place of impressions: all conversions, and a seeded share of the rest. A
-- click is a purchase in the product's category, or of the product itself where it has none.
-- Variables: impression_rate, auction_visits.

CREATE TABLE visits AS
SELECT "user", basket, min(time) AS time, any_value(place) AS place, any_value(week) AS week
FROM events GROUP BY "user", basket;

-- Visits of the test window whose whole choice of promoted products is kept, for the A/B simulation.
CREATE TABLE auction_visits AS
SELECT basket FROM visits WHERE time >= getvariable('test_start')
ORDER BY auction_order(basket), basket LIMIT getvariable('auction_visits');

CREATE TABLE labelled AS
WITH offers AS (
    SELECT basket, promotions.* EXCLUDE (place, week, start), true AS is_kept, false AS is_auctioned
    FROM visits JOIN promotions USING (place, week)
    WHERE chance(basket, item_id) < getvariable('impression_rate')
    UNION ALL BY NAME
    SELECT basket, promotions.* EXCLUDE (place, week, start), true AS is_kept, false AS is_auctioned
    FROM events JOIN promotions USING (place, week, item_id)
    UNION ALL BY NAME
    SELECT basket, promotions.* EXCLUDE (place, week, start), false AS is_kept, true AS is_auctioned
    FROM auction_visits JOIN visits USING (basket) JOIN promotions USING (place, week)
), pairs AS (
    SELECT basket, min(COLUMNS(* EXCLUDE (basket, is_kept, is_auctioned))),
           bool_or(is_kept) AS is_kept, bool_or(is_auctioned) AS is_auctioned
    FROM offers GROUP BY basket, item_id
), shelves AS (
    SELECT DISTINCT basket, shelf FROM events WHERE shelf <> ''
), bought AS (
    SELECT basket, item_id, sum(value) AS value FROM events GROUP BY basket, item_id
)
SELECT "user", number AS item, time, basket AS request, pairs.* EXCLUDE (basket, is_kept, is_auctioned),
       shelves.basket IS NOT NULL OR bought.basket IS NOT NULL AS click, bought.basket IS NOT NULL AS conversion,
       coalesce(bought.value, 0) AS value,
       is_kept, is_auctioned
FROM pairs JOIN visits USING (basket) JOIN numbered_items ON id = item_id
LEFT JOIN shelves USING (basket, shelf)
LEFT JOIN bought USING (basket, item_id);
