-- Everything in a fixed order, so that the same seed gives the same bytes.

CREATE MACRO seconds(moment) AS epoch_us(moment) // 1000000;

COPY (SELECT CAST(population.id AS VARCHAR) AS taiji_id, population.role AS taiji_role,
             coalesce(favorites.favorites, []) AS taiji_favorites,
             source_users.* EXCLUDE (id)
      FROM population JOIN source_users ON source_users.id = population.id
      LEFT JOIN favorites ON favorites."user" = population.number ORDER BY population.number)
TO 'users-raw.jsonl' (FORMAT json);

COPY (SELECT coalesce(brand, '') AS brand, categories, CAST(id AS VARCHAR) AS id, price, title,
             * EXCLUDE (brand, categories, id, price, title, number, shelf)
      FROM numbered_items ORDER BY number)
TO 'items.jsonl' (FORMAT json);

COPY (SELECT "user", item, seconds(events.time) AS time, quantity, value, numbered_visits.number AS basket
      FROM events JOIN numbered_visits ON name = CAST(basket AS VARCHAR)
      ORDER BY "user", events.time, numbered_visits.number, item, quantity, value)
TO 'events.csv' (FORMAT csv, HEADER);

COPY (SELECT * EXCLUDE (request, item_id) REPLACE (seconds(time) AS time)
      FROM impressions ORDER BY "user", time, basket, item)
TO 'impressions.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (SELECT * EXCLUDE (request, item_id) REPLACE (seconds(time) AS time)
      FROM auctions ORDER BY "user", time, basket, item)
TO 'auctions.parquet' (FORMAT parquet, COMPRESSION zstd);

COPY (SELECT number AS item, catalogue.title FROM catalogue JOIN numbered_items ON id = item_id
      ORDER BY purchases DESC, catalogue.title)
TO 'catalogue.jsonl' (FORMAT json);

COPY (SELECT targets."user", role, seconds(targets.time) AS time, history, target, place, coalesce(usual, []) AS usual
      FROM targets JOIN histories ON histories."user" = targets."user" AND histories.moment = targets.time
      LEFT JOIN usuals ON usuals."user" = targets."user" AND usuals.moment = targets.time ORDER BY targets."user", place)
TO 'samples-raw.jsonl' (FORMAT json);

COPY (SELECT histories."user", history, coalesce(usual, []) AS usual
      FROM histories LEFT JOIN usuals ON usuals."user" = histories."user" AND usuals.moment = histories.moment
      WHERE histories.moment = getvariable('ranker_start') ORDER BY histories."user")
TO 'inference-raw.jsonl' (FORMAT json);

COPY (SELECT period, count(*) AS impressions, count(*) FILTER (click) AS clicks,
             count(*) FILTER (conversion) AS conversions FROM impressions GROUP BY ALL ORDER BY period)
TO 'periods.jsonl' (FORMAT json);

COPY (SELECT seconds(getvariable('language_start')) AS "languageModel",
             seconds(getvariable('ranker_start')) AS "rankerTraining", seconds(getvariable('test_start')) AS test,
             seconds(getvariable('end_time')) AS "end")
TO 'windows.jsonl' (FORMAT json);

COPY (SELECT reason, rows FROM source_skipped ORDER BY reason) TO 'skipped.jsonl' (FORMAT json);
