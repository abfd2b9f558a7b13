-- Who takes part, which titles can be recommended, and how users, items and visits are numbered.
-- Variables: seed, users, minimum_purchases, qualifying, activate_users, collaborate_users, test_users, catalogue_size, stand_in, and
-- the starts of the windows: language_start, ranker_start, test_start, end_time.

-- A draw that depends on the seed and on a text alone, in [0, 2^64).
CREATE MACRO draw(text) AS md5_number_lower(getvariable('seed') || '/' || text);

-- What an event names must exist.
CREATE MACRO refuse_missing(kind, id, rows, moment) AS error(
    rows || ' events name an unknown ' || kind || '; the first is ' || kind || ' ' || id || ' at ' || moment
    || '; add the ' || kind || ' to source_' || kind || 's or remove its events');

SELECT refuse_missing('user', user_id, rows, time)
FROM (SELECT user_id, time, count(*) OVER () AS rows FROM source_events
      ANTI JOIN source_users ON source_users.id = user_id ORDER BY time, user_id LIMIT 1);

SELECT refuse_missing('item', item_id, rows, time)
FROM (SELECT item_id, time, count(*) OVER () AS rows FROM source_events
      ANTI JOIN source_items ON source_items.id = item_id ORDER BY time, item_id LIMIT 1);

SELECT error('the windows do not follow each other: ' || concat_ws(', ', getvariable('language_start'),
             getvariable('ranker_start'), getvariable('test_start'), getvariable('end_time'))
             || '; set construct.windows to moments that the events reach, one after another')
WHERE NOT coalesce(getvariable('language_start') < getvariable('ranker_start')
                   AND getvariable('ranker_start') < getvariable('test_start')
                   AND getvariable('test_start') < getvariable('end_time'), false);

-- Titles that were bought most before the language model's window, among those that users were or could be shown.
CREATE TABLE catalogue AS
WITH bought AS (
    SELECT item_id, count(*) AS purchases FROM behaviours WHERE time < getvariable('language_start')
    GROUP BY item_id
), shown AS (
    SELECT DISTINCT item_id FROM source_impressions WHERE getvariable('has_logged')
    UNION
    SELECT DISTINCT item_id FROM source_promotions
    WHERE NOT getvariable('has_logged') AND getvariable('stand_in') = 'promotions'
          AND start < getvariable('language_start')
    UNION
    SELECT item_id FROM bought WHERE NOT getvariable('has_logged') AND getvariable('stand_in') <> 'promotions'
), titles AS (
    SELECT title, sum(coalesce(purchases, 0)) AS purchases,
           arg_max(item_id, (coalesce(purchases, 0), item_id)) AS item_id
    FROM shown LEFT JOIN bought USING (item_id) JOIN source_items ON id = item_id
    WHERE title <> '' AND (shelf(categories) <> '' OR NOT getvariable('has_shelves'))
          AND (purchases > 0 OR getvariable('has_logged'))
    GROUP BY title
)
SELECT title, item_id, purchases FROM titles
ORDER BY purchases DESC, title LIMIT getvariable('catalogue_size');

-- Products whose title is in the catalogue: what targets are drawn from.
CREATE TABLE promotable AS
SELECT id AS item_id FROM source_items WHERE title IN (SELECT title FROM catalogue);

CREATE TABLE promotions AS SELECT * FROM source_promotions SEMI JOIN promotable USING (item_id);

-- Next purchases that can be predicted: those that an impression led to.
CREATE TABLE conversions AS
SELECT user_id, time FROM source_impressions SEMI JOIN promotable USING (item_id)
WHERE CASE WHEN getvariable('target_kind') = 'purchase' THEN conversion ELSE click END
UNION ALL
SELECT user_id, time FROM behaviours SEMI JOIN promotions USING (item_id, place, week)
WHERE NOT getvariable('has_logged') AND getvariable('stand_in') = 'promotions'
UNION ALL
SELECT user_id, time FROM behaviours SEMI JOIN promotable USING (item_id)
WHERE NOT getvariable('has_logged') AND getvariable('stand_in') <> 'promotions';

