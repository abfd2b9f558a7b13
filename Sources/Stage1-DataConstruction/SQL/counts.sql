-- What `taiji check` counts.

COPY (
    SELECT (SELECT count(*) FROM source_users) AS users, (SELECT count(*) FROM source_items) AS items,
           count(*) AS events, count(*) FILTER (kind = 'purchase') AS purchases,
           count(*) FILTER (kind = 'view') AS views, count(*) FILTER (kind = 'click') AS eventClicks,
           count(*) - (SELECT count(*) FROM (SELECT DISTINCT user_id, item_id, time, kind FROM source_events))
           AS duplicateEvents,
           count(DISTINCT user_id) AS usersSeen, count(DISTINCT item_id) AS itemsSeen,
           coalesce(epoch_us(min(time)), 0) AS firstMicroseconds, coalesce(epoch_us(max(time)), 0) AS lastMicroseconds,
           (SELECT count(*) FROM source_impressions) AS impressions,
           (SELECT count(*) FROM source_impressions WHERE click) AS clicks,
           (SELECT count(*) FROM source_impressions WHERE conversion) AS conversions,
           (SELECT count(*) FROM source_items WHERE title = '') AS itemsWithoutTitle,
           (SELECT count(*) FROM source_items WHERE price IS NULL) AS itemsWithoutPrice,
           (SELECT count(*) FROM source_items WHERE len(categories) = 0) AS itemsWithoutCategory,
           (SELECT coalesce(max(gap), 0) FROM (
               SELECT date_diff('day', lag(day) OVER (ORDER BY day), day) - 1 AS gap
               FROM (SELECT DISTINCT CAST(time AS DATE) AS day FROM source_events))) AS longestGapDays
    FROM source_events
) TO 'counts.jsonl' (FORMAT json);

COPY (FROM faults ORDER BY relation, code, field, line, kept, value) TO 'faults.jsonl' (FORMAT json);
