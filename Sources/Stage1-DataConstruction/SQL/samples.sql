-- The state of a user before a visit, and a promoted item that the visit bought.
-- Variable: history_length.

CREATE TABLE targets AS
WITH wanted AS (
    SELECT "user", item, time, basket, role FROM impressions JOIN population ON number = "user"
    WHERE conversion AND ((role IN ('activate', 'collaborate') AND period = 'languageModel')
                          OR (role = 'test' AND period = 'test'))
), visit AS (
    SELECT "user", arg_min(basket, draw('visit/' || "user" || '/' || basket)) AS basket FROM wanted GROUP BY ALL
)
SELECT wanted."user", any_value(role) AS role, any_value(time) AS time, basket,
       arg_min(item, draw('target/' || basket || '/' || item)) AS target
FROM wanted JOIN visit USING ("user", basket) GROUP BY wanted."user", basket;

-- The newest purchases strictly before a time, newest first; of one visit, what cost most first. A title counts
-- once, where it was bought last: a household buys several of one title in one visit, and a short prompt has no
-- place for that.
CREATE TABLE histories AS
WITH moments AS (
    SELECT "user", time AS moment FROM targets
    UNION SELECT number, getvariable('ranker_start') FROM population
), latest AS (
    SELECT moments."user", moment, title, max((time, basket, value, -item)) AS purchase
    FROM moments JOIN events ON events."user" = moments."user" AND events.time < moment GROUP BY ALL
), ranked AS (
    SELECT "user", moment, -purchase[4] AS item, purchase[1] AS time,
           row_number() OVER (PARTITION BY "user", moment ORDER BY purchase DESC) AS place
    FROM latest
)
SELECT "user", moment, list(item ORDER BY place) AS history, max(time) AS newest
FROM ranked WHERE place <= getvariable('history_length') GROUP BY ALL;

SELECT error('a target of user ' || "user" || ' at hour ' || moment || ' precedes its history at hour ' || newest)
FROM histories WHERE newest >= moment;
