-- Who takes part, which titles can be recommended, and how users and items are numbered.
-- Variables: seed, reward_weeks, users, minimum_purchases, activate_users, collaborate_users, test_users,
-- catalogue_size, language_start, ranker_start, test_start, end_time (hours).

-- A draw that depends on the seed and on a text alone, in [0, 2^64).
CREATE MACRO draw(text) AS md5_number_lower(getvariable('seed') || '/' || text);

-- What an event names must exist.
CREATE MACRO refuse_missing(kind, id, rows, hour) AS error(
    rows || ' events name an unknown ' || kind || '; the first is ' || kind || ' ' || id || ' at hour ' || hour
    || '; add the ' || kind || ' to source_' || kind || 's or remove its events');

SELECT refuse_missing('user', user_id, rows, time)
FROM (SELECT user_id, time, count(*) OVER () AS rows FROM source_events
      ANTI JOIN source_users ON source_users.id = user_id ORDER BY time, user_id LIMIT 1);

SELECT refuse_missing('item', item_id, rows, time)
FROM (SELECT item_id, time, count(*) OVER () AS rows FROM source_events
      ANTI JOIN source_items ON source_items.id = item_id ORDER BY time, item_id LIMIT 1);

-- Titles that were promoted and bought most before the language model's window.
CREATE TABLE catalogue AS
WITH bought AS (
    SELECT item_id, count(*) AS purchases FROM source_events WHERE time < getvariable('language_start')
    GROUP BY item_id
), promoted AS (
    SELECT DISTINCT item_id FROM source_promotions WHERE week <= getvariable('reward_weeks')
), titles AS (
    SELECT title, sum(purchases) AS purchases, arg_max(item_id, (purchases, item_id)) AS item_id
    FROM bought JOIN promoted USING (item_id) JOIN source_items ON id = item_id
    WHERE title <> '' AND l2 <> '' GROUP BY title
)
SELECT title, item_id, purchases FROM titles
ORDER BY purchases DESC, title LIMIT getvariable('catalogue_size');

-- Products whose title is in the catalogue: what impressions and targets are drawn from.
CREATE TABLE promotable AS
SELECT id AS item_id FROM source_items WHERE title IN (SELECT title FROM catalogue);

CREATE TABLE promotions AS
SELECT item_id, place, week, display, mailer FROM source_promotions SEMI JOIN promotable USING (item_id);

-- Ad conversions: promoted purchases.
CREATE TABLE conversions AS
SELECT user_id, time FROM source_events SEMI JOIN promotions USING (item_id, place, week);

CREATE TABLE population AS
WITH purchases AS (
    SELECT user_id, count(*) FILTER (time < getvariable('language_start')) AS early FROM source_events
    GROUP BY user_id
), targets AS (
    SELECT user_id,
           count(*) FILTER (time >= getvariable('language_start') AND time < getvariable('ranker_start'))
           AS middle,
           count(*) FILTER (time >= getvariable('test_start')) AS late
    FROM conversions GROUP BY user_id
), chosen AS (
    SELECT source_users.* FROM source_users JOIN purchases ON id = user_id JOIN targets USING (user_id)
    WHERE early >= getvariable('minimum_purchases') AND middle > 0 AND late > 0
    ORDER BY draw('user/' || id), id LIMIT getvariable('users')
), ordered AS (
    SELECT *, row_number() OVER (ORDER BY draw('role/' || id), id) AS place FROM chosen
)
SELECT * EXCLUDE (place), row_number() OVER (ORDER BY place) - 1 AS number,
       CASE WHEN place <= getvariable('activate_users') THEN 'activate'
            WHEN place <= getvariable('activate_users') + getvariable('collaborate_users') THEN 'collaborate'
            WHEN place <= getvariable('activate_users') + getvariable('collaborate_users')
                          + getvariable('test_users') THEN 'test'
            ELSE 'other' END AS role
FROM ordered;

CREATE TABLE numbered_items AS
WITH used AS (
    SELECT item_id FROM source_events JOIN population ON population.id = user_id
    UNION SELECT item_id FROM promotions
    UNION SELECT item_id FROM catalogue
)
SELECT source_items.*, row_number() OVER (ORDER BY id) - 1 AS number
FROM source_items JOIN used ON id = item_id;

CREATE TABLE events AS
SELECT population.number AS "user", numbered_items.number AS item, time, quantity, round(value, 2) AS value,
       basket, place, week, item_id, l2, title
FROM source_events
JOIN population ON population.id = user_id
JOIN numbered_items ON numbered_items.id = item_id
WHERE time < getvariable('end_time');

-- The categories that a user bought from most before the language model's window, for the profile.
CREATE TABLE favorites AS
WITH counted AS (
    SELECT "user", l2, count(*) AS purchases FROM events
    WHERE time < getvariable('language_start') AND l2 <> '' GROUP BY "user", l2
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY "user" ORDER BY purchases DESC, l2) AS place FROM counted
)
SELECT "user", list(l2 ORDER BY place) AS favorites FROM ranked WHERE place <= 3 GROUP BY "user";
