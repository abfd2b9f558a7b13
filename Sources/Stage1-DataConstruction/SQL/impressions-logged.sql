-- What users were shown, as logged: all conversions, and a seeded share of the rest.
-- Variables: impression_rate, auction_visits.

CREATE TABLE shown AS
SELECT row_number() OVER () AS row, population.number AS "user", numbered_items.number AS item, numbered_items.price AS item_price,
       source_impressions.* EXCLUDE (user_id)
FROM source_impressions JOIN population ON population.id = source_impressions.user_id
JOIN numbered_items ON numbered_items.id = source_impressions.item_id
WHERE time < getvariable('end_time');

-- What a conversion was worth: the purchases that it is the last click before, or the item's price.
CREATE TABLE paid AS
SELECT row, sum(value) AS value
FROM (SELECT "user", item, time, value FROM events WHERE value > 0) AS bought
ASOF JOIN (SELECT "user", item, time, row FROM shown WHERE conversion) AS converted
ON bought."user" = converted."user" AND bought.item = converted.item AND bought.time >= converted.time
GROUP BY row;

CREATE TABLE auction_visits AS
SELECT request FROM shown WHERE time >= getvariable('test_start') GROUP BY request
ORDER BY auction_order(request), request LIMIT getvariable('auction_visits');

CREATE TABLE labelled AS
SELECT shown.* EXCLUDE (row, item_price), CASE WHEN conversion THEN coalesce(paid.value, item_price, 1) ELSE 0 END AS value,
       conversion OR chance(request || '/' || time, item_id) < getvariable('impression_rate') AS is_kept,
       request IN (SELECT request FROM auction_visits) AS is_auctioned
FROM shown LEFT JOIN paid USING (row);
