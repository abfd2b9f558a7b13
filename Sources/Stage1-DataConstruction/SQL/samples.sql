-- The state of a user before a visit, and a promoted item that the visit bought.
-- Variables: history_length, samples_per_user, usual_items.

CREATE TABLE targets AS
WITH wanted AS (
    SELECT impressions."user", item, time, request, population.role
    FROM impressions JOIN population ON population.number = impressions."user"
    WHERE CASE WHEN getvariable('target_kind') = 'purchase' THEN conversion ELSE click END
          AND item_id IN (SELECT item_id FROM promotable)
          AND ((population.role IN ('activate', 'collaborate') AND period = 'languageModel')
               OR (population.role = 'test' AND period = 'test'))
), visit AS (
    SELECT "user", request,
           row_number() OVER (PARTITION BY "user" ORDER BY draw('visit/' || "user" || '/' || request), request) AS place
    FROM (SELECT DISTINCT "user", request FROM wanted)
)
SELECT wanted."user", any_value(role) AS role, min(time) AS time, request,
       arg_min(item, draw('target/' || request || '/' || item)) AS target, any_value(place) AS place
FROM wanted JOIN visit USING ("user", request)
-- Users of the test count once, so that they are independent.
WHERE place <= CASE WHEN role = 'test' THEN 1 ELSE getvariable('samples_per_user') END
GROUP BY wanted."user", request;

-- The newest purchases strictly before a time, newest first; of one visit, what cost most first. A title counts
-- once, where it was bought last: people buy several of one title in one visit, and a short prompt has no
-- place for that.
CREATE TABLE moments AS
SELECT "user", time AS moment FROM targets UNION SELECT number, getvariable('ranker_start') FROM population;

CREATE TABLE histories AS
WITH latest AS (
    SELECT moments."user", moment, title, max((time, basket, value, -item)) AS purchase
    FROM moments JOIN events ON events."user" = moments."user" AND events.time < moment GROUP BY ALL
), ranked AS (
    SELECT "user", moment, -purchase[4] AS item, purchase[1] AS time,
           row_number() OVER (PARTITION BY "user", moment ORDER BY purchase DESC) AS place
    FROM latest
)
SELECT "user", moment, list(item ORDER BY place) AS history, max(time) AS newest
FROM ranked WHERE place <= getvariable('history_length') GROUP BY ALL;

-- What a user chose again and again before a time, most often first.
CREATE TABLE usuals AS
WITH counted AS (
    SELECT moments."user", moment, title, count(*) AS rows, max((time, -item)) AS last
    FROM moments JOIN events ON events."user" = moments."user" AND events.time < moment
    WHERE getvariable('usual_items') > 0 AND title <> ''
    GROUP BY ALL HAVING count(*) > 1
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY "user", moment ORDER BY rows DESC, last DESC) AS place FROM counted
)
SELECT "user", moment, list({'item': -last[2], 'count': rows} ORDER BY place) AS usual
FROM ranked WHERE place <= getvariable('usual_items') GROUP BY ALL;

SELECT error('a target of user ' || "user" || ' at ' || moment || ' precedes its history at ' || newest)
FROM histories WHERE newest >= moment;
