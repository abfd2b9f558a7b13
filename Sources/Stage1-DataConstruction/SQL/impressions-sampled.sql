-- In place of impressions, per visit: what it bought or looked at, and items of the catalogue that are drawn. A click is
-- a view, a click or a purchase of the item; where a log has purchases alone, a purchase in the item's category.
-- Variables: impression_rate, auction_visits, negatives, stand_in.

CREATE TABLE actions AS
SELECT population.number AS "user", numbered_items.number AS item, item_id, shelf, basket, time, kind, value, price
FROM source_events JOIN population ON population.id = user_id JOIN numbered_items ON numbered_items.id = item_id
WHERE time < getvariable('end_time') AND kind <> 'other';

CREATE TABLE visits AS SELECT "user", basket, min(time) AS time FROM actions GROUP BY "user", basket;

CREATE TABLE auction_visits AS
SELECT basket FROM visits WHERE time >= getvariable('test_start')
ORDER BY auction_order(basket), basket LIMIT getvariable('auction_visits');

-- Every item of the catalogue with the end of its part of [0, 1).
CREATE TABLE chances AS
SELECT item_id, sum(weight) OVER (ORDER BY item_id) / sum(weight) OVER () AS upper
FROM (SELECT item_id, CASE WHEN getvariable('stand_in') = 'popular' THEN purchases ELSE 1 END AS weight FROM catalogue);

CREATE TABLE labelled AS
WITH drawn AS (
    SELECT basket, chance(basket, 'drawn ' || place) AS draw
    FROM visits, range(getvariable('negatives')) AS places(place)
), pairs AS (
    SELECT DISTINCT basket, item_id FROM actions
    UNION
    SELECT basket, item_id FROM drawn ASOF JOIN chances ON draw < upper
), bought AS (
    SELECT basket, item_id, sum(coalesce(value, price, 1)) AS value FROM actions
    WHERE kind = getvariable('target_kind') GROUP BY basket, item_id
), looked AS (
    SELECT DISTINCT basket, item_id FROM actions
), shelves AS (
    SELECT DISTINCT basket, shelf FROM actions WHERE shelf <> ''
)
SELECT "user", number AS item, item_id, time, basket AS request,
       bought.basket IS NOT NULL OR CASE WHEN getvariable('has_looks') THEN looked.basket IS NOT NULL
                                         ELSE shelves.basket IS NOT NULL END AS click,
       getvariable('target_kind') = 'purchase' AND bought.basket IS NOT NULL AS conversion,
       CASE WHEN getvariable('target_kind') = 'purchase' THEN coalesce(bought.value, 0) ELSE 0 END AS value,
       bought.basket IS NOT NULL OR chance(basket, item_id) < getvariable('impression_rate') AS is_kept,
       basket IN (SELECT basket FROM auction_visits) AS is_auctioned
FROM pairs JOIN visits USING (basket) JOIN numbered_items ON id = item_id
LEFT JOIN bought USING (basket, item_id) LEFT JOIN looked USING (basket, item_id) LEFT JOIN shelves USING (basket, shelf);
