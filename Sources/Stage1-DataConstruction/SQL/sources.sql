-- The relations of a mapped source, from what was read: rows that can be used, each id described once.
-- Variables: items_keep_last, users_keep_last (which of two rows with one id counts), has_users, conversion_hours.

CREATE TABLE source_items AS
SELECT id, unnest(arg_min({'title': title, 'categories': categories, 'brand': brand, 'price': price,
                           'attributes': attributes},
                          CASE WHEN getvariable('items_keep_last') THEN -kept ELSE kept END))
FROM read_items WHERE id IS NOT NULL GROUP BY id;

CREATE TABLE source_users AS
SELECT * EXCLUDE (kept, file) FROM read_users WHERE id IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY id ORDER BY CASE WHEN getvariable('users_keep_last') THEN -kept ELSE kept END) = 1;

-- Without a file of users, users are who the logs name.
INSERT INTO source_users BY NAME
SELECT user_id AS id FROM read_events WHERE user_id IS NOT NULL AND NOT getvariable('has_users')
UNION SELECT user_id FROM read_impressions WHERE user_id IS NOT NULL AND NOT getvariable('has_users');

-- Times far from all others, such as those of a clock that was wrong, would stretch the windows. Of n times, the k
-- newest and the k oldest may be such; those count that lie further from the rest than the rest spans.
SET VARIABLE far_share = (
    SELECT CASE WHEN count(*) = 0 THEN 0 ELSE least(greatest(3, count(*) // 1000), count(*) // 20) / count(*) END
    FROM read_events WHERE time IS NOT NULL);
SET VARIABLE near_share = 1 - getvariable('far_share');
SET VARIABLE low_time = (SELECT quantile_disc(time, getvariable('far_share')) FROM read_events);
SET VARIABLE high_time = (SELECT quantile_disc(time, getvariable('near_share')) FROM read_events);
SET VARIABLE first_time =
    getvariable('low_time') - (getvariable('high_time') - getvariable('low_time')) - INTERVAL 1 DAY;
SET VARIABLE last_time =
    getvariable('high_time') + (getvariable('high_time') - getvariable('low_time')) + INTERVAL 1 DAY;

CREATE VIEW source_events AS
SELECT user_id, item_id, time, kind, CASE WHEN quantity > 0 THEN quantity ELSE 1 END AS quantity,
       CASE WHEN value >= 0 THEN value END AS value,
       user_id || '/' || coalesce(basket, CAST(date_trunc('hour', time) AS VARCHAR)) AS basket, place, 0 AS week
FROM read_events
WHERE item_id IN (SELECT id FROM source_items) AND user_id IN (SELECT id FROM source_users) AND kind IS NOT NULL
      AND NOT (kind = 'purchase' AND coalesce(quantity, 1) <= 0)
      AND time BETWEEN getvariable('first_time') AND getvariable('last_time');

-- A purchase is the conversion of the last click on its item within the hours that the mapping states.
CREATE TABLE delayed_conversions AS
SELECT DISTINCT clicked.kept, clicked.item_id
FROM (SELECT user_id, item_id, time FROM read_events
      WHERE kind = 'purchase' AND getvariable('conversion_hours') > 0) AS bought
ASOF JOIN (SELECT user_id, item_id, time, kept FROM read_impressions
           WHERE click AND getvariable('conversion_hours') > 0) AS clicked
ON bought.user_id = clicked.user_id AND bought.item_id = clicked.item_id AND bought.time >= clicked.time
WHERE bought.time <= clicked.time + to_seconds(3600 * getvariable('conversion_hours'));

CREATE VIEW source_impressions AS
SELECT * EXCLUDE (kept, file, bad_time, bad_click, bad_conversion, history)
       REPLACE (user_id || '/' || request AS request,
                conversion OR (kept, item_id) IN (SELECT (kept, item_id) FROM delayed_conversions) AS conversion)
FROM read_impressions
WHERE item_id IN (SELECT id FROM source_items) AND user_id IN (SELECT id FROM source_users)
      AND click IS NOT NULL AND conversion IS NOT NULL
      AND time BETWEEN getvariable('first_time') AND getvariable('last_time');