CREATE TABLE population AS
WITH purchases AS (
    SELECT user_id, count(*) FILTER (time < getvariable('language_start')) AS early FROM behaviours
    GROUP BY user_id
), targets AS (
    SELECT user_id,
           count(*) FILTER (time >= getvariable('language_start') AND time < getvariable('ranker_start'))
           AS middle,
           count(*) FILTER (time >= getvariable('test_start') AND time < getvariable('end_time')) AS late
    FROM conversions GROUP BY user_id
), candidates AS (
    SELECT source_users.id, coalesce(middle, 0) AS middle, coalesce(late, 0) AS late, draw('user/' || id) AS draw
    FROM source_users JOIN purchases ON id = user_id LEFT JOIN targets USING (user_id)
    WHERE early >= getvariable('minimum_purchases')
          AND (getvariable('qualifying') = 'either' OR (middle > 0 AND late > 0))
), turns AS (
    SELECT *, row_number() OVER (PARTITION BY middle > 0 ORDER BY draw, id) AS middle_turn,
           row_number() OVER (PARTITION BY late > 0 ORDER BY draw, id) AS late_turn
    FROM candidates
), chosen AS (
    -- As many users with a target as the roles ask for; the others are drawn from all, so that rankers learn from users
    -- whose future nobody looked at.
    SELECT id, middle, late FROM turns
    ORDER BY getvariable('qualifying') = 'either'
             AND ((middle > 0 AND middle_turn <= getvariable('activate_users') + getvariable('collaborate_users'))
                  OR (late > 0 AND late_turn <= getvariable('test_users'))) DESC, draw, id
    LIMIT getvariable('users')
), ordered AS (
    SELECT *, row_number() OVER (ORDER BY draw('role/' || id), id) AS place FROM chosen
), quotas AS (
    -- Where there are fewer users than the roles ask for, each role has its share of them.
    SELECT round(share * getvariable('activate_users')) AS activate,
           round(share * (getvariable('activate_users') + getvariable('collaborate_users'))) AS collaborate,
           round(share * (getvariable('activate_users') + getvariable('collaborate_users')
                          + getvariable('test_users'))) AS test
    FROM (SELECT least(1, count(*) / (getvariable('activate_users') + getvariable('collaborate_users')
                                      + getvariable('test_users'))) AS share FROM chosen WHERE middle + late > 0)
), tested AS (
    -- Users with a target in one window alone can have one kind of role; those of the test are taken first.
    SELECT *, getvariable('qualifying') = 'either' AND late > 0
              AND row_number() OVER (PARTITION BY late > 0 ORDER BY place) <= test - collaborate AS is_test
    FROM ordered, quotas
), trained AS (
    SELECT *, row_number() OVER (PARTITION BY middle > 0 AND NOT is_test ORDER BY place) AS turn FROM tested
)
SELECT id, row_number() OVER (ORDER BY place) - 1 AS number,
       CASE WHEN is_test THEN 'test' WHEN middle = 0 THEN 'other' WHEN turn <= activate THEN 'activate'
            WHEN turn <= collaborate THEN 'collaborate'
            WHEN turn <= test AND getvariable('qualifying') = 'both' THEN 'test' ELSE 'other' END AS role
FROM trained;

CREATE TABLE numbered_items AS
WITH used AS (
    SELECT item_id FROM behaviours JOIN population ON population.id = user_id
    UNION SELECT item_id FROM source_impressions JOIN population ON population.id = source_impressions.user_id
    UNION SELECT item_id FROM promotions
    UNION SELECT item_id FROM catalogue
)
SELECT source_items.*, shelf(categories) AS shelf, row_number() OVER (ORDER BY id) - 1 AS number
FROM source_items JOIN used ON id = item_id;

-- Visits and requests: one number for a name, so that what was bought in the request of an impression is found.
CREATE TABLE numbered_visits AS
SELECT name, row_number() OVER (ORDER BY name) AS number
FROM (SELECT CAST(basket AS VARCHAR) AS name FROM source_events JOIN population ON population.id = source_events.user_id
      UNION SELECT CAST(request AS VARCHAR) FROM source_impressions
      JOIN population ON population.id = source_impressions.user_id);

CREATE TABLE events AS
SELECT population.number AS "user", numbered_items.number AS item, time,
       CAST(greatest(1, round(quantity)) AS INTEGER) AS quantity, round(coalesce(value, 0), 2) AS value, basket,
       place, week, item_id, shelf, title
FROM behaviours
JOIN population ON population.id = user_id
JOIN numbered_items ON numbered_items.id = item_id
WHERE time < getvariable('end_time');

-- The categories that a user bought from most before the language model's window, for the profile.
CREATE TABLE favorites AS
WITH counted AS (
    SELECT "user", shelf, count(*) AS purchases FROM events
    WHERE time < getvariable('language_start') AND shelf <> '' GROUP BY "user", shelf
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY "user" ORDER BY purchases DESC, shelf) AS place FROM counted
)
SELECT "user", list(shelf ORDER BY place) AS favorites FROM ranked WHERE place <= 3 GROUP BY "user";

CREATE MACRO period_of(moment) AS
    CASE WHEN moment < getvariable('language_start') THEN 'rewardTraining'
         WHEN moment < getvariable('ranker_start') THEN 'languageModel'
         WHEN moment < getvariable('test_start') THEN 'rankerTraining' ELSE 'test' END;

-- A draw for every (visit, item), uniform in [0, 1). A hash of the two hashes, because DuckDB's hash of several
-- values only combines theirs: visits would fall into classes that keep the same items.
CREATE MACRO chance(visit, item_id) AS
    hash(xor(hash(getvariable('seed'), visit), hash(item_id))) / 18446744073709551616.0;

-- The order in which visits of the test window are taken for the A/B simulation.
CREATE MACRO auction_order(visit) AS hash(xor(hash(getvariable('seed'), 'auction'), hash(visit)));
